/**
 * Covers: rare events that come together when the pool-wide factor is low.
 *
 *   book      │ classes i32 │ class u32 │ order u32 │ screens u32 │ bounds u32 │ cover u32 │ perUnit f64 │ offset f64 │ last f64 │
 *   class     │ slope f64 │ intercept f64 │ first i32 │ count i32 │
 *   order     [covers] i32: the covers of class 0, of class 1, …
 *   screens   [buckets] f64: no path of the bucket has an event whose first point, doubled, is higher
 *   bounds    [(buckets + 1) × (classes + 1)] f64: sums of bounds on the hazards, count · bound for each class; last row 0
 *   cover     │ sum f64 │ deductible f64 │ kept f64 │ limit f64 │ severity u32 │ unused u32 │
 *   event     │ path u32 │ cover i32 │ payment f64 │, after a count i32 in the first 16 bytes of the log
 *
 * A cover's event happens where √ρ · M + √(1-ρ) · e falls below its threshold, with M the pool-wide
 * factor: part market, part its own. Given M the events are independent, with probability
 * p = Φ(intercept - slope · M) and hazard h = -ln(1 - p). Covers of one p and ρ are a class.
 *
 * So that a path costs what happens on it, the hazards are laid end to end on a line, each at its
 * bound: its value at the lower edge of M's bucket, for it falls in M. A unit Poisson process on
 * the line picks the covers worth a look: a cover has a point on its stretch with probability
 * p̄ = 1 - exp(-bound), and its event happens if a uniform number is below p / p̄. The walk then
 * goes on from the end of the stretch, so that a cover is looked at once. All of it is exact: the
 * bounds say what it costs, not what comes out. Bucket 0 has no lower edge; there every p̄ is 1.
 *
 * Counter (path, 0) gives the factor's own normal and the first point, counter (path, k) the draw
 * of candidate k and the way to the next one. The payment is
 * min(limit, kept · max(0, ratio · sum - deductible)), the ratio drawn from the severity table.
 *
 * source  one-factor Gaussian copula: Vasicek (1987), Li (2000); thinning: Lewis & Shedler (1979)
 */
import { exponential, uniform } from "./exponential";
import { normals } from "./normal";
import { normalCdf } from "./normal-cdf";
import { philox } from "./philox";
import { COVERS, EVENTS, KEYS, SUMS, ACCOUNT_COUNT, SYSTEMIC, TILE, WITH_MOMENTS, address, word } from "./plan";
import { quantile } from "./quantile";

/** Stream numbers: every purpose draws from counters of its own. */
// @ts-ignore: decorator
@inline export const STREAM_SHOCK: u32 = 0;
// @ts-ignore: decorator
@inline export const STREAM_COVER: u32 = 1;
// @ts-ignore: decorator
@inline export const STREAM_SEVERITY: u32 = 2;
// @ts-ignore: decorator
@inline export const STREAM_MIXING: u32 = 3;

/** Rows of normals that `addCovers` needs. */
// @ts-ignore: decorator
@inline export const COVER_ROWS: i32 = 4;

// @ts-ignore: decorator
@inline const CLASS_BYTES: usize = 24;
// @ts-ignore: decorator
@inline const COVER_BYTES: usize = 40;

// @ts-ignore: decorator
@inline const POOL: usize = memory.data<f64>([
  0.5, 0.5, // 0 the middle of bucket 0
  4503599627370495.5, 4503599627370495.5, // 16 2^52 - 1/2: rounds down, and leaves the bucket in the low bits
], 16);

/**
 * Adds the payments on all covers to the losses of a tile.
 *
 * shape   market, losses, weights [TILE] f64; z [4 × TILE] f64 scratch; words [4] u32 scratch; paths [TILE] u32
 * lanes   two paths, until one of them may have an event
 * reads   plan, paths, market, weights   writes  z, words, losses, sums, events   count divides by 4
 */
export function addCovers(plan: usize, paths: usize, market: usize, z: usize, words: usize, weights: usize, losses: usize, count: i32): void {
  normals(z, paths, count, TILE, address(plan, KEYS), STREAM_COVER, 0, 1);
  const systemic = address(plan, SYSTEMIC), book = address(plan, COVERS);
  const onMarket = v128.load64_splat(systemic), onOwn = v128.load64_splat(systemic, 8);
  const screens = address(book, 12);
  const perUnit = v128.load64_splat(book, 24), offset = v128.load64_splat(book, 32), last = v128.load64_splat(book, 40);
  const row: usize = <usize>TILE << 3;
  const end = <usize>count << 3;
  for (let p: usize = 0; p < end; p += 16) {
    const factor = f64x2.add(f64x2.mul(onMarket, v128.load(market + p)), f64x2.mul(onOwn, v128.load(z + p)));
    // Normals 2 and 3 share the radius sqrt(-2 ln u) of word 2: their squares add to twice the first point.
    const third = v128.load(z + 2 * row + p), fourth = v128.load(z + 3 * row + p);
    const twice = f64x2.add(f64x2.mul(third, third), f64x2.mul(fourth, fourth));
    const position = f64x2.pmin(last, f64x2.pmax(v128.load(POOL), f64x2.add(f64x2.mul(factor, perUnit), offset)));
    const bucket = f64x2.add(position, v128.load(POOL, 16));
    const a = i32x4.extract_lane(bucket, 0), b = i32x4.extract_lane(bucket, 2);
    const screen = f64x2.replace_lane(v128.load64_splat(screens + (<usize>a << 3)), 1, load<f64>(screens + (<usize>b << 3)));
    const near = i64x2.bitmask(f64x2.lt(twice, screen));
    if (near) {
      if (near & 1) addEvents(plan, f64x2.extract_lane(factor, 0), a, paths, words, weights, losses, p);
      if (near & 2) addEvents(plan, f64x2.extract_lane(factor, 1), b, paths, words, weights, losses, p + 8);
    }
  }
}

/** Walks along the line of bounds and pays what happens on one path. */
function addEvents(plan: usize, factor: f64, bucket: i32, paths: usize, words: usize, weights: usize, losses: usize, p: usize): void {
  const keys = address(plan, KEYS), book = address(plan, COVERS);
  const path = load<u32>(paths + (p >> 1));
  const classes = word(book, 0), order = address(book, 8);
  const bucketBytes = <usize>(classes + 1) << 3;
  const bounds = address(book, 16) + <usize>bucket * bucketBytes;
  const total = load<f64>(bounds + bucketBytes - 8);
  const edge = (<f64>bucket - load<f64>(book, 32)) / load<f64>(book, 24);
  philox(words, keys, path, 0, STREAM_COVER, 0);
  let point = exponential(words + 8);
  let at = 0, next = 0;
  for (let candidate = 1; point < total; candidate++) {
    philox(words, keys, path, candidate, STREAM_COVER, 0);
    at = classAt(bounds, at, classes, point);
    const stretch = bounds + (<usize>at << 3);
    const start = load<f64>(stretch), length = load<f64>(stretch, 8) - start;
    const record = address(book, 4) + <usize>at * CLASS_BYTES;
    const members = word(record, 20);
    const width = length / <f64>members;
    const member = min(<i32>((point - start) / width), members - 1);
    const place = word(record, 16) + member;
    point = start + <f64>(member + 1) * width + exponential(words);
    // Rounding may put a point back on the stretch that was left.
    if (place < next) continue;
    next = place + 1;
    const u = uniform(words + 8);
    // The next bucket's bound is the least that the hazard can be, and p / p̄ is no less than h / bound.
    const least = load<f64>(stretch + bucketBytes, 8) - load<f64>(stretch + bucketBytes);
    if (u * length < least || u * highest(record, bucket, edge) < probability(record, factor)) {
      pay(plan, load<i32>(order + (<usize>place << 2)), paths, words, weights, losses, p);
    }
  }
}

/** The class on whose stretch a point lies; it is not before `low`. */
// @ts-ignore: decorator
@inline
function classAt(bounds: usize, low: i32, classes: i32, point: f64): i32 {
  let high = classes;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<f64>(bounds + (<usize>middle << 3)) <= point) low = middle;
    else high = middle;
  }
  return low;
}

/** Probability of the events of a class given the factor. */
// @ts-ignore: decorator
@inline
function probability(record: usize, factor: f64): f64 {
  return normalCdf(load<f64>(record, 8) - load<f64>(record) * factor);
}

/** The same at the lower edge of the bucket, which is what the bound was made of. */
// @ts-ignore: decorator
@inline
function highest(record: usize, bucket: i32, edge: f64): f64 {
  return bucket || load<f64>(record) == 0.0 ? probability(record, edge) : 1.0;
}

function pay(plan: usize, c: i32, paths: usize, words: usize, weights: usize, losses: usize, p: usize): void {
  const path = load<u32>(paths + (p >> 1));
  const cover = address(address(plan, COVERS), 20) + <usize>c * COVER_BYTES;
  philox(words, address(plan, KEYS), path, c >> 2, STREAM_SEVERITY, 0);
  const drawn = quantile(address(cover, 32), load<u32>(words + (<usize>(c & 3) << 2)));
  const ratio = max(0.0, min(1.0, drawn));
  const gross = max(0.0, ratio * load<f64>(cover) - load<f64>(cover, 8));
  const payment = min(load<f64>(cover, 24), load<f64>(cover, 16) * gross);
  store<f64>(losses + p, load<f64>(losses + p) + payment);
  if (word(plan, WITH_MOMENTS)) {
    const sumAt = address(plan, SUMS) + (<usize>(word(plan, ACCOUNT_COUNT) + c) << 3);
    store<f64>(sumAt, load<f64>(sumAt) + load<f64>(weights + p) * payment);
  }
  const events = address(plan, EVENTS);
  if (events) {
    const n = load<i32>(events);
    const at = events + 16 + (<usize>n << 4);
    store<u32>(at, path);
    store<i32>(at, c, 4);
    store<f64>(at, payment, 8);
    store<i32>(events, n + 1);
  }
}
