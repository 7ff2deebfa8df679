import type { PoolDocument } from "../pool/index.ts";
import { type Account, accountsOf } from "./account.ts";

/** Prices that change at once: asset id → change as a fraction, > -1; -0.3 is a fall of 30 %. */
export type PriceShock = Readonly<Record<string, number>>;

/** What a shock costs a pool there and then; computed and not simulated. */
export interface ShockLoss {
  /** Fall of the pool's value, pool currency; negative is a gain. */
  readonly loss: number;
  /** The part of it that accounts owe beyond their collateral, pool currency. */
  readonly shortfall: number;
}

/** Values now do not depend on it; accounts are laid for some horizon all the same. */
const ANY_HORIZON = 1 / 365;

/**
 * The pool's loss when prices change at once and nothing else does: every position valued before and
 * after, implied volatilities of the strikes as they were, forwards moving with their asset, nobody
 * liquidated in between, barriers beyond which a price now lies touched. Accounts owe no more than
 * their collateral.
 *
 * @param shocks        each of known assets only, changes > -1
 * @param discountRate  per year, continuously compounded
 * @returns             in the order of the shocks
 */
export function lossesUnder(
  document: PoolDocument,
  shocks: readonly PriceShock[],
  discountRate: number,
): ShockLoss[] {
  const accounts = (shock: PriceShock): readonly Account[] =>
    accountsOf(shocked(document, shock), ANY_HORIZON, discountRate).list;
  const before = accounts({});
  return shocks.map((shock) => {
    const after = accounts(shock);
    let loss = 0;
    let shortfall = 0;
    for (const [index, account] of after.entries()) {
      const was = standingOf(before[index]!);
      const is = standingOf(account);
      shortfall += is.unpaid - was.unpaid;
      loss += is.value - was.value + (is.unpaid - was.unpaid);
    }
    return { loss, shortfall };
  });
}

/** An account's value to its owner, and what the owner owes beyond collateral and does not pay. */
function standingOf(account: Account): { readonly value: number; readonly unpaid: number } {
  const { valueNow, barriersNow, collateralNow, floored, barriers } = account;
  let unpaid = floored ? Math.max(0, -(valueNow + collateralNow)) : 0;
  // A barrier position answers with its own collateral alone.
  for (const legs of barriers.values()) {
    for (const leg of legs) unpaid += Math.max(0, leg.floor - leg.valueNow);
  }
  return { value: valueNow + barriersNow, unpaid };
}

function shocked(document: PoolDocument, shock: PriceShock): PoolDocument {
  const factor = (asset: string): number => 1 + (Object.hasOwn(shock, asset) ? shock[asset]! : 0);
  const moved = <Position extends { readonly asset: string; readonly forward?: number }>(
    positions: readonly Position[],
  ): Position[] =>
    positions.map((each) =>
      each.forward === undefined ? each : { ...each, forward: each.forward * factor(each.asset) },
    );
  const { assets, options, barriers } = document;
  return {
    ...document,
    assets: assets.map((asset) => ({ ...asset, spot: asset.spot * factor(asset.id) })),
    options: moved(options),
    ...(barriers && { barriers: moved(barriers) }),
  };
}
