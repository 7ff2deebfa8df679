import { type Issue, PoolError, received } from "../basics/index.ts";
import { exp, log, normalCdf, normalQuantile } from "../numeric/index.ts";

/** How a price is made of a loss that is not certain. */
export type PremiumPrinciple =
  /** (1 + loading) · mean. */
  | { readonly kind: "expected-value"; readonly loading: number }
  /** mean + loading · standard deviation. */
  | { readonly kind: "standard-deviation"; readonly loading: number }
  /** mean + loading · variance; the loading is per unit of money. */
  | { readonly kind: "variance"; readonly loading: number }
  /** E[X e^hX] / E[e^hX]; h, the risk aversion, is per unit of money. */
  | { readonly kind: "esscher"; readonly riskAversion: number }
  /** ln E[e^hX] / h. */
  | { readonly kind: "exponential"; readonly riskAversion: number }
  /** Survival distorted by Φ(Φ⁻¹(u) + shift): the price of risk as on a market of normal returns. */
  | { readonly kind: "wang"; readonly shift: number }
  /** Survival distorted by u^exponent. */
  | { readonly kind: "proportional-hazard"; readonly exponent: number };

/** A premium and its standard error, in the unit of the losses. */
export interface Premium {
  readonly value: number;
  readonly standardError: number;
}

const SHIFT_MAX = 10;

/**
 * Premium of a loss that is known by scenarios.
 *
 * The standard error is that of the sample: the premium is a smooth function of the law, and its
 * influence function, averaged in square, says how far a sample may lead it astray.
 *
 * @param losses   two or more, any order, in any unit of money
 * @param weights  of the scenarios, > 0, need not sum to one; alike when left out
 * @param scenarios  how many scenarios the weights stand for, where a loss is that of many; as many as
 *                   losses when left out
 * @throws         PoolError NUMBER_RANGE, NUMBER_NOT_FINITE, ENUM; all at once
 * @source         Bühlmann, Mathematical methods in risk theory (1970); Bühlmann, An economic premium
 *                 principle (1980, Esscher); Wang, Premium calculation by transforming the layer
 *                 premium density (1996) and A class of distortion operators (2000); standard errors:
 *                 Serfling, Approximation theorems of mathematical statistics (1980), chapters 6, 8
 */
export function premium(
  losses: ArrayLike<number>,
  principle: PremiumPrinciple,
  weights?: ArrayLike<number>,
  scenarios?: number,
): Premium {
  check(losses, principle, weights);
  const n = losses.length;
  const mass = Float64Array.from({ length: n }, (_, i) => (weights ? weights[i]! : 1));
  const total = mass.reduce((sum, w) => sum + w, 0);
  for (let i = 0; i < n; i++) mass[i]! /= total;
  const { value, influence } = evaluate(Float64Array.from(losses), mass, principle);
  let square = 0;
  if (scenarios !== undefined) {
    for (let i = 0; i < n; i++) square += mass[i]! * influence[i]! ** 2;
    return { value, standardError: Math.sqrt(square / (scenarios - 1)) };
  }
  for (let i = 0; i < n; i++) square += (mass[i]! * influence[i]!) ** 2;
  return { value, standardError: Math.sqrt((square * n) / (n - 1)) };
}

interface Evaluated {
  readonly value: number;
  /** [losses] what a scenario adds to the premium, per unit of its mass. */
  readonly influence: Float64Array;
}

function evaluate(x: Float64Array, mass: Float64Array, principle: PremiumPrinciple): Evaluated {
  switch (principle.kind) {
    case "expected-value":
    case "standard-deviation":
    case "variance":
      return moments(x, mass, principle);
    case "esscher":
    case "exponential":
      return tilted(x, mass, principle);
    case "wang": {
      const { shift } = principle;
      return distorted(x, mass, {
        at: (u) => (u === 0 || u === 1 ? u : normalCdf(normalQuantile(u) + shift)),
        slope: (u) => exp(-shift * normalQuantile(u) - 0.5 * shift * shift),
      });
    }
    case "proportional-hazard": {
      const { exponent } = principle;
      return distorted(x, mass, {
        at: (u) => (u === 0 ? 0 : exp(exponent * log(u))),
        slope: (u) => exponent * exp((exponent - 1) * log(u)),
      });
    }
  }
}

function moments(
  x: Float64Array,
  mass: Float64Array,
  { kind, loading }: PremiumPrinciple & { readonly loading: number },
): Evaluated {
  const mean = x.reduce((sum, value, i) => sum + mass[i]! * value, 0);
  const variance = x.reduce((sum, value, i) => sum + mass[i]! * (value - mean) ** 2, 0);
  if (kind === "expected-value") {
    return { value: (1 + loading) * mean, influence: x.map((v) => (1 + loading) * (v - mean)) };
  }
  const squares = x.map((value) => (value - mean) ** 2 - variance);
  if (kind === "variance") {
    return {
      value: mean + loading * variance,
      influence: x.map((value, i) => value - mean + loading * squares[i]!),
    };
  }
  const deviation = Math.sqrt(variance);
  return {
    value: mean + loading * deviation,
    influence: x.map((value, i) =>
      deviation === 0 ? 0 : value - mean + (loading * squares[i]!) / (2 * deviation),
    ),
  };
}

function tilted(
  x: Float64Array,
  mass: Float64Array,
  { kind, riskAversion: h }: PremiumPrinciple & { readonly riskAversion: number },
): Evaluated {
  // Against the largest loss every exponential is at most 1.
  const largest = x.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const tilt = x.map((value) => exp(h * (value - largest)));
  const mean = tilt.reduce((sum, value, i) => sum + mass[i]! * value, 0);
  if (kind === "exponential") {
    return {
      value: largest + log(mean) / h,
      influence: tilt.map((value) => (value / mean - 1) / h),
    };
  }
  const value = tilt.reduce((sum, part, i) => sum + mass[i]! * part * x[i]!, 0) / mean;
  return { value, influence: tilt.map((part, i) => (part * (x[i]! - value)) / mean) };
}

/** A distortion of survival probabilities, and its slope inside (0, 1). */
interface Distortion {
  at(u: number): number;
  slope(u: number): number;
}

/** ∑ x · (g(P[X ≥ x]) - g(P[X > x])), worst first. */
function distorted(x: Float64Array, mass: Float64Array, { at, slope }: Distortion): Evaluated {
  const order = Uint32Array.from(x.keys()).sort((a, b) => x[b]! - x[a]! || a - b);
  let value = 0;
  let above = 0;
  let before = 0;
  const survival = new Float64Array(x.length);
  for (const [rank, i] of order.entries()) {
    above = rank === x.length - 1 ? 1 : Math.min(1, above + mass[i]!);
    survival[rank] = above;
    const now = at(above);
    value += x[i]! * (now - before);
    before = now;
  }
  // The influence of a loss is ∫ (1{t < x} - S(t)) g'(S(t)) dt, a sum over the gaps between losses.
  const influence = new Float64Array(x.length);
  let below = 0;
  let centre = 0;
  for (let rank = x.length - 2; rank >= 0; rank--) {
    const gap = x[order[rank]!]! - x[order[rank + 1]!]!;
    const u = survival[rank]!;
    if (gap > 0 && u < 1) {
      const weight = gap * slope(u);
      below += weight;
      centre += weight * u;
    }
    influence[order[rank]!] = below;
  }
  return { value, influence: influence.map((part) => part - centre) };
}

function check(
  losses: ArrayLike<number>,
  principle: PremiumPrinciple,
  weights: ArrayLike<number> | undefined,
): void {
  const issues: Issue[] = [];
  const add = (code: string, pointer: string, detail: string, expected: string, value: unknown) => {
    issues.push({ code, pointer, detail, expected, received: received(value) });
  };
  if (losses.length < 2) {
    add("NUMBER_RANGE", "/losses", "a law needs scenarios", "two losses or more", losses.length);
  }
  if (weights && weights.length !== losses.length) {
    const expected = `${losses.length} weights`;
    add("NUMBER_RANGE", "/weights", "every loss has one weight", expected, weights.length);
  }
  const first = (values: ArrayLike<number>, holds: (value: number) => boolean) =>
    Array.from(values).findIndex((value) => !holds(value));
  const broken = first(losses, Number.isFinite);
  if (broken >= 0) {
    const at = `/losses/${broken}`;
    add("NUMBER_NOT_FINITE", at, "a loss is an amount", "a finite number", losses[broken]);
  }
  const light = weights ? first(weights, (w) => Number.isFinite(w) && w > 0) : -1;
  if (light >= 0) {
    const at = `/weights/${light}`;
    add(
      "NUMBER_RANGE",
      at,
      "a weight says how often a scenario counts",
      "number > 0",
      weights![light],
    );
  }
  checkPrinciple(principle, add);
  if (issues.length > 0) throw new PoolError(issues, "premium");
}

function checkPrinciple(
  principle: PremiumPrinciple,
  add: (code: string, pointer: string, detail: string, expected: string, value: unknown) => void,
): void {
  const need = (name: string, value: number, holds: boolean, expected: string) => {
    if (Number.isFinite(value) && holds) return;
    const detail = "the principle cannot be applied with this";
    add("NUMBER_RANGE", `/principle/${name}`, detail, expected, value);
  };
  switch (principle.kind) {
    case "expected-value":
    case "standard-deviation":
    case "variance":
      need("loading", principle.loading, principle.loading >= 0, "number >= 0");
      break;
    case "esscher":
    case "exponential": {
      const { riskAversion } = principle;
      need("riskAversion", riskAversion, riskAversion > 0, "number > 0, per unit of money");
      break;
    }
    case "wang": {
      const { shift } = principle;
      const expected = `number, -${SHIFT_MAX} … ${SHIFT_MAX}`;
      need("shift", shift, Math.abs(shift) <= SHIFT_MAX, expected);
      break;
    }
    case "proportional-hazard": {
      const { exponent } = principle;
      need("exponent", exponent, exponent > 0 && exponent <= 1, "number above 0, at most 1");
      break;
    }
    default: {
      const { kind } = principle as { readonly kind: unknown };
      const known =
        "expected-value, standard-deviation, variance, esscher, exponential, wang, proportional-hazard";
      add("ENUM", "/principle/kind", "there is no such principle", `one of ${known}`, kind);
    }
  }
}
