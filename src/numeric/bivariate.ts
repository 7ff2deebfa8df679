/** Two normal variables together. */

import { exp } from "./elementary.ts";
import { normalCdf } from "./normal.ts";
import { gaussLegendre } from "./quadrature.ts";

const INVERSE_TWO_PI = 0.15915494309189535;

/**
 * Probability that two standard normals are at most a and b. Absolute error 1e-15; relative error
 * 1e-12 where the correlation is not negative.
 *
 * Φ(a)·Φ(b) and the integral of the density over the correlation, r = 2u / (1 + u²): with that no
 * square root is left in it. Panels are halved towards u = 1, where a near b has a steep end.
 *
 * @param correlation  in [-1, 1]
 * @source             Plackett, A reduction formula for normal multivariate integrals (1954);
 *                     Drezner & Wesolowsky, On the computation of the bivariate normal integral (1990)
 */
export function bivariateNormalCdf(a: number, b: number, correlation: number): number {
  if (!(correlation >= -1 && correlation <= 1) || Number.isNaN(a) || Number.isNaN(b)) {
    return Number.NaN;
  }
  const infinite = Math.max(Math.abs(a), Math.abs(b)) === Number.POSITIVE_INFINITY;
  if (correlation === 0 || infinite) return normalCdf(a) * normalCdf(b);
  if (correlation < 0) {
    return Math.max(0, normalCdf(a) - bivariateNormalCdf(a, -b, -correlation));
  }
  if (correlation === 1) return normalCdf(Math.min(a, b));
  const end = correlation / (1 + Math.sqrt((1 - correlation) * (1 + correlation)));
  const density = (u: number) => {
    const square = 1 + u * u;
    // (a² − 2abr + b²) / (2(1 − r²)), as a square over 1 − r and what is left of it.
    const apart = ((a - b) * square) / ((1 - u) * (1 + u));
    const together = (a * b * square) / ((1 + u) * (1 + u));
    return (2 / square) * exp(-0.5 * apart * apart - together);
  };
  let sum = 0;
  let from = 0;
  for (let panel = 0; from < end && panel < 60; panel++) {
    const to = Math.min(end, from + (1 - from) / 2);
    sum += gaussLegendre(density, from, to);
    from = to;
  }
  return normalCdf(a) * normalCdf(b) + INVERSE_TWO_PI * sum;
}
