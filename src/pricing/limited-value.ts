import { choice, number, object, optional, received, refuse, variant } from "../basics/index.ts";
import { exp, expm1, incompleteGamma, lgamma, log, log1p, normalCdf } from "../numeric/index.ts";
import { gather, notNegative, positive } from "./argument.ts";
import type { Premium } from "./premium.ts";

/** How large a loss is, once there is one; money in any unit, the same throughout. */
export type LossLaw =
  /** Of the logarithm: mean and standard deviation. */
  | { readonly kind: "lognormal"; readonly logMean: number; readonly logDeviation: number }
  /** Pareto of the second kind: P[X > x] = (scale / (scale + x))^shape; no mean for shape ≤ 1. */
  | { readonly kind: "pareto"; readonly shape: number; readonly scale: number }
  /** Mean shape · scale. */
  | { readonly kind: "gamma"; readonly shape: number; readonly scale: number }
  /** Mean 1 / rate. */
  | { readonly kind: "exponential"; readonly rate: number }
  /** P[X > x] = exp(-(x / scale)^shape). */
  | { readonly kind: "weibull"; readonly shape: number; readonly scale: number };

/** A law, or two losses or more that were seen or simulated. */
export type Losses = LossLaw | ArrayLike<number>;

/** What a cover pays of a loss; what is left out does not reduce it. */
export interface CoverTerms {
  /** What the holder bears of every loss, ≥ 0. */
  readonly deductible?: number;
  /** A loss above this is paid from the first unit, any other not at all; not with a deductible. */
  readonly franchise?: number;
  /** The holder's part of what exceeds the deductible, 0 … 1 without 1. */
  readonly coinsurance?: number;
  /** Most that is paid, > 0. */
  readonly limit?: number;
}

/** What a cover costs for each loss, and what its terms spare the pool. */
export interface CoverCost {
  /** Expected payment; its standard error is 0 where the law is given in full. */
  readonly cost: Premium;
  /** Loss elimination ratio: the part of the expected loss that is not paid, 0 … 1. */
  readonly eliminated: number;
}

/** What every law can say of itself. */
interface Law {
  readonly mean: number;
  /** E[min(X, d)]. */
  limited(d: number): number;
  /** P[X > d]. */
  beyond(d: number): number;
}

const money = "money, in the unit of the losses";
const lossLaw = variant<LossLaw>({
  lognormal: object<Extract<LossLaw, { kind: "lognormal" }>>({
    kind: choice(["lognormal"]),
    logMean: number({ min: -700, max: 700, unit: "mean of the logarithm" }),
    logDeviation: number({ exclusiveMin: 0, max: 20, unit: "deviation of the logarithm" }),
  }),
  pareto: object<Extract<LossLaw, { kind: "pareto" }>>({
    kind: choice(["pareto"]),
    shape: positive("tail index"),
    scale: positive(money),
  }),
  gamma: object<Extract<LossLaw, { kind: "gamma" }>>({
    kind: choice(["gamma"]),
    shape: positive("shape"),
    scale: positive(money),
  }),
  exponential: object<Extract<LossLaw, { kind: "exponential" }>>({
    kind: choice(["exponential"]),
    rate: positive("1 / mean"),
  }),
  weibull: object<Extract<LossLaw, { kind: "weibull" }>>({
    kind: choice(["weibull"]),
    shape: positive("shape"),
    scale: positive(money),
  }),
});
const coverTerms = object<CoverTerms>({
  deductible: optional(notNegative(money)),
  franchise: optional(notNegative(money)),
  coinsurance: optional(number({ min: 0, exclusiveMax: 1, unit: "the holder's part, 1 = 100 %" })),
  limit: optional(positive(money)),
});

/**
 * Limited expected value E[min(X, limit)]: what a loss costs someone who pays no more than that.
 *
 * @param limit  ≥ 0, in the unit of the losses
 * @throws       PoolError TYPE, ENUM, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all
 *               at once
 * @source       Klugman, Panjer & Willmot, Loss models, appendix A
 */
export function limitedValue(losses: Losses, limit: number): Premium {
  check(losses, { limit: notNegative(money) }, { limit });
  if (!isLaw(losses)) return sampleMean(losses, (x) => Math.min(x, limit));
  return { value: lawOf(losses).limited(limit), standardError: 0 };
}

/**
 * Expected payment of a cover per loss: (1 − c) · (LEV(d + l) − LEV(d)), where what is paid ends at
 * a limit of (1 − c) · l. Deductible first, then coinsurance, then limit, as covers of a pool.
 *
 * @throws  PoolError as {@link limitedValue}; TERMS_CONFLICT for a franchise beside a deductible,
 *          MEAN_INFINITE where neither the law nor a limit bounds the cost
 * @source  Klugman, Panjer & Willmot, Loss models, chapter 8
 */
export function coverCost(losses: Losses, terms: CoverTerms): CoverCost {
  checkCover(losses, terms, {}, {});
  if (!isLaw(losses)) {
    const mean = sampleMean(losses, (x) => x).value;
    const cost = sampleMean(losses, (x) => payment(x, terms));
    return { cost, eliminated: mean === 0 ? 0 : 1 - cost.value / mean };
  }
  const law = lawOf(losses);
  const value = costOf(law, terms);
  if (value === Number.POSITIVE_INFINITY) withoutMean();
  return { cost: { value, standardError: 0 }, eliminated: 1 - value / law.mean };
}

/**
 * The deductible that brings the cost of a cover down to an amount; 0 where it costs no more than
 * that without.
 *
 * @param terms  without a deductible and a franchise
 * @param cost   expected payment per loss, > 0
 * @throws       PoolError as {@link coverCost}
 */
export function indicatedDeductible(
  losses: Losses,
  terms: Pick<CoverTerms, "coinsurance" | "limit">,
  cost: number,
): number {
  checkCover(losses, terms, { cost: positive(money) }, { cost });
  const law = isLaw(losses) ? lawOf(losses) : null;
  const costAt = (deductible: number): number => {
    const having = { ...terms, deductible };
    if (law) return costOf(law, having);
    return sampleMean(losses as ArrayLike<number>, (x) => payment(x, having)).value;
  };
  const full = costAt(0);
  if (full === Number.POSITIVE_INFINITY) withoutMean();
  if (full <= cost) return 0;
  let low = 0;
  let high = full;
  while (costAt(high) > cost) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < 200; step++) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (costAt(middle) > cost) low = middle;
    else high = middle;
  }
  return high;
}

/** Whether a cover is for one event, after which there is nothing left, or for as many as come. */
export interface Hazard {
  readonly kind: "once" | "repeated";
  /** Of one event or more in a year of 365 days, 0 … 1 without its ends. */
  readonly annualProbability: number;
}

/** What a waiting period takes out of a term. */
export interface WaitingPeriod {
  /** Events that are expected over the term. */
  readonly claims: number;
  /** Those of them that count. */
  readonly paid: number;
  /** The part of the claims that is not paid, 0 … 1. */
  readonly removed: number;
}

/**
 * What a waiting period spares the pool where events come at a constant rate λ = −ln(1 − p) a year:
 * w / T of those that come again and again, (1 − e^(−λw)) / (1 − e^(−λT)) of one that comes once.
 * It removes more of the latter, the more certain the event: what happens early cannot happen late.
 *
 * @param termYears     > 0, years of 365 days
 * @param waitingYears  ≥ 0, from the start of the term, at most the whole of it
 * @throws              PoolError TYPE, ENUM, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE,
 *                      NUMBER_RANGE; all at once
 */
export function waitingPeriod(
  hazard: Hazard,
  termYears: number,
  waitingYears: number,
): WaitingPeriod {
  const hazardForm = object<Hazard>({
    kind: choice(["once", "repeated"]),
    annualProbability: number({ exclusiveMin: 0, exclusiveMax: 1, unit: "per year" }),
  });
  const found = gather(
    { hazard: hazardForm, term: positive("years"), wait: notNegative("years") },
    { hazard, term: termYears, wait: waitingYears },
  );
  if (found.issues.length === 0 && waitingYears > termYears) {
    found.add({
      code: "NUMBER_RANGE",
      pointer: "/wait",
      detail: "a waiting period ends within the term",
      expected: `number >= 0 and <= ${termYears} (years)`,
      received: received(waitingYears),
    });
  }
  found.throwIfAny("waiting period");
  const rate = -log1p(-hazard.annualProbability);
  const until = (years: number) => (hazard.kind === "once" ? -expm1(-rate * years) : rate * years);
  const claims = until(termYears);
  const early = until(waitingYears);
  return { claims, paid: claims - early, removed: early / claims };
}

function isLaw(losses: Losses): losses is LossLaw {
  return typeof losses === "object" && losses !== null && "kind" in losses;
}

function lawOf(law: LossLaw): Law {
  switch (law.kind) {
    case "lognormal": {
      const { logMean, logDeviation: s } = law;
      const mean = exp(logMean + 0.5 * s * s);
      const beyond = (d: number) => (d === 0 ? 1 : normalCdf((logMean - log(d)) / s));
      const limited = (d: number) =>
        d === 0 ? 0 : mean * normalCdf((log(d) - logMean) / s - s) + d * beyond(d);
      return { mean, limited, beyond };
    }
    case "pareto": {
      const { shape, scale } = law;
      const mean = shape > 1 ? scale / (shape - 1) : Number.POSITIVE_INFINITY;
      const beyond = (d: number) => exp(-shape * log1p(d / scale));
      const limited = (d: number) => {
        const grown = log1p(d / scale);
        return shape === 1 ? scale * grown : (scale * -expm1((1 - shape) * grown)) / (shape - 1);
      };
      return { mean, limited, beyond };
    }
    case "gamma": {
      const { shape, scale } = law;
      const mean = shape * scale;
      const beyond = (d: number) => incompleteGamma(shape, d / scale).upper;
      const limited = (d: number) =>
        mean * incompleteGamma(shape + 1, d / scale).lower + d * beyond(d);
      return { mean, limited, beyond };
    }
    case "exponential": {
      const { rate } = law;
      const beyond = (d: number) => exp(-rate * d);
      return { mean: 1 / rate, limited: (d) => -expm1(-rate * d) / rate, beyond };
    }
    case "weibull": {
      const { shape, scale } = law;
      const mean = scale * exp(lgamma(1 + 1 / shape));
      const power = (d: number) => exp(shape * log(d / scale));
      const beyond = (d: number) => exp(-power(d));
      const limited = (d: number) =>
        mean * incompleteGamma(1 + 1 / shape, power(d)).lower + d * beyond(d);
      return { mean, limited, beyond };
    }
  }
}

function costOf(law: Law, terms: CoverTerms): number {
  const { deductible = 0, franchise = 0, coinsurance = 0, limit } = terms;
  const width = limit === undefined ? Number.POSITIVE_INFINITY : limit / (1 - coinsurance);
  const upTo = (d: number) => (d === Number.POSITIVE_INFINITY ? law.mean : law.limited(d));
  if (franchise === 0) {
    const above = upTo(deductible + width);
    return (1 - coinsurance) * Math.max(0, above - law.limited(deductible));
  }
  const often = law.beyond(franchise);
  const first = Math.min(franchise, width) * often;
  const rest = width > franchise ? upTo(width) - law.limited(franchise) : 0;
  return (1 - coinsurance) * (first + Math.max(0, rest));
}

/** What is paid of one loss. */
function payment(x: number, terms: CoverTerms): number {
  const { deductible = 0, franchise = 0, coinsurance = 0, limit } = terms;
  if (x <= franchise) return 0;
  const shared = (1 - coinsurance) * Math.max(0, x - deductible);
  return limit === undefined ? shared : Math.min(limit, shared);
}

function sampleMean(losses: ArrayLike<number>, of: (x: number) => number): Premium {
  const values = Float64Array.from({ length: losses.length }, (_, i) => of(losses[i]!));
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const squares = values.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (values.length - 1) / values.length);
  return { value: mean, standardError };
}

function withoutMean(): never {
  refuse({
    code: "MEAN_INFINITE",
    pointer: "/terms/limit",
    detail: "a loss of this law has no mean, so a cover without a limit has no price",
    expected: "a limit, or a law with a shape above 1",
    received: "missing",
  });
}

function checkCover<T>(
  losses: Losses,
  terms: CoverTerms,
  fields: { readonly [K in keyof T]-?: ReturnType<typeof positive> },
  values: T,
): void {
  check(losses, { terms: coverTerms, ...fields }, { terms, ...values }, (found) => {
    if (terms.franchise === undefined || terms.deductible === undefined) return;
    found.add({
      code: "TERMS_CONFLICT",
      pointer: "/terms/franchise",
      detail: "a franchise pays from the first unit and a deductible does not; choose one",
      expected: "a franchise or a deductible",
      received: received(terms.franchise),
    });
  });
}

function check(
  losses: Losses,
  fields: Parameters<typeof gather>[0],
  values: object,
  further?: (found: ReturnType<typeof gather>) => void,
): void {
  const found = isLaw(losses)
    ? gather({ losses: lossLaw, ...fields }, { losses, ...values })
    : gather(fields, values);
  if (!isLaw(losses)) {
    const count = losses?.length ?? 0;
    const bad = Array.from(losses ?? []).findIndex((x) => !(Number.isFinite(x) && x >= 0));
    if (count < 2 || bad >= 0) {
      found.add({
        code: "NUMBER_RANGE",
        pointer: bad < 0 ? "/losses" : `/losses/${bad}`,
        detail: bad < 0 ? "a sample says nothing of its error" : "a loss is not negative",
        expected: bad < 0 ? "two losses or more, or a law" : `number >= 0 (${money})`,
        received: received(bad < 0 ? count : losses[bad]),
      });
    }
  }
  if (found.issues.length === 0) further?.(found);
  found.throwIfAny("cover");
}
