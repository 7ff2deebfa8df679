// W2x: accounts of four perpetuals on four assets each that answer together, over 96 steps. A whole
// account is closed at the first step at which its equity is not above its maintenance margin.
import type { PerpetualPosition } from "../../src/book/index.ts";
import { type PoolDocument, readPool } from "../../src/pool/index.ts";
import {
  ASSETS,
  benchMarket,
  closeOutTerms,
  crossMarginBook,
  HORIZON_DAYS,
  profitAt,
  SPOT,
  STEPS,
  slippageOf,
} from "../book.ts";
import { engines, lay, lossesOf } from "../engine.ts";
import type { Size, Workload } from "../harness.ts";
import { cholesky, mulberry32, normalSource, type Source } from "../plain.ts";
import { shockMatrix } from "../tuned.ts";
import { type Normals, ziggurat } from "../ziggurat.ts";
import { advance } from "./liquidation.ts";
import { lossAnswer, sortedAnswer } from "./revaluation.ts";

/** A margin account: collateral in money, and positions. */
interface CrossAccount {
  readonly collateral: number;
  readonly positions: readonly PerpetualPosition[];
}

function accountsOf({ participants, perpetuals }: PoolDocument): CrossAccount[] {
  return participants.map(({ id, collateral }) => ({
    collateral: Number(collateral![0]!.amount),
    positions: perpetuals.filter(({ participant }) => participant === id),
  }));
}

// ── What a good web developer would write ──

/** The pool's loss on every path. */
export function idiomaticCrossMargin(pool: PoolDocument, paths: number, normal: Source): number[] {
  const { assets, volatility, correlation } = benchMarket;
  const lower = cholesky(correlation);
  const stepYears = HORIZON_DAYS / 365 / STEPS;
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  const accounts = accountsOf(pool).map(({ collateral, positions }) => ({
    collateral,
    positions: positions.map((position) => ({
      position,
      asset: assets.indexOf(position.asset),
    })),
    profitNow: sum(positions.map((position) => profitAt(position, SPOT))),
  }));
  const losses: number[] = [];
  for (let path = 0; path < paths; path++) {
    let prices = assets.map(() => SPOT);
    let open = accounts;
    let loss = 0;
    for (let step = 0; step < STEPS; step++) {
      const z = assets.map(() => normal());
      prices = prices.map((price, i) => {
        const shock = lower[i]!.reduce((total, weight, k) => total + weight * z[k]!, 0);
        return price * Math.exp(volatility[i]! * Math.sqrt(stepYears) * shock);
      });
      open = open.filter(({ collateral, positions, profitNow }) => {
        const profit = sum(
          positions.map(({ position, asset }) => profitAt(position, prices[asset]!)),
        );
        const margin = sum(
          positions.map(
            ({ position, asset }) => position.maintenanceRatio * position.size * prices[asset]!,
          ),
        );
        if (collateral + profit > margin) return true;
        const notionals = positions.map(({ position, asset }) => position.size * prices[asset]!);
        const costs = sum(notionals.map((n) => n * (slippageOf(n) + closeOutTerms.liquidatorFee)));
        const equity = collateral + profit - costs;
        const badDebt = Math.max(0, -equity);
        const insurance = Math.min(
          Math.max(0, equity),
          closeOutTerms.insuranceFee * sum(notionals),
        );
        loss += profit - profitNow + badDebt - insurance;
        return false;
      });
    }
    for (const { positions, profitNow } of open) {
      loss +=
        sum(positions.map(({ position, asset }) => profitAt(position, prices[asset]!))) - profitNow;
    }
    losses.push(loss);
  }
  return losses;
}

// ── Plain JavaScript written to win ──

const LEGS = 4;

/** Accounts as columns; prices are in units of the price now. */
interface CrossColumns {
  readonly count: number;
  /** [accounts × LEGS] */
  readonly assets: Int32Array;
  /** [accounts × LEGS] coins with their sign, times the price now. */
  readonly worths: Float64Array;
  /** [accounts × LEGS] what a leg adds to equity less maintenance, per unit of price. */
  readonly weights: Float64Array;
  /** [accounts × LEGS] which of the extremes is bad for a leg: least prices, then most. */
  readonly worst: Int32Array;
  /** [accounts] the rest of that. */
  readonly constants: Float64Array;
  /** [accounts] profit at a price of nothing, and today's. */
  readonly costs: Float64Array;
  readonly profitsNow: Float64Array;
  readonly collaterals: Float64Array;
}

function columnsOf(accounts: readonly CrossAccount[]): CrossColumns {
  const legs = accounts.flatMap(({ positions }) => positions);
  const worths = legs.map(({ side, size }) => (side === "long" ? 1 : -1) * size * SPOT);
  const assets = legs.map(({ asset }) => benchMarket.assets.indexOf(asset));
  const weights = legs.map(
    ({ maintenanceRatio }, i) => worths[i]! - maintenanceRatio * Math.abs(worths[i]!),
  );
  const costOf = ({ positions }: CrossAccount) =>
    positions.reduce((total, position) => total - profitAt(position, 0), 0);
  return {
    count: accounts.length,
    assets: Int32Array.from(assets),
    worths: Float64Array.from(worths),
    weights: Float64Array.from(weights),
    worst: Int32Array.from(assets, (asset, i) => (weights[i]! > 0 ? asset : ASSETS + asset)),
    constants: Float64Array.from(accounts, (account) => account.collateral - costOf(account)),
    costs: Float64Array.from(accounts, costOf),
    profitsNow: Float64Array.from(accounts, ({ positions }) =>
      positions.reduce((total, position) => total + profitAt(position, SPOT), 0),
    ),
    collaterals: Float64Array.from(accounts, ({ collateral }) => collateral),
  };
}

/** Steps that are looked at together. */
const BLOCK = 8;

/**
 * The pool's loss on every path.
 *
 * Equity less maintenance is linear in the prices, so the extremes of a block of steps bound it.
 * Only accounts whose bound is not positive are walked through the block.
 */
export function tunedCrossMargin(
  pool: PoolDocument,
  paths: number,
  normals: Normals,
): Float64Array {
  const columns = columnsOf(accountsOf(pool));
  const matrix = shockMatrix(benchMarket, HORIZON_DAYS / 365 / STEPS);
  const z = new Float64Array(STEPS * ASSETS);
  const x = new Float64Array(ASSETS);
  const prices = new Float64Array(BLOCK * ASSETS);
  const extremes = new Float64Array(2 * ASSETS);
  const open = new Int32Array(columns.count);
  const losses = new Float64Array(paths);
  for (let path = 0; path < paths; path++) {
    normals.start(path);
    normals.fill(z);
    x.fill(0);
    let openCount = columns.count;
    for (let a = 0; a < openCount; a++) open[a] = a;
    let loss = 0;
    for (let at = 0; at < z.length; at += BLOCK * ASSETS) {
      for (let row = 0; row < prices.length; row += ASSETS) {
        advance(x, matrix, z, at + row);
        for (let i = 0; i < ASSETS; i++) {
          const price = Math.exp(x[i]!);
          prices[row + i] = price;
          if (row === 0 || price < extremes[i]!) extremes[i] = price;
          if (row === 0 || price > extremes[ASSETS + i]!) extremes[ASSETS + i] = price;
        }
      }
      let kept = 0;
      for (let o = 0; o < openCount; o++) {
        const account = open[o]!;
        const row = isSafe(columns, account, extremes) ? -1 : breachOf(columns, account, prices);
        if (row < 0) open[kept++] = account;
        else loss += closeAccount(columns, account, prices, row);
      }
      openCount = kept;
    }
    for (let o = 0; o < openCount; o++) {
      const account = open[o]!;
      loss += profitOf(columns, account, prices, (BLOCK - 1) * ASSETS);
      loss -= columns.profitsNow[account]!;
    }
    losses[path] = loss;
  }
  return losses;
}

/** Whether an account cannot fail anywhere between the extremes: least prices, then most. */
function isSafe(
  { constants, weights, worst }: CrossColumns,
  account: number,
  extremes: Float64Array,
): boolean {
  let least = constants[account]!;
  for (let l = account * LEGS; l < (account + 1) * LEGS; l++) {
    least += weights[l]! * extremes[worst[l]!]!;
  }
  return least > 0;
}

/** Place of the first row of prices at which an account fails, or -1. */
function breachOf(
  { constants, weights, assets }: CrossColumns,
  account: number,
  prices: Float64Array,
): number {
  const first = account * LEGS;
  for (let row = 0; row < prices.length; row += ASSETS) {
    let margin = constants[account]!;
    for (let l = first; l < first + LEGS; l++) margin += weights[l]! * prices[row + assets[l]!]!;
    if (margin <= 0) return row;
  }
  return -1;
}

function profitOf(
  { costs, worths, assets }: CrossColumns,
  account: number,
  prices: Float64Array,
  row: number,
): number {
  let profit = -costs[account]!;
  for (let l = account * LEGS; l < (account + 1) * LEGS; l++) {
    profit += worths[l]! * prices[row + assets[l]!]!;
  }
  return profit;
}

function closeAccount(
  columns: CrossColumns,
  account: number,
  prices: Float64Array,
  row: number,
): number {
  const { liquidatorFee, insuranceFee } = closeOutTerms;
  const profit = profitOf(columns, account, prices, row);
  let notional = 0;
  let slippage = 0;
  for (let l = account * LEGS; l < (account + 1) * LEGS; l++) {
    const size = Math.abs(columns.worths[l]! * prices[row + columns.assets[l]!]!);
    notional += size;
    slippage += size * slippageOf(size);
  }
  const equity = columns.collaterals[account]! + profit - slippage - liquidatorFee * notional;
  // Bad debt if below zero, an insurance fee out of what is left if not.
  return profit - columns.profitsNow[account]! - Math.min(equity, insuranceFee * notional);
}

/** W2x in the given size. */
export function crossMargin(size: Size): Workload {
  const [accounts, paths, few] = size === "smoke" ? [16, 2000, 200] : [64, 100_000, 2000];
  const pool = readPool(crossMarginBook(accounts));
  const { document } = pool;
  const source = ziggurat(1);
  return {
    id: "W2x",
    title: `Loss of a pool from ${accounts} accounts over four assets each, liquidated at first passage, ${STEPS} steps`,
    unit: "path",
    cases: [
      ...engines().map(({ implementation, kernels }) => ({
        implementation,
        algorithm: "accounts bounded by blocks of steps",
        units: paths,
        run: () => lossAnswer(lossesOf(lay(kernels, pool, "profile", STEPS).simulation, paths)),
      })),
      {
        implementation: "tuned JS",
        algorithm: "accounts bounded by blocks of steps",
        units: paths,
        run: () => lossAnswer(tunedCrossMargin(document, paths, source)),
      },
      {
        implementation: "idiomatic JS",
        algorithm: "every account at every step",
        units: few,
        run: () => sortedAnswer(idiomaticCrossMargin(document, few, normalSource(mulberry32(1)))),
      },
    ],
  };
}
