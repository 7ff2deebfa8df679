import { readInstant, YEAR_MS } from "../basics/index.ts";
import { black76, exp, log } from "../numeric/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { byId, carryOf, coinsOf } from "./account.ts";
import { cubicsOf, type LaidPool, lossCells } from "./layout.ts";
import { isFlooredAt, legsValue } from "./node-grid.ts";
import type { AssetExposure } from "./valuation.ts";

/** Moves of one asset's price at which its profile is shown, as fractions. */
const MOVES: readonly number[] = Array.from({ length: 49 }, (_, i) => (i - 24) / 40);

interface Greeks {
  delta: number;
  gamma: number;
  vega: number;
}

/** Participants' Greeks now, per asset; the pool's are their negatives. */
function greeksOf(document: PoolDocument, discountRate: number): Map<string, Greeks> {
  const asOf = readInstant(document.asOf);
  const spots = new Map(document.assets.map((asset) => [asset.id, asset.spot]));
  const sums = new Map(document.assets.map((asset) => [asset.id, { delta: 0, gamma: 0, vega: 0 }]));
  for (const option of [...document.options].sort(byId)) {
    const spot = spots.get(option.asset)!;
    const years = (readInstant(option.expiry) - asOf) / YEAR_MS;
    const { discount } = carryOf(option, spot, years, discountRate);
    const forward = option.forward ?? spot;
    const growth = forward / spot;
    const greeks = black76({
      type: option.type,
      forward,
      strike: option.strike,
      volatility: option.impliedVolatility,
      years,
      discount: exp(-discount * years),
    });
    const quantity = coinsOf(option) * (option.side === "long" ? 1 : -1);
    const sum = sums.get(option.asset)!;
    sum.delta += quantity * greeks.delta * growth;
    sum.gamma += quantity * greeks.gamma * growth * growth;
    sum.vega += quantity * greeks.vega;
  }
  for (const perpetual of [...document.perpetuals].sort(byId)) {
    const sign = perpetual.side === "long" ? 1 : -1;
    const coins =
      perpetual.settlement === "inverse" ? perpetual.size / perpetual.entry : perpetual.size;
    sums.get(perpetual.asset)!.delta += sign * coins;
  }
  for (const holding of document.holdings) {
    sums.get(holding.asset)!.delta -= Number(holding.amount);
  }
  return sums;
}

/**
 * Loss of the pool when one asset moves and the others stay, at the horizon: the sum of its
 * profiles. Options that expire before the horizon settle at the moved price. Shortfalls of
 * accounts over several assets are left out, because no single asset has them.
 */
function profileOf(pool: LaidPool, asset: number, cells: readonly Float64Array[]): number[] {
  return MOVES.map((move) => {
    let loss = 0;
    pool.accounts.nodes.forEach((node, index) => {
      const { edges } = pool.grids[index]!;
      const x = node.asset === asset ? log(1 + move) : 0;
      // Calm assets and short horizons have grids that end before the moves do.
      const inside = x >= edges[0]! && x <= edges.at(-1)!;
      loss += inside ? cubicAt(edges, cells[index]!, x) : lossAt(pool, index, x);
    });
    return loss;
  });
}

/** Loss that all accounts cause at a node by the formulas themselves, as `lossCells` has it. */
function lossAt(pool: LaidPool, node: number, x: number): number {
  let loss = 0;
  for (const account of pool.accounts.list) {
    const legs = account.value.get(node);
    if (!legs) continue;
    const value = legsValue(legs, x);
    const floored = isFlooredAt(account, node);
    const collateral = account.collateral.get(node);
    const backed = collateral ? legsValue(collateral, x) : 0;
    loss += floored ? Math.max(value, -backed) : value;
    if (account.value.keys().next().value !== node) continue;
    loss -= account.valueNow;
    if (floored) loss -= Math.max(0, -(account.valueNow + account.collateralNow));
  }
  return loss;
}

function cubicAt(edges: Float64Array, cubics: Float64Array, x: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle]! <= x) low = middle;
    else high = middle - 1;
  }
  const t = (x - edges[low]!) / (edges[low + 1]! - edges[low]!);
  const [c0, c2, c1, c3] = cubics.subarray(4 * low, 4 * low + 4);
  return c0! + t * (c1! + t * (c2! + t * c3!));
}

/** Exposure of the pool per asset: Greeks now, and the loss profile at the horizon. */
export function exposuresOf(
  pool: LaidPool,
  document: PoolDocument,
  volatility: readonly number[],
  discountRate: number,
): AssetExposure[] {
  const greeks = greeksOf(document, discountRate);
  const cells = pool.grids.map((grid, index) =>
    cubicsOf(lossCells(pool.accounts.list, grid, index)),
  );
  return pool.accounts.assets.map((id, asset) => {
    const { delta, gamma, vega } = greeks.get(id)!;
    const spot = pool.accounts.spots[asset]!;
    return {
      asset: id,
      spot,
      volatility: volatility[asset]!,
      // Adding 0 turns -0 into 0.
      deltaCoins: -delta + 0,
      gammaPerPercent: -gamma * spot * spot * 0.01 + 0,
      vegaPerPoint: -vega * 0.01 + 0,
      profile: { move: MOVES, loss: profileOf(pool, asset, cells) },
    };
  });
}
