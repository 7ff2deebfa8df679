/**
 * One step of the log prices: drift plus correlated shocks, held inside the model's bound.
 *
 * source  Glasserman, Monte Carlo Methods in Financial Engineering (2003), §2.3.3, §3.2
 */
import { ASSETS, BOUND, DRIFT, FACTORS, HELD, MARKET_FACTOR, MATRIX, ROW_ENDS, TILE, address, word } from "./plan";

/**
 * Advances a tile by one step: x[u] += drift[u] + scale · Σ matrix[u][f] · z[f].
 *
 * shape   x [U×TILE] f64, z [≥F×TILE] f64, scale [TILE] f64 or 0 for ones; count divides by 8
 * lanes   two paths per vector, four vectors per weight
 * reads   plan, z, scale   writes  x, the plan's count of held prices
 * bits    row u adds f = 0, 1, … in that order
 */
export function advance(plan: usize, step: i32, x: usize, z: usize, scale: usize, count: i32): void {
  const assets = word(plan, ASSETS), factors = word(plan, FACTORS);
  const row: usize = <usize>TILE << 3;
  const end: usize = <usize>count << 3;
  const rowEnds = address(plan, ROW_ENDS);
  const held = address(plan, HELD);
  for (let u = 0; u < assets; u++) {
    const cell: usize = <usize>(step * assets + u) << 3;
    const weights = address(plan, MATRIX) + (<usize>((step * assets + u) * factors) << 3);
    const weightEnd = weights + (<usize>load<i32>(rowEnds + (<usize>u << 2)) << 3);
    const drift = v128.load64_splat(address(plan, DRIFT) + cell);
    const high = v128.load64_splat(address(plan, BOUND) + cell);
    const low = f64x2.neg(high);
    const out = x + <usize>u * row;
    for (let p: usize = 0; p < end; p += 64) {
      let s0 = f64x2.sub(drift, drift), s1 = s0, s2 = s0, s3 = s0;
      let normals = z + p;
      for (let at = weights; at < weightEnd; at += 8) {
        const weight = v128.load64_splat(at);
        s0 = f64x2.add(s0, f64x2.mul(weight, v128.load(normals)));
        s1 = f64x2.add(s1, f64x2.mul(weight, v128.load(normals, 16)));
        s2 = f64x2.add(s2, f64x2.mul(weight, v128.load(normals, 32)));
        s3 = f64x2.add(s3, f64x2.mul(weight, v128.load(normals, 48)));
        normals += row;
      }
      if (scale) {
        s0 = f64x2.mul(s0, v128.load(scale + p));
        s1 = f64x2.mul(s1, v128.load(scale + p, 16));
        s2 = f64x2.mul(s2, v128.load(scale + p, 32));
        s3 = f64x2.mul(s3, v128.load(scale + p, 48));
      }
      s0 = f64x2.add(v128.load(out + p), f64x2.add(s0, drift));
      s1 = f64x2.add(v128.load(out + p, 16), f64x2.add(s1, drift));
      s2 = f64x2.add(v128.load(out + p, 32), f64x2.add(s2, drift));
      s3 = f64x2.add(v128.load(out + p, 48), f64x2.add(s3, drift));
      const inside = v128.and(
        v128.and(f64x2.le(f64x2.abs(s0), high), f64x2.le(f64x2.abs(s1), high)),
        v128.and(f64x2.le(f64x2.abs(s2), high), f64x2.le(f64x2.abs(s3), high)),
      );
      if (!i64x2.all_true(inside)) {
        store<f64>(held, load<f64>(held) + outside(s0, high) + outside(s1, high) + outside(s2, high) + outside(s3, high));
        s0 = f64x2.pmin(high, f64x2.pmax(low, s0));
        s1 = f64x2.pmin(high, f64x2.pmax(low, s1));
        s2 = f64x2.pmin(high, f64x2.pmax(low, s2));
        s3 = f64x2.pmin(high, f64x2.pmax(low, s3));
      }
      v128.store(out + p, s0);
      v128.store(out + p, s1, 16);
      v128.store(out + p, s2, 32);
      v128.store(out + p, s3, 48);
    }
  }
}

function outside(x: v128, high: v128): f64 {
  return <f64>popcnt(i64x2.bitmask(f64x2.gt(f64x2.abs(x), high)));
}

/**
 * Adds one step of the standardised market move: w += Σ weight[f] · z[f].
 *
 * shape   w [TILE] f64, z [≥F×TILE] f64; count divides by 2
 * reads   plan, z   writes  w
 */
export function addMarketFactor(plan: usize, step: i32, w: usize, z: usize, count: i32): void {
  const factors = word(plan, FACTORS);
  const weights = address(plan, MARKET_FACTOR) + (<usize>(step * factors) << 3);
  const end: usize = <usize>count << 3;
  for (let f = 0; f < factors; f++) {
    const weight = v128.load64_splat(weights + (<usize>f << 3));
    const normals = z + <usize>(f * TILE) * 8;
    for (let p: usize = 0; p < end; p += 16) {
      v128.store(w + p, f64x2.add(v128.load(w + p), f64x2.mul(weight, v128.load(normals + p))));
    }
  }
}
