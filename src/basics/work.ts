/**
 * Long work in pieces: it yields where others may have their turn and returns its result. One
 * definition serves callers that wait for it and those that must hear an abort meanwhile.
 */
export type Work<Result> = Generator<void, Result, void>;

/** Does all of it now. */
export function atOnce<Result>(work: Work<Result>): Result {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Called between pieces of long work; rejects when the caller has aborted. */
export type Breath = () => Promise<void>;

/**
 * Does it piece by piece, calling `breathe` in between.
 *
 * @throws what `breathe` rejects with; the rest of the work is then left undone
 */
export async function inPieces<Result>(work: Work<Result>, breathe: Breath): Promise<Result> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await breathe();
  }
}
