/**
 * Products of matrices: everyone's values times what they are weighed with.
 *
 * Four rows and four columns stand in registers through a whole sum, so that a number of b is
 * loaded once for four rows.
 */

// @ts-ignore: decorator
@inline
function addPair(at: usize, first: v128, second: v128): void {
  v128.store(at, f64x2.add(v128.load(at), first));
  v128.store(at, f64x2.add(v128.load(at, 16), second), 16);
}

// @ts-ignore: decorator
@inline
function rowAt(out: usize, places: usize, row: i32, width: usize): usize {
  return out + <usize>(places ? load<u32>(places + (<usize>row << 2)) : <u32>row) * width;
}

/**
 * Adds a · b to rows of `out`.
 *
 * shape   a [rows×inner] f64 whose rows are `stride` numbers apart; b [inner×columns] f64;
 *         out [..×columns] f64: row r of the product goes to row places[r], or to r without places
 *         columns divides by 4
 * reads   a, b, places   writes  out   allocates nothing
 * bits    a sum adds in the order of the inner index and is added to `out` at the end; rows do so in order
 */
export function addProduct(out: usize, places: usize, a: usize, stride: i32, b: usize, rows: i32, inner: i32, columns: i32): void {
  const width = <usize>columns << 3;
  const step = <usize>stride << 3;
  const end = <usize>inner << 3;
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    const a0 = a + <usize>row * step, a1 = a0 + step, a2 = a1 + step, a3 = a2 + step;
    for (let c: usize = 0; c < width; c += 32) {
      let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
      let at = b + c;
      for (let i: usize = 0; i < end; i += 8) {
        const left = v128.load(at), right = v128.load(at, 16);
        at += width;
        let factor = v128.load64_splat(a0 + i);
        s0 = f64x2.add(s0, f64x2.mul(factor, left));
        t0 = f64x2.add(t0, f64x2.mul(factor, right));
        factor = v128.load64_splat(a1 + i);
        s1 = f64x2.add(s1, f64x2.mul(factor, left));
        t1 = f64x2.add(t1, f64x2.mul(factor, right));
        factor = v128.load64_splat(a2 + i);
        s2 = f64x2.add(s2, f64x2.mul(factor, left));
        t2 = f64x2.add(t2, f64x2.mul(factor, right));
        factor = v128.load64_splat(a3 + i);
        s3 = f64x2.add(s3, f64x2.mul(factor, left));
        t3 = f64x2.add(t3, f64x2.mul(factor, right));
      }
      addPair(rowAt(out, places, row, width) + c, s0, t0);
      addPair(rowAt(out, places, row + 1, width) + c, s1, t1);
      addPair(rowAt(out, places, row + 2, width) + c, s2, t2);
      addPair(rowAt(out, places, row + 3, width) + c, s3, t3);
    }
  }
  for (; row < rows; row++) {
    const from = a + <usize>row * step;
    const to = rowAt(out, places, row, width);
    for (let c: usize = 0; c < width; c += 32) {
      let s = f64x2.splat(0), t = s;
      let at = b + c;
      for (let i: usize = 0; i < end; i += 8) {
        const factor = v128.load64_splat(from + i);
        s = f64x2.add(s, f64x2.mul(factor, v128.load(at)));
        t = f64x2.add(t, f64x2.mul(factor, v128.load(at, 16)));
        at += width;
      }
      addPair(to + c, s, t);
    }
  }
}
