import { readInstant, YEAR_MS } from "../basics/index.ts";
import type { Cover, Severity } from "../book/index.ts";
import { betaQuantile, betaQuantileGrid, exp, expm1, log, log1p } from "../numeric/index.ts";

/** Range of y = ln(u/(1-u)) that 32-bit uniforms reach, rounded up. */
const Y_MAX = 23;
const CELLS = 1024;

/** Where the table of a Pareto severity ends: far enough above 1 for no cell below to feel it. */
const PARETO_TABLE_MAX = 2;

/**
 * Quantile of the loss ratio, in [0, 1].
 *
 * @param u           probability in (0, 1)
 * @param complement  1 - u, given apart because it may be too small to be had by subtraction
 */
export function severityQuantile(severity: Severity, u: number, complement: number): number {
  return Math.min(1, uncutQuantile(severity, u, complement));
}

// A Pareto goes on above 1, where the kernel cuts it: a cubic cannot bend around the cut.
function uncutQuantile(severity: Severity, u: number, complement: number): number {
  switch (severity.kind) {
    case "constant":
      return severity.value;
    case "uniform":
      return severity.min + (severity.max - severity.min) * u;
    case "beta":
      return betaQuantile(severity.alpha, severity.beta, u, complement).x;
    case "pareto": {
      const { scale, shape } = severity;
      const tail = -log(complement);
      const excess = shape === 0 ? scale * tail : scale * (expm1(shape * tail) / shape);
      return Math.min(PARETO_TABLE_MAX, excess);
    }
  }
}

const tables = new WeakMap<Severity, Float64Array>();

/**
 * Table of a severity as assembly/quantile.ts reads it: cubics through four points of each cell,
 * so that it is continuous and good to about 1e-8 of the sum insured. The kernel cuts ratios at 1.
 * A severity of a document is frozen, and its table is made once.
 */
export function severityTable(severity: Severity): Float64Array {
  const known = tables.get(severity);
  if (known) return known;
  const table = newTable(severity);
  tables.set(severity, table);
  return table;
}

function newTable(severity: Severity): Float64Array {
  const knots = severityKnots(severity);
  const table = new Float64Array(2 + 4 * CELLS);
  table[0] = Y_MAX;
  table[1] = CELLS;
  for (let c = 0; c < CELLS; c++) {
    const [left, a, b, right] = knots.subarray(3 * c, 3 * c + 4);
    // Newton's form on 0, 1/3, 2/3, 1, multiplied out.
    const d1 = a! - left!;
    const d2 = b! - 2 * a! + left!;
    const d3 = right! - 3 * b! + 3 * a! - left!;
    table[2 + 4 * c] = left!;
    table[3 + 4 * c] = 3 * d1 - 1.5 * d2 + d3;
    table[4 + 4 * c] = 4.5 * d2 - 4.5 * d3;
    table[5 + 4 * c] = 4.5 * d3;
  }
  return table;
}

/** The quantile at the thirds of all cells: [3·CELLS + 1]. */
function severityKnots(severity: Severity): Float64Array {
  const count = 3 * CELLS;
  if (severity.kind === "beta") {
    return betaQuantileGrid(severity.alpha, severity.beta, Y_MAX, count);
  }
  return Float64Array.from({ length: count + 1 }, (_, i) => {
    const y = Y_MAX * ((2 * i) / count - 1);
    const e = exp(-Math.abs(y));
    const small = e / (1 + e);
    const large = 1 / (1 + e);
    return y < 0 ? uncutQuantile(severity, small, large) : uncutQuantile(severity, large, small);
  });
}

/**
 * Probability that a cover's event happens within the horizon: hazard is constant in time, and
 * only while the cover is in force.
 */
export function eventProbability(cover: Cover, asOfMs: number, horizonYears: number): number {
  const end = cover.end === undefined ? horizonYears : (readInstant(cover.end) - asOfMs) / YEAR_MS;
  const exposed = Math.max(0, Math.min(horizonYears, end));
  return -expm1(exposed * log1p(-cover.annualProbability));
}

/** What the payment on a cover is made of: sum insured, deductible, share paid, limit. */
export function coverTerms(cover: Cover): Float64Array {
  return Float64Array.of(
    Number(cover.sumInsured),
    Number(cover.deductible ?? "0"),
    1 - (cover.coinsurance ?? 0),
    Number(cover.limit ?? cover.sumInsured),
  );
}
