import { Controllers, PoolError } from "../../basics/index.ts";
import type { FromItemWorker, ItemMessage, StartMessage, ToItemWorker } from "./message.ts";

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
  value(message: ItemMessage, base: unknown, signal: AbortSignal): Promise<unknown>;
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
  readonly #controllers = new Controllers();
  #under: { readonly item: number; readonly control: AbortController } | null = null;

  constructor(port: ItemPort, start: (message: StartMessage) => ItemEngine) {
    this.#port = port;
    this.#start = start;
  }

  receive(message: ToItemWorker): void {
    if (message.kind === "drop") {
      if (this.#under?.item === message.item) this.#under.control.abort();
      else this.#dropped.add(message.item);
      return;
    }
    this.#asked.push(message);
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    for (let next = this.#asked.shift(); next; next = this.#asked.shift()) {
      if (next.kind === "value") await this.#value(next);
      else if (next.kind === "start") this.#engine = this.#start(next);
      else if (next.kind === "forget") this.#kept.delete(next.base);
      else this.#kept.set(next.base, this.#engine!.keep(next.document));
    }
    // Of what was asked for, everything has been answered.
    this.#dropped.clear();
    this.#isBusy = false;
  }

  async #value(message: ItemMessage): Promise<void> {
    const { item, base, document } = message;
    const control = this.#controllers.take();
    this.#under = { item, control };
    if (this.#dropped.delete(item)) control.abort();
    try {
      control.signal.throwIfAborted();
      const pool = base === null ? document : this.#kept.get(base)!();
      const valuation = await this.#engine!.value(message, pool, control.signal);
      this.#port.send({ kind: "valued", item, valuation });
    } catch (error) {
      const isDropped = control.signal.aborted;
      if (error instanceof PoolError || isDropped) {
        const { issues = [], message: words, truncated = false } = error as Partial<PoolError>;
        const sent = { issues, message: words ?? "", truncated };
        this.#port.send({ kind: "refused", item, error: sent });
      } else {
        const detail = error instanceof Error ? error.message : String(error);
        this.#port.send({ kind: "failed", item, detail });
      }
    }
    this.#under = null;
    this.#controllers.giveBack(control);
  }
}
