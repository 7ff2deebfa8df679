import { Controllers } from "../basics/index.ts";

/** Items to be valued, one after the other, as fast as they are asked for. */
export type Source<Item> = Iterable<Item> | AsyncIterable<Item>;

/** How a batch is run. */
export interface BatchRun {
  /** Items that may be under way now, ≥ 1; no more than these are held. */
  ahead(): number;
  /** `input` when left out; or answers as they come. */
  readonly order?: "input" | "completed" | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears that nobody waits any longer, as the signal of every item does. */
  stop?(reason: unknown): void;
}

/** Values one item; what it throws ends the batch, so it answers for faults of the item. */
type Work<Item, Answer> = (item: Item, index: number, signal: AbortSignal) => Promise<Answer>;

type Settled<Answer> = { readonly answer: Answer } | { readonly reason: unknown };

/** Items on their way from a source to their answers. */
class Passage<Item, Answer> {
  readonly #items: Iterator<Item> | AsyncIterator<Item>;
  readonly #work: Work<Item, Answer>;
  readonly #run: BatchRun;
  // One for each item: hundreds may be under way, and Node warns of a signal that so many listen to.
  readonly #controls = new Controllers();
  /** Not yet given; those that came first are first. */
  readonly #ready = new Map<number, Settled<Answer>>();
  #taken = 0;
  #given = 0;
  #isPulling = false;
  /** Nothing more is taken. */
  #isClosed = false;
  #isDrained = false;
  #wake = () => {};

  constructor(source: Source<Item>, work: Work<Item, Answer>, run: BatchRun) {
    this.#items = iteratorOf(source);
    this.#work = work;
    this.#run = run;
  }

  /** Whether all that was taken has been given, and nothing more will be. */
  get isDone(): boolean {
    return this.#isDrained && this.#taken === this.#given;
  }

  /** Takes items while there is room for them. */
  fill(): void {
    while (!(this.#isPulling || this.#isClosed) && this.#taken - this.#given < this.#run.ahead()) {
      try {
        const next = this.#items.next();
        if ("then" in next) {
          this.#isPulling = true;
          const begun = Promise.resolve(next).then((item) => this.#begin(item));
          begun.catch((reason) => this.#fail(reason));
        } else this.#begin(next);
      } catch (reason) {
        this.#fail(reason);
      }
    }
  }

  /** What may be given now, and is from now on. */
  give(): Settled<Answer> | undefined {
    const isCompleted = this.#run.order === "completed";
    const place = isCompleted ? this.#ready.keys().next().value! : this.#given;
    const settled = this.#ready.get(place);
    if (this.#ready.delete(place)) this.#given++;
    return settled;
  }

  /** Waits until there is something new. */
  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  stop(reason: unknown): void {
    this.#isClosed = true;
    this.#controls.abort(reason);
    this.#run.stop?.(reason);
    this.#wake();
  }

  /** Leaves nothing running, and the source closed. */
  async end(): Promise<void> {
    while (this.#given + this.#ready.size < this.#taken) await this.wait();
    if (!this.#isDrained) await this.#items.return?.();
  }

  #begin(next: IteratorResult<Item>): void {
    this.#isPulling = false;
    if (next.done) this.#isClosed = this.#isDrained = true;
    else if (!this.#isClosed) {
      const index = this.#taken++;
      const own = this.#controls.take();
      const settle = (settled: Settled<Answer>) => {
        this.#controls.giveBack(own);
        this.#settle(index, settled);
      };
      this.#work(next.value, index, own.signal).then(
        (answer) => settle({ answer }),
        (reason) => settle({ reason }),
      );
    }
    this.#wake();
  }

  /** Stands where the item would have been that was not to be had. */
  #fail(reason: unknown): void {
    this.#isClosed = true;
    this.#settle(this.#taken++, { reason });
  }

  #settle(index: number, settled: Settled<Answer>): void {
    this.#ready.set(index, settled);
    this.#wake();
  }
}

/**
 * Answers to the items of a source.
 *
 * An item is taken from the source only when there is room for it, and there is room again only when
 * an answer has been taken: whoever reads slowly holds up the source, and nothing piles up between.
 *
 * @throws  what the source or the work throws, in its turn; the signal's reason when aborted
 */
export async function* answersOf<Item, Answer>(
  source: Source<Item>,
  work: Work<Item, Answer>,
  run: BatchRun,
): AsyncGenerator<Answer, void, void> {
  const { signal } = run;
  const passage = new Passage(source, work, run);
  const stop = () => passage.stop(signal?.reason);
  signal?.addEventListener("abort", stop);
  try {
    for (;;) {
      signal?.throwIfAborted();
      passage.fill();
      const settled = passage.give();
      if (settled && "reason" in settled) throw settled.reason;
      if (settled) yield settled.answer;
      else if (passage.isDone) return;
      // A source may have aborted it while it was asked.
      else if (!signal?.aborted) await passage.wait();
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    // Whoever leaves early leaves nothing running.
    stop();
    await passage.end();
  }
}

function iteratorOf<Item>(source: Source<Item>): AsyncIterator<Item> | Iterator<Item> {
  return Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
}
