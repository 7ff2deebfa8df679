/** The binomial distribution as a whole. */

/**
 * Probabilities of 0 … trials successes, each with a relative error of some 1e-13.
 *
 * From the most likely number outwards by ratios, then divided by their sum: nothing underflows
 * that is not as small as that itself.
 *
 * @param trials  whole, ≥ 0
 * @param chance  of success in one trial, in [0, 1]
 * @returns       [trials + 1]
 */
export function binomialProbabilities(trials: number, chance: number): Float64Array {
  const law = new Float64Array(trials + 1);
  const likeliest = Math.min(trials, Math.floor((trials + 1) * chance));
  law[likeliest] = 1;
  let sum = 1;
  for (let k = likeliest, p = 1; k < trials && p > 0; k++) {
    p *= ((trials - k) * chance) / ((k + 1) * (1 - chance));
    law[k + 1] = p;
    sum += p;
  }
  for (let k = likeliest, p = 1; k > 0 && p > 0; k--) {
    p *= (k * (1 - chance)) / ((trials - k + 1) * chance);
    law[k - 1] = p;
    sum += p;
  }
  return law.map((p) => p / sum);
}
