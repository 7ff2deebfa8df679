import { PoolError, type SentError } from "../../basics/index.ts";
import {
  type FromItemWorker,
  GROUP_MS,
  type GroupMessage,
  type ItemAnswer,
  type SentItem,
  type StartMessage,
  type ToItemWorker,
} from "./message.ts";

/** Milliseconds after which a group is answered as far as it is, and others may take what is left. */
const ANSWER_MS = 3 * GROUP_MS;

/** The other end of a worker's line, whatever the platform. */
export interface ItemPort {
  send(message: FromItemWorker): void;
  listen(onMessage: (message: ToItemWorker) => void): void;
}

/** An engine inside a worker. */
export interface ItemEngine {
  /** Reads a document that is kept; what it throws is the answer to every item that asks for it. */
  keep(document: unknown): () => unknown;
  /** @param base  what was kept, or a document as it was sent */
  value(item: SentItem, base: unknown, signal: AbortSignal): Promise<unknown>;
}

/**
 * What runs inside a worker: one engine, one item at a time, in the order they were asked for.
 *
 * @param start  makes an engine of what the first message says
 */
export function serveItems(port: ItemPort, start: (message: StartMessage) => ItemEngine): void {
  const worker = new ItemRunner(port, start);
  port.listen((message) => worker.receive(message));
}

type Asked = Exclude<ToItemWorker, { readonly kind: "drop" }>;

class ItemRunner {
  readonly #port: ItemPort;
  readonly #start: (message: StartMessage) => ItemEngine;
  readonly #asked: Asked[] = [];
  readonly #kept = new Map<number, () => unknown>();
  readonly #dropped = new Set<number>();
  #engine: ItemEngine | undefined;
  #isBusy = false;
  #under: { readonly group: number; readonly control: AbortController } | null = null;

  constructor(port: ItemPort, start: (message: StartMessage) => ItemEngine) {
    this.#port = port;
    this.#start = start;
  }

  receive(message: ToItemWorker): void {
    if (message.kind === "drop") {
      if (this.#under?.group === message.group) this.#under.control.abort();
      else this.#dropped.add(message.group);
      return;
    }
    this.#asked.push(message);
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#asked.shift(); next; next = this.#asked.shift()) {
      if (next.kind === "value") await this.#answer(next);
      else if (next.kind === "start") this.#engine = this.#start(next);
      else if (next.kind === "forget") this.#kept.delete(next.base);
      else this.#kept.set(next.base, this.#engine!.keep(next.document));
    }
    // Of what was asked for, everything has been answered.
    this.#dropped.clear();
    this.#isBusy = false;
  }

  async #answer({ group, items }: GroupMessage): Promise<void> {
    const control = new AbortController();
    const { signal } = control;
    this.#under = { group, control };
    if (this.#dropped.delete(group)) control.abort();
    let start = performance.now();
    let answers: ItemAnswer[] = [];
    let isLate = false;
    let failure: string | null = null;
    const send = (goesOn: boolean) => {
      const now = performance.now();
      this.#port.send({ answers, ms: now - start, goesOn, failure });
      answers = [];
      start = now;
    };
    // Comes while an item takes long: what has been found, or not begun, must not wait for it.
    const alarm = setTimeout(() => {
      isLate = true;
      if (items.length > 1) send(true);
    }, ANSWER_MS);
    try {
      for (const item of items) {
        if (signal.aborted || isLate || performance.now() - start > ANSWER_MS) break;
        const answer = await this.#value(item, signal);
        answers.push(answer);
      }
    } catch (error) {
      // Of what was dropped nobody reads the answer.
      if (!signal.aborted) failure = error instanceof Error ? error.message : String(error);
    }
    clearTimeout(alarm);
    this.#under = null;
    send(false);
  }

  /** Answers to one item; throws what is no refusal. */
  async #value(item: SentItem, signal: AbortSignal): Promise<ItemAnswer> {
    const { base, document } = item;
    try {
      const pool = base === null ? document : this.#kept.get(base)!();
      return { valuation: await this.#engine!.value(item, pool, signal) };
    } catch (error) {
      if (!(error instanceof PoolError)) throw error;
      const { issues, message, truncated } = error;
      return { error: { issues, message, truncated } satisfies SentError };
    }
  }
}
