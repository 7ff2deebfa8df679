/**
 * The non-decreasing sequence that is nearest to some values, in weighted least squares: neighbours
 * that fall are pooled into their mean.
 *
 * The weighted mean stays what it is, and no value leaves the range of the others.
 *
 * @param values   [count] finite
 * @param weights  [count] > 0
 * @returns        [count]
 * @cost           O(count)
 * @source         Ayer, Brunk, Ewing, Reid & Silverman, An empirical distribution function for sampling
 *                 with incomplete information (1955); Barlow, Bartholomew, Bremner & Brunk (1972), §1.2
 */
export function isotonicFit(values: Float64Array, weights: Float64Array): Float64Array {
  const count = values.length;
  const means = new Float64Array(count);
  const masses = new Float64Array(count);
  const ends = new Uint32Array(count);
  let pools = 0;
  for (let i = 0; i < count; i++) {
    let mean = values[i]!;
    let mass = weights[i]!;
    while (pools > 0 && means[pools - 1]! > mean) {
      pools--;
      const joined = mass + masses[pools]!;
      mean += (masses[pools]! / joined) * (means[pools]! - mean);
      mass = joined;
    }
    means[pools] = mean;
    masses[pools] = mass;
    ends[pools++] = i + 1;
  }
  const fit = new Float64Array(count);
  for (let p = 0, from = 0; p < pools; from = ends[p]!, p++) fit.fill(means[p]!, from, ends[p]);
  return fit;
}
