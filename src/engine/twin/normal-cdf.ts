/**
 * The normal distribution function in plain JavaScript, see assembly/normal-cdf.ts.
 */
import { expOne } from "./vector-math.ts";

// Rational approximations, highest degree first: erf up, down; e^(x²) erfc up, down; far up, down.
const ERF_UP: readonly number[] = [
  1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2,
  3.20937758913846947e3,
];
const ERF_DOWN: readonly number[] = [
  1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3,
];
const NEAR_UP: readonly number[] = [
  2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1,
  2.98635138197400131e2, 8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3,
  1.23033935479799725e3,
];
const NEAR_DOWN: readonly number[] = [
  1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
  3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
];
const FAR_UP: readonly number[] = [
  1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
  1.60837851487422766e-2, 6.58749161529837803e-4,
];
const FAR_DOWN: readonly number[] = [
  1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
  2.33520497626869185e-3,
];
const SQRT_HALF = 0.7071067811865476;
const INVERSE_SQRT_PI = 0.5641895835477563;

function quotient(
  factor: number,
  up: readonly number[],
  down: readonly number[],
  x: number,
): number {
  let a = up[0]!;
  let b = down[0]!;
  for (let i = 1; i < up.length; i++) {
    a = a * x + up[i]!;
    b = b * x + down[i]!;
  }
  return (factor * a) / b;
}

/** Probability that a standard normal is at most x. */
export function normalCdf(x: number): number {
  const size = Math.abs(x);
  const away = size * SQRT_HALF;
  if (away < 0.46875) {
    return 0.5 + 0.5 * quotient(x * SQRT_HALF, ERF_UP, ERF_DOWN, 0.5 * x * x);
  }
  if (size > 37) return x < 0 ? 0 : 1;
  let scaled: number;
  if (away <= 4) scaled = quotient(1, NEAR_UP, NEAR_DOWN, away);
  else {
    const inverse = 1 / (away * away);
    scaled = (INVERSE_SQRT_PI - quotient(inverse, FAR_UP, FAR_DOWN, inverse)) / away;
  }
  // e^(-x²/2) with x split so that the square of its first part is exact.
  const coarse = Math.trunc(x * 16) / 16;
  const rest = (x - coarse) * (x + coarse);
  const half = expOne(-0.25 * coarse * coarse);
  const tail = 0.5 * scaled * (half * expOne(-0.5 * rest) * half);
  return x < 0 ? tail : 1 - tail;
}
