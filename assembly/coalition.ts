/**
 * Expected shortfall of coalitions that members join one after the other, and what each of them adds.
 *
 * A walk goes through an order of joining and through its reverse at once: when a member joins the
 * coalition of those before, it leaves the coalition of all others, and that is what it will have
 * added there in the reverse order. So one load of its losses serves both.
 *
 * ES is exact. Rockafellar and Uryasev's minimum over c of c + Σ (L − c)+ / tail is at the
 * ⌈tail⌉-th largest loss, which is searched for only among the losses at or above a bar a little below
 * the last one. Where fewer are, it is searched for among all.
 *
 * lanes   two scenarios
 * source  Rockafellar & Uryasev, Optimization of conditional value-at-risk (2000)
 */

/** How far below the last quantile the bar stands, in mean excesses over it. */
// @ts-ignore: decorator
@inline const DEPTH: f64 = 0.5;

/** The bar that the coalition last measured sets for the next: a function returns one number. */
let bar: f64 = 0;

/**
 * The rank-th largest of some numbers, by halves that are copied without a branch on what cannot be
 * predicted.
 *
 * shape   values [count] f64, halves [2×(count + 1)] f64
 * reads   values   writes  halves
 * source  Hoare, Algorithm 65: Find (1961), with the median of three as pivot
 */
function largest(values: usize, count: usize, rank: usize, halves: usize): f64 {
  const above = halves;
  const below = halves + (count + 1 << 3);
  let from = values;
  let pivot: f64 = 0;
  while (count > 0) {
    const first = load<f64>(from);
    const middle = load<f64>(from + (count >> 1 << 3));
    const last = load<f64>(from + (count - 1 << 3));
    const lower = select(first, middle, first < middle);
    const upper = select(middle, first, first < middle);
    const cut = select(upper, last, upper < last);
    pivot = select(lower, cut, lower > cut);
    let i: usize = 0;
    let j: usize = 0;
    for (const end = from + (count << 3); from < end; from += 8) {
      const value = load<f64>(from);
      store<f64>(above + (i << 3), value);
      store<f64>(below + (j << 3), value);
      i += <usize>(value > pivot);
      j += <usize>(value < pivot);
    }
    if (rank <= i) {
      from = above;
      count = i;
    } else if (rank > count - j) {
      from = below;
      rank -= count - j;
      count = j;
    } else count = 0;
  }
  return pivot;
}

/**
 * ES of candidates, among which are the ⌈tail⌉ largest losses; sets the bar for the next step.
 *
 * shape   values [count] f64, halves [2×(count + 1)] f64
 */
function measure(values: usize, count: usize, tail: f64, halves: usize): f64 {
  const c = largest(values, count, <usize>ceil(tail), halves);
  const cs = f64x2.splat(c);
  // One more that is not above c, so that they are pairs.
  store<f64>(values + (count << 3), c);
  let sums = f64x2.splat(0);
  for (const end = values + (count << 3); values < end; values += 16) {
    const excess = f64x2.sub(v128.load(values), cs);
    sums = f64x2.add(sums, v128.and(excess, f64x2.gt(excess, f64x2.splat(0))));
  }
  const excess = (f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)) / tail;
  bar = c - DEPTH * excess;
  return c + excess;
}

/** Comparisons of two lanes each as sixteen bits. */
// @ts-ignore: decorator
@inline
function bitsOf(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128): i32 {
  const low = i16x8.narrow_i32x4_s(v128.shuffle<i32>(a, b, 0, 2, 4, 6), v128.shuffle<i32>(c, d, 0, 2, 4, 6));
  const high = i16x8.narrow_i32x4_s(v128.shuffle<i32>(e, f, 0, 2, 4, 6), v128.shuffle<i32>(g, h, 0, 2, 4, 6));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(low, high));
}

/**
 * Adds a member's losses to those of a coalition, and says where these, and where those of all others,
 * are at or above a bar: a bit for each scenario.
 *
 * The member after that is touched on the way, because no processor foresees an order.
 *
 * @returns  a number that depends on what was touched
 */
function join(losses: usize, column: usize, next: usize, total: usize, width: usize, bits: usize, ownBar: f64, restBar: f64): i32 {
  const own = f64x2.splat(ownBar);
  const rest = f64x2.splat(restBar);
  const restBits = width >> 6;
  let touched = 0;
  for (const end = losses + width; losses < end; losses += 128) {
    touched ^= load<i32>(next) ^ load<i32>(next, 64);
    const a = f64x2.add(v128.load(losses), v128.load(column));
    v128.store(losses, a);
    const b = f64x2.add(v128.load(losses, 16), v128.load(column, 16));
    v128.store(losses, b, 16);
    const c = f64x2.add(v128.load(losses, 32), v128.load(column, 32));
    v128.store(losses, c, 32);
    const d = f64x2.add(v128.load(losses, 48), v128.load(column, 48));
    v128.store(losses, d, 48);
    const e = f64x2.add(v128.load(losses, 64), v128.load(column, 64));
    v128.store(losses, e, 64);
    const f = f64x2.add(v128.load(losses, 80), v128.load(column, 80));
    v128.store(losses, f, 80);
    const g = f64x2.add(v128.load(losses, 96), v128.load(column, 96));
    v128.store(losses, g, 96);
    const h = f64x2.add(v128.load(losses, 112), v128.load(column, 112));
    v128.store(losses, h, 112);
    store<u16>(bits, bitsOf(
      f64x2.ge(a, own), f64x2.ge(b, own), f64x2.ge(c, own), f64x2.ge(d, own),
      f64x2.ge(e, own), f64x2.ge(f, own), f64x2.ge(g, own), f64x2.ge(h, own),
    ));
    store<u16>(bits + restBits, bitsOf(
      f64x2.ge(f64x2.sub(v128.load(total), a), rest), f64x2.ge(f64x2.sub(v128.load(total, 16), b), rest),
      f64x2.ge(f64x2.sub(v128.load(total, 32), c), rest), f64x2.ge(f64x2.sub(v128.load(total, 48), d), rest),
      f64x2.ge(f64x2.sub(v128.load(total, 64), e), rest), f64x2.ge(f64x2.sub(v128.load(total, 80), f), rest),
      f64x2.ge(f64x2.sub(v128.load(total, 96), g), rest), f64x2.ge(f64x2.sub(v128.load(total, 112), h), rest),
    ));
    column += 128;
    next += 128;
    total += 128;
    bits += 2;
  }
  return touched;
}

/**
 * Gathers a − b where bits are set.
 *
 * Four are gathered of every 64 scenarios, whether they are there or not: how many there are cannot be
 * foreseen, only that there are seldom more.
 *
 * shape   out [width / 8 + 4] f64
 * @returns how many they are
 */
function gather(out: usize, a: usize, b: usize, bits: usize, width: usize): usize {
  const start = out;
  for (const end = a + width; a < end; a += 512) {
    let word = load<u64>(bits);
    const after = out + (<usize>popcnt(word) << 3);
    do {
      for (let i: usize = 0; i < 32; i += 8) {
        const at = (<usize>ctz(word) & 63) << 3;
        store<f64>(out + i, load<f64>(a + at) - load<f64>(b + at));
        word &= word - 1;
      }
      out += 32;
    } while (word != 0);
    out = after;
    b += 512;
    bits += 8;
  }
  return (out - start) >> 3;
}

/** ES of a − b, of which bits say where it matters; of all where these are too few. */
function shortfallOf(candidates: usize, a: usize, b: usize, bits: usize, width: usize, tail: f64): f64 {
  let count = gather(candidates, a, b, bits, width);
  if (<f64>count < tail) {
    memory.fill(bits, 255, width >> 6);
    count = gather(candidates, a, b, bits, width);
  }
  return measure(candidates, count, tail, candidates + width + 32);
}

/**
 * What every member adds to the ES of those before, on average over an order and its reverse.
 *
 * shape   parts [members] f64, order [members] u32, columns [members×count] f64, total [count] f64:
 *         the sum of all columns; scratch [6×count] f64
 *         count divides by 64; 0 < tail ≤ count scenarios, the last of them in part
 * reads   order, columns, total   writes  parts, scratch   allocates nothing
 * bits    parts sum to the ES of total but for rounding; losses of a coalition add in the order of joining
 */
export function marginals(parts: usize, order: usize, members: i32, columns: usize, total: usize, scratch: usize, count: i32, tail: f64): void {
  const width = <usize>count << 3;
  const losses = scratch;
  const zeros = losses + width;
  const candidates = zeros + width;
  const bits = candidates + 3 * width + 64;
  const restBits = bits + (width >> 6);
  memory.fill(losses, 0, 2 * width);
  memory.fill(restBits, 255, width >> 6);
  const whole = shortfallOf(candidates, total, zeros, restBits, width, tail);
  let restBar = bar;
  let ownBar = -Infinity;
  let before: f64 = 0;
  let after = whole;
  let touched = 0;
  for (const end = order + (<usize>members << 2); order < end; order += 4) {
    const member = <usize>load<u32>(order);
    // All members together have the ES of the total, and nobody has none.
    let own = whole;
    let rest: f64 = 0;
    if (order + 4 < end) {
      const next = columns + <usize>load<u32>(order, 4) * width;
      touched ^= join(losses, columns + member * width, next, total, width, bits, ownBar, restBar);
      own = shortfallOf(candidates, losses, zeros, bits, width, tail);
      ownBar = bar;
      rest = shortfallOf(candidates, total, losses, restBits, width, tail);
      restBar = bar;
    }
    store<f64>(parts + (member << 3), 0.5 * (own - before + (after - rest)));
    before = own;
    after = rest;
  }
  // Kept, so that no compiler leaves the touching out.
  store<i32>(bits, touched);
}

/** Writes the losses of a coalition with one member more, and where they are at or above a bar. */
function add(losses: usize, before: usize, column: usize, width: usize, bits: usize, least: f64): void {
  const own = f64x2.splat(least);
  for (const end = losses + width; losses < end; losses += 128) {
    const a = f64x2.add(v128.load(before), v128.load(column));
    v128.store(losses, a);
    const b = f64x2.add(v128.load(before, 16), v128.load(column, 16));
    v128.store(losses, b, 16);
    const c = f64x2.add(v128.load(before, 32), v128.load(column, 32));
    v128.store(losses, c, 32);
    const d = f64x2.add(v128.load(before, 48), v128.load(column, 48));
    v128.store(losses, d, 48);
    const e = f64x2.add(v128.load(before, 64), v128.load(column, 64));
    v128.store(losses, e, 64);
    const f = f64x2.add(v128.load(before, 80), v128.load(column, 80));
    v128.store(losses, f, 80);
    const g = f64x2.add(v128.load(before, 96), v128.load(column, 96));
    v128.store(losses, g, 96);
    const h = f64x2.add(v128.load(before, 112), v128.load(column, 112));
    v128.store(losses, h, 112);
    store<u16>(bits, bitsOf(
      f64x2.ge(a, own), f64x2.ge(b, own), f64x2.ge(c, own), f64x2.ge(d, own),
      f64x2.ge(e, own), f64x2.ge(f, own), f64x2.ge(g, own), f64x2.ge(h, own),
    ));
    before += 128;
    column += 128;
    bits += 2;
  }
}

/**
 * ES of every coalition whose number is in a range; bit i of the number is member i.
 *
 * A coalition is the one without its first member and that member: the losses of the last coalition
 * that began with each member are kept, so that every one costs one addition and nothing is ever
 * subtracted. The bar is that of the coalition without the first member.
 *
 * shape   costs [2^members] f64; columns [members×count] f64; scratch [members×(count + 2) + 6×count] f64
 *         count divides by 64; 0 < tail ≤ count; 1 ≤ from, and ranges follow each other from 1 on
 * reads   columns, scratch   writes  costs, scratch   allocates nothing
 * bits    losses of a coalition add from its last member to its first
 */
export function coalitions(costs: usize, members: i32, from: u32, to: u32, columns: usize, scratch: usize, count: i32, tail: f64): void {
  const width = <usize>count << 3;
  const bars = scratch + <usize>members * width;
  const zeros = bars + (<usize>members << 4);
  const candidates = zeros + width;
  const bits = candidates + 3 * width + 64;
  memory.fill(zeros, 0, width);
  for (let coalition = from; coalition < to; coalition++) {
    const first = <usize>ctz(coalition);
    const others = coalition & (coalition - 1);
    let before = zeros;
    let least: f64 = -Infinity;
    if (others != 0) {
      const next = <usize>ctz(others);
      before = scratch + next * width;
      least = load<f64>(bars + (next << 3));
    }
    const losses = scratch + first * width;
    add(losses, before, columns + first * width, width, bits, least);
    store<f64>(costs + (<usize>coalition << 3), shortfallOf(candidates, losses, zeros, bits, width, tail));
    store<f64>(bars + (first << 3), bar);
  }
}
