// W1: value at risk and expected shortfall of 1,000 options by full revaluation: every option is
// priced by Black–Scholes in every scenario.
import type { OptionPosition } from "../../src/book/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { benchMarket, HORIZON_DAYS, optionBook, SPOT, yearsTo } from "../book.ts";
import { engines, lay, lossesOf } from "../engine.ts";
import type { Answer, Size, Workload } from "../harness.ts";
import { cholesky, mulberry32, normalSource, riskOf, type Source } from "../plain.ts";
import { scalar, scalarRevaluation } from "../scalar.ts";
import { normalTable, shockMatrix, tailOf } from "../tuned.ts";
import { type Normals, ziggurat } from "../ziggurat.ts";

const HORIZON = HORIZON_DAYS / 365;

// ── What a good web developer would write ──

// Abramowitz & Stegun 26.2.17, as found in most snippets.
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const d = 0.3989423 * Math.exp((-x * x) / 2);
  const p =
    d * t * (0.3193815 + t * (-0.3565638 + t * (1.781478 + t * (-1.821256 + t * 1.330274))));
  return x > 0 ? 1 - p : p;
}

/** Price of a European option without interest. */
export function blackScholes(
  type: string,
  spot: number,
  strike: number,
  years: number,
  volatility: number,
): number {
  const d1 =
    (Math.log(spot / strike) + (volatility * volatility * years) / 2) /
    (volatility * Math.sqrt(years));
  const d2 = d1 - volatility * Math.sqrt(years);
  return type === "call"
    ? spot * normalCdf(d1) - strike * normalCdf(d2)
    : strike * normalCdf(-d2) - spot * normalCdf(-d1);
}

/** The pool's loss in every scenario. */
export function idiomaticRevaluation(
  options: readonly OptionPosition[],
  scenarios: number,
  normal: Source,
): number[] {
  const { assets, correlation, volatility } = benchMarket;
  const lower = cholesky(correlation);
  const positions = options.map((option) => ({
    ...option,
    years: yearsTo(option.expiry),
    assetIndex: assets.indexOf(option.asset),
  }));
  const valueAt = (spots: number[], elapsed: number) =>
    positions
      .map(
        ({ type, quantity, strike, years, impliedVolatility, assetIndex }) =>
          quantity *
          blackScholes(type, spots[assetIndex]!, strike, years - elapsed, impliedVolatility),
      )
      .reduce((a, b) => a + b, 0);
  const now = valueAt(
    assets.map(() => SPOT),
    0,
  );
  const losses: number[] = [];
  for (let s = 0; s < scenarios; s++) {
    const z = assets.map(() => normal());
    const spots = assets.map((_, i) => {
      const shock = lower[i]!.reduce((sum, weight, k) => sum + weight * z[k]!, 0);
      return SPOT * Math.exp(volatility[i]! * Math.sqrt(HORIZON) * shock);
    });
    losses.push(valueAt(spots, HORIZON) - now);
  }
  return losses;
}

// ── Plain JavaScript written to win ──

/**
 * Options as five numbers each, by asset: 1/deviation, shift, deviation, spot leg, strike leg. A put
 * is a call less the two legs, which are kept as `slope` and `constant`.
 */
export interface OptionColumns {
  readonly numbers: Float64Array;
  /** [assets + 1] places in `numbers` where each asset's options start. */
  readonly starts: Int32Array;
  /** [assets] */
  readonly slope: Float64Array;
  readonly constant: number;
}

/** Lays options out for pricing `elapsed` years from now. */
export function optionColumns(options: readonly OptionPosition[], elapsed: number): OptionColumns {
  const { assets } = benchMarket;
  const numbers = new Float64Array(options.length * 5);
  const starts = new Int32Array(assets.length + 1);
  const slope = new Float64Array(assets.length);
  let constant = 0;
  let at = 0;
  for (const [i, asset] of assets.entries()) {
    starts[i] = at;
    for (const option of options) {
      if (option.asset !== asset) continue;
      const deviation = option.impliedVolatility * Math.sqrt(yearsTo(option.expiry) - elapsed);
      const spotLeg = option.quantity * SPOT;
      const strikeLeg = option.quantity * option.strike;
      const shift = Math.log(SPOT / option.strike) / deviation + deviation / 2;
      numbers.set([1 / deviation, shift, deviation, spotLeg, strikeLeg], at);
      at += 5;
      if (option.type === "call") continue;
      slope[i]! -= spotLeg;
      constant += strikeLeg;
    }
  }
  starts[assets.length] = at;
  return { numbers, starts, slope, constant };
}

/**
 * Values calls at the log return `x`, with Hart's N: one exponential and one division for both.
 *
 * @param legs  gets the sum of the spot legs (the derivative by x) and of the strike legs
 */
export function addLegs(
  numbers: Float64Array,
  from: number,
  to: number,
  x: number,
  legs: Float64Array,
): void {
  const spot = Math.exp(x);
  let spotLegs = 0;
  let strikeLegs = 0;
  for (let o = from; o < to; o += 5) {
    const d1 = x * numbers[o]! + numbers[o + 1]!;
    const d2 = d1 - numbers[o + 2]!;
    const a = Math.min(39, Math.abs(d1));
    const b = Math.min(39, Math.abs(d2));
    const pa =
      220.206867912376 +
      a *
        (221.213596169931 +
          a *
            (112.079291497871 +
              a *
                (33.912866078383 +
                  a * (6.37396220353165 + a * (0.700383064443688 + a * 3.52624965998911e-2)))));
    const qa =
      440.413735824752 +
      a *
        (793.826512519948 +
          a *
            (637.333633378831 +
              a *
                (296.564248779674 +
                  a *
                    (86.7807322029461 +
                      a * (16.064177579207 + a * (1.75566716318264 + a * 8.83883476483184e-2))))));
    const pb =
      220.206867912376 +
      b *
        (221.213596169931 +
          b *
            (112.079291497871 +
              b *
                (33.912866078383 +
                  b * (6.37396220353165 + b * (0.700383064443688 + b * 3.52624965998911e-2)))));
    const qb =
      440.413735824752 +
      b *
        (793.826512519948 +
          b *
            (637.333633378831 +
              b *
                (296.564248779674 +
                  b *
                    (86.7807322029461 +
                      b * (16.064177579207 + b * (1.75566716318264 + b * 8.83883476483184e-2))))));
    const strike = numbers[o + 4]!;
    const w = (strike * Math.exp(-0.5 * b * b)) / (qa * qb);
    const na = pa * qb * w;
    const nb = pb * qa * w;
    spotLegs += d1 > 0 ? numbers[o + 3]! * spot - na : na;
    strikeLegs += d2 > 0 ? strike - nb : nb;
  }
  legs[0] = spotLegs;
  legs[1] = strikeLegs;
}

/** As {@link addLegs}, with N from a table. */
export function addLegsByTable(
  numbers: Float64Array,
  from: number,
  to: number,
  x: number,
  legs: Float64Array,
): void {
  const { cubic, cells, low, perUnit } = normalTable;
  const spot = Math.exp(x);
  let spotLegs = 0;
  let strikeLegs = 0;
  for (let o = from; o < to; o += 5) {
    const d1 = x * numbers[o]! + numbers[o + 1]!;
    const d2 = d1 - numbers[o + 2]!;
    const u = Math.min(cells, Math.max(0, (d1 - low) * perUnit));
    const v = Math.min(cells, Math.max(0, (d2 - low) * perUnit));
    const i = u | 0;
    const j = v | 0;
    const s = u - i;
    const t = v - j;
    const a = i << 2;
    const b = j << 2;
    spotLegs +=
      numbers[o + 3]! *
      spot *
      (cubic[a]! + s * (cubic[a + 1]! + s * (cubic[a + 2]! + s * cubic[a + 3]!)));
    strikeLegs +=
      numbers[o + 4]! * (cubic[b]! + t * (cubic[b + 1]! + t * (cubic[b + 2]! + t * cubic[b + 3]!)));
  }
  legs[0] = spotLegs;
  legs[1] = strikeLegs;
}

/** Scenarios whose normals are made together. */
const BLOCK = 128;

/**
 * The pool's loss in every scenario.
 *
 * @param price  one of {@link addLegs}, {@link addLegsByTable}
 */
export function tunedRevaluation(
  options: readonly OptionPosition[],
  scenarios: number,
  normals: Normals,
  price: typeof addLegs,
): Float64Array {
  const n = benchMarket.assets.length;
  const matrix = shockMatrix(benchMarket, HORIZON);
  const { numbers, starts, slope, constant } = optionColumns(options, HORIZON);
  const now = valueNow(options);
  const losses = new Float64Array(scenarios);
  const z = new Float64Array(BLOCK * n);
  const legs = new Float64Array(2);
  for (let first = 0; first < scenarios; first += BLOCK) {
    normals.fill(z);
    const end = Math.min(scenarios, first + BLOCK);
    for (let s = first; s < end; s++) losses[s] = constant - now;
    // One asset for the whole block: its options stay in the nearest cache.
    for (let i = 0; i < n; i++) {
      for (let s = first; s < end; s++) {
        const at = (s - first) * n;
        let x = 0;
        for (let k = 0; k <= i; k++) x += matrix[i * n + k]! * z[at + k]!;
        price(numbers, starts[i]!, starts[i + 1]!, x, legs);
        losses[s]! += slope[i]! * Math.exp(x) + legs[0]! - legs[1]!;
      }
    }
  }
  return losses;
}

/** What the options are worth today. */
export function valueNow(options: readonly OptionPosition[]): number {
  const { numbers, starts, slope, constant } = optionColumns(options, 0);
  const legs = new Float64Array(2);
  let sum = constant;
  for (let i = 0; i < slope.length; i++) {
    addLegs(numbers, starts[i]!, starts[i + 1]!, 0, legs);
    sum += slope[i]! + legs[0]! - legs[1]!;
  }
  return sum;
}

/** Losses as an answer, with their measures beside them. */
export function lossAnswer(losses: Float64Array): Answer {
  const { valueAtRisk, shortfall } = tailOf(losses);
  return { output: losses, figures: { "VaR 99 %": valueAtRisk, "ES 97.5 %": shortfall } };
}

/** As {@link lossAnswer}, for an idiomatic implementation: its measures come from sorting. */
export function sortedAnswer(losses: readonly number[]): Answer {
  const { valueAtRisk, shortfall } = riskOf(losses);
  return {
    output: Float64Array.from(losses),
    figures: { "VaR 99 %": valueAtRisk, "ES 97.5 %": shortfall },
  };
}

/** W1 in the given size. */
export function revaluation(size: Size): Workload {
  const [optionCount, scenarios, few] =
    size === "smoke" ? [100, 2000, 1000] : [1000, 100_000, 5000];
  const pool = readPool(optionBook(optionCount, 1));
  const { options } = pool.document;
  const source = ziggurat(1);
  const tuned = (price: typeof addLegs, count: number) => () => {
    source.start(0);
    return lossAnswer(tunedRevaluation(options, count, source, price));
  };
  return {
    id: "W1",
    title: `VaR and ES of ${optionCount} options on 8 assets, full revaluation`,
    unit: "option and scenario",
    cases: [
      ...engines().map(({ implementation, kernels }) => ({
        implementation,
        algorithm: "Black–Scholes everywhere",
        units: optionCount * scenarios,
        run: () => lossAnswer(lossesOf(lay(kernels, pool, "audit").simulation, scenarios)),
      })),
      ...scalar().map(({ implementation, kernels }) => ({
        implementation,
        algorithm: "Black–Scholes everywhere",
        units: optionCount * scenarios,
        run: () => lossAnswer(scalarRevaluation(kernels, pool, scenarios)),
      })),
      {
        implementation: "tuned JS",
        algorithm: "Black–Scholes everywhere",
        units: optionCount * scenarios,
        run: tuned(addLegs, scenarios),
      },
      {
        implementation: "tuned JS, N from a table",
        algorithm: "Black–Scholes everywhere, N to 2e-12",
        units: optionCount * scenarios,
        run: tuned(addLegsByTable, scenarios),
      },
      {
        implementation: "idiomatic JS",
        algorithm: "Black–Scholes everywhere, N to 1e-7",
        units: optionCount * few,
        run: () => sortedAnswer(idiomaticRevaluation(options, few, normalSource(mulberry32(1)))),
      },
    ],
  };
}
