// W2: leveraged perpetuals on eight assets over 96 steps. An account is closed at the first step at
// which its equity is not above its maintenance margin; what the close-out costs comes out of its
// collateral, and what is then missing is the pool's bad debt.
import type { PerpetualPosition } from "../../src/book/index.ts";
import { readPool } from "../../src/pool/index.ts";
import {
  ASSETS,
  benchMarket,
  closeOutTerms,
  HORIZON_DAYS,
  IMPACT_PER_ROOT,
  perpetualBook,
  profitAt,
  SPOT,
  STEPS,
  slippageOf,
} from "../book.ts";
import { engines, lay, lossesOf } from "../engine.ts";
import type { Size, Workload } from "../harness.ts";
import { cholesky, mulberry32, normalSource, riskOf, type Source } from "../plain.ts";
import { shockMatrix } from "../tuned.ts";
import { type Normals, ziggurat } from "../ziggurat.ts";
import { lossAnswer } from "./revaluation.ts";

// ── What a good web developer would write ──

/** The pool's loss on every path. */
export function idiomaticLiquidation(
  positions: readonly PerpetualPosition[],
  paths: number,
  normal: Source,
): number[] {
  const { assets, volatility, correlation } = benchMarket;
  const lower = cholesky(correlation);
  const stepYears = HORIZON_DAYS / 365 / STEPS;
  const traders = positions.map((position) => ({
    ...position,
    asset: assets.indexOf(position.asset),
    collateral: Number(position.collateral),
    profitNow: profitAt(position, SPOT),
    position,
  }));
  const losses: number[] = [];
  for (let path = 0; path < paths; path++) {
    let prices = assets.map(() => SPOT);
    let open = [...traders];
    let loss = 0;
    for (let step = 0; step < STEPS; step++) {
      const z = assets.map(() => normal());
      prices = prices.map((price, i) => {
        const shock = lower[i]!.reduce((sum, weight, k) => sum + weight * z[k]!, 0);
        return price * Math.exp(volatility[i]! * Math.sqrt(stepYears) * shock);
      });
      open = open.filter((trader) => {
        const price = prices[trader.asset]!;
        const profit = profitAt(trader.position, price);
        const notional = trader.size * price;
        if (trader.collateral + profit > trader.maintenanceRatio * notional) return true;
        const costs = (slippageOf(notional) + closeOutTerms.liquidatorFee) * notional;
        const equity = trader.collateral + profit - costs;
        const badDebt = Math.max(0, -equity);
        const insurance = Math.min(Math.max(0, equity), closeOutTerms.insuranceFee * notional);
        loss += profit - trader.profitNow + badDebt - insurance;
        return false;
      });
    }
    for (const trader of open) {
      loss += profitAt(trader.position, prices[trader.asset]!) - trader.profitNow;
    }
    losses.push(loss);
  }
  return losses;
}

// ── Plain JavaScript written to win ──

/** Numbers of an account, side by side in one column. */
const FIELDS = 4;

/**
 * Accounts sorted by the log price at which they are liquidated: for every asset the longs, from
 * the highest, then the shorts, from the lowest. A price that moves meets them in this order, so a
 * step costs one comparison per asset, and what has not been met is the rest of the list.
 */
interface Ladders {
  /** [2·assets + 1] where each side of each asset starts. */
  readonly starts: Int32Array;
  /** [accounts + 1] log return at which the account is liquidated. */
  readonly thresholds: Float64Array;
  /** [accounts × FIELDS] signed coins, cost (coins · entry), collateral, profit now. */
  readonly numbers: Float64Array;
  /** [accounts] √|coins|, for the slippage. */
  readonly roots: Float64Array;
  /** [(accounts + 1) × 2] coins, and cost with profit now, of this account and the rest of its side. */
  readonly rests: Float64Array;
}

function laddersOf(positions: readonly PerpetualPosition[]): Ladders {
  const starts = new Int32Array(2 * ASSETS + 1);
  const sorted: { position: PerpetualPosition; threshold: number }[] = [];
  for (let side = 0; side < 2 * ASSETS; side++) {
    starts[side] = sorted.length;
    const isLong = side % 2 === 0;
    const own = positions
      .filter(({ asset, side: name }) => asset === `A${side >> 1}` && (name === "long") === isLong)
      .map((position) => {
        const { size, entry, maintenanceRatio } = position;
        // C + q(S - e) = m·|q|·S
        const q = isLong ? size : -size;
        const price = (q * entry - Number(position.collateral)) / (q - maintenanceRatio * size);
        return { position, threshold: price > 0 ? Math.log(price / SPOT) : -Infinity };
      });
    sorted.push(
      ...own.sort((a, b) => (isLong ? b.threshold - a.threshold : a.threshold - b.threshold)),
    );
  }
  starts[2 * ASSETS] = sorted.length;
  const numbers = new Float64Array(sorted.length * FIELDS);
  sorted.forEach(({ position }, i) => {
    const coins = position.side === "long" ? position.size : -position.size;
    const now = profitAt(position, SPOT);
    numbers.set([coins, coins * position.entry, Number(position.collateral), now], i * FIELDS);
  });
  const rests = new Float64Array(2 * (sorted.length + 1));
  for (let side = 0; side < 2 * ASSETS; side++) {
    for (let i = starts[side + 1]! - 1; i >= starts[side]!; i--) {
      const isLast = i === starts[side + 1]! - 1;
      rests[2 * i] = numbers[i * FIELDS]! + (isLast ? 0 : rests[2 * i + 2]!);
      rests[2 * i + 1] =
        numbers[i * FIELDS + 1]! + numbers[i * FIELDS + 3]! + (isLast ? 0 : rests[2 * i + 3]!);
    }
  }
  return {
    starts,
    thresholds: Float64Array.from([...sorted.map(({ threshold }) => threshold), 0]),
    numbers,
    roots: Float64Array.from(sorted, ({ position }) => Math.sqrt(position.size)),
    rests,
  };
}

/**
 * The pool's loss on every path.
 *
 * @param normals  every path starts a sequence of its own
 */
export function tunedLiquidation(
  positions: readonly PerpetualPosition[],
  paths: number,
  normals: Normals,
): Float64Array {
  const ladders = laddersOf(positions);
  const { starts, thresholds } = ladders;
  const matrix = shockMatrix(benchMarket, HORIZON_DAYS / 365 / STEPS);
  const z = new Float64Array(STEPS * ASSETS);
  const x = new Float64Array(ASSETS);
  // Next account of each side, and its threshold: none is further off than infinity.
  const next = new Int32Array(2 * ASSETS);
  const down = new Float64Array(ASSETS);
  const up = new Float64Array(ASSETS);
  const losses = new Float64Array(paths);
  for (let path = 0; path < paths; path++) {
    normals.start(path);
    normals.fill(z);
    x.fill(0);
    for (let a = 0; a < ASSETS; a++) {
      const [longs, shorts] = [starts[2 * a]!, starts[2 * a + 1]!];
      next[2 * a] = longs;
      next[2 * a + 1] = shorts;
      down[a] = longs < shorts ? thresholds[longs]! : -Infinity;
      up[a] = shorts < starts[2 * a + 2]! ? thresholds[shorts]! : Infinity;
    }
    let loss = 0;
    for (let at = 0; at < z.length; at += ASSETS) {
      advance(x, matrix, z, at);
      for (let a = 0; a < ASSETS; a++) {
        const move = x[a]!;
        if (move > down[a]! && move < up[a]!) continue;
        const side = move <= down[a]! ? 2 * a : 2 * a + 1;
        loss += closeOut(ladders, side, next, move);
        const first = next[side]!;
        const beyond = side === 2 * a ? -Infinity : Infinity;
        const threshold = first < starts[side + 1]! ? thresholds[first]! : beyond;
        if (side === 2 * a) down[a] = threshold;
        else up[a] = threshold;
      }
    }
    losses[path] = loss + survivors(ladders, next, x);
  }
  return losses;
}

// Written out: the loops over a triangle of eight cost more than the arithmetic in them.
function advance(x: Float64Array, m: Float64Array, z: Float64Array, at: number): void {
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

/** The pool's loss from the accounts of a side that a price has met; moves on to the next. */
function closeOut(
  { starts, thresholds, numbers, roots }: Ladders,
  side: number,
  next: Int32Array,
  move: number,
): number {
  const { halfSpread, liquidatorFee, insuranceFee } = closeOutTerms;
  const isLong = side % 2 === 0;
  const end = starts[side + 1]!;
  const price = SPOT * Math.exp(move);
  const root = IMPACT_PER_ROOT * Math.sqrt(price);
  let loss = 0;
  let i = next[side]!;
  while (i < end && (isLong ? move <= thresholds[i]! : move >= thresholds[i]!)) {
    const o = i * FIELDS;
    const coins = numbers[o]!;
    const worth = coins * price;
    const profit = worth - numbers[o + 1]!;
    const notional = Math.abs(worth);
    const slippage = Math.min(1, halfSpread + root * roots[i]!);
    const equity = numbers[o + 2]! + profit - (slippage + liquidatorFee) * notional;
    // Bad debt if below zero, an insurance fee out of what is left if not.
    loss += profit - numbers[o + 3]! - Math.min(equity, insuranceFee * notional);
    i++;
  }
  next[side] = i;
  return loss;
}

/** The pool's loss from accounts that were not met. */
function survivors({ starts, rests }: Ladders, next: Int32Array, x: Float64Array): number {
  let loss = 0;
  for (let side = 0; side < 2 * ASSETS; side++) {
    const first = next[side]!;
    if (first === starts[side + 1]!) continue;
    loss += rests[2 * first]! * (SPOT * Math.exp(x[side >> 1]!)) - rests[2 * first + 1]!;
  }
  return loss;
}

/** W2 in the given size. */
export function liquidation(size: Size): Workload {
  const [accounts, paths, few] = size === "smoke" ? [64, 2000, 200] : [256, 100_000, 2000];
  const pool = readPool(perpetualBook(accounts));
  const { perpetuals } = pool.document;
  const source = ziggurat(1);
  return {
    id: "W2",
    title: `Loss of a pool from ${accounts} perpetuals liquidated at first passage, 8 assets, 96 steps`,
    unit: "path",
    cases: [
      ...engines().map(({ implementation, kernels }) => ({
        implementation,
        algorithm: "sorted thresholds",
        units: paths,
        run: () => lossAnswer(lossesOf(lay(kernels, pool, "profile", STEPS).simulation, paths)),
      })),
      {
        implementation: "tuned JS",
        algorithm: "sorted thresholds",
        units: paths,
        run: () => lossAnswer(tunedLiquidation(perpetuals, paths, source)),
      },
      {
        implementation: "idiomatic JS",
        algorithm: "every account at every step",
        units: few,
        run: () => {
          const normal = normalSource(mulberry32(1));
          const losses = idiomaticLiquidation(perpetuals, few, normal);
          const { valueAtRisk, shortfall } = riskOf(losses);
          return {
            output: Float64Array.from(losses),
            figures: { "VaR 99 %": valueAtRisk, "ES 97.5 %": shortfall },
          };
        },
      },
    ],
  };
}
