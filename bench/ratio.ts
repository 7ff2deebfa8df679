// Times of implementations in times of the engine's.
import { RISKPOOL, type Row, type Run } from "./row.ts";

/** How long an implementation takes, in times of the engine, in one run. */
export interface Ratio {
  readonly row: Row;
  readonly node: string;
  readonly times: number;
  /** `kernel`: of the code alone, both do the same. `algorithm`: of what is done as well. */
  readonly kind: "kernel" | "algorithm";
}

/** The engine's own row that a row is measured against: the one that does the same, or the first. */
function baseOf({ rows }: Run, { algorithm }: Row): Row | undefined {
  const own = rows.filter(({ implementation, aside }) => implementation === RISKPOOL && !aside);
  return own.find((row) => row.algorithm === algorithm) ?? own[0];
}

/** Ratios of everything in a run that does the whole workload, but of the engine itself. */
export function ratiosOf(run: Run): Ratio[] {
  return run.rows.flatMap((row): Ratio[] => {
    const base = baseOf(run, row);
    if (!base || row.implementation === RISKPOOL || row.aside) return [];
    const times = row.ratio ?? row.nanoseconds / base.nanoseconds;
    const kind = row.algorithm === base.algorithm ? "kernel" : "algorithm";
    return [{ row, node: run.node, times, kind }];
  });
}

/** The quickest of the implementations whose name begins so, e.g. of all that are tuned. */
export function quickest(ratios: readonly Ratio[], name: string): Ratio | undefined {
  return ratios
    .filter(({ row }) => row.implementation.startsWith(name))
    .reduce<Ratio | undefined>((a, b) => (a && a.times <= b.times ? a : b), undefined);
}

/** Three digits, or as many as a whole number has. */
export function printRatio(times: number): string {
  const digits = times < 0.9995 ? 2 : 3;
  return `${times >= 99.95 ? times.toFixed(0) : times.toPrecision(digits)} ×`;
}

/** A time in the unit that fits it. */
export function printTime(nanoseconds: number): string {
  const units = ["ns", "µs", "ms", "s"];
  let value = nanoseconds;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value >= 99.95 ? value.toFixed(0) : value.toPrecision(3)} ${units[unit]}`;
}

/** `v20.20.2` as `Node 20.20.2`. */
export function printNode(node: string): string {
  return node.replace(/^v/, "Node ");
}
