import type { LaidPool } from "./layout.ts";
import { FUNDING_INDEX } from "./margin.ts";

/** The row of the pool's own holdings. */
export const HOLDINGS_ID = "(pool holdings)";

/** Whose losses are told apart. */
export interface Owner {
  readonly id: string;
  /** Place among the rows of everyone: participants in their order, then the pool itself. */
  readonly place: number;
  /** Its places in the pool's lists of joint accounts, covers and margined accounts. */
  readonly joint: readonly number[];
  readonly covers: readonly number[];
  readonly margin: readonly number[];
  /** Its places in the pool's list of barriers. */
  readonly touches: readonly number[];
}

/** Appends to the list of a key, which is made on first use. */
function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Everyone with a row of contributions: participants in the order of ids, then the pool's holdings. */
export function ownersOf(pool: LaidPool): Owner[] {
  const { participants } = pool.accounts;
  const jointOf = new Map<number, number[]>();
  const coversOf = new Map<string, number[]>();
  const marginOf = new Map<string, number[]>();
  for (const [j, { account }] of pool.joint.entries()) append(jointOf, account.owner, j);
  for (const [c, { holder }] of pool.covers.entries()) append(coversOf, holder, c);
  for (const [m, { participant }] of (pool.margin?.book.accounts ?? []).entries()) {
    append(marginOf, participant, m);
  }
  const touchesOf = new Map<number, number[]>();
  for (const [c, { owner }] of (pool.margin?.touches ?? []).entries()) append(touchesOf, owner, c);
  const none: readonly number[] = [];
  return [...participants, HOLDINGS_ID].map((id, place) => ({
    id,
    place,
    joint: jointOf.get(place) ?? none,
    covers: coversOf.get(id) ?? none,
    margin: marginOf.get(id) ?? none,
    touches: touchesOf.get(place) ?? none,
  }));
}

/** Funding that an owner's margined accounts pay: per asset on its price, last on time alone. */
export function fundingOf(pool: LaidPool, owner: Owner): Float64Array {
  const width = pool.accounts.assets.length;
  const due = new Float64Array(width + 1);
  for (const m of owner.margin) {
    for (const { asset, index, funding } of pool.margin!.book.accounts[m]!.legs) {
      if (index === FUNDING_INDEX.priced) due[asset]! += funding;
      if (index === FUNDING_INDEX.timed) due[width]! += funding;
    }
  }
  return due;
}
