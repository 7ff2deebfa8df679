/**
 * Liquidation by sorted thresholds, one path at a time: what bench/workload/liquidation.ts does in
 * tuned JavaScript, on the engine's own shocks.
 *
 *   book    │ starts [2U+1] i32 │ pad │ thresholds [n+1] │ accounts [n×4]: coins, cost, collateral, profit now │
 *           │ √|coins| [n] │ rests [(n+1)×2]: coins, cost with profit now │, f64 from `thresholds` on
 *   terms   half spread, impact per √notional, liquidator's fee, insurance fee, spot: f64
 *   scratch z [U×TILE], x [U×TILE], loss [TILE], limits [TILE×2U] f64, next [TILE×2U] i32
 */
import { exponential } from "./exponential";
import { normals } from "./normal";
import { advance } from "./path";

const TILE: i32 = 128;

/** Losses of paths: paths [count] u32, losses [count] f64; matrix [U×U] per step. */
export function liquidate(
  losses: usize, paths: usize, count: i32, keys: usize, steps: i32, assets: i32, matrix: usize,
  starts: usize, thresholds: usize, terms: usize, scratch: usize,
): void {
  for (let done = 0; done < count; done += TILE) {
    tile(
      losses + (<usize>done << 3), paths + (<usize>done << 2), min(TILE, count - done), keys, steps, assets, matrix,
      starts, thresholds, terms, scratch,
    );
  }
}

function tile(
  losses: usize, paths: usize, count: i32, keys: usize, steps: i32, assets: i32, matrix: usize,
  starts: usize, thresholds: usize, terms: usize, scratch: usize,
): void {
  const column = <usize>TILE << 3;
  const sides = 2 * assets;
  const z = scratch;
  const x = z + <usize>assets * column;
  const limits = x + <usize>assets * column;
  const next = limits + <usize>sides * column;
  const n = load<i32>(starts + (<usize>sides << 2));
  const accounts = thresholds + (<usize>(n + 1) << 3);
  const roots = accounts + (<usize>n << 5);
  const rests = roots + (<usize>n << 3);
  memory.fill(x, 0, <usize>assets * column);
  memory.fill(losses, 0, <usize>count << 3);
  for (let p = 0; p < count; p++) {
    for (let side = 0; side < sides; side++) {
      const place = <usize>(p * sides + side);
      const first = load<i32>(starts + (<usize>side << 2));
      store<i32>(next + (place << 2), first);
      store<f64>(limits + (place << 3), limitOf(starts, thresholds, side, first));
    }
  }
  for (let step = 0; step < steps; step++) {
    normals(z, paths, count, TILE, keys, 0, step * ((assets + 3) / 4), (assets + 3) / 4);
    advance(x, z, matrix, assets, count, TILE);
    for (let u = 0; u < assets; u++) {
      for (let p = 0; p < count; p++) {
        const move = load<f64>(x + <usize>u * column + (<usize>p << 3));
        const place = <usize>(p * sides + 2 * u);
        const limit = limits + (place << 3);
        const below = move <= load<f64>(limit);
        if (!below && move < load<f64>(limit, 8)) continue;
        const side = below ? 2 * u : 2 * u + 1;
        const pointer = next + (place << 2) + (below ? 0 : 4);
        const end = load<i32>(starts + (<usize>side << 2), 4);
        const price = load<f64>(terms, 32) * exponential(move);
        let loss: f64 = 0;
        let i = load<i32>(pointer);
        while (i < end && (below ? move <= threshold(thresholds, i) : move >= threshold(thresholds, i))) {
          loss += close(accounts + (<usize>i << 5), load<f64>(roots + (<usize>i << 3)), price, sqrt(price), terms);
          i++;
        }
        store<i32>(pointer, i);
        store<f64>(limit + (below ? 0 : 8), limitOf(starts, thresholds, side, i));
        store<f64>(losses + (<usize>p << 3), load<f64>(losses + (<usize>p << 3)) + loss);
      }
    }
  }
  for (let p = 0; p < count; p++) {
    let loss = load<f64>(losses + (<usize>p << 3));
    for (let side = 0; side < sides; side++) {
      const first = load<i32>(next + (<usize>(p * sides + side) << 2));
      if (first == load<i32>(starts + (<usize>side << 2), 4)) continue;
      const price = load<f64>(terms, 32) * exponential(load<f64>(x + <usize>(side >> 1) * column + (<usize>p << 3)));
      const rest = rests + (<usize>first << 4);
      loss += load<f64>(rest) * price - load<f64>(rest, 8);
    }
    store<f64>(losses + (<usize>p << 3), loss);
  }
}

// @ts-ignore: decorator
@inline
function threshold(thresholds: usize, i: i32): f64 {
  return load<f64>(thresholds + (<usize>i << 3));
}

function limitOf(starts: usize, thresholds: usize, side: i32, first: i32): f64 {
  if (first < load<i32>(starts + (<usize>side << 2), 4)) return threshold(thresholds, first);
  return side & 1 ? Infinity : -Infinity;
}

// @ts-ignore: decorator
@inline
function close(account: usize, root: f64, price: f64, rootPrice: f64, terms: usize): f64 {
  const worth = load<f64>(account) * price;
  const profit = worth - load<f64>(account, 8);
  const notional = abs(worth);
  const slippage = min(1.0, load<f64>(terms) + load<f64>(terms, 8) * rootPrice * root);
  const equity = load<f64>(account, 16) + profit - (slippage + load<f64>(terms, 16)) * notional;
  return profit - load<f64>(account, 24) - min(equity, load<f64>(terms, 24) * notional);
}
