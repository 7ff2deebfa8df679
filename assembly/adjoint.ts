/**
 * Dot products of one position's profile with the moments of all scenarios.
 */

/**
 * Adds Σ values[i] · weights[g][i] to each of a list of sums.
 *
 * shape   values [count] f64, weights [groups × count] f64, sums [groups] f64; count divides by 2
 * reads   values, weights   writes  sums
 * bits    lanes add apart, even then odd entries, and join at the end
 */
export function addDots(values: usize, weights: usize, sums: usize, count: i32, groups: i32): void {
  const bytes = <usize>count << 3;
  for (let g = 0; g < groups; g++) {
    let even = f64x2.splat(0), odd = even;
    let p: usize = 0;
    for (; p + 16 < bytes; p += 32) {
      even = f64x2.add(even, f64x2.mul(v128.load(values + p), v128.load(weights + p)));
      odd = f64x2.add(odd, f64x2.mul(v128.load(values + p, 16), v128.load(weights + p, 16)));
    }
    if (p < bytes) even = f64x2.add(even, f64x2.mul(v128.load(values + p), v128.load(weights + p)));
    const sum = f64x2.add(even, odd);
    const at = sums + (<usize>g << 3);
    store<f64>(at, load<f64>(at) + (f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)));
    weights += bytes;
  }
}
