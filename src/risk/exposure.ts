import { readInstant, type Work, YEAR_MS } from "../basics/index.ts";
import type { BarrierPosition } from "../book/index.ts";
import { black76, exp, log, type Sloped } from "../numeric/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { type Account, type Accounts, byId, carryOf, coinsOf } from "./account.ts";
import { aliveAt, barrierLeg, barrierLoss } from "./barrier.ts";
import { isFlooredAt, legsValue } from "./node-grid.ts";
import type { AssetExposure } from "./valuation.ts";

/** Moves of one asset's price at which its profile is shown, as fractions. */
const MOVES: readonly number[] = Array.from({ length: 49 }, (_, i) => -0.6 + i * 0.025);

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
  for (const barrier of [...(document.barriers ?? [])].sort(byId)) {
    const sum = sums.get(barrier.asset)!;
    const years = (readInstant(barrier.expiry) - asOf) / YEAR_MS;
    const greeks = barrierGreeks(barrier, spots.get(barrier.asset)!, years, discountRate);
    sum.delta += greeks.delta;
    sum.gamma += greeks.gamma;
    sum.vega += greeks.vega;
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

/** Widest step of the differences below, in log return and as a part of the volatility. */
const STEP = 1e-4;

/** Greeks of one barrier position now: the delta in closed form, the others by central differences. */
function barrierGreeks(
  position: BarrierPosition,
  spot: number,
  years: number,
  discountRate: number,
): Greeks {
  // A leg whose node is now holds the position as it is today.
  const setting = { spot, years, horizon: 0, discountRate };
  const leg = barrierLeg(position, setting);
  const at = (x: number): Sloped => aliveAt(leg, x);
  // Between here and the barrier the value is smooth; at the barrier it is not.
  const step = Math.min(STEP, Math.abs(leg.barrier.at) / 2);
  const { slope } = at(0);
  const curvature = (at(step).slope - at(-step).slope) / (2 * step);
  const bump = STEP * position.impliedVolatility;
  const worthAt = (impliedVolatility: number) =>
    barrierLeg({ ...position, impliedVolatility }, setting).valueNow;
  const { impliedVolatility } = position;
  const change = worthAt(impliedVolatility + bump) - worthAt(impliedVolatility - bump);
  return {
    delta: slope / spot,
    gamma: (curvature - slope) / (spot * spot),
    vega: bump > 0 ? change / (2 * bump) : 0,
  };
}

/** Loss that the legs of all accounts at one node cause when the node's log return is x. */
function nodeLoss(accounts: readonly Account[], node: number, x: number): number {
  let loss = 0;
  for (const account of accounts) {
    const legs = account.value.get(node);
    if (!legs) continue;
    const value = legsValue(legs, x);
    loss += value;
    for (const leg of account.barriers.get(node) ?? []) loss += barrierLoss(leg, x, false);
    if (account.value.keys().next().value === node) loss -= account.valueNow;
    if (!isFlooredAt(account, node)) continue;
    const collateral = account.collateral.get(node);
    const equity = value + (collateral ? legsValue(collateral, x) : 0);
    loss += Math.max(0, -equity) - Math.max(0, -(account.valueNow + account.collateralNow));
  }
  return loss;
}

/**
 * Loss of the pool when one asset moves and the others stay, at the horizon. Options that expire
 * before it settle at the moved price; a barrier is touched where the moved price is beyond it.
 * Shortfalls of accounts over several assets are left out, because no single asset has them.
 */
function profileOf({ nodes, list }: Accounts, asset: number): number[] {
  const lossAt = (isOwn: boolean, x: number) =>
    nodes.reduce(
      (sum, node, index) =>
        (node.asset === asset) === isOwn ? sum + nodeLoss(list, index, x) : sum,
      0,
    );
  const still = lossAt(false, 0);
  return MOVES.map((move) => still + lossAt(true, log(1 + move)));
}

/** Exposure of the pool per asset, in pieces: Greeks now, and the loss profile at the horizon. */
export function* exposureWork(
  accounts: Accounts,
  document: PoolDocument,
  volatility: readonly number[],
  discountRate: number,
): Work<AssetExposure[]> {
  const greeks = greeksOf(document, discountRate);
  const exposures: AssetExposure[] = [];
  for (const [asset, id] of accounts.assets.entries()) {
    yield;
    const { delta, gamma, vega } = greeks.get(id)!;
    const spot = accounts.spots[asset]!;
    exposures.push({
      asset: id,
      spot,
      volatility: volatility[asset]!,
      // Adding 0 turns -0 into 0.
      deltaCoins: -delta + 0,
      gammaPerPercent: -gamma * spot * spot * 0.01 + 0,
      vegaPerPoint: -vega * 0.01 + 0,
      profile: { move: MOVES, loss: profileOf(accounts, asset) },
    });
  }
  return exposures;
}
