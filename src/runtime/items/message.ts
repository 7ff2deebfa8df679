import type { SentError } from "../../basics/index.ts";
import type { CompiledKernel } from "../../engine/index.ts";

/** Milliseconds that a group of items should take: much longer than its way there and back. */
export const GROUP_MS = 16;

/** What is asked of a worker that values whole items. It crosses threads by structured clone. */
export type ToItemWorker = StartMessage | KeepMessage | ForgetMessage | GroupMessage | DropMessage;

/** Value with this kernel from now on, and with these options unless an item says otherwise. */
export interface StartMessage {
  readonly kind: "start";
  readonly version: string;
  readonly kernel: CompiledKernel;
  readonly figures: "value" | "measure";
  readonly options: object;
}

/** Keep a document that items are variants of. */
export interface KeepMessage {
  readonly kind: "keep";
  readonly base: number;
  readonly document: unknown;
}

export interface ForgetMessage {
  readonly kind: "forget";
  readonly base: number;
}

/** Value items, one after the other, and answer with one message. */
export interface GroupMessage {
  readonly kind: "value";
  readonly group: number;
  readonly items: readonly SentItem[];
}

/** An item of a group. */
export interface SentItem {
  /** Number of a document that is kept; null where the item has its own. */
  readonly base: number | null;
  readonly document?: unknown;
  readonly changes: unknown;
  readonly options: object;
}

/** Answers to a group are no longer wanted; it is ended, and what there is of it answered. */
export interface DropMessage {
  readonly kind: "drop";
  readonly group: number;
}

/** What a worker answers to a group: one message, or two where an item takes long. */
export interface FromItemWorker {
  /** To the first of the items that have no answer yet. */
  readonly answers: readonly ItemAnswer[];
  /** Milliseconds that these took. */
  readonly ms: number;
  /** Whether it is still at the next item; those behind it are not begun, and left to others. */
  readonly goesOn: boolean;
  /** Something that is no refusal came of the next item: the worker is not trusted after it. */
  readonly failure: string | null;
}

/** What came of an item. */
export type ItemAnswer = { readonly valuation: unknown } | { readonly error: SentError };
