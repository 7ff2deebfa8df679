import { array, number, object, received } from "../basics/index.ts";
import { exp, log, symmetricEigen } from "../numeric/index.ts";
import { checkArguments, gather, notNegative, part, positive } from "./argument.ts";
import type { KinkedCurve } from "./rate-curve.ts";

/** What a pool holds, how it moves, and how little the pool likes that. */
export interface Inventory {
  /** [assets] value of the pool's exposure before the trade, money; negative is short. */
  readonly exposure: readonly number[];
  /** [assets × assets] of returns over the time that the exposure is held. */
  readonly covariance: readonly (readonly number[])[];
  /** γ: 1 charges half the variance of the pool's return. */
  readonly riskAversion: number;
  /** What the pool manages, money, > 0. */
  readonly assetsManaged: number;
}

const ASSETS_MAX = 100;
/** Eigenvalues below nought by no more than this part of the largest are rounding. */
const EIGEN_ERROR = 1e-12;

/**
 * What a trade adds to the risk that a pool has to bear: ½·γ·(e′ᵀΣe′ − eᵀΣe) / AUM, with e the
 * exposure before and e′ after it.
 *
 * Negative where the trade takes risk off: what a rebate may be at most. Trades in a row cost what
 * they cost together, so nothing is gained by splitting one.
 *
 * @param trade  [assets] what the trade adds to the pool's exposure, money
 * @returns      money; over the size of the trade it is a fee rate
 * @throws       PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE,
 *               TOO_MANY_ITEMS, TOO_FEW_ITEMS, MATRIX_NOT_PSD
 * @source       Drift, liquidity pool swap fees (protocol-v2); Ho & Stoll, Optimal dealer pricing
 *               under transactions and return uncertainty (1981)
 */
export function inventoryFee(trade: readonly number[], inventory: Inventory): number {
  checkInventory(trade, inventory);
  const { exposure, covariance, riskAversion, assetsManaged } = inventory;
  // e′ᵀΣe′ − eᵀΣe = tᵀΣ(2e + t): no difference of large numbers.
  let sum = 0;
  for (const [i, row] of covariance.entries()) {
    for (const [j, c] of row.entries()) sum += trade[i]! * c * (2 * exposure[j]! + trade[j]!);
  }
  return (0.5 * riskAversion * sum) / assetsManaged;
}

/** How an imbalance of a pool is charged for. */
export interface ImpactCurve {
  /** ≥ 1; 2 charges in proportion to the imbalance. */
  readonly exponent: number;
  /** Money per unit of imbalance^exponent, where a trade adds to it. */
  readonly charge: number;
  /** The same where a trade takes from it, at most `charge`. */
  readonly rebate: number;
}

/**
 * Charge, or rebate where negative, for moving the imbalance of a pool: k · (|after|^p − |before|^p),
 * with the k of a charge or of a rebate. A trade that crosses the balance is paid for what it
 * mends and charged for what it adds.
 *
 * @param before     imbalance, signed
 * @param after      the same after the trade
 * @param rebateMax  what there is to pay a rebate from, ≥ 0
 * @returns          money; never below −rebateMax
 * @throws           PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at
 *                   once
 * @source           GMX, price impact (gmx-synthetics)
 */
export function priceImpact(
  before: number,
  after: number,
  curve: ImpactCurve,
  rebateMax: number,
): number {
  const factor = notNegative("money per unit of imbalance to the power");
  const imbalance = number({ unit: "imbalance, signed" });
  const found = gather(
    {
      before: imbalance,
      after: imbalance,
      curve: object<ImpactCurve>({
        exponent: number({ min: 1, max: 10, unit: "power" }),
        charge: factor,
        rebate: factor,
      }),
      rebateMax: notNegative("money"),
    },
    { before, after, curve, rebateMax },
  );
  if (found.issues.length === 0 && curve.rebate > curve.charge) {
    found.add({
      code: "NUMBER_RANGE",
      pointer: "/curve/rebate",
      detail: "who moves the imbalance to and fro would be paid for it",
      expected: `number >= 0 and <= ${curve.charge} (as the charge)`,
      received: received(curve.rebate),
    });
  }
  found.throwIfAny("impact");
  const [from, to] = [power(before, curve.exponent), power(after, curve.exponent)];
  const isSameSide = before * after >= 0;
  const fee = isSameSide
    ? (to > from ? curve.charge : curve.rebate) * (to - from)
    : curve.charge * to - curve.rebate * from;
  return Math.max(-rebateMax, fee);
}

/** A multiplier of fees that grows as the pool comes under stress. */
export interface StressCurve {
  /** Rise per unit of stress up to the kink. */
  readonly slope: number;
  /** Stress from which on it rises faster. */
  readonly kink: number;
  /** Rise per unit of stress beyond the kink. */
  readonly jump: number;
  /** Most it can be, ≥ 1. */
  readonly highest: number;
}

/**
 * Multiplier of fees by how much of a pool's capital its expected shortfall takes:
 * 1 + slope · min(s, kink) + jump · max(s − kink, 0), at most `highest`.
 *
 * @param shortfall  of the pool, money, ≥ 0
 * @param capital    what can bear it, money; without any the multiplier is the highest
 * @returns          ≥ 1; never falls as stress rises
 * @throws           PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at
 *                   once
 */
export function stressMultiplier(shortfall: number, capital: number, curve: StressCurve): number {
  checkArguments(
    {
      shortfall: notNegative("money"),
      capital: notNegative("money"),
      curve: object<StressCurve>({
        slope: notNegative("per unit of stress"),
        kink: notNegative("shortfall over capital"),
        jump: notNegative("per unit of stress"),
        highest: number({ min: 1, unit: "times the fee" }),
      }),
    },
    { shortfall, capital, curve },
    "fee",
  );
  const { slope, kink, jump, highest } = curve;
  if (capital === 0) return shortfall === 0 ? 1 : highest;
  const stress = shortfall / capital;
  const rise = slope * Math.min(stress, kink) + jump * Math.max(stress - kink, 0);
  return Math.min(highest, 1 + rise);
}

/** A borrowing fee as GMX states it. */
export interface BorrowingTerms {
  /** Utilisation of the bend, above 0 and below 1. */
  readonly optimal: number;
  /** Rate of full use if there were no bend, fraction per year. */
  readonly base: number;
  /** Rate of full use beyond the bend, at least `base`, fraction per year. */
  readonly above: number;
}

/**
 * The curve for `kinkedRate` of a borrowing fee that is base · U, and beyond the optimum
 * (above − base) · (U − optimal) / (1 − optimal) more.
 *
 * @throws  PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source  GMX, kink model of borrowing fees (gmx-synthetics)
 */
export function borrowingCurve(terms: BorrowingTerms): KinkedCurve {
  const rate = number({ min: 0, max: 1e6, unit: "fraction per year, 1 = 100 %" });
  const form = object<BorrowingTerms>({
    optimal: number({ exclusiveMin: 0, exclusiveMax: 1, unit: "utilisation, 1 = 100 %" }),
    base: rate,
    above: number({
      min: terms?.base ?? 0,
      max: 1e6,
      unit: "fraction per year, at least the base",
    }),
  });
  checkArguments({ terms: form }, { terms }, "fee");
  const { optimal, base, above } = terms;
  return { base: 0, slope: base, kink: optimal, jump: base + (above - base) / (1 - optimal) };
}

/** How funding follows the imbalance of open interest. */
export interface FundingTerms {
  /** Skew above which the rate grows, 0 … 1. */
  readonly growAbove: number;
  /** Skew below which it falls, at most `growAbove`. */
  readonly fallBelow: number;
  /** Growth per day at a skew of 1, fraction per year. */
  readonly growthPerDay: number;
  /** Fall per day, fraction per year. */
  readonly fallPerDay: number;
  /** Most it can be on either side, fraction per year. */
  readonly highest: number;
}

/**
 * Funding rate after some time: it grows towards the larger side while the skew is large, holds
 * while it is middling, and falls back to nothing while it is small. Against a rate of the other
 * side it grows whatever the skew.
 *
 * @param rate  before, fraction per year; positive is paid by longs
 * @param skew  (long − short) / (long + short), −1 … 1
 * @param days  ≥ 0
 * @returns     fraction per year
 * @throws      PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source      GMX, adaptive funding (gmx-synthetics)
 */
export function adaptiveFunding(
  rate: number,
  skew: number,
  days: number,
  terms: FundingTerms,
): number {
  const change = notNegative("fraction per year and day");
  checkArguments(
    {
      terms: object<FundingTerms>({
        growAbove: part("skew"),
        fallBelow: number({ min: 0, max: terms?.growAbove ?? 1, unit: "skew, at most growAbove" }),
        growthPerDay: change,
        fallPerDay: change,
        highest: notNegative("fraction per year"),
      }),
      rate: number({
        min: -(terms?.highest ?? 0),
        max: terms?.highest ?? 0,
        unit: "fraction per year",
      }),
      skew: number({ min: -1, max: 1, unit: "(long − short) / (long + short)" }),
      days: notNegative("days"),
    },
    { terms, rate, skew, days },
    "funding",
  );
  const size = Math.abs(skew);
  const isAgainst = rate * skew < 0;
  if (size > terms.growAbove || isAgainst) {
    const grown = rate + terms.growthPerDay * skew * days;
    return Math.min(terms.highest, Math.max(-terms.highest, grown));
  }
  if (size >= terms.fallBelow) return rate;
  const left = Math.max(0, Math.abs(rate) - terms.fallPerDay * days);
  return rate < 0 ? -left : left;
}

/** |x|^p; exact for 1 and 2. */
function power(x: number, p: number): number {
  const size = Math.abs(x);
  if (p === 1 || size === 0) return size;
  return p === 2 ? size * size : exp(p * log(size));
}

/** Symmetric and without a negative eigenvalue, but for rounding. */
function isCovariance(matrix: readonly (readonly number[])[]): boolean {
  const n = matrix.length;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) if (matrix[i]![j] !== matrix[j]![i]) return false;
  }
  const { values } = symmetricEigen(Float64Array.from(matrix.flat()), n);
  return values[0]! >= -EIGEN_ERROR * Math.abs(values[n - 1]!);
}

function checkInventory(trade: readonly number[], inventory: Inventory): void {
  const amount = number({ unit: "money, signed" });
  const n = Array.isArray(inventory?.exposure) ? inventory.exposure.length : 0;
  const vector = array(amount, { min: n, max: n });
  const found = gather(
    {
      trade: vector,
      inventory: object<Inventory>({
        exposure: array(amount, { min: 1, max: ASSETS_MAX }),
        covariance: array(array(number({ unit: "of returns" }), { min: n, max: n }), {
          min: n,
          max: n,
        }),
        riskAversion: notNegative("risk aversion"),
        assetsManaged: positive("money"),
      }),
    },
    { trade, inventory },
  );
  if (found.issues.length === 0 && !isCovariance(inventory.covariance)) {
    found.add({
      code: "MATRIX_NOT_PSD",
      pointer: "/inventory/covariance",
      detail: "with this matrix some exposure would have a negative variance",
      expected: "a symmetric, positive semidefinite matrix",
      received: received(inventory.covariance),
    });
  }
  found.throwIfAny("inventory");
}
