/** One implementation of a workload. */
export interface Case {
  readonly name: string;
  /** Runs once and returns a digest of its answer, so that the work cannot be dropped. */
  run(): number;
  /** Pieces of work in one run: the unit of the printed time. */
  readonly units: number;
}

export interface Timing {
  readonly name: string;
  /** Median CPU nanoseconds per unit, and the spread (max - min) / median over the rounds. */
  readonly nanoseconds: number;
  readonly spread: number;
  readonly answer: number;
}

/**
 * Times cases side by side: every round runs each of them once, so that drift of the machine
 * hits all alike, and CPU time of the process counts, so that a neighbour does not.
 */
export function timeCases(cases: readonly Case[], rounds: number): Timing[] {
  const times = cases.map(() => [] as number[]);
  const answers = cases.map((one) => one.run());
  for (let round = 0; round < rounds; round++) {
    cases.forEach((one, i) => {
      // Garbage of one case must not be collected on another's time.
      (globalThis as { gc?: () => void }).gc?.();
      const start = process.cpuUsage();
      const answer = one.run();
      const { user, system } = process.cpuUsage(start);
      if (answer !== answers[i]) throw new Error(`${one.name}: the answer changed between runs`);
      times[i]!.push(((user + system) * 1000) / one.units);
    });
  }
  return cases.map((one, i) => {
    const sorted = times[i]!.sort((a, b) => a - b);
    const median = sorted[sorted.length >> 1]!;
    return {
      name: one.name,
      nanoseconds: median,
      spread: (sorted.at(-1)! - sorted[0]!) / median,
      answer: answers[i]!,
    };
  });
}

/** Prints timings with the ratio of each to a named one. */
export function printTimings(
  title: string,
  unit: string,
  timings: readonly Timing[],
  base: string,
): void {
  const reference = timings.find((timing) => timing.name === base)!;
  console.log(`\n${title}`);
  for (const { name, nanoseconds, spread, answer } of timings) {
    const ratio = nanoseconds / reference.nanoseconds;
    console.log(
      `  ${name.padEnd(28)} ${nanoseconds.toPrecision(4).padStart(9)} ns/${unit}` +
        `  ± ${(spread * 50).toFixed(0).padStart(2)} %  ${ratio.toFixed(2).padStart(8)} x   ${answer.toPrecision(9)}`,
    );
  }
}
