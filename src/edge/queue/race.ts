/**
 * What a promise brings, unless the signal comes first.
 *
 * @throws the signal's reason
 */
export function unlessAborted<Result>(
  signal: AbortSignal | undefined,
  under: Promise<Result>,
): Promise<Result> {
  if (!signal) return under;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
    const done = () => signal.removeEventListener("abort", abort);
    under.then(resolve, reject).then(done, done);
  });
}

/** Waits for something, but not for ever. @returns whether it succeeded in time */
export async function within(ms: number, under: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = under.then(
    () => true,
    () => false,
  );
  return Promise.race([done, late]).finally(() => clearTimeout(timer));
}
