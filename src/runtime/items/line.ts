import type { CompiledKernel } from "../../engine/index.ts";
import { GROUP_MS } from "./message.ts";

/** Most items of a group: with more, the way there and back is no smaller part of it. */
const ITEMS_MAX = 32;
/** Groups for each worker: one under way, the next, and two whose answers may wait for their turn. */
const GROUPS = 4;
/** Most items under way where nothing is said. */
const ROOM_MAX = 1024;

/** What the items of a batch have in common. */
export interface ItemJob {
  readonly version: string;
  readonly kernel: CompiledKernel;
  readonly shared: object;
  readonly figures: "value" | "measure";
  /** Items under way at a time, ≥ 1; up to 1,024 that keep the workers busy when left out. */
  readonly ahead: number | undefined;
}

/** One item, and what it is valued with. */
export interface ItemTask {
  /** Place in its batch, from 0. */
  readonly index: number;
  /** A document, or its text. */
  readonly document: unknown;
  /** Whether more variants of the same document may follow, so that it is sent once; it is never changed. */
  readonly isBase: boolean;
  readonly changes: readonly unknown[];
  readonly options: object;
}

/** The items of a batch on their way to whoever values them. */
export interface ItemLine {
  /** Items that may be under way now. */
  ahead(): number;
  /**
   * Values an item as it is now, whatever becomes of it later.
   *
   * @throws PoolError as the engine does; a DataCloneError for what cannot be sent; why else there
   *         was no answer
   */
  value(task: ItemTask): Promise<unknown>;
  /** Refuses all that is under way with this reason. */
  stop(reason: unknown): void;
}

/** An item under way. */
export interface Pending {
  readonly task: ItemTask;
  readonly resolve: (valuation: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Whether it has had no answer yet. */
  isOpen: boolean;
  /** Threads that were lost while they may have been at it. */
  losses: number;
}

/** Items that wait for a worker, and how many of them make a group. */
export class WaitingLine {
  readonly job: ItemJob;
  /** Why nothing is taken any longer. */
  stopped: { readonly reason: unknown } | null = null;
  #waiting: Pending[] = [];
  #size = 1;
  readonly #sizeMax: number;
  readonly #workers: number;

  constructor(job: ItemJob, workers: number) {
    this.job = job;
    this.#workers = workers;
    const share = Math.floor((job.ahead ?? ROOM_MAX) / (GROUPS * workers));
    this.#sizeMax = Math.max(1, Math.min(ITEMS_MAX, share));
  }

  get isEmpty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Items that may be under way now. */
  get room(): number {
    return this.job.ahead ?? GROUPS * this.#workers * this.#size;
  }

  push(pending: Pending): void {
    this.#waiting.push(pending);
  }

  /** Puts items first in line, in their order; those that were answered meanwhile are left out. */
  putBack(group: readonly Pending[]): void {
    this.#waiting.unshift(...group.filter(({ isOpen }) => isOpen));
  }

  /**
   * Takes the next group.
   *
   * @param basesMax  different documents in it that are sent once
   */
  take(basesMax: number): Pending[] {
    const waiting = this.#waiting;
    // Alone, so that another loss shows whose fault it is.
    if (waiting[0]!.losses > 0) return waiting.splice(0, 1);
    // Not more than everyone's share, so that all are done at the same time in the end.
    const most = Math.min(this.#size, Math.ceil(waiting.length / this.#workers));
    const bases = new Set<unknown>();
    let count = 0;
    for (; count < most; count++) {
      const { task, losses } = waiting[count]!;
      if (task.isBase) bases.add(task.document);
      if (losses > 0 || bases.size > basesMax) break;
    }
    return waiting.splice(0, count);
  }

  /** Takes all that waits. */
  clear(): Pending[] {
    return this.#waiting.splice(0);
  }

  /** Makes groups larger or smaller by the time that the last one took. */
  learn(items: number, ms: number): void {
    const size = Math.round((GROUP_MS * items) / Math.max(ms, 1e-3));
    this.#size = Math.max(1, Math.min(size, 2 * this.#size, this.#sizeMax));
  }
}
