/** Items to be valued, one after the other, as fast as they are asked for. */
export type Source<Item> = Iterable<Item> | AsyncIterable<Item>;

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
  const stop = () => control.abort(given?.reason);
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
      const answered = work(next.value, place, signal).then((answer) => ({ place, answer }));
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
      const settled = await heard(Promise.race(pull ? [...waiting, pull] : waiting), signal);
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
    control.abort(given?.reason);
    await Promise.allSettled(open.values());
    if (!isDrained) await items.return?.();
  }
}

/** What a promise brings, unless the signal comes first. */
function heard<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function iteratorOf<Item>(source: Source<Item>): AsyncIterator<Item> | Iterator<Item> {
  return Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
}
