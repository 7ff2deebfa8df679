/** European options on a lognormal price: one value at a time, for checks and small books. */

import { type Issue, PoolError, received } from "../basics/index.ts";
import { exp, log } from "./elementary.ts";
import { normalCdf, normalPdf } from "./normal.ts";

/** A European option on a forward. */
export interface BlackInput {
  readonly type: "call" | "put";
  /** > 0, pool currency per coin. */
  readonly forward: number;
  /** > 0, pool currency per coin. */
  readonly strike: number;
  /** ≥ 0, per year: 0.8 = 80 %. */
  readonly volatility: number;
  /** ≥ 0, to expiry, of 365 days. */
  readonly years: number;
  /** > 0, value today of one unit at expiry; 1 when left out. */
  readonly discount?: number;
}

/** Value and sensitivities to the forward, all discounted. */
export interface BlackValue {
  readonly value: number;
  /** Per unit of the forward. */
  readonly delta: number;
  /** Of delta, per unit of the forward. */
  readonly gamma: number;
  /** Per unit of volatility: a move of one percentage point is a hundredth of it. */
  readonly vega: number;
}

/**
 * Value and Greeks of a European option on a forward. Without volatility or time left the value is
 * the discounted intrinsic value, delta is that of the side the forward is on (½ at the strike)
 * and gamma and vega are 0.
 *
 * @throws PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 * @source F. Black, The Pricing of Commodity Contracts (1976)
 */
export function black76(input: BlackInput): BlackValue {
  const { forward, strike, volatility, years, discount = 1 } = input;
  const most = Number.MAX_VALUE;
  const isFine =
    forward > 0 &&
    forward <= most &&
    strike > 0 &&
    strike <= most &&
    discount > 0 &&
    discount <= most &&
    volatility >= 0 &&
    volatility <= most &&
    years >= 0 &&
    years <= most;
  // Looked at one by one only where something is wrong: whole books pass here.
  if (!isFine) checkNumbers({ forward, strike, discount }, { volatility, years });
  const sign = input.type === "call" ? 1 : -1;
  const deviation = volatility * Math.sqrt(years);
  if (deviation === 0) {
    const inside = sign * (forward - strike);
    const chance = inside > 0 ? 1 : inside === 0 ? 0.5 : 0;
    const value = discount * Math.max(0, inside);
    return { value, delta: sign * discount * chance, gamma: 0, vega: 0 };
  }
  const d1 = log(forward / strike) / deviation + 0.5 * deviation;
  const density = discount * normalPdf(d1);
  const above = normalCdf(sign * d1);
  const exercised = normalCdf(sign * (d1 - deviation));
  // Rounding may take a worthless option below nothing.
  const value = Math.max(0, discount * sign * (forward * above - strike * exercised));
  return {
    value,
    delta: discount * sign * above,
    gamma: density / (forward * deviation),
    vega: density * forward * Math.sqrt(years),
  };
}

/** A European option on a spot price with continuous interest and yield. */
export interface BlackScholesInput {
  readonly type: "call" | "put";
  /** > 0, pool currency per coin. */
  readonly spot: number;
  /** > 0, pool currency per coin. */
  readonly strike: number;
  /** ≥ 0, per year: 0.8 = 80 %. */
  readonly volatility: number;
  /** ≥ 0, to expiry, of 365 days. */
  readonly years: number;
  /** Continuously compounded per year; 0 when left out. */
  readonly rate?: number;
  /** Continuous yield of the coin per year; 0 when left out. */
  readonly yield?: number;
}

/** Value and sensitivities to the spot price. */
export interface BlackScholesValue extends BlackValue {
  /** Change of value per year of passing time. */
  readonly theta: number;
  /** Per unit of the rate. */
  readonly rho: number;
}

/**
 * Value and Greeks of a European option on a spot price, by {@link black76} on its forward.
 *
 * @throws PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 * @source Black & Scholes (1973), Merton (1973)
 */
export function blackScholes(input: BlackScholesInput): BlackScholesValue {
  const { type, spot, strike, volatility, years, rate = 0, yield: carried = 0 } = input;
  checkNumbers({ spot, strike }, { volatility, years });
  const growth = exp((rate - carried) * years);
  const discount = exp(-rate * years);
  const black = black76({ type, forward: spot * growth, strike, volatility, years, discount });
  const delta = black.delta * growth;
  // The strike leg is what the value does not owe to the spot leg: value = delta·spot − leg.
  const strikeLeg = delta * spot - black.value;
  const decay = years > 0 ? (-0.5 * black.vega * volatility) / years : 0;
  return {
    value: black.value,
    delta,
    gamma: black.gamma * growth * growth,
    vega: black.vega,
    theta: decay - rate * strikeLeg + carried * spot * delta,
    rho: years * strikeLeg,
  };
}

/**
 * Refuses numbers that are not finite or outside their range, all at once; those left out pass.
 *
 * @throws PoolError NUMBER_NOT_FINITE, NUMBER_RANGE
 */
export function checkNumbers(
  positive: { readonly [name: string]: number },
  nonNegative: { readonly [name: string]: number },
  finite: { readonly [name: string]: number | undefined } = {},
): void {
  const issues: Issue[] = [];
  const check = (name: string, value: number, met: boolean, expected: string): void => {
    if (met && value < Number.POSITIVE_INFINITY) return;
    issues.push({
      code: Number.isFinite(value) ? "NUMBER_RANGE" : "NUMBER_NOT_FINITE",
      pointer: `/${name}`,
      detail: `${name} must be a finite number, ${expected}`,
      expected,
      received: received(value),
    });
  };
  for (const [name, value] of Object.entries(positive)) check(name, value, value > 0, "> 0");
  for (const [name, value] of Object.entries(nonNegative)) check(name, value, value >= 0, ">= 0");
  for (const [name, value = 0] of Object.entries(finite)) {
    check(name, value, value > Number.NEGATIVE_INFINITY, "any");
  }
  if (issues.length > 0) throw new PoolError(issues, "option");
}
