import { Controllers, type Issue, PoolError, received, unlessAborted } from "../basics/index.ts";

/** Items to be valued, one after the other, as fast as they are asked for. */
export type Source<Item> = Iterable<Item> | AsyncIterable<Item>;

const AHEAD_MAX = 1024;
const ORDERS: readonly unknown[] = [undefined, "input", "completed"];
const FIGURES: readonly unknown[] = ["value", "measure"];

/**
 * Reads how a batch is to be run.
 *
 * @throws PoolError ENUM, NUMBER_RANGE at /options
 */
export function readBatchRun({
  ahead,
  order,
  figures,
}: Pick<BatchRun, "ahead" | "order"> & { readonly figures: unknown }): BatchRun {
  const issues: Issue[] = [];
  const isOneOf = (name: string, values: readonly unknown[], value: unknown, detail: string) => {
    if (values.includes(value)) return;
    const expected = `one of ${values.filter((each) => each !== undefined).join(", ")}`;
    const pointer = `/options/${name}`;
    issues.push({ code: "ENUM", pointer, detail, expected, received: received(value) });
  };
  isOneOf(
    "order",
    ORDERS,
    order,
    "say whether answers come in the order of items or as they are ready",
  );
  isOneOf("figures", FIGURES, figures, "say whether pools are valued or only measured");
  if (!(Number.isInteger(ahead) && ahead >= 1 && ahead <= AHEAD_MAX)) {
    issues.push({
      code: "NUMBER_RANGE",
      pointer: "/options/ahead",
      detail: "the number of items under way must be a whole number within the bounds",
      expected: `integer, 1 … ${AHEAD_MAX}`,
      received: received(ahead),
    });
  }
  if (issues.length > 0) throw new PoolError(issues, "request");
  return { ahead, order };
}

/** How a batch is run. */
export interface BatchRun {
  /** Items under way at a time, ≥ 1; no more than these are held. */
  readonly ahead: number;
  /** `input` when left out; or answers as they come. */
  readonly order?: "input" | "completed" | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Settled<Answer> {
  readonly place: number;
  readonly answer: Answer;
}

/**
 * Answers to the items of a source.
 *
 * An item is taken from the source only when there is room for it, and there is room again only when
 * an answer has been taken: whoever reads slowly holds up the source, and nothing piles up between.
 *
 * @param work  values one item; what it throws ends the batch, so it answers for faults of the item
 * @throws      what the source or the work throws; the signal's reason when aborted
 */
export async function* answersOf<Item, Answer>(
  source: Source<Item>,
  work: (item: Item, index: number, signal: AbortSignal) => Promise<Answer>,
  { ahead, order = "input", signal: given }: BatchRun,
): AsyncGenerator<Answer, void, void> {
  const control = new AbortController();
  // One for each item: hundreds may be under way, and Node warns of a signal that so many listen to.
  const under = new Controllers();
  const stop = () => {
    control.abort(given?.reason);
    under.abort(given?.reason);
  };
  given?.addEventListener("abort", stop);
  if (given?.aborted) stop();
  const { signal } = control;
  const items = iteratorOf(source);
  const open = new Map<number, Promise<Settled<Answer>>>();
  let count = 0;
  let isDrained = false;
  let pull: Promise<null> | null = null;
  const take = async (): Promise<null> => {
    const next = await items.next();
    if (next.done) isDrained = true;
    else {
      const place = count++;
      const own = under.take();
      if (signal.aborted) own.abort(signal.reason);
      const done = () => under.giveBack(own);
      const working = work(next.value, place, own.signal);
      working.then(done, done);
      const answered = working.then((answer) => ({ place, answer }));
      // Heard of when its turn comes; until then nobody waits for it.
      answered.catch(() => {});
      open.set(place, answered);
    }
    return null;
  };
  let next = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      if (!(pull || isDrained) && open.size < ahead) {
        pull = take();
        pull.catch(() => {});
      }
      if (!pull && open.size === 0) return;
      const head = open.get(next);
      const waiting = order === "input" ? (head ? [head] : []) : [...open.values()];
      const settled = await unlessAborted(
        signal,
        Promise.race(pull ? [...waiting, pull] : waiting),
      );
      if (settled === null) {
        pull = null;
        continue;
      }
      open.delete(settled.place);
      next = settled.place + 1;
      yield settled.answer;
    }
  } finally {
    given?.removeEventListener("abort", stop);
    // Whoever leaves early leaves nothing running.
    stop();
    await Promise.allSettled(open.values());
    if (!isDrained) await items.return?.();
  }
}

function iteratorOf<Item>(source: Source<Item>): AsyncIterator<Item> | Iterator<Item> {
  return Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
}
