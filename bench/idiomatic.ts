// What a good web developer would write: clear, objects and Math.*, no thought of the machine.
import type { OptionPosition } from "../src/book/index.ts";
import { benchMarket, HORIZON_DAYS } from "./book.ts";

function mulberry32(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function randomNormal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Normals one at a time. */
export function idiomaticNormals(count: number): number {
  const random = mulberry32(1);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += randomNormal(random);
  return sum;
}

// Abramowitz & Stegun 26.2.17, as found in most snippets.
function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const d = 0.3989423 * Math.exp((-x * x) / 2);
  const p =
    d * t * (0.3193815 + t * (-0.3565638 + t * (1.781478 + t * (-1.821256 + t * 1.330274))));
  return x > 0 ? 1 - p : p;
}

function blackScholes(
  type: string,
  spot: number,
  strike: number,
  years: number,
  vol: number,
): number {
  const d1 = (Math.log(spot / strike) + (vol * vol * years) / 2) / (vol * Math.sqrt(years));
  const d2 = d1 - vol * Math.sqrt(years);
  return type === "call"
    ? spot * normalCdf(d1) - strike * normalCdf(d2)
    : strike * normalCdf(-d2) - spot * normalCdf(-d1);
}

function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  }
  return lower;
}

/** VaR at 99 % by full revaluation. */
export function idiomaticValueAtRisk(
  options: readonly OptionPosition[],
  scenarios: number,
): number {
  const random = mulberry32(1);
  const lower = cholesky(benchMarket.correlation);
  const horizon = HORIZON_DAYS / 365;
  const positions = options.map((option) => ({
    ...option,
    years: (Date.parse(option.expiry) - Date.UTC(2026, 0, 1)) / (365 * 86_400_000),
    assetIndex: benchMarket.assets.indexOf(option.asset),
  }));
  const valueAt = (spots: number[], elapsed: number) =>
    positions
      .map(
        (p) =>
          p.quantity *
          blackScholes(
            p.type,
            spots[p.assetIndex]!,
            p.strike,
            p.years - elapsed,
            p.impliedVolatility,
          ),
      )
      .reduce((a, b) => a + b, 0);
  const now = valueAt(
    benchMarket.assets.map(() => 100),
    0,
  );
  const losses: number[] = [];
  for (let s = 0; s < scenarios; s++) {
    const z = benchMarket.assets.map(() => randomNormal(random));
    const spots = benchMarket.assets.map((_, i) => {
      const shock = lower[i]!.reduce((sum, l, k) => sum + l * z[k]!, 0);
      return 100 * Math.exp(benchMarket.volatility[i]! * Math.sqrt(horizon) * shock);
    });
    losses.push(valueAt(spots, horizon) - now);
  }
  losses.sort((a, b) => a - b);
  return losses[Math.ceil(0.99 * scenarios) - 1]!;
}
