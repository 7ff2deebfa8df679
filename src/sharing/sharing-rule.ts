import { type Issue, received, refuse } from "../basics/index.ts";
import { expm1, semidefiniteCholesky } from "../numeric/index.ts";
import { SHARING_RULES, type SharingRule } from "./rule-name.ts";

/** What is known beforehand of the members' own losses, in any one unit of money. */
export interface MemberMoments {
  /** [members]. */
  readonly means: readonly number[];
  /** [members × members], symmetric, in that unit squared. */
  readonly covariance?: readonly (readonly number[])[];
}

/** A joint law of independent losses whose mean given their sum is known. */
export type JointLaw =
  /** Gamma losses of one scale, by their shapes, > 0. */
  | { readonly kind: "gamma"; readonly shapes: readonly number[] }
  /** Poisson numbers of claims, or sums of so many claims of one law; expected numbers, ≥ 0. */
  | { readonly kind: "poisson"; readonly rates: readonly number[] }
  /** Two exponential losses, by their rates, > 0: the means are 1 / rate. */
  | { readonly kind: "exponential"; readonly rates: readonly number[] }
  /** Whole multiples of one unit: `masses[i][x]` is the probability that member i loses x units. */
  | { readonly kind: "lattice"; readonly masses: readonly (readonly number[])[] };

/** What probabilities may lack of 1, written down to some ten digits. */
const MASS_TOLERANCE = 1e-9;
/** How far two covariances that should be one may be apart, in standard deviations squared. */
const SYMMETRY_MAX = 1e-12;
/** Below this, products of probabilities on the way to one may have lost their digits. */
const MASS_MIN = 1e-280;
/** Below this, the series of {@link lesserShare} has more digits than the difference. */
const SERIES_MAX = 0.25;

/**
 * Shares a realised loss S among members, by S alone.
 *
 * - `uniform`: S / n. Fair only to members of one mean.
 * - `mean-proportional`: S · mean / sum of the means. Fair, but a steady member pays for the others.
 * - `uniform-residual`: the own mean, and an n-th of what S is beyond all means. Of the fair rules the
 *   one with the least sum of variances.
 * - `variance-residual`: the own mean, and of what S is beyond all means the part that the own variance
 *   is of the sum of variances. Linear regression where no two losses are correlated.
 * - `deviation-residual`: the same by standard deviations. Every member's share is equally far from the
 *   own mean, counted in own standard deviations.
 * - `linear-regression`: the own mean, and of what S is beyond all means the part
 *   Cov(own, S) / Var(S). Nobody's share varies more than the own loss; it is the conditional mean
 *   when losses are jointly normal.
 *
 * The four last ask for something when S is 0 and may give a negative share to a member when S is
 * small: cutting that off would leave shares that no longer sum to S.
 *
 * @param loss  S, any sign
 * @returns     [members], in the unit of S; their sum is S but for rounding
 * @throws      PoolError NUMBER_NOT_FINITE, NUMBER_RANGE, MEMBERS_NONE, WEIGHTS_ZERO, MATRIX_SHAPE,
 *              MATRIX_SYMMETRY, MATRIX_DIAGONAL, ENUM; that the covariance is positive semidefinite
 *              is not checked
 * @source      Denuit, Dhaene & Robert, Risk-sharing rules and their properties, with applications
 *              to peer-to-peer insurance, Journal of Risk and Insurance 89 (2022), with the
 *              residuals by variance and by standard deviation; uniform residuals: Yang & Wei,
 *              ASTIN Bulletin (2025)
 */
export function sharedLoss(loss: number, members: MemberMoments, rule: SharingRule): Float64Array {
  checkFinite("/loss", loss);
  const means = checkMeans(members.means);
  const count = means.length;
  const mean = sumOf(means);
  switch (rule) {
    case "uniform":
      return new Float64Array(count).fill(loss / count);
    case "mean-proportional":
      return proportional(loss, means, "/means");
    case "uniform-residual":
      return means.map((own) => own + (loss - mean) / count);
    case "variance-residual":
    case "deviation-residual": {
      const variances = checkCovariance(members.covariance, count).filter(
        (_, at) => at % (count + 1) === 0,
      );
      const weights = rule === "variance-residual" ? variances : variances.map(Math.sqrt);
      const residuals = proportional(loss - mean, weights, "/covariance");
      return means.map((own, i) => own + residuals[i]!);
    }
    case "linear-regression": {
      const slopes = regressionSlopes(checkCovariance(members.covariance, count), count);
      return means.map((own, i) => own + slopes[i]! * (loss - mean));
    }
    default:
      return refuse({
        code: "ENUM",
        pointer: "/rule",
        detail: "there is no such rule for sharing a loss",
        expected: `one of ${SHARING_RULES.join(", ")}`,
        received: received(rule),
      });
  }
}

/**
 * The matrix A that shares the members' losses X as A·X: of all matrices with A·mean = mean (fair)
 * and columns that sum to 1 (balanced), the one with the least sum of the shares' variances.
 *
 * A = 11'/n + k·(I − 11'/n)·m·m'·Σ⁻¹ with k = 1 / (m'·Σ⁻¹·m). Sharing residuals uniformly is
 * never worse in that sum, but needs an amount that is paid when nothing is lost.
 *
 * @returns  [members] rows of [members]
 * @throws   PoolError as {@link sharedLoss}, and MATRIX_NOT_PSD when the covariance is singular or
 *           not positive definite, WEIGHTS_ZERO when all means are 0
 * @source   Feng, Liu & Taylor, Peer-to-peer risk sharing with an application to flood risk
 *           pooling, Annals of Operations Research 321 (2023)
 */
export function sharingMatrix(members: MemberMoments): Float64Array[] {
  const means = checkMeans(members.means);
  const count = means.length;
  const covariance = checkCovariance(members.covariance, count);
  const weights = solvePositive(covariance, means);
  const norm = means.reduce((sum, own, i) => sum + own * weights[i]!, 0);
  need(norm > 0, {
    code: "WEIGHTS_ZERO",
    pointer: "/means",
    detail: "where nothing is expected, every matrix is fair, and none is told from the others",
    expected: "a mean other than 0",
  });
  const average = sumOf(means) / count;
  return Array.from(means, (own) =>
    weights.map((weight) => 1 / count + ((own - average) * weight) / norm),
  );
}

/**
 * Shares a loss by the conditional mean: what every member is expected to have lost, given the sum.
 *
 * Fair, 0 when nothing is lost, never more than a member can lose, and no share varies more than the
 * own loss. A larger sum may still mean a smaller share (not for the first three laws). On a lattice
 * the work is members · points of a law · loss, without a subtraction.
 *
 * @param loss  the sum, ≥ 0; on a lattice in whole units
 * @returns     [members], in the unit of the loss; their sum is the loss but for rounding
 * @throws      PoolError NUMBER_RANGE, NUMBER_NOT_FINITE, MEMBERS_NONE, WEIGHTS_ZERO, WEIGHTS_SUM,
 *              ENUM; NUMBER_RANGE also for a sum of probability 0, or below 1e-280
 * @source      Denuit & Dhaene, Convex order and comonotonic conditional mean risk sharing (2012);
 *              Denuit, Size-biased transform and conditional mean risk sharing (2019)
 */
export function conditionalMean(loss: number, law: JointLaw): Float64Array {
  need(Number.isFinite(loss) && loss >= 0, {
    code: "NUMBER_RANGE",
    pointer: "/loss",
    detail: "the sum of losses that are never negative is not negative either",
    expected: "number >= 0",
    received: received(loss),
  });
  switch (law.kind) {
    case "gamma":
      checkPositive(law.shapes, "/shapes");
      return proportional(loss, Float64Array.from(law.shapes), "/shapes");
    case "poisson":
      return proportional(loss, Float64Array.from(law.rates), "/rates");
    case "exponential":
      return exponentialShares(loss, law.rates);
    case "lattice":
      return latticeShares(loss, law.masses);
    default:
      return refuse({
        code: "ENUM",
        pointer: "/kind",
        detail: "the mean given the sum is not known for such a law",
        expected: "one of gamma, poisson, exponential, lattice",
        received: received((law as { readonly kind?: unknown }).kind),
      });
  }
}

function proportional(loss: number, weights: Float64Array, pointer: string): Float64Array {
  checkMembers(weights.length, pointer);
  weights.forEach((weight, i) => {
    need(Number.isFinite(weight) && weight >= 0, {
      code: "NUMBER_RANGE",
      pointer: `${pointer}/${i}`,
      detail: "a part of the loss cannot be in proportion to this",
      expected: "number >= 0",
      received: received(weight),
    });
  });
  const total = sumOf(weights);
  need(total > 0, {
    code: "WEIGHTS_ZERO",
    pointer,
    detail: "the loss cannot be divided in proportion to nothing",
    expected: "a value above 0",
  });
  return weights.map((weight) => loss * (weight / total));
}

/** Cov(own, S) / Var(S). */
function regressionSlopes(covariance: Float64Array, count: number): Float64Array {
  const own = Float64Array.from({ length: count }, (_, i) =>
    sumOf(covariance.subarray(i * count, (i + 1) * count)),
  );
  const variance = sumOf(own);
  const size = covariance.reduce((sum, value) => sum + Math.abs(value), 0);
  need(variance > count * 4e-15 * size, {
    code: "NUMBER_RANGE",
    pointer: "/covariance",
    detail: "the sum of all losses does not vary, so there is nothing to regress on",
    expected: "entries whose sum, the variance of the sum, is above 0",
    received: received(variance),
  });
  return own.map((value) => value / variance);
}

/** Σ⁻¹·m by a Cholesky factor. */
function solvePositive(covariance: Float64Array, means: Float64Array): Float64Array {
  const count = means.length;
  const { lower, rank } = semidefiniteCholesky(covariance, count);
  need(rank === count, {
    code: "MATRIX_NOT_PSD",
    pointer: "/covariance",
    detail:
      "a member's loss follows from the others', or no losses have this covariance; leave out members without a risk of their own",
    expected: "a positive definite matrix",
    received: received(`rank ${rank} of ${count}`),
  });
  const solution = Float64Array.from(means);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < i; k++) solution[i]! -= lower[i * count + k]! * solution[k]!;
    solution[i]! /= lower[i * count + i]!;
  }
  for (let i = count - 1; i >= 0; i--) {
    for (let k = i + 1; k < count; k++) solution[i]! -= lower[k * count + i]! * solution[k]!;
    solution[i]! /= lower[i * count + i]!;
  }
  return solution;
}

function exponentialShares(loss: number, rates: readonly number[]): Float64Array {
  need(rates.length === 2, {
    code: "NUMBER_RANGE",
    pointer: "/rates",
    detail: "the mean given the sum is known for two exponential losses",
    expected: "two rates",
    received: received(rates.length),
  });
  checkPositive(rates, "/rates");
  const apart = rates[0]! - rates[1]!;
  const lesser = lesserShare(loss, Math.abs(apart));
  return Float64Array.of(apart > 0 ? lesser : loss - lesser, apart > 0 ? loss - lesser : lesser);
}

/**
 * 1/d − s/(e^(ds) − 1): what is expected of the sum s from the member whose rate is higher, by d. The
 * series in z = ds has the Bernoulli numbers B_2k / (2k)!.
 */
function lesserShare(loss: number, apart: number): number {
  const z = apart * loss;
  if (z >= SERIES_MAX) return 1 / apart - loss / expm1(z);
  const w = z * z;
  const series = 1 / 12 - w * (1 / 720 - w * (1 / 30240 - w * (1 / 1209600 - w / 47900160)));
  return loss * (0.5 - z * series);
}

/**
 * E[X_i · 1(S = s)] for every member: the laws of those before, x·p_i(x), and the laws of those
 * after, convolved. Their sum over the members is s · P(S = s).
 */
function latticeShares(loss: number, masses: readonly (readonly number[])[]): Float64Array {
  checkMasses(masses);
  need(Number.isInteger(loss), {
    code: "NUMBER_RANGE",
    pointer: "/loss",
    detail: "sums of whole units are whole; divide the loss by the unit of the lattice",
    expected: "integer >= 0, in units of the lattice",
    received: received(loss),
  });
  const before: Float64Array[] = [Float64Array.of(1)];
  for (const law of masses) before.push(convolve(before.at(-1)!, law, loss));
  const mass = before.at(-1)![loss] ?? 0;
  need(mass >= MASS_MIN, {
    code: "NUMBER_RANGE",
    pointer: "/loss",
    detail: "these laws do not sum to this loss, or so seldom that nothing can be said of it",
    expected: `a sum of probability ${MASS_MIN} or more`,
    received: received(loss),
  });
  const shares = new Float64Array(masses.length);
  let after: Float64Array = Float64Array.of(1);
  for (let i = masses.length - 1; i >= 0; i--) {
    const law = masses[i]!;
    const biased = law.map((p, x) => x * p);
    const upToOwn = convolve(before[i]!, biased, loss);
    let sum = 0;
    upToOwn.forEach((value, x) => {
      sum += value * (after[loss - x] ?? 0);
    });
    shares[i] = sum / mass;
    after = convolve(after, law, loss);
  }
  return shares;
}

/** The law of a sum, up to `most`. */
function convolve(a: ArrayLike<number>, b: ArrayLike<number>, most: number): Float64Array {
  const sum = new Float64Array(Math.min(a.length + b.length - 2, most) + 1);
  for (let y = 0; y < b.length && y <= most; y++) {
    const weight = b[y]!;
    if (weight === 0) continue;
    const end = Math.min(a.length, sum.length - y);
    for (let x = 0; x < end; x++) sum[x + y]! += a[x]! * weight;
  }
  return sum;
}

function checkMasses(masses: readonly (readonly number[])[]): void {
  checkMembers(masses.length, "/masses");
  for (const [i, law] of masses.entries()) {
    let total = 0;
    for (const [x, p] of law.entries()) {
      need(Number.isFinite(p) && p >= 0, {
        code: "NUMBER_RANGE",
        pointer: `/masses/${i}/${x}`,
        detail: "this is not a probability",
        expected: "number, 0 … 1",
        received: received(p),
      });
      total += p;
    }
    need(Math.abs(total - 1) <= MASS_TOLERANCE, {
      code: "WEIGHTS_SUM",
      pointer: `/masses/${i}`,
      detail: "the probabilities of one member's losses do not sum to 1",
      expected: `sum 1, give or take ${MASS_TOLERANCE}`,
      received: received(total),
    });
  }
}

function checkMeans(means: readonly number[]): Float64Array {
  checkMembers(means.length, "/means");
  means.forEach((mean, i) => {
    checkFinite(`/means/${i}`, mean);
  });
  return Float64Array.from(means);
}

function checkCovariance(rows: MemberMoments["covariance"], count: number): Float64Array {
  const isSquare = rows?.length === count && rows.every((row) => row.length === count);
  if (rows === undefined || !isSquare) {
    return refuse({
      code: "MATRIX_SHAPE",
      pointer: "/covariance",
      detail: "this rule needs the covariance of every two members",
      expected: `${count} rows of ${count} numbers`,
      received: rows ? received(rows.map((row) => row.length).join(", ")) : received(rows),
    });
  }
  for (const [i, row] of rows.entries()) {
    for (const [j, value] of row.entries()) {
      const pointer = `/covariance/${i}/${j}`;
      checkFinite(pointer, value);
      need(i !== j || value >= 0, {
        code: "MATRIX_DIAGONAL",
        pointer,
        detail: "a variance is not negative",
        expected: "number >= 0",
        received: received(value),
      });
      const mirror = rows[j]![i]!;
      const size = Math.sqrt(rows[i]![i]! * rows[j]![j]!);
      need(i <= j || value === mirror || Math.abs(value - mirror) <= SYMMETRY_MAX * size, {
        code: "MATRIX_SYMMETRY",
        pointer,
        detail: "two members have one covariance",
        expected: `what /covariance/${j}/${i} is, ${mirror}`,
        received: received(value),
      });
    }
  }
  return Float64Array.from(rows.flat());
}

function checkPositive(values: readonly number[], pointer: string): void {
  values.forEach((value, i) => {
    need(Number.isFinite(value) && value > 0, {
      code: "NUMBER_RANGE",
      pointer: `${pointer}/${i}`,
      detail: "a law has no such parameter",
      expected: "number > 0",
      received: received(value),
    });
  });
}

function checkMembers(count: number, pointer: string): void {
  need(count > 0, {
    code: "MEMBERS_NONE",
    pointer,
    detail: "a loss without members is nobody's",
    expected: "one member or more",
    received: received(count),
  });
}

function checkFinite(pointer: string, value: number): void {
  need(Number.isFinite(value), {
    code: "NUMBER_NOT_FINITE",
    pointer,
    detail: "losses, means and covariances are amounts",
    expected: "a finite number",
    received: received(value),
  });
}

function need(holds: boolean, issue: Issue): void {
  if (!holds) refuse(issue);
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
