/**
 * Exponential and logarithm with pinned arithmetic: the same bits on every engine.
 *
 * `Math.exp` and `Math.log` may differ in the last bit between engines and versions, so no result
 * may depend on them. The kernels evaluate these polynomials in the same order.
 */

const words = new DataView(new ArrayBuffer(8));

const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
const INVERSE_LN2 = Math.LOG2E;

/** (2^exponent) for -1022 ≤ exponent ≤ 1023, exactly. */
function powerOfTwo(exponent: number): number {
  words.setUint32(0, (exponent + 1023) << 20);
  words.setUint32(4, 0);
  return words.getFloat64(0);
}

/**
 * Q in e^r = 1 + r + r²·Q(r) for |r| ≤ ln 2 / 2: degree 9 (Chebyshev fit, error 1.3e-17), in
 * Estrin's order, as the kernels do.
 */
function exponentialRemainder(r: number): number {
  const z = r * r;
  const q0 = 0.5000000000000001 + 0.16666666666666669 * r;
  const q1 = 0.04166666666662413 + 0.008333333333330062 * r;
  const q2 = 0.0013888888917213717 + 0.00019841269863053618 * r;
  const q3 = 2.4801521295954376e-5 + 2.7557268459997064e-6 * r;
  const q4 = 2.7620088445409746e-7 + 2.510038549551032e-8 * r;
  return q0 + q1 * z + z * z * (q2 + q3 * z + z * z * q4);
}

/**
 * e^x, at most 0.85 ulp from the true value.
 *
 * Cody–Waite reduction to |r| ≤ ln 2 / 2, then 1 + r + r²·Q(r).
 */
export function exp(x: number): number {
  if (!(x < 709.782712893384)) return x > 709 ? Number.POSITIVE_INFINITY : x;
  if (x < -745.2) return 0;
  // Adding and subtracting 1.5·2^52 rounds to the nearest integer, ties to even.
  const k = x * INVERSE_LN2 + 6755399441055744 - 6755399441055744;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const y = 1 + (high - (low - r * r * exponentialRemainder(r)));
  if (k > -1022 && k < 1024) return y * powerOfTwo(k);
  return k > 0
    ? y * powerOfTwo(1023) * powerOfTwo(k - 1023)
    : y * powerOfTwo(k + 100) * powerOfTwo(-100);
}

/**
 * e^x − 1 without the cancellation near 0, at most 2 ulp.
 *
 * The same reduction as {@link exp}; 2^k·(e^r − 1 + 1 − 2^-k) keeps the digits that 1 would drown.
 */
export function expm1(x: number): number {
  if (!(x < 709) || x < -40) return exp(x) - 1;
  const k = x * INVERSE_LN2 + 6755399441055744 - 6755399441055744;
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  const fraction = high - (low - r * r * exponentialRemainder(r));
  if (k === 0) return fraction;
  return powerOfTwo(k) * (1 - powerOfTwo(-k) + fraction);
}

/** R in ln(1 + f) = f − f²/2 + s·(f²/2 + R) with s = f/(2+f), for √½ ≤ 1 + f < √2. */
function logarithmRemainder(s: number): number {
  const z = s * s;
  const w = z * z;
  const t1 =
    w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const t2 =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  return t2 + t1;
}

/**
 * Natural logarithm, below 1 ulp. NaN for x < 0, -Infinity for 0.
 *
 * @source fdlibm e_log.c (Sun Microsystems, 1993): s = f/(2+f), Lg1 … Lg7
 */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = 0;
  let scaled = x;
  if (x < 2.2250738585072014e-308) {
    scaled = x * 18014398509481984;
    k = -54;
  }
  words.setFloat64(0, scaled);
  // Subtracting the high word of sqrt(1/2) makes the mantissa fall into [sqrt(1/2), sqrt(2)).
  const shifted = words.getUint32(0) - 0x3fe6a09e;
  k += shifted >> 20;
  words.setUint32(0, (shifted & 0xfffff) + 0x3fe6a09e);
  const f = words.getFloat64(0) - 1;
  const s = f / (2 + f);
  const halfSquare = 0.5 * f * f;
  return k * LN2_HIGH - (halfSquare - (s * (halfSquare + logarithmRemainder(s)) + k * LN2_LOW) - f);
}

/**
 * ln(1 + x) without the cancellation near 0, at most 2 ulp.
 *
 * Near 0 the polynomial of {@link log} takes x itself; elsewhere what rounding 1 + x lost is put
 * back to first order.
 */
export function log1p(x: number): number {
  if (x > -0.29 && x < 0.41) {
    const s = x / (2 + x);
    const halfSquare = 0.5 * x * x;
    return x - (halfSquare - s * (halfSquare + logarithmRemainder(s)));
  }
  const sum = 1 + x;
  if (!(sum > 0) || sum === Number.POSITIVE_INFINITY) return log(sum);
  return log(sum) + (x >= 1 ? 1 - (sum - x) : x - (sum - 1)) / sum;
}
