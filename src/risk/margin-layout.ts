import {
  type Arena,
  COIN_BYTES,
  ENTRY_BYTES,
  MARGIN,
  MARGIN_ACCOUNT_BYTES,
  MARGIN_LEG_BYTES,
  RECORD_BYTES,
  SCREEN_BYTES,
  SCREEN_ENTRY_BYTES,
  TILE,
  WATCH_BYTES,
  WATCH_STATE_BYTES,
} from "../engine/index.ts";
import type { ModelColumns } from "../market/index.ts";
import type { Accounts } from "./account.ts";
import {
  FUNDING_INDEX,
  type MarginAccount,
  type MarginBook,
  type MarginLeg,
  type MarginOption,
  OPTION_INDEX,
} from "./margin.ts";
import { layOptionLevels, optionTables } from "./margin-option.ts";
import type { NodeGrid } from "./node-grid.ts";
import { type LaidTouch, layTouchRecords } from "./touch-layout.ts";
import { NEVER, sorted, type Waiting, type WatchList, watchLists } from "./watch-list.ts";

/** Steps between two looks at accounts over several assets and at those being closed at a pace. */
const BLOCK = 16;
/** Rounding of a screen's bound, as a part of its terms: below it the steps themselves decide. */
const SCREEN_SLACK = 1e-9;
const MINUTES_PER_YEAR = 365 * 1440;
const COLUMN = 8 * TILE;

/**
 * Memory that is written before it is read. It comes after everything that is laid, so that what
 * is laid can be copied to another instance without it, and is pointed to once its place is known.
 */
export class Scratch {
  /** Bytes asked for so far. */
  bytes = 0;
  readonly #pointers: { readonly at: number; readonly offset: number }[] = [];

  /** @returns offset of so many bytes, on a 64-byte boundary */
  take(bytes: number): number {
    const offset = this.bytes;
    this.bytes += Math.ceil(bytes / 64) * 64;
    return offset;
  }

  /** Has the word at an address point to an offset. */
  point(at: number, offset: number): void {
    this.#pointers.push({ at, offset });
  }

  /** Writes all pointers. */
  place(arena: Arena, base: number): void {
    for (const { at, offset } of this.#pointers) arena.u32(at, 1)[0] = base + offset;
  }
}

/** How many sums a margin program gathers. */
export function marginSumCount(items: number, assets: number, steps: number): number {
  return items + 3 * steps + assets + 1;
}

/** What a margin program is made of. */
export interface MarginInput {
  readonly book: MarginBook;
  /** Barriers, which are numbered after the book's accounts. */
  readonly touches: readonly LaidTouch[];
  readonly columns: ModelColumns;
  readonly accounts: Accounts;
  readonly grids: readonly NodeGrid[];
  /** Address of [marginSumCount] f64. */
  readonly sums: number;
  /** Whether extremes between steps are sampled. */
  readonly continuous: boolean;
}

/**
 * Lays the margin program of a book: levels, accounts, screens and their scratch.
 *
 * @returns  address of the program; its scratch, to be placed after all that is laid; the offset of
 *           the columns of the lanes in it
 */
export function layMargin(
  arena: Arena,
  input: MarginInput,
): { readonly program: number; readonly scratch: Scratch; readonly lanes: number } {
  const { book, touches, columns, grids, sums, continuous } = input;
  const { terms, accounts, rates } = book;
  const { times, nodes } = input.accounts;
  const { steps, assets } = columns;
  const items = accounts.length + touches.length;
  const words = new Map<number, number>();
  const tableOf = optionTables(arena, times, nodes, grids);
  const accountTable = layAccounts(arena, accounts, tableOf);
  const scratch = new Scratch();
  const fields = new Map<number, number>();
  const block = blockOf(book, steps);
  const blocks = layScratch(arena, scratch, fields, block, items, columns, continuous);
  words.set(MARGIN.M_BLOCK, block);
  words.set(MARGIN.M_USED, layUsed(arena, terms.mode === "paced", accounts, assets));
  const lists = watchLists(accounts);
  const options = accounts.flatMap((account, item) => (account.option ? [{ account, item }] : []));
  for (const { account, item } of options) {
    const levels = layOptionLevels(arena, lists, account, item, columns, times, block);
    const leg = arena.u32(accountTable + item * MARGIN_ACCOUNT_BYTES, 1)[0]!;
    arena.u32(leg + 108, 1)[0] = levels;
  }
  words.set(MARGIN.M_TOUCHED, layTouchRecords(arena, lists, touches, accounts.length));
  layWatches(arena, scratch, words, sorted(lists), accounts);
  words.set(MARGIN.M_OPTIONS, options.length > 0 ? 1 : 0);
  layScreens(arena, scratch, words, accounts, blocks, assets);
  words.set(MARGIN.M_ACCOUNT_COUNT, accounts.length);
  words.set(MARGIN.M_ACCOUNTS, accountTable);
  words.set(MARGIN.M_PACED, terms.mode === "paced" ? 1 : 0);
  words.set(MARGIN.M_CONTINUOUS, continuous ? 1 : 0);
  words.set(MARGIN.M_TIMES, arena.put(times));
  words.set(MARGIN.M_RATES, arena.put(rates));
  words.set(MARGIN.M_PRICED, isPriced(accounts) ? 1 : 0);
  words.set(MARGIN.M_VARIANCES, arena.put(variances(columns)));
  const net = netFunding(accounts, assets);
  words.set(MARGIN.M_NET_FUNDING, arena.put(net.priced));
  words.set(MARGIN.M_SUMS, sums);
  words.set(MARGIN.M_STEP_SUMS, sums + items * 8);
  words.set(MARGIN.M_FUNDING_SUMS, sums + (items + 3 * steps) * 8);
  const program = arena.take(MARGIN.MARGIN_BYTES);
  const view = arena.u32(program, MARGIN.MARGIN_BYTES / 4);
  for (const [field, value] of words) view[field / 4] = value;
  const numbers = arena.f64(program, MARGIN.MARGIN_BYTES / 8);
  numbers[MARGIN.M_LIQUIDATOR_FEE / 8] = terms.liquidatorFee;
  numbers[MARGIN.M_INSURANCE_FEE / 8] = terms.insuranceFee;
  numbers[MARGIN.M_PACE_INITIAL / 8] = terms.pace?.initialShare ?? 1;
  numbers[MARGIN.M_PACE_DURATION / 8] = (terms.pace?.minutes ?? 1) / MINUTES_PER_YEAR;
  numbers[MARGIN.M_SHORTAGE_SMALL / 8] = Number(terms.pace?.smallShortage ?? "0");
  numbers[MARGIN.M_NET_TIMED / 8] = net.timed;
  for (const [field, offset] of fields) scratch.point(program + field, offset);
  return { program, scratch, lanes: fields.get(MARGIN.M_LANES)! };
}

/** Whether any level moves with funding: prices are then kept at every step, not log prices only. */
function isPriced(accounts: readonly MarginAccount[]): boolean {
  return accounts.some(({ legs }) => legs.some(({ index }) => index !== FUNDING_INDEX.none));
}

function netFunding(accounts: readonly MarginAccount[], assets: number) {
  const priced = new Float64Array(assets);
  let timed = 0;
  for (const { legs } of accounts) {
    for (const { asset, index, funding } of legs) {
      if (index === FUNDING_INDEX.priced) priced[asset]! += funding;
      if (index === FUNDING_INDEX.timed) timed += funding;
    }
  }
  return { priced, timed };
}

/** Variance of every asset's log return over every step. */
function variances({ steps, assets, factors, matrix }: ModelColumns): Float64Array {
  const out = new Float64Array(steps * assets);
  for (let cell = 0; cell < out.length; cell++) {
    let sum = 0;
    for (let f = 0; f < factors; f++) sum += matrix[cell * factors + f]! ** 2;
    out[cell] = sum;
  }
  return out;
}

function layAccounts(
  arena: Arena,
  accounts: readonly MarginAccount[],
  tableOf: (option: MarginOption) => { readonly node: number; readonly cubics: number },
): number {
  const legCount = accounts.reduce(
    (sum, { legs, option }) => sum + legs.length + (option ? 1 : 0),
    0,
  );
  const coinCount = accounts.reduce((sum, { coins }) => sum + coins.length, 0);
  const table = arena.take(Math.max(1, accounts.length) * MARGIN_ACCOUNT_BYTES);
  const legTable = arena.take(Math.max(1, legCount) * MARGIN_LEG_BYTES);
  const coinTable = arena.take(Math.max(1, coinCount) * COIN_BYTES);
  let leg = legTable;
  let coin = coinTable;
  accounts.forEach((account, index) => {
    const at = table + index * MARGIN_ACCOUNT_BYTES;
    const count = account.option ? 1 : account.legs.length;
    arena.u32(at, 4).set([leg, count, coin, account.coins.length]);
    arena.f64(at + 16, 1)[0] = account.money;
    for (const one of account.legs) {
      arena.i32(leg, 2).set([one.asset, one.index]);
      arena.f64(leg + 8, 8).set(numbersOf(one));
      leg += MARGIN_LEG_BYTES;
    }
    if (account.option) {
      layOption(arena, leg, account.option, tableOf(account.option));
      leg += MARGIN_LEG_BYTES;
    }
    for (const { asset, worth } of account.coins) {
      arena.i32(coin, 1)[0] = asset;
      arena.f64(coin + 8, 1)[0] = worth;
      coin += COIN_BYTES;
    }
  });
  return table;
}

function layOption(
  arena: Arena,
  at: number,
  option: MarginOption,
  { node, cubics }: { readonly node: number; readonly cubics: number },
): void {
  const { moneyness, expiry, volatility, spotLeg, carry, maintenance } = option;
  const { halfSpread, impact, strikeLeg, discount } = option;
  arena.i32(at, 2).set([option.asset, OPTION_INDEX]);
  arena
    .f64(at + 8, 8)
    .set([moneyness, expiry, volatility, spotLeg, carry, maintenance, halfSpread, impact]);
  // Margined options are short ones: worth a negative amount to their owner.
  arena.f64(at + 72, 3).set([strikeLeg, discount, -1]);
  arena.u32(at + 96, 3).set([option.isPut ? 1 : 0, node, cubics]);
}

function numbersOf(leg: MarginLeg): number[] {
  const { constant, slope, funding, notionalSlope, notionalConstant } = leg;
  const { maintenance, halfSpread, impact } = leg;
  return [
    constant,
    slope,
    funding,
    notionalSlope,
    notionalConstant,
    maintenance,
    halfSpread,
    impact,
  ];
}

/** Steps between two looks at the accounts that need one; 0 where none does. */
function blockOf({ terms, accounts }: MarginBook, steps: number): number {
  const late =
    terms.mode === "paced" ||
    accounts.some(
      ({ isolated, legs, option }) =>
        !isolated || option !== null || legs.some(({ index }) => index !== FUNDING_INDEX.none),
    );
  return late ? Math.min(BLOCK, steps) : 0;
}

/** @returns offset of the blocks */
function layScratch(
  { kernels }: Arena,
  scratch: Scratch,
  fields: Map<number, number>,
  block: number,
  items: number,
  { assets }: ModelColumns,
  continuous: boolean,
): number {
  fields.set(MARGIN.M_LANES, scratch.take(kernels.laneBytes(assets)));
  fields.set(MARGIN.M_HITS, scratch.take(3 * COLUMN));
  if (continuous) {
    // Least, most and four rows of normals.
    fields.set(MARGIN.M_EXTREMES, scratch.take((2 * assets + 4) * COLUMN));
    fields.set(MARGIN.M_BEFORE, scratch.take(assets * COLUMN));
  }
  const blocks = block > 0 ? scratch.take(kernels.blockBytes(assets, block)) : 0;
  if (block > 0) fields.set(MARGIN.M_BLOCKS, blocks);
  // Last, for it is the largest, and its end is seldom reached.
  fields.set(MARGIN.M_ENTRIES, scratch.take(16 + TILE * items * ENTRY_BYTES));
  return blocks;
}

/** Marks the assets of the accounts that are not closed where they meet their level. */
function layUsed(
  arena: Arena,
  paced: boolean,
  accounts: readonly MarginAccount[],
  assets: number,
): number {
  const used = new Uint8Array(Math.ceil(assets / 4) * 4);
  for (const { isolated, legs, coins, option } of accounts) {
    if (option) used[option.asset] = 1;
    if (!paced && isolated && legs.every(({ index }) => index === FUNDING_INDEX.none)) continue;
    for (const { asset } of [...legs, ...coins]) used[asset] = 1;
  }
  const address = arena.take(used.length);
  arena.u32(address, used.length / 4).set(new Uint32Array(used.buffer));
  return address;
}

function layWatches(
  arena: Arena,
  scratch: Scratch,
  words: Map<number, number>,
  lists: readonly WatchList[],
  accounts: readonly MarginAccount[],
): void {
  const records = arena.take(Math.max(1, lists.length) * WATCH_BYTES);
  lists.forEach(({ asset, index, down, up }, w) => {
    const at = records + w * WATCH_BYTES;
    down.sort((a, b) => b.level - a.level || a.item - b.item);
    up.sort((a, b) => a.level - b.level || a.item - b.item);
    const downLevels = arena.put([...down.map(({ level }) => level), -2 * NEVER]);
    const upLevels = arena.put([...up.map(({ level }) => level), 2 * NEVER]);
    const [downRecords, upRecords] = [down, up].map((list) => layRecords(arena, list, accounts));
    scratch.point(at + 24, scratch.take(WATCH_STATE_BYTES));
    arena.u32(at, 6).set([asset, index, downLevels, downRecords!, upLevels, upRecords!]);
    arena.f64(at + 32, 4).set([...range(down), ...range(up)]);
  });
  words.set(MARGIN.M_WATCH_COUNT, lists.length);
  words.set(MARGIN.M_WATCHES, records);
}

/** What every level of a list needs of its account, in the order of the levels. */
function layRecords(
  arena: Arena,
  list: readonly Waiting[],
  accounts: readonly MarginAccount[],
): number {
  const records = arena.take(Math.max(1, list.length) * RECORD_BYTES);
  list.forEach(({ item }, place) => {
    const at = records + place * RECORD_BYTES;
    arena.i32(at, 1)[0] = item;
    const account = accounts[item];
    if (!account) return;
    const leg = account.legs[0];
    if (!leg) return;
    arena
      .f64(at + 8, 8)
      .set([
        account.money,
        account.coins[0]?.worth ?? 0,
        leg.constant,
        leg.slope,
        leg.notionalSlope,
        leg.notionalConstant,
        leg.halfSpread,
        leg.impact,
      ]);
  });
  return records;
}

/** Least and most ratio of a list; zeros for an empty one. */
function range(list: readonly Waiting[]): [number, number] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const { level, ratio } of list) {
    if (Math.abs(level) === NEVER) continue;
    least = Math.min(least, ratio);
    most = Math.max(most, ratio);
  }
  return most >= least ? [least, most] : [0, 0];
}

function layScreens(
  arena: Arena,
  scratch: Scratch,
  words: Map<number, number>,
  accounts: readonly MarginAccount[],
  blocks: number,
  assets: number,
): void {
  const crossed = accounts.flatMap((account, item) =>
    account.isolated ? [] : [{ account, item }],
  );
  const records = arena.take(Math.max(1, crossed.length) * SCREEN_BYTES);
  const columnOf = (row: number, asset: number) => blocks + (row * assets + asset) * COLUMN;
  crossed.forEach(({ account, item }, s) => {
    const { km, timed, size, weights, funding } = screenOf(account);
    const used = [...weights.keys()].sort((a, b) => a - b);
    const entries = arena.take(Math.max(1, used.length) * SCREEN_ENTRY_BYTES);
    used.forEach((asset, e) => {
      const at = entries + e * SCREEN_ENTRY_BYTES;
      const weight = weights.get(asset)!;
      const due = funding.get(asset) ?? 0;
      // The least of weight·S and the most of funding·G in a block.
      scratch.point(at, columnOf(weight > 0 ? 0 : 1, asset));
      scratch.point(at + 4, columnOf(due > 0 ? 3 : 2, asset));
      arena.i32(at + 8, 1)[0] = asset;
      arena.f64(at + 16, 2).set([weight, due]);
    });
    const at = records + s * SCREEN_BYTES;
    arena.u32(at, 3).set([item, used.length, entries]);
    scratch.point(at + 12, scratch.take(TILE / 8));
    arena.f64(at + 16, 2).set([km - SCREEN_SLACK * size, timed]);
  });
  words.set(MARGIN.M_SCREEN_COUNT, crossed.length);
  words.set(MARGIN.M_SCREENS, records);
}

/** The margin of an account over several assets as km + Σ weight·S - Σ funding·G - timed·t. */
function screenOf({ money, coins, legs }: MarginAccount) {
  let km = money;
  let timed = 0;
  let size = Math.abs(money);
  const weights = new Map<number, number>();
  const funding = new Map<number, number>();
  const add = (map: Map<number, number>, asset: number, amount: number) =>
    map.set(asset, (map.get(asset) ?? 0) + amount);
  for (const { asset, worth } of coins) {
    add(weights, asset, worth);
    size += worth;
  }
  for (const leg of legs) {
    km += leg.constant - leg.maintenance * leg.notionalConstant;
    add(weights, leg.asset, leg.slope - leg.maintenance * leg.notionalSlope);
    if (leg.index === FUNDING_INDEX.priced) add(funding, leg.asset, leg.funding);
    if (leg.index === FUNDING_INDEX.timed) timed += leg.funding;
    size += Math.abs(leg.constant) + Math.abs(leg.slope) + leg.notionalConstant;
  }
  return { km, timed, size, weights, funding };
}
