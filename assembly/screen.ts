/**
 * Accounts that are looked at a block of steps at a time.
 *
 *   screen   │ account i32 │ entries i32 │ address u32 │ dead u32 │ constant f64 │ timed f64 │
 *   entry    │ column u32 │ funding column u32 │ asset i32 │ pad │ weight f64 │ funding f64 │
 *   dead     [TILE] bits: lanes whose account is no longer screened
 *   blocks   │ least S, most S, least G, most G [4U] │ S [B×U] │ G [B×U] │, columns of TILE
 *
 * An account over several assets has the margin constant + Σ weight · S - funding · G. Its least
 * value over a block of steps follows from the extremes of each asset in the block, so most
 * accounts are looked at once per block; only where that bound is not positive does every step of
 * the block count. What is left of an account after a liquidation is bounded in the same way. The
 * result is that of looking at every step.
 */
import { accountOf, isBreached, watch } from "./margin";
import { COIN_BYTES, COLUMN, INDEX_NONE, INDEX_PRICED, MARGIN_LEG_BYTES } from "./measure";
import { ASSETS, MARGIN, M_BLOCK, M_BLOCKS, M_PRICED, M_SCREENS, M_SCREEN_COUNT, M_TIMES, M_USED, TILE, address, word } from "./plan";

// @ts-ignore: decorator
@inline export const SCREEN_BYTES: usize = 32;
// @ts-ignore: decorator
@inline export const SCREEN_ENTRY_BYTES: usize = 32;

/** Bytes of the blocks of a program. */
export function blockBytes(assets: i32, steps: i32): usize {
  return <usize>assets * COLUMN * <usize>(4 + 2 * steps);
}

/** Where the prices, or the funding indices, of a step of the block in hand stand. */
// @ts-ignore: decorator
@inline
export function blockRow(blocks: usize, assets: i32, step: i32, steps: i32, funding: bool): usize {
  const row = (funding ? steps : 0) + step % steps + 4;
  return blocks + <usize>assets * COLUMN * <usize>row;
}

/**
 * Takes the prices of one step into the extremes of its block.
 *
 * shape   price [TILE] f64 of the asset at this step; extremes: least S of the asset, and at `bytes` most S
 */
export function widen(price: usize, extremes: usize, bytes: usize, isFirst: bool, count: i32): void {
  const end = <usize>count << 3;
  if (isFirst) {
    memory.copy(extremes, price, end);
    memory.copy(extremes + bytes, price, end);
    return;
  }
  for (let p: usize = 0; p < end; p += 16) {
    const s = v128.load(price + p);
    v128.store(extremes + p, f64x2.pmin(v128.load(extremes + p), s));
    v128.store(extremes + bytes + p, f64x2.pmax(v128.load(extremes + bytes + p), s));
  }
}

/**
 * Extremes of the funding indices of a block: prices are positive, so an index runs one way and
 * has them at the ends.
 */
export function fundingExtremes(margin: usize, assets: i32, first: i32, last: i32, count: i32): void {
  const steps = word(margin, M_BLOCK);
  const blocks = address(margin, M_BLOCKS);
  const bytes = <usize>assets * COLUMN;
  const end = <usize>count << 3;
  const begin = blockRow(blocks, assets, first, steps, true), until = blockRow(blocks, assets, last, steps, true);
  for (let u = 0; u < assets; u++) {
    if (!load<u8>(address(margin, M_USED) + <usize>u)) continue;
    const column = <usize>u * COLUMN;
    for (let p: usize = column; p < column + end; p += 16) {
      const a = v128.load(begin + p), b = v128.load(until + p);
      v128.store(blocks + 2 * bytes + p, f64x2.pmin(a, b));
      v128.store(blocks + 3 * bytes + p, f64x2.pmax(a, b));
    }
  }
}

/** Bounds the margin of every account over several assets, and walks the block where that fails. */
export function screenBlock(plan: usize, first: i32, last: i32, count: i32): void {
  const margin = address(plan, MARGIN);
  const begin = load<f64>(address(margin, M_TIMES) + (<usize>first << 3));
  const until = load<f64>(address(margin, M_TIMES) + (<usize>last << 3));
  const priced = word(margin, M_PRICED) != 0;
  const end = <usize>count << 3;
  let screen = address(margin, M_SCREENS);
  for (let s = word(margin, M_SCREEN_COUNT); s > 0; s--) {
    const timed = load<f64>(screen, 24);
    const constant = f64x2.splat(load<f64>(screen, 16) - max(timed * begin, timed * until));
    const entries = <usize>load<u32>(screen, 8), entriesEnd = entries + <usize>load<i32>(screen, 4) * SCREEN_ENTRY_BYTES;
    for (let p: usize = 0; p < end; p += 32) {
      let a = constant, b = constant;
      for (let entry = entries; entry < entriesEnd; entry += SCREEN_ENTRY_BYTES) {
        const column = <usize>load<u32>(entry) + p;
        const weight = v128.load64_splat(entry, 16);
        a = f64x2.add(a, f64x2.mul(weight, v128.load(column)));
        b = f64x2.add(b, f64x2.mul(weight, v128.load(column, 16)));
        if (priced) {
          const index = <usize>load<u32>(entry, 4) + p;
          const funding = v128.load64_splat(entry, 24);
          a = f64x2.sub(a, f64x2.mul(funding, v128.load(index)));
          b = f64x2.sub(b, f64x2.mul(funding, v128.load(index, 16)));
        }
      }
      // The sign bit of each lane, where the account is still looked at.
      const dead = load<u8>(<usize>load<u32>(screen, 12) + (p >> 6)) >> <u8>(p & 32 ? 4 : 0);
      const below = (i64x2.bitmask(a) | (i64x2.bitmask(b) << 2)) & ~<i32>dead;
      if (below) suspects(plan, screen, p, below, first, last);
    }
    screen += SCREEN_BYTES;
  }
}

/** Looks at every step of the block for those of four lanes whose bound is not positive. */
function suspects(plan: usize, screen: usize, p: usize, below: i32, first: i32, last: i32): void {
  const margin = address(plan, MARGIN);
  const assets = word(plan, ASSETS), steps = word(margin, M_BLOCK);
  const blocks = address(margin, M_BLOCKS);
  const priced = word(margin, M_PRICED) != 0;
  const entries = <usize>load<u32>(screen, 8), entriesEnd = entries + <usize>load<i32>(screen, 4) * SCREEN_ENTRY_BYTES;
  for (let step = first; step <= last && below; step++) {
    const prices = blockRow(blocks, assets, step, steps, false) + p;
    const funding = blockRow(blocks, assets, step, steps, true) + p;
    const time = load<f64>(address(margin, M_TIMES) + (<usize>step << 3));
    let a = f64x2.splat(load<f64>(screen, 16) - load<f64>(screen, 24) * time), b = a;
    for (let entry = entries; entry < entriesEnd; entry += SCREEN_ENTRY_BYTES) {
      const column = <usize>load<i32>(entry, 8) * COLUMN;
      const weight = v128.load64_splat(entry, 16);
      a = f64x2.add(a, f64x2.mul(weight, v128.load(prices + column)));
      b = f64x2.add(b, f64x2.mul(weight, v128.load(prices + column, 16)));
      if (priced) {
        const due = v128.load64_splat(entry, 24);
        a = f64x2.sub(a, f64x2.mul(due, v128.load(funding + column)));
        b = f64x2.sub(b, f64x2.mul(due, v128.load(funding + column, 16)));
      }
    }
    let now = (i64x2.bitmask(a) | (i64x2.bitmask(b) << 2)) & below;
    for (; now; now &= now - 1) {
      const bit = ctz(now);
      if (confirm(margin, screen, <i32>(p >> 3) + bit, prices + (<usize>bit << 3), funding + (<usize>bit << 3), time, step)) {
        below &= ~(1 << bit);
      }
    }
  }
}

/** The margin of one lane at one step, exactly; a breached account is watched from here on. */
function confirm(margin: usize, screen: usize, lane: i32, prices: usize, funding: usize, time: f64, step: i32): bool {
  const item = load<i32>(screen);
  if (!isBreached(accountOf(margin, item), prices, funding, time)) return false;
  const byte = <usize>load<u32>(screen, 12) + (<usize>lane >> 3);
  store<u8>(byte, load<u8>(byte) | (<u8>1 << <u8>(lane & 7)));
  watch(margin, lane, item, step);
  return true;
}

// A bound that is positive by less than this part of what it is made of may be rounding.
// @ts-ignore: decorator
@inline const ROUNDING: f64 = 1e-9;

/**
 * Whether what is left of an account surely stays above maintenance through a block: its margin
 * with every price and index at its worst in the block.
 *
 * shape   extremes: least S of the block at this lane; begin, until: times of its ends
 */
export function staysAbove(account: usize, entry: usize, extremes: usize, assets: i32, begin: f64, until: f64): bool {
  const bytes = <usize>assets * COLUMN;
  const left = 1.0 - load<f64>(entry, 16);
  let sum = load<f64>(entry, 32), size = Math.abs(sum);
  let leg = <usize>load<u32>(account);
  for (let l = load<i32>(account, 4); l > 0; l--) {
    const column = extremes + <usize>load<i32>(leg) * COLUMN;
    const index = load<i32>(leg, 4);
    const ratio = load<f64>(leg, 48);
    const constant = left * (load<f64>(leg, 8) - ratio * load<f64>(leg, 40));
    const weight = left * (load<f64>(leg, 16) - ratio * load<f64>(leg, 32));
    const worth = weight * load<f64>(column + (weight > 0 ? 0 : bytes));
    sum += constant + worth;
    size += Math.abs(constant) + Math.abs(worth);
    if (index != INDEX_NONE) {
      const due = left * load<f64>(leg, 24);
      const paid = due * (index == INDEX_PRICED ? load<f64>(column + (due > 0 ? 3 * bytes : 2 * bytes)) : due > 0 ? until : begin);
      sum -= paid;
      size += Math.abs(paid);
    }
    leg += MARGIN_LEG_BYTES;
  }
  let coin = <usize>load<u32>(account, 8);
  for (let c = load<i32>(account, 12); c > 0; c--) {
    const column = extremes + <usize>load<i32>(coin) * COLUMN;
    const weight = load<f64>(coin, 8);
    const worth = weight * load<f64>(column + (weight > 0 ? 0 : bytes));
    sum += worth;
    size += Math.abs(worth);
    coin += COIN_BYTES;
  }
  return sum > ROUNDING * size;
}
