const { process } = globalThis as {
  process?: { cpuUsage?: () => { readonly user: number; readonly system: number } };
};

/**
 * Starts a watch.
 *
 * @returns milliseconds of computing since: what the clock says, or the process's own time where it
 *          is told and less, because neighbours make the clock run and not the work
 */
export function stopwatch(): () => number {
  const start = performance.now();
  const used = process?.cpuUsage?.();
  if (!used) return () => performance.now() - start;
  return () => {
    const { user, system } = process!.cpuUsage!();
    return Math.min(performance.now() - start, (user + system - used.user - used.system) / 1000);
  };
}
