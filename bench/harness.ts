// Times implementations of one workload side by side.
import { sha256 } from "../src/basics/index.ts";
import type { Row } from "./row.ts";

/** What a run found. */
export interface Answer {
  /** Everything, to be hashed. */
  readonly output: Float64Array;
  /** What a reader may compare between implementations, by name. */
  readonly figures: Readonly<Record<string, number>>;
}

/** One implementation of a workload. */
export interface Case {
  readonly implementation: string;
  /**
   * What it does, where implementations differ in more than the machine code. Times of one
   * algorithm make a kernel ratio; times of two make an algorithm ratio.
   */
  readonly algorithm: string;
  /** Set where it does a part of the workload, or more than that. */
  readonly aside?: true;
  /** Pieces of work in one run: the unit of the printed time. */
  readonly units: number;
  /** Runs once and returns its answer, which must be the same every time. */
  run(): Answer | Promise<Answer>;
}

/** A row, and the figures of the answer. */
export interface Timing {
  readonly row: Row;
  readonly figures: Answer["figures"];
}

/** A task, and everything that can do it. */
export interface Workload {
  /** Short name, as it is given on the command line. */
  readonly id: string;
  readonly title: string;
  /** What `units` counts. */
  readonly unit: string;
  readonly cases: readonly Case[];
}

/** `smoke` only shows that everything runs. */
export type Size = "smoke" | "full";

/** A clock of the work done by this process or page, in nanoseconds. */
export type Clock = () => number;

/** CPU time of this process, all threads: a neighbour on the machine does not count. */
export function processClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

/** Time of day, for a page, which cannot see its CPU time. */
export function pageClock(): number {
  return performance.now() * 1e6;
}

/** How long and how often cases are run. */
export interface Effort {
  /** Turns of each case that are not timed: the compilers of the engine take some. */
  readonly warmUps: number;
  /** Timed turns of each case. */
  readonly rounds: number;
  /** A turn repeats its case for about as long as this, milliseconds. */
  readonly turnMs: number;
}

/** A whole run takes some minutes; `smoke` runs everything twice. */
export const EFFORTS: Readonly<Record<Size, Effort>> = {
  smoke: { warmUps: 1, rounds: 1, turnMs: 0 },
  full: { warmUps: 3, rounds: 7, turnMs: 150 },
};

/**
 * Times the cases of a workload: every round gives each of them a turn, so that drift of the machine
 * meets all alike, and starts with another, so that nobody always comes after the same neighbour's
 * garbage. Garbage is not collected by force: the collector's threads, whose work counts as the
 * process's, made 20 ms of work show as 24 to 40.
 *
 * @param node  what runs this, for the rows
 * @throws      Error when an answer is not the same in every run
 */
export async function timeCases(
  workload: Workload,
  { warmUps, rounds, turnMs }: Effort,
  clock: Clock,
  node: string,
): Promise<Timing[]> {
  const { cases } = workload;
  const times = cases.map(() => [] as number[]);
  const repeats = cases.map(() => 1);
  const answers: { hash: string; figures: Answer["figures"] }[] = [];
  for (let round = -warmUps; round < rounds; round++) {
    for (let turn = 0; turn < cases.length; turn++) {
      const i = (turn + round + warmUps) % cases.length;
      const one = cases[i]!;
      const start = clock();
      let answer = await one.run();
      for (let again = 1; again < repeats[i]!; again++) answer = await one.run();
      const nanoseconds = (clock() - start) / repeats[i]!;
      const hash = hashOf(answer.output);
      answers[i] ??= { hash, figures: answer.figures };
      if (hash !== answers[i]!.hash) throw new Error(`${one.implementation}: the answer changed`);
      if (round >= 0) times[i]!.push(nanoseconds / one.units);
      else repeats[i] = Math.max(1, Math.round((turnMs * 1e6) / nanoseconds));
    }
  }
  return cases.map(({ implementation, algorithm, aside }, i) => ({
    row: {
      workload: workload.id,
      unit: workload.unit,
      implementation,
      algorithm,
      ...(aside && { aside }),
      node,
      ...medianOf(times[i]!),
      hash: answers[i]!.hash,
    },
    figures: answers[i]!.figures,
  }));
}

/** First 16 digits of the SHA-256 of the numbers' bytes. */
export function hashOf(answer: Float64Array): string {
  const bytes = new Uint8Array(answer.buffer, answer.byteOffset, answer.byteLength);
  return sha256(bytes).slice(0, 16);
}

/** Median, and the distance between the quartiles as a part of it. */
export function medianOf(times: readonly number[]): { nanoseconds: number; spread: number } {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  return { nanoseconds: at(0.5), spread: (at(0.75) - at(0.25)) / at(0.5) };
}
