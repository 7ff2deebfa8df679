// W2: leveraged perpetuals on eight assets over 96 steps. An account is closed at the first step at
// which its equity is not above its maintenance margin; what the close-out costs comes out of its
// collateral, and what is then missing is the pool's bad debt.
import type { PerpetualPosition } from "../../src/book/index.ts";
import { BATCH } from "../../src/engine/index.ts";
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
import { cholesky, mulberry32, normalSource, type Source } from "../plain.ts";
import { Columns, type Scalar, SEED, scalar } from "../scalar.ts";
import { shockMatrix } from "../tuned.ts";
import { type Normals, ziggurat } from "../ziggurat.ts";
import { lossAnswer, sortedAnswer } from "./revaluation.ts";

// ── What a good web developer would write ──

/**
 * Walks paths, one at a time.
 *
 * @returns  a function that walks the next path and gives the loss from every position
 */
export function idiomaticWalk(
  positions: readonly PerpetualPosition[],
  normal: Source,
): () => number[] {
  const { assets, volatility, correlation } = benchMarket;
  const lower = cholesky(correlation);
  const stepYears = HORIZON_DAYS / 365 / STEPS;
  const traders = positions.map((position, index) => ({
    ...position,
    index,
    asset: assets.indexOf(position.asset),
    collateral: Number(position.collateral),
    profitNow: profitAt(position, SPOT),
    position,
  }));
  return () => {
    let prices = assets.map(() => SPOT);
    let open = [...traders];
    const losses = traders.map(() => 0);
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
        losses[trader.index] = profit - trader.profitNow + badDebt - insurance;
        return false;
      });
    }
    for (const trader of open) {
      losses[trader.index] = profitAt(trader.position, prices[trader.asset]!) - trader.profitNow;
    }
    return losses;
  };
}

/** The pool's loss on every path. */
export function idiomaticLiquidation(
  positions: readonly PerpetualPosition[],
  paths: number,
  normal: Source,
): number[] {
  const walk = idiomaticWalk(positions, normal);
  return Array.from({ length: paths }, () => walk().reduce((a, b) => a + b, 0));
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
  /** [accounts] which of the positions this is. */
  readonly order: Int32Array;
  /** [accounts] loss from the account where it was last closed. */
  readonly own: Float64Array;
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
    order: Int32Array.from(sorted, ({ position }) => positions.indexOf(position)),
    own: new Float64Array(sorted.length),
  };
}

/** One path on its way. */
interface Walk {
  /** Next account of each side. */
  readonly next: Int32Array;
  /** Its threshold; beyond the last account nothing is met. */
  readonly limits: Float64Array;
  /** Log returns at the end. */
  readonly x: Float64Array;
}

/** Perpetuals on one path after the other. */
export interface LadderWalk {
  /** The pool's loss on a path. */
  lossOf(path: number): number;
  /** Adds everyone's part of the last path's loss, weighted, in the order of the positions. */
  addShares(weight: number, shares: Float64Array): void;
}

/** @param normals  every path starts a sequence of its own */
export function ladderWalk(positions: readonly PerpetualPosition[], normals: Normals): LadderWalk {
  const ladders = laddersOf(positions);
  const matrix = shockMatrix(benchMarket, HORIZON_DAYS / 365 / STEPS);
  const z = new Float64Array(STEPS * ASSETS);
  const walk: Walk = {
    next: new Int32Array(2 * ASSETS),
    limits: new Float64Array(2 * ASSETS),
    x: new Float64Array(ASSETS),
  };
  return {
    lossOf: (path) => {
      normals.start(path);
      normals.fill(z);
      for (let side = 0; side < 2 * ASSETS; side++) {
        walk.next[side] = ladders.starts[side]!;
        walk.limits[side] = limitOf(ladders, walk.next, side);
      }
      return walkPath(ladders, walk, matrix, z) + survivors(ladders, walk);
    },
    addShares: (weight, shares) => addShares(ladders, walk, weight, shares),
  };
}

/** The pool's loss on every path. */
export function tunedLiquidation(
  positions: readonly PerpetualPosition[],
  paths: number,
  normals: Normals,
): Float64Array {
  const walk = ladderWalk(positions, normals);
  const losses = new Float64Array(paths);
  for (let path = 0; path < paths; path++) losses[path] = walk.lossOf(path);
  return losses;
}

function limitOf({ starts, thresholds }: Ladders, next: Int32Array, side: number): number {
  const first = next[side]!;
  if (first < starts[side + 1]!) return thresholds[first]!;
  return side % 2 === 0 ? -Infinity : Infinity;
}

// Written out for eight assets: weights and log returns live in registers and on the stack, where
// no access is checked.
function walkPath(ladders: Ladders, walk: Walk, m: Float64Array, z: Float64Array): number {
  const { limits } = walk;
  const m00 = m[0]!;
  const m10 = m[8]!;
  const m11 = m[9]!;
  const m20 = m[16]!;
  const m21 = m[17]!;
  const m22 = m[18]!;
  const m30 = m[24]!;
  const m31 = m[25]!;
  const m32 = m[26]!;
  const m33 = m[27]!;
  const m40 = m[32]!;
  const m41 = m[33]!;
  const m42 = m[34]!;
  const m43 = m[35]!;
  const m44 = m[36]!;
  const m50 = m[40]!;
  const m51 = m[41]!;
  const m52 = m[42]!;
  const m53 = m[43]!;
  const m54 = m[44]!;
  const m55 = m[45]!;
  const m60 = m[48]!;
  const m61 = m[49]!;
  const m62 = m[50]!;
  const m63 = m[51]!;
  const m64 = m[52]!;
  const m65 = m[53]!;
  const m66 = m[54]!;
  const m70 = m[56]!;
  const m71 = m[57]!;
  const m72 = m[58]!;
  const m73 = m[59]!;
  const m74 = m[60]!;
  const m75 = m[61]!;
  const m76 = m[62]!;
  const m77 = m[63]!;
  let x0 = 0;
  let x1 = 0;
  let x2 = 0;
  let x3 = 0;
  let x4 = 0;
  let x5 = 0;
  let x6 = 0;
  let x7 = 0;
  let loss = 0;
  for (let at = 0; at < z.length; at += ASSETS) {
    const z0 = z[at]!;
    x0 += m00 * z0;
    if (x0 <= limits[0]! || x0 >= limits[1]!) loss += meet(ladders, walk, 0, x0);
    const z1 = z[at + 1]!;
    x1 += m10 * z0 + m11 * z1;
    if (x1 <= limits[2]! || x1 >= limits[3]!) loss += meet(ladders, walk, 1, x1);
    const z2 = z[at + 2]!;
    x2 += m20 * z0 + m21 * z1 + m22 * z2;
    if (x2 <= limits[4]! || x2 >= limits[5]!) loss += meet(ladders, walk, 2, x2);
    const z3 = z[at + 3]!;
    x3 += m30 * z0 + m31 * z1 + m32 * z2 + m33 * z3;
    if (x3 <= limits[6]! || x3 >= limits[7]!) loss += meet(ladders, walk, 3, x3);
    const z4 = z[at + 4]!;
    x4 += m40 * z0 + m41 * z1 + m42 * z2 + m43 * z3 + m44 * z4;
    if (x4 <= limits[8]! || x4 >= limits[9]!) loss += meet(ladders, walk, 4, x4);
    const z5 = z[at + 5]!;
    x5 += m50 * z0 + m51 * z1 + m52 * z2 + m53 * z3 + m54 * z4 + m55 * z5;
    if (x5 <= limits[10]! || x5 >= limits[11]!) loss += meet(ladders, walk, 5, x5);
    const z6 = z[at + 6]!;
    x6 += m60 * z0 + m61 * z1 + m62 * z2 + m63 * z3 + m64 * z4 + m65 * z5 + m66 * z6;
    if (x6 <= limits[12]! || x6 >= limits[13]!) loss += meet(ladders, walk, 6, x6);
    const z7 = z[at + 7]!;
    x7 += m70 * z0 + m71 * z1 + m72 * z2 + m73 * z3 + m74 * z4 + m75 * z5 + m76 * z6 + m77 * z7;
    if (x7 <= limits[14]! || x7 >= limits[15]!) loss += meet(ladders, walk, 7, x7);
  }
  walk.x.set([x0, x1, x2, x3, x4, x5, x6, x7]);
  return loss;
}

function meet(ladders: Ladders, walk: Walk, asset: number, move: number): number {
  const side = move <= walk.limits[2 * asset]! ? 2 * asset : 2 * asset + 1;
  const loss = closeOut(ladders, side, walk.next, move);
  walk.limits[side] = limitOf(ladders, walk.next, side);
  return loss;
}

/** The pool's loss from the accounts of a side that a price has met; moves on to the next. */
function closeOut(
  { starts, thresholds, numbers, roots, own }: Ladders,
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
    const part = profit - numbers[o + 3]! - Math.min(equity, insuranceFee * notional);
    own[i] = part;
    loss += part;
    i++;
  }
  next[side] = i;
  return loss;
}

/** The pool's loss from accounts that were not met. */
function survivors({ starts, rests }: Ladders, { next, x }: Walk): number {
  let loss = 0;
  for (let side = 0; side < 2 * ASSETS; side++) {
    const first = next[side]!;
    if (first === starts[side + 1]!) continue;
    loss += rests[2 * first]! * (SPOT * Math.exp(x[side >> 1]!)) - rests[2 * first + 1]!;
  }
  return loss;
}

function addShares(
  { starts, order, numbers, own }: Ladders,
  { next, x }: Walk,
  weight: number,
  shares: Float64Array,
): void {
  for (let side = 0; side < 2 * ASSETS; side++) {
    const price = SPOT * Math.exp(x[side >> 1]!);
    const first = next[side]!;
    for (let i = starts[side]!; i < starts[side + 1]!; i++) {
      const o = i * FIELDS;
      const kept = numbers[o]! * price - numbers[o + 1]! - numbers[o + 3]!;
      shares[order[i]!]! += weight * (i < first ? own[i]! : kept);
    }
  }
}

/** The same in AssemblyScript without SIMD, on the engine's own shocks. */
export function scalarLiquidation(
  kernels: Scalar,
  positions: readonly PerpetualPosition[],
  paths: number,
): Float64Array {
  const { starts, thresholds, numbers, roots, rests } = laddersOf(positions);
  const { halfSpread, liquidatorFee, insuranceFee } = closeOutTerms;
  const columns = new Columns(kernels);
  const keys = columns.take(80);
  const list = columns.putWords(Array.from({ length: paths }, (_, path) => path));
  const book = columns.put([...thresholds, ...numbers, ...roots, ...rests]);
  const terms = columns.put([halfSpread, IMPACT_PER_ROOT, liquidatorFee, insuranceFee, SPOT]);
  const matrix = columns.put(shockMatrix(benchMarket, HORIZON_DAYS / 365 / STEPS));
  const ends = columns.putWords(starts);
  const scratch = columns.take(ASSETS * 6 * 128 * 8);
  const losses = columns.take(paths * 8);
  kernels.schedule(keys, SEED, 0);
  for (let first = 0; first < paths; first += BATCH) {
    const [out, numbersOf] = [losses + first * 8, list + first * 4];
    const count = Math.min(BATCH, paths - first);
    kernels.liquidate(
      out,
      numbersOf,
      count,
      keys,
      STEPS,
      ASSETS,
      matrix,
      ends,
      book,
      terms,
      scratch,
    );
  }
  return columns.numbers(losses, paths).slice();
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
      ...scalar().map(({ implementation, kernels }) => ({
        implementation,
        algorithm: "sorted thresholds",
        units: paths,
        run: () => lossAnswer(scalarLiquidation(kernels, perpetuals, paths)),
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
        run: () => sortedAnswer(idiomaticLiquidation(perpetuals, few, normalSource(mulberry32(1)))),
      },
    ],
  };
}
