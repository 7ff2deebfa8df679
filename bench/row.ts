// What a benchmark leaves behind: one row per workload, implementation and what ran it.

/** One measurement. The benchmark beside the peers writes the same fields. */
export interface Row {
  readonly workload: string;
  /** What the time is divided by. */
  readonly unit: string;
  readonly implementation: string;
  /** What it does; equal texts are the same algorithm. */
  readonly algorithm: string;
  /** Set where it does a part of the workload, or more than that: it has no ratio of its own. */
  readonly aside?: true;
  /** What ran it: `v20.20.2`, `Chromium 140`. */
  readonly node: string;
  /** Median time per unit. */
  readonly nanoseconds: number;
  /** Distance between the quartiles as a part of the median. */
  readonly spread: number;
  /** Median of the time in times of the engine's just before it, where programs take turns. */
  readonly ratio?: number;
  /** Digest of the answer; equal digests are equal bits. */
  readonly hash: string;
}

/** Everything measured on one machine, and how it came about. */
export interface MachineResults {
  /** Short name, also of the file. */
  readonly machine: string;
  /** Processor and system, in words. */
  readonly description: string;
  /** Day of the last run, e.g. 2026-03-01. */
  readonly date: string;
  /** What was typed for the last run. */
  readonly command: string;
  readonly rows: readonly Row[];
  /** Rows of the run beside native code and other languages, with the engine's own among them. */
  readonly peers: readonly Row[];
  /** Day of that run; empty where there was none. */
  readonly peersDate: string;
}

/** Name of the engine proper, which every ratio refers to. */
export const RISKPOOL = "riskpool";

/** The same engine without WebAssembly. */
export const PLAIN: string = `${RISKPOOL} in plain JS`;

/** Rows of one run of a workload: these were timed in turns, so their ratios mean something. */
export interface Run {
  readonly workload: string;
  readonly node: string;
  readonly rows: readonly Row[];
}

/** Rows by workload and by what ran them, in the order in which they first appear. */
export function runsOf(rows: readonly Row[]): Run[] {
  const runs = new Map<string, { workload: string; node: string; rows: Row[] }>();
  for (const row of rows) {
    const { workload, node } = row;
    const key = `${workload} ${node}`;
    const run = runs.get(key);
    if (run) run.rows.push(row);
    else runs.set(key, { workload, node, rows: [row] });
  }
  return [...runs.values()];
}

/** What ran the rows, in the order in which they first appear. */
export function nodesOf(rows: readonly { readonly node: string }[]): string[] {
  return [...new Set(rows.map(({ node }) => node))];
}

/**
 * The newest Node among them. A browser's times are not of the same clock.
 *
 * @throws Error when there is none
 */
export function newestNode(rows: readonly { readonly node: string }[]): string {
  const major = (node: string) => Number(/^v(\d+)/.exec(node)?.[1] ?? 0);
  const [newest] = nodesOf(rows).sort((a, b) => major(b) - major(a));
  if (!newest?.startsWith("v")) throw new Error("no row was timed in Node");
  return newest;
}

/** New rows in place of those of the same workload and browser or Node's major; the rest stays. */
export function replaced(old: readonly Row[], fresh: readonly Row[]): Row[] {
  const keyOf = ({ workload, node }: Row) => `${workload} ${/^v?\w+/.exec(node)}`;
  const byKey = new Map<string, Row[]>();
  for (const row of fresh) byKey.set(keyOf(row), [...(byKey.get(keyOf(row)) ?? []), row]);
  const placed = new Set<string>();
  const rows = old.flatMap((row) => {
    const key = keyOf(row);
    if (!byKey.has(key)) return placed.has(key) ? [] : [row];
    // All of them where the first of the old ones stood.
    const own = byKey.get(key)!;
    byKey.delete(key);
    placed.add(key);
    return own;
  });
  return [...rows, ...[...byKey.values()].flat()];
}

/** Whether the answer must be the same wherever it is found: no mathematics of the platform is in it. */
export function isReproducible({ implementation }: Row): boolean {
  return implementation.startsWith(RISKPOOL) || implementation.startsWith("scalar");
}

/**
 * The answers that are not the same to the last bit wherever they were found.
 *
 * @returns  rows of one workload and implementation each, at least two
 */
export function differences(rows: readonly Row[]): Row[][] {
  const answers = new Map<string, Row[]>();
  for (const row of rows) {
    const key = [row.workload, row.implementation, row.algorithm].join("\n");
    answers.set(key, [...(answers.get(key) ?? []), row]);
  }
  return [...answers.values()].filter((same) => new Set(same.map(({ hash }) => hash)).size > 1);
}
