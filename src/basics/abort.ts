/**
 * What a promise brings, unless the signal comes first: the work itself may go on for a while.
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
