/** The normal distribution, accurate in both tails. */

import { exp, log } from "./elementary.ts";

const INVERSE_SQRT_PI = 0.5641895835477563;
const INVERSE_SQRT_TWO_PI = 0.3989422804014327;

// Rational approximations, highest degree first; the second of each pair is monic.
const ERF_UP = [
  1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2,
  3.20937758913846947e3,
];
const ERF_DOWN = [
  1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3,
];
const MIDDLE_UP = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
  2.98635138197400131e2, 8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3,
  1.23033935479799725e3,
];
const MIDDLE_DOWN = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
  3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
];
const FAR_UP = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4,
];
const FAR_DOWN = [
  1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
  2.33520497626869185e-3,
];

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) sum = sum * x + coefficients[i]!;
  return sum;
}

/** e^(-s·x²) where x is split so that the square of its first part is exact: no digits lost. */
function gaussian(x: number, s: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  const rest = (x - coarse) * (x + coarse);
  // In two halves: the product may pass below the normal range only with its last factor.
  const half = exp(-0.5 * s * coarse * coarse);
  return half * exp(-s * rest) * half;
}

/** e^(x²)·erfc(x) for x ≥ 0. */
function scaledComplement(x: number): number {
  if (x < 0.46875) {
    const square = x * x;
    return exp(square) * (1 - (x * polynomial(ERF_UP, square)) / polynomial(ERF_DOWN, square));
  }
  if (x <= 4) return polynomial(MIDDLE_UP, x) / polynomial(MIDDLE_DOWN, x);
  const inverse = 1 / (x * x);
  const correction = (inverse * polynomial(FAR_UP, inverse)) / polynomial(FAR_DOWN, inverse);
  return (INVERSE_SQRT_PI - correction) / x;
}

/**
 * e^(x²)·erfc(x): the complementary error function without its underflow; relative error 2e-15.
 *
 * @source W. J. Cody, Rational Chebyshev Approximations for the Error Function (1969)
 */
export function erfcx(x: number): number {
  return x < 0 ? 2 / gaussian(x, 1) - scaledComplement(-x) : scaledComplement(x);
}

/**
 * Complementary error function 1 − erf(x), relative error 2e-15 down to the smallest numbers.
 *
 * @source W. J. Cody, Rational Chebyshev Approximations for the Error Function (1969)
 */
export function erfc(x: number): number {
  if (Math.abs(x) < 0.46875) {
    const square = x * x;
    return 1 - (x * polynomial(ERF_UP, square)) / polynomial(ERF_DOWN, square);
  }
  const tail = Math.abs(x) > 28 ? 0 : gaussian(x, 1) * scaledComplement(Math.abs(x));
  return x < 0 ? 2 - tail : tail;
}

/** Standard normal density. */
export function normalPdf(x: number): number {
  return Math.abs(x) > 40 ? 0 : INVERSE_SQRT_TWO_PI * gaussian(x, 0.5);
}

/**
 * Probability that a standard normal is at most x, relative error below 1e-14 in both tails
 * (x ≥ -37; below it the result leaves the normal range of doubles).
 *
 * e^(-x²/2) is taken from x itself: x/√2 is rounded, and its square would magnify that.
 *
 * @source W. J. Cody (1969)
 */
export function normalCdf(x: number): number {
  const away = Math.abs(x) * Math.SQRT1_2;
  if (away < 0.46875) {
    const square = 0.5 * x * x;
    const erf = (x * Math.SQRT1_2 * polynomial(ERF_UP, square)) / polynomial(ERF_DOWN, square);
    return 0.5 + 0.5 * erf;
  }
  const tail = Math.abs(x) > 40 ? 0 : 0.5 * scaledComplement(away) * gaussian(x, 0.5);
  return x < 0 ? tail : 1 - tail;
}

/** ln of {@link normalCdf}, without its underflow. */
export function normalLogCdf(x: number): number {
  if (x > -1) return log(normalCdf(x));
  return log(0.5 * scaledComplement(-x * Math.SQRT1_2)) - 0.5 * x * x;
}

const CENTRE_UP = [
  2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4,
  4.5921953931549871457e4, 1.3731693765509461125e4, 1.9715909503065514427e3,
  1.3314166789178437745e2, 3.387132872796366608,
];
const CENTRE_DOWN = [
  5.226495278852854561e3, 2.8729085735721942674e4, 3.930789580009271061e4, 2.1213794301586595867e4,
  5.3941960214247511077e3, 6.871870074920579083e2, 4.2313330701600911252e1, 1,
];
const TAIL_UP = [
  7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1,
  1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959,
  1.42343711074968357734,
];
const TAIL_DOWN = [
  1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2,
  1.4810397642748007459e-1, 6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187,
  1,
];
const EXTREME_UP = [
  2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.2426609473880784386e-3,
  2.6532189526576123093e-2, 2.9656057182850489123e-1, 1.7848265399172913358, 5.4637849111641143699,
  6.6579046435011037772,
];
const EXTREME_DOWN = [
  2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
  7.868691311456132591e-4, 1.48753612908506148525e-2, 1.3692988092273580531e-1,
  5.9983220655588793769e-1, 1,
];

/**
 * The x with normalCdf(x) = p, relative error 1e-15; -Infinity at 0, Infinity at 1, NaN outside.
 *
 * @source M. J. Wichura, Algorithm AS 241: The Percentage Points of the Normal Distribution (1988)
 */
export function normalQuantile(p: number): number {
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const r = 0.180625 - centred * centred;
    return (centred * polynomial(CENTRE_UP, r)) / polynomial(CENTRE_DOWN, r);
  }
  const tail = centred < 0 ? p : 1 - p;
  if (!(tail > 0)) {
    if (tail !== 0) return Number.NaN;
    return centred < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  const r = Math.sqrt(-log(tail));
  const size =
    r <= 5
      ? polynomial(TAIL_UP, r - 1.6) / polynomial(TAIL_DOWN, r - 1.6)
      : polynomial(EXTREME_UP, r - 5) / polynomial(EXTREME_DOWN, r - 5);
  return centred < 0 ? -size : size;
}
