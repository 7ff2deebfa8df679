// Pieces of the tuned implementations: typed arrays, everything that does not change taken out of
// the loops, no allocation inside them.
import type { Level } from "../src/basics/index.ts";
import { normalCdf } from "../src/numeric/index.ts";
import { largest, tailWeights, worst } from "../src/risk/tail.ts";

/** Lower triangle of a matrix by rows: [n×n], zeros above the diagonal. */
export function choleskyRows(matrix: readonly (readonly number[])[]): Float64Array {
  const n = matrix.length;
  const lower = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]!;
    }
  }
  return lower;
}

/**
 * Correlated log returns over `years`: rows of the lower triangle times volatility · √years.
 *
 * @returns [n×n] by rows
 */
export function shockMatrix(
  market: {
    readonly volatility: readonly number[];
    readonly correlation: readonly (readonly number[])[];
  },
  years: number,
): Float64Array {
  const n = market.volatility.length;
  return choleskyRows(market.correlation).map(
    (weight, at) => weight * market.volatility[Math.floor(at / n)]! * Math.sqrt(years),
  );
}

/** Adds a step's shocks to log returns, eight assets, one path. */
export function advance(x: Float64Array, m: Float64Array, z: Float64Array, at: number): void {
  const z0 = z[at]!;
  const z1 = z[at + 1]!;
  const z2 = z[at + 2]!;
  const z3 = z[at + 3]!;
  const z4 = z[at + 4]!;
  const z5 = z[at + 5]!;
  const z6 = z[at + 6]!;
  const z7 = z[at + 7]!;
  x[0]! += m[0]! * z0;
  x[1]! += m[8]! * z0 + m[9]! * z1;
  x[2]! += m[16]! * z0 + m[17]! * z1 + m[18]! * z2;
  x[3]! += m[24]! * z0 + m[25]! * z1 + m[26]! * z2 + m[27]! * z3;
  x[4]! += m[32]! * z0 + m[33]! * z1 + m[34]! * z2 + m[35]! * z3 + m[36]! * z4;
  x[5]! += m[40]! * z0 + m[41]! * z1 + m[42]! * z2 + m[43]! * z3 + m[44]! * z4 + m[45]! * z5;
  x[6]! +=
    m[48]! * z0 + m[49]! * z1 + m[50]! * z2 + m[51]! * z3 + m[52]! * z4 + m[53]! * z5 + m[54]! * z6;
  x[7]! +=
    m[56]! * z0 +
    m[57]! * z1 +
    m[58]! * z2 +
    m[59]! * z3 +
    m[60]! * z4 +
    m[61]! * z5 +
    m[62]! * z6 +
    m[63]! * z7;
}

/** Value at risk and expected shortfall of losses, by selection; the losses keep their order. */
export function tailOf(losses: Float64Array): { valueAtRisk: number; shortfall: number } {
  const count = Math.round(0.025 * losses.length);
  const rank = losses.length - Math.ceil(0.99 * losses.length) + 1;
  const work = losses.slice();
  largest(work, count);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += work[i]!;
  return { valueAtRisk: largest(work.subarray(0, count), rank), shortfall: sum / count };
}

/** Cubics of the cumulative normal on [-9, 9], good to 2e-12: a look-up instead of an exponential. */
export const normalTable: {
  readonly cells: number;
  readonly low: number;
  readonly perUnit: number;
  /** [4·(cells + 1)] c0 … c3; the last is 1. */
  readonly cubic: Float64Array;
} = tabulate(2048, -9);

function tabulate(cells: number, low: number) {
  const perUnit = cells / (-2 * low);
  const width = 1 / perUnit;
  const cubic = new Float64Array(4 * (cells + 1));
  for (let c = 0; c < cells; c++) {
    const x = low + c * width;
    const [f0, f1] = [normalCdf(x), normalCdf(x + width)];
    const [g0, g1] = [density(x) * width, density(x + width) * width];
    const step = f1 - f0;
    cubic.set([f0, g0, 3 * step - 2 * g0 - g1, g0 + g1 - 2 * step], 4 * c);
  }
  cubic[4 * cells] = 1;
  return { cells, low, perUnit, cubic };
}

function density(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** The cumulative normal from {@link normalTable}. */
export function cumulativeNormal(x: number): number {
  const { cubic, cells, low, perUnit } = normalTable;
  const place = Math.min(cells, Math.max(0, (x - low) * perUnit));
  const cell = place | 0;
  const t = place - cell;
  const c = cell << 2;
  return cubic[c]! + t * (cubic[c + 1]! + t * (cubic[c + 2]! + t * cubic[c + 3]!));
}

/** Losses of scenarios in a row, which have a tail of their own. */
export interface Group {
  readonly first: number;
  readonly losses: Float64Array;
}

/** A scenario of a group's tail. */
export interface Visit {
  readonly scenario: number;
  readonly group: number;
  readonly weight: number;
}

/** The tails of several groups, in the order of their scenarios. */
export function visitsOf(groups: readonly Group[], at: Level): Visit[] {
  const visits = groups.flatMap(({ first, losses }, group) => {
    const weights = tailWeights(losses.length, at);
    return Array.from(worst(losses, weights.length).scenarios, (scenario, i) => ({
      scenario: first + scenario,
      group,
      weight: weights[i]!,
    }));
  });
  return visits.sort((a, b) => a.scenario - b.scenario);
}
