import type { Account, Accounts } from "./account.ts";

/** Numbers of a call, as assembly/option.ts reads them. */
export const CALL_NUMBERS = 5;

/** What all accounts have at one node, in columns: a row for every account with value there. */
export interface NodeLegs {
  /** Those whose value the pool bears as it is; from `firstFloored` on those that are floored here. */
  readonly accounts: readonly Account[];
  readonly firstFloored: number;
  /** Place of each account's owner: participants in their order, then the pool itself. */
  readonly owners: Uint32Array;
  /** [rows + 1] first call of each account in `calls`. */
  readonly from: Uint32Array;
  /** [calls × 5] calls alive at the node's date. */
  readonly calls: Float64Array;
  /** Linear value, with what the account is worth now taken off at its first node. */
  readonly slope: Float64Array;
  readonly constant: Float64Array;
  /** Rows with options settled here. */
  readonly settled: readonly number[];
}

const known = new WeakMap<Accounts, readonly NodeLegs[]>();
/**
 * A book of fewer accounts is gathered again in less time than it takes a collector to find that nobody
 * asks for it any more: what such a map holds survives its first rounds.
 */
const ACCOUNTS_KEPT = 64;

/** Legs of every node, in the order of nodes; gathered once for each book that is not small. */
export function nodeLegsOf(accounts: Accounts): readonly NodeLegs[] {
  const before = known.get(accounts);
  if (before) return before;
  const plain: Account[][] = accounts.nodes.map(() => []);
  const floored: Account[][] = accounts.nodes.map(() => []);
  for (const account of accounts.list) {
    const alone = account.floored && !isJoint(account);
    for (const node of account.value.keys()) (alone ? floored : plain)[node]!.push(account);
  }
  const pool = accounts.participants.length;
  const legs = accounts.nodes.map((_, node) => gather(plain[node]!, floored[node]!, node, pool));
  if (accounts.list.length >= ACCOUNTS_KEPT) known.set(accounts, legs);
  return legs;
}

function gather(
  plain: readonly Account[],
  floored: readonly Account[],
  node: number,
  pool: number,
): NodeLegs {
  const accounts = [...plain, ...floored];
  const from = new Uint32Array(accounts.length + 1);
  accounts.forEach((account, row) => {
    from[row + 1] = from[row]! + account.value.get(node)!.calls.length / CALL_NUMBERS;
  });
  const calls = new Float64Array(from[accounts.length]! * CALL_NUMBERS);
  const slope = new Float64Array(accounts.length);
  const constant = new Float64Array(accounts.length);
  const settled: number[] = [];
  accounts.forEach((account, row) => {
    const legs = account.value.get(node)!;
    calls.set(legs.calls, from[row]! * CALL_NUMBERS);
    slope[row] = legs.slope;
    constant[row] = legs.constant - worthBefore(account, node, row >= plain.length);
    if (legs.settled.length > 0) settled.push(row);
  });
  const owners = Uint32Array.from(accounts, ({ owner }) => (owner < 0 ? pool : owner));
  return {
    accounts,
    firstFloored: plain.length,
    owners,
    from,
    calls,
    slope,
    constant,
    settled,
  };
}

/** What an account is worth now, where its loss counts from; the first node carries it. */
function worthBefore(account: Account, node: number, floored: boolean): number {
  if (account.value.keys().next().value !== node) return 0;
  const { valueNow, collateralNow, margined } = account;
  return valueNow + (floored || margined ? Math.max(0, -(valueNow + collateralNow)) : 0);
}

/** Whether an account's equity depends on more than one node. */
export function isJoint({ floored, value, collateral }: Account): boolean {
  if (!floored) return false;
  if (value.size > 1 || collateral.size > 1) return true;
  if (value.size === 0 || collateral.size === 0) return false;
  return value.keys().next().value !== collateral.keys().next().value;
}
