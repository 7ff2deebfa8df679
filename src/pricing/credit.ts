import { integer, level, levelFraction, number, object } from "../basics/index.ts";
import {
  binomialProbabilities,
  bivariateNormalCdf,
  exp,
  expm1,
  log,
  normalCdf,
  normalPdf,
  normalQuantile,
  studentCdf,
} from "../numeric/index.ts";
import type { LatticeLaw } from "./aggregate-loss.ts";
import { checkArguments, part } from "./argument.ts";

/**
 * Covers that are alike and fail together: an event happens where √ρ·M + √(1−ρ)·ε falls below
 * Φ⁻¹(probability), with one M for all.
 */
export interface FactorPool {
  /** Of an event until the horizon, above 0 and below 1. */
  readonly probability: number;
  /** ρ: the part of the variance that is common, 0 … 1 without 1. */
  readonly systemicLoading: number;
}

/** Tail of a pool's loss; parts of what is covered. */
export interface PoolTail {
  readonly valueAtRisk: number;
  readonly expectedShortfall: number;
}

const probability = number({ exclusiveMin: 0, exclusiveMax: 1, unit: "probability" });
const poolFields = {
  probability,
  systemicLoading: number({ min: 0, exclusiveMax: 1, unit: "part of the variance" }),
};
const factorPool = object<FactorPool>(poolFields);
const COVERS_MAX = 10_000;
/** Beyond this a standard normal is less likely than any probability that is shown. */
const FACTOR_MAX = 9;

/**
 * Part of a pool of very many small covers that fails, at a level: the limit in which chance of
 * one's own averages out and the common factor is left.
 *
 * @param confidence  above 0, below 1, at most six decimals
 * @returns           parts of the number of covers, 0 … 1; times the severity they are losses
 * @throws            PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE,
 *                    UNIT_SUSPECT
 * @source            Vasicek, The distribution of loan portfolio value (2002)
 */
export function largePoolTail(pool: FactorPool, confidence: number): PoolTail {
  checkArguments({ pool: factorPool }, { pool }, "pool");
  const alpha = levelFraction(level(confidence, "/confidence"));
  const { probability: p, systemicLoading: rho } = pool;
  const worst = normalQuantile(1 - alpha);
  const threshold = normalQuantile(p);
  const valueAtRisk = normalCdf((threshold - Math.sqrt(rho) * worst) / Math.sqrt(1 - rho));
  const expectedShortfall = bivariateNormalCdf(threshold, worst, Math.sqrt(rho)) / (1 - alpha);
  return { valueAtRisk, expectedShortfall };
}

/**
 * Law of how many of n equal covers fail.
 *
 * Given the factor they are independent; over the factor by the trapezoidal rule, which for what is
 * smooth and vanishes at both ends gains digits faster than any power of the step.
 *
 * @param covers  1 … 10,000
 * @returns       [covers + 1] probabilities, one step for each cover
 * @throws        PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE, INTEGER
 * @source        Vasicek, Probability of loss on loan portfolio (1987)
 */
export function poolDefaults(covers: number, pool: FactorPool): LatticeLaw {
  checkArguments(
    { covers: integer({ min: 1, max: COVERS_MAX, unit: "covers" }), pool: factorPool },
    { covers, pool },
    "pool",
  );
  const { probability: p, systemicLoading: rho } = pool;
  const probabilities = new Float64Array(covers + 1);
  if (rho === 0) return { step: 1, probabilities: binomialProbabilities(covers, p) };
  const threshold = normalQuantile(p);
  // A step well within what one more event of the pool says of the factor.
  const width = Math.sqrt((1 - rho) / (1 + rho * covers));
  const step = Math.min(0.1, 0.25 * width);
  const last = Math.ceil(FACTOR_MAX / step);
  let total = 0;
  for (let i = -last; i <= last; i++) {
    const weight = normalPdf(i * step);
    const given = normalCdf((threshold - Math.sqrt(rho) * i * step) / Math.sqrt(1 - rho));
    const law = binomialProbabilities(covers, given);
    for (let k = 0; k <= covers; k++) probabilities[k]! += weight * law[k]!;
    total += weight;
  }
  return { step: 1, probabilities: probabilities.map((sum) => sum / total) };
}

/**
 * How often two covers fail together in the extreme, on a t copula: the limit of the probability
 * that one is beyond a level given that the other is, as the level goes to 1. Gaussian ones have 0.
 *
 * @param degreesOfFreedom  > 0, need not be whole
 * @param correlation       −1 … 1
 * @throws                  PoolError TYPE, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source                  Demarta & McNeil, The t copula and related copulas (2005), equation 9
 */
export function tailDependence(degreesOfFreedom: number, correlation: number): number {
  checkArguments(
    {
      degreesOfFreedom: number({ exclusiveMin: 0, unit: "degrees of freedom" }),
      correlation: number({ min: -1, max: 1, unit: "correlation" }),
    },
    { degreesOfFreedom, correlation },
    "copula",
  );
  const n = degreesOfFreedom + 1;
  return 2 * studentCdf(-Math.sqrt((n * (1 - correlation)) / (1 + correlation)), n);
}

/** A loan to a company, as the rules for banks see it. */
export interface CorporateExposure {
  /** Of default within a year, above 0 and below 1. */
  readonly probability: number;
  /** Part that is lost with default, 0 … 1. */
  readonly lossGivenDefault: number;
  /** Effective maturity in years, 1 … 5. */
  readonly maturityYears: number;
}

/** What the rules ask for; parts of the exposure. */
export interface RiskWeight {
  /** Asset correlation that the rules assume. */
  readonly correlation: number;
  /** Unexpected loss at 99.9 %, with the adjustment for maturity. */
  readonly capital: number;
  /** 12.5 times the capital: 1 = 100 %. */
  readonly riskWeight: number;
}

/**
 * Capital for a corporate exposure by internal ratings: a comparator that supervisors know.
 *
 * @throws  PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source  Basel Committee, International convergence of capital measurement (2006), § 272
 */
export function riskWeight(exposure: CorporateExposure): RiskWeight {
  const form = object<CorporateExposure>({
    probability,
    lossGivenDefault: part("of the exposure"),
    maturityYears: number({ min: 1, max: 5, unit: "years" }),
  });
  checkArguments({ exposure: form }, { exposure }, "exposure");
  const { probability: p, lossGivenDefault, maturityYears } = exposure;
  const safe = expm1(-50 * p) / expm1(-50);
  const correlation = 0.12 * safe + 0.24 * (1 - safe);
  const slope = (0.11852 - 0.05478 * log(p)) ** 2;
  const pool = { probability: p, systemicLoading: correlation };
  const unexpected = lossGivenDefault * (largePoolTail(pool, 0.999).valueAtRisk - p);
  const capital = (unexpected * (1 + (maturityYears - 2.5) * slope)) / (1 - 1.5 * slope);
  return { correlation, capital, riskWeight: 12.5 * capital };
}

/** A basket of names that are alike, of which the nth default is insured. */
export interface Basket {
  /** 1 … 100. */
  readonly names: number;
  /** Defaults per year and name, constant. */
  readonly hazard: number;
  /** ρ of the one common factor, 0 … 1 without 1. */
  readonly systemicLoading: number;
  /** Part that is recovered, 0 … 1. */
  readonly recovery: number;
  /** Continuously compounded per year. */
  readonly rate: number;
  /** Whole quarters. */
  readonly maturityYears: number;
}

/** Points per quarter at which defaults are looked at. */
const QUARTER_POINTS = 8;

/**
 * Fair premium per year for insurance against the first, second, … default of a basket, paid every
 * quarter in arrears, with what has accrued at the default.
 *
 * Defaults between two of eight points a quarter count in the middle of them.
 *
 * @returns  [names] fractions of the notional per year
 * @throws   PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE, INTEGER; all at
 *           once
 * @source   Hull & White, Valuation of a CDO and an nth to default CDS without Monte Carlo simulation
 *           (2004)
 */
export function nthDefaultSpreads(basket: Basket): Float64Array {
  const form = object<Basket>({
    names: integer({ min: 1, max: 100, unit: "names" }),
    hazard: number({ exclusiveMin: 0, max: 100, unit: "defaults per year" }),
    systemicLoading: poolFields.systemicLoading,
    recovery: part("of the notional"),
    rate: number({ min: -1, max: 1, unit: "per year, 1 = 100 %" }),
    maturityYears: number({ min: 0.25, max: 50, unit: "years" }),
  });
  checkArguments(
    { basket: form, quarters: integer({ min: 1, max: 200, unit: "quarters of a year" }) },
    { basket, quarters: 4 * basket.maturityYears },
    "basket",
  );
  const { names, hazard, systemicLoading, recovery, rate, maturityYears } = basket;
  const quarters = 4 * maturityYears;
  const protection = new Float64Array(names);
  const premiums = new Float64Array(names);
  let before: Float64Array = new Float64Array(names);
  const length = 0.25 / QUARTER_POINTS;
  for (let q = 0; q < quarters; q++) {
    for (let i = 1; i <= QUARTER_POINTS; i++) {
      const years = 0.25 * q + i * length;
      const now = reached(names, { probability: -expm1(-hazard * years), systemicLoading });
      const discount = exp(-rate * (years - 0.5 * length));
      for (let n = 0; n < names; n++) {
        const happened = discount * (now[n]! - before[n]!);
        protection[n]! += (1 - recovery) * happened;
        premiums[n]! += (i - 0.5) * length * happened;
      }
      before = now;
    }
    const discount = exp(-0.25 * rate * (q + 1));
    for (let n = 0; n < names; n++) premiums[n]! += 0.25 * discount * (1 - before[n]!);
  }
  return protection.map((leg, n) => leg / premiums[n]!);
}

/** [names] probability of one default or more, two or more, … */
function reached(names: number, pool: FactorPool): Float64Array {
  const { probabilities } = poolDefaults(names, pool);
  const atLeast = new Float64Array(names);
  let sum = 0;
  for (let n = names; n > 0; n--) {
    sum += probabilities[n]!;
    atLeast[n - 1] = sum;
  }
  return atLeast;
}
