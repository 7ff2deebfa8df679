import type { PoolDocument } from "../pool/index.ts";
import type { LimitScope } from "../terms/index.ts";

/** Gross exposure in the pool currency, by what it is an exposure of; the pool's own has the key "". */
export type Exposures = { readonly [S in LimitScope]: Map<string, number> };

/**
 * Gross exposure of everything in a pool's book: coins at today's price, cash amounts of touch
 * contracts, sums insured. Longs and shorts count alike and do not net; covers have no asset.
 */
export function exposuresOf(document: PoolDocument): Exposures {
  const spots = new Map(document.assets.map(({ id, spot }) => [id, spot]));
  const groups = new Map<string, string[]>();
  for (const { id, participants } of document.limits?.groups ?? []) {
    for (const one of participants) groups.set(one, [...(groups.get(one) ?? []), id]);
  }
  const sums: Exposures = {
    pool: new Map([["", 0]]),
    participant: new Map(document.participants.map(({ id }) => [id, 0])),
    group: new Map(document.limits?.groups?.map(({ id }) => [id, 0])),
    asset: new Map(document.assets.map(({ id }) => [id, 0])),
    instrument: new Map([
      ["option", 0],
      ["barrier", 0],
      ["perpetual", 0],
      ["cover", 0],
    ]),
  };
  const grow = (map: Map<string, number>, key: string, amount: number) =>
    map.set(key, map.get(key)! + amount);
  const add = (instrument: string, participant: string, asset: string | null, amount: number) => {
    grow(sums.pool, "", amount);
    grow(sums.instrument, instrument, amount);
    grow(sums.participant, participant, amount);
    for (const group of groups.get(participant) ?? []) grow(sums.group, group, amount);
    if (asset !== null) grow(sums.asset, asset, amount);
  };
  for (const { participant, asset, quantity, quantityUnit, multiplier = 1 } of document.options) {
    const coins = quantity * (quantityUnit === "contract" ? multiplier : 1);
    add("option", participant, asset, coins * spots.get(asset)!);
  }
  for (const { participant, asset, quantity, cash } of document.barriers ?? []) {
    const unit = cash === undefined ? spots.get(asset)! : Number(cash);
    add("barrier", participant, asset, quantity * unit);
  }
  for (const { participant, asset, size, settlement } of document.perpetuals) {
    add("perpetual", participant, asset, size * (settlement === "inverse" ? 1 : spots.get(asset)!));
  }
  for (const { holder, sumInsured } of document.covers) {
    add("cover", holder, null, Number(sumInsured));
  }
  return sums;
}
