/**
 * Covers: rare events that come together when the pool-wide factor is low.
 *
 *   cover   │ systemic f64 │ own f64 │ threshold f64 │ sum f64 │ deductible f64 │ kept f64 │ limit f64 │ severity u32 │
 *   event   │ path u32 │ cover i32 │ payment f64 │, after a count i32 in the first 16 bytes of the log
 *
 * A cover's event happens where systemic · M + own · e < threshold, with e its own normal and M
 * the pool-wide factor: part market, part its own. The payment is
 * min(limit, kept · max(0, ratio · sum - deductible)), the ratio drawn from the severity table.
 *
 * source  one-factor Gaussian copula: Vasicek (1987), Li (2000)
 */
import { normals } from "./normal";
import { philox } from "./philox";
import { COVERS, COVER_COUNT, EVENTS, KEYS, SUMS, ACCOUNT_COUNT, SYSTEMIC, TILE, WITH_MOMENTS, address, word } from "./plan";
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

// @ts-ignore: decorator
@inline const COVER_BYTES: usize = 64;

/**
 * Adds the payments on all covers to the losses of a tile.
 *
 * shape   market, losses, weights [TILE] f64; z [≥covers+1 × TILE] f64 scratch; paths [TILE] u32
 * reads   plan, paths, market, weights   writes  z, losses, sums, events   count divides by 4
 */
export function addCovers(plan: usize, paths: usize, market: usize, z: usize, words: usize, weights: usize, losses: usize, count: i32): void {
  const covers = word(plan, COVER_COUNT);
  const keys = address(plan, KEYS);
  normals(z, paths, count, TILE, keys, STREAM_COVER, 0, (covers + 4) / 4);
  const systemic = address(plan, SYSTEMIC);
  const onMarket = v128.load64_splat(systemic), onOwn = v128.load64_splat(systemic, 8);
  const end = <usize>count << 3;
  for (let p: usize = 0; p < end; p += 16) {
    v128.store(z + p, f64x2.add(f64x2.mul(onMarket, v128.load(market + p)), f64x2.mul(onOwn, v128.load(z + p))));
  }
  for (let c = 0; c < covers; c++) {
    const cover = address(plan, COVERS) + <usize>c * COVER_BYTES;
    const onFactor = v128.load64_splat(cover), own = v128.load64_splat(cover, 8);
    const threshold = v128.load64_splat(cover, 16);
    const row = z + <usize>((c + 1) * TILE) * 8;
    for (let p: usize = 0; p < end; p += 16) {
      const latent = f64x2.add(f64x2.mul(onFactor, v128.load(z + p)), f64x2.mul(own, v128.load(row + p)));
      const hits = i64x2.bitmask(f64x2.lt(latent, threshold));
      if (hits) {
        if (hits & 1) pay(plan, cover, c, paths, words, weights, losses, p);
        if (hits & 2) pay(plan, cover, c, paths, words, weights, losses, p + 8);
      }
    }
  }
}

function pay(plan: usize, cover: usize, c: i32, paths: usize, words: usize, weights: usize, losses: usize, p: usize): void {
  const path = load<u32>(paths + (p >> 1));
  philox(words, address(plan, KEYS), path, c >> 2, STREAM_SEVERITY, 0);
  const drawn = quantile(<usize>load<u32>(cover, 56), load<u32>(words + (<usize>(c & 3) << 2)));
  const ratio = max(0.0, min(1.0, drawn));
  const gross = max(0.0, ratio * load<f64>(cover, 24) - load<f64>(cover, 32));
  const payment = min(load<f64>(cover, 48), load<f64>(cover, 40) * gross);
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
