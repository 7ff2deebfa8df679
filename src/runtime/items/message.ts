import type { SentError } from "../../basics/index.ts";
import type { CompiledKernel } from "../../engine/index.ts";

/** What is asked of a worker that values whole items. It crosses threads by structured clone. */
export type ToItemWorker =
  | StartMessage
  | KeepMessage
  | ForgetMessage
  | ItemMessage
  | DropItemMessage;

/** Value with this kernel from now on, and with these options unless an item says otherwise. */
export interface StartMessage {
  readonly kind: "start";
  readonly version: string;
  readonly kernel: CompiledKernel;
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

/** Value an item, and answer with one message. */
export interface ItemMessage {
  readonly kind: "value";
  readonly item: number;
  readonly figures: "value" | "measure";
  /** Number of a document that is kept; null where the item has its own. */
  readonly base: number | null;
  readonly document?: unknown;
  readonly changes: unknown;
  readonly options: object;
}

/** An answer is no longer wanted; one is given all the same. */
export interface DropItemMessage {
  readonly kind: "drop";
  readonly item: number;
}

/** What a worker answers: one message for each item. */
export type FromItemWorker =
  | { readonly kind: "valued"; readonly item: number; readonly valuation: unknown }
  | { readonly kind: "refused"; readonly item: number; readonly error: SentError }
  /** Something that is no refusal: the worker is not trusted after it. */
  | { readonly kind: "failed"; readonly item: number; readonly detail: string };
