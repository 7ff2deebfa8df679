/**
 * The normal distribution function of one number, accurate in both tails.
 *
 * ulp     relative error below 1e-14 for x ≥ -37; 0 below
 * bits    those of normalCdf in src/numeric/normal.ts
 * source  W. J. Cody, Rational Chebyshev Approximations for the Error Function (1969)
 */
import { expX2 } from "./vector-math";

// Rational approximations, highest degree first: erf up, down; e^(x²) erfc up, down; far up, down.
// @ts-ignore: decorator
@inline const POOL: usize = memory.data<f64>([
  1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2,
  3.20937758913846947e3, // 0
  1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3, // 40
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
  2.98635138197400131e2, 8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3,
  1.23033935479799725e3, // 80
  1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
  3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3, // 152
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4, // 224
  1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
  2.33520497626869185e-3, // 272
], 16);

// @ts-ignore: decorator
@inline const SQRT_HALF: f64 = 0.7071067811865476;
// @ts-ignore: decorator
@inline const INVERSE_SQRT_PI: f64 = 0.5641895835477563;

/** factor · up(x) / down(x), two polynomials of one degree whose coefficients stand there. */
// @ts-ignore: decorator
@inline
function quotient(factor: f64, up: usize, down: usize, degree: usize, x: f64): f64 {
  let a = load<f64>(POOL + up), b = load<f64>(POOL + down);
  for (let i: usize = 8; i <= degree << 3; i += 8) {
    a = a * x + load<f64>(POOL + up + i);
    b = b * x + load<f64>(POOL + down + i);
  }
  return (factor * a) / b;
}

// @ts-ignore: decorator
@inline
function exp(x: f64): f64 {
  return f64x2.extract_lane(expX2(f64x2.splat(x)), 0);
}

/**
 * Probability that a standard normal is at most x.
 */
export function normalCdf(x: f64): f64 {
  const size = Math.abs(x);
  const away = size * SQRT_HALF;
  if (away < 0.46875) {
    return 0.5 + 0.5 * quotient(x * SQRT_HALF, 0, 40, 4, 0.5 * x * x);
  }
  if (size > 37.0) return x < 0.0 ? 0.0 : 1.0;
  let scaled: f64;
  if (away <= 4.0) {
    scaled = quotient(1.0, 80, 152, 8, away);
  } else {
    const inverse = 1.0 / (away * away);
    scaled = (INVERSE_SQRT_PI - quotient(inverse, 224, 272, 5, inverse)) / away;
  }
  // e^(-x²/2) with x split so that the square of its first part is exact.
  const coarse = Math.trunc(x * 16.0) / 16.0;
  const rest = (x - coarse) * (x + coarse);
  const half = exp(-0.25 * coarse * coarse);
  const tail = 0.5 * scaled * (half * exp(-0.5 * rest) * half);
  return x < 0.0 ? tail : 1.0 - tail;
}
