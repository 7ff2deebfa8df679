// What a benchmark leaves behind: one row per workload, implementation and Node version.

/** One measurement. Other benchmarks of this repository write the same fields. */
export interface Row {
  readonly workload: string;
  /** What the time is divided by. */
  readonly unit: string;
  readonly implementation: string;
  /** Left out: the algorithm of the workload's first row. */
  readonly algorithm?: string;
  /** What ran it: `v20.20.2`, `Chromium 140`, `Python 3.11`. */
  readonly node: string;
  /** Median time per unit. */
  readonly nanoseconds: number;
  /** Distance between the quartiles as a part of the median. */
  readonly spread: number;
  /** Digest of the answer; equal digests are equal bits. */
  readonly hash: string;
}

/** Rows of one machine, and how they came about. */
export interface Record {
  /** Short name, also of the file. */
  readonly machine: string;
  /** Processor and system, in words. */
  readonly description: string;
  /** Day of the run, e.g. 2026-03-01. */
  readonly date: string;
  /** What was typed. */
  readonly command: string;
  readonly rows: readonly Row[];
}
