/** Chebyshev interpolation: points, and the transform from values to coefficients. */

/**
 * cos(π·numerator / (2·half)) for whole numbers, within 1 ulp: reduced in whole numbers to
 * [0, π/4], then fdlibm's polynomials.
 *
 * @source fdlibm k_sin.c, k_cos.c
 */
function cosineOf(numerator: number, half: number): number {
  const period = 4 * half;
  const turned = ((numerator % period) + period) % period;
  // cos is even about 0 and about π, and odd about π/2.
  const up = turned > 2 * half ? period - turned : turned;
  const sign = up > half ? -1 : 1;
  const first = up > half ? 2 * half - up : up;
  if (2 * first <= half) return sign * cosineNear((Math.PI / 2) * (first / half));
  return sign * sineNear((Math.PI / 2) * ((half - first) / half));
}

function cosineNear(x: number): number {
  const z = x * x;
  const tail =
    z *
    (4.16666666666666019037e-2 +
      z *
        (-1.38888888888741095749e-3 +
          z *
            (2.48015872894767294178e-5 +
              z *
                (-2.75573143513906633035e-7 +
                  z * (2.0875723212981748279e-9 + z * -1.13596475577881948265e-11)))));
  return 1 - (0.5 * z - z * tail);
}

function sineNear(x: number): number {
  const z = x * x;
  const tail =
    8.33333333332248946124e-3 +
    z *
      (-1.98412698298579493134e-4 +
        z *
          (2.75573137070700676789e-6 +
            z * (-2.50507602534068634195e-8 + z * 1.58969099521155010221e-10)));
  return x + x * z * (-1.66666666666666324348e-1 + z * tail);
}

/**
 * The Chebyshev points of the first kind: zeros of T_n.
 *
 * @returns [n] descending, inside (-1, 1)
 * @source  Trefethen, Approximation Theory and Approximation Practice (2013), chapter 2
 */
export function chebyshevPoints(n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, j) => cosineOf(2 * j + 1, n));
}

/**
 * From values at the Chebyshev points to the coefficients of their polynomial: row j holds what a
 * value at point j adds to each coefficient.
 *
 * @returns [n×n] (2 - [k = 0])/n · cos(k·π·(j + 1/2)/n)
 * @source  Trefethen, Approximation Theory and Approximation Practice (2013), chapter 3
 */
export function chebyshevTransform(n: number): Float64Array {
  const cosines = Float64Array.from({ length: 4 * n }, (_, m) => cosineOf(m, n));
  const out = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < n; k++) {
      const cosine = cosines[(k * (2 * j + 1)) % (4 * n)]!;
      out[j * n + k] = ((k === 0 ? 1 : 2) / n) * cosine;
    }
  }
  return out;
}
