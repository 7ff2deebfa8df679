import { log } from "../numeric/index.ts";
import { FUNDING_INDEX, type MarginAccount } from "./margin.ts";

/** A level that no path reaches, and one that every path has passed. */
export const NEVER = 1e300;
/** A level that moves this much faster with funding than others do is looked at in every step. */
const RATIO_MAX = 4;

/** A margined account or barrier that waits for a level of one asset. */
export interface Waiting {
  readonly item: number;
  /** Log price, or price where funding moves the level. */
  readonly level: number;
  /** How far the level moves per unit of the funding index. */
  readonly ratio: number;
}

/** Everything of one asset and one funding index. */
export interface WatchList {
  readonly asset: number;
  readonly index: number;
  readonly down: Waiting[];
  readonly up: Waiting[];
}

/**
 * Levels of the isolated accounts. The margin of one is km + w·S - funding·G, so it is breached
 * where S passes -km/w + (funding/w)·G: downwards if w > 0, upwards if w < 0.
 */
export function watchLists(accounts: readonly MarginAccount[]): Map<number, WatchList> {
  const lists = new Map<number, WatchList>();
  accounts.forEach(({ isolated, money, coins, legs }, item) => {
    const leg = legs[0];
    if (!isolated || !leg) return;
    const list = listOf(lists, leg.asset, leg.index);
    const w = leg.slope + (coins[0]?.worth ?? 0) - leg.maintenance * leg.notionalSlope;
    const km = money + leg.constant - leg.maintenance * leg.notionalConstant;
    const price = -km / w;
    const ratio = leg.funding / w;
    const scale = leg.index === FUNDING_INDEX.timed ? leg.funding / leg.notionalConstant : 1;
    if (leg.index === FUNDING_INDEX.none) {
      if (w > 0) list.down.push({ item, level: price > 0 ? log(price) : -NEVER, ratio: 0 });
      else if (w < 0) list.up.push({ item, level: price > 0 ? log(price) : -NEVER, ratio: 0 });
      else list.down.push({ item, level: km > 0 ? -NEVER : NEVER, ratio: 0 });
    } else if (w === 0 || Math.abs(ratio) > RATIO_MAX * Math.abs(scale)) {
      list.down.push({ item, level: NEVER, ratio: 0 });
    } else (w > 0 ? list.down : list.up).push({ item, level: price, ratio });
  });
  return lists;
}

/** The list of an asset and index, made on first use. */
export function listOf(lists: Map<number, WatchList>, asset: number, index: number): WatchList {
  const key = asset * 8 + index;
  let list = lists.get(key);
  if (!list) {
    list = { asset, index, down: [], up: [] };
    lists.set(key, list);
  }
  return list;
}

/** The lists in a fixed order. */
export function sorted(lists: ReadonlyMap<number, WatchList>): WatchList[] {
  return [...lists.values()].sort((a, b) => a.asset - b.asset || a.index - b.index);
}
