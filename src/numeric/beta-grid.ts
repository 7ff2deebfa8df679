/** Many quantiles of one beta distribution at the cost of a few. */

import { betaLogOdds, betaLogScale, DEEP } from "./beta.ts";
import { exp, log1p } from "./elementary.ts";

/** Terms of a Taylor series. More would reach further than the steps, which singularities bound. */
const ORDER = 12;
/** Longest step in ln(u/(1-u)): its own singularities are π away. */
const STEP_MAX = 0.125;
/** Size of the last terms of a step, as a shift of ln(u/(1-u)). */
const TOLERANCE = 1e-14;
/** Furthest that ln(x/(1-x)) may move in a step that can see a bend. */
const MOVE_MAX = 2;

/**
 * Quantiles of the beta distribution at probabilities u whose ln(u/(1-u)) is spaced evenly over
 * [-reach, reach]; absolute error about 1e-14, for shapes below 1e-3 or above 1e4 up to 1e-12.
 *
 * With t = ln(x/(1-x)) and y = ln(u/(1-u)) the quantile solves dt/dy = f with
 * f = u(1-u) / (x^a·(1-x)^b / B(a, b)). Given f at a point, which is two logarithms and two
 * exponentials, u' = u(1-u), x' = f·x(1-x) and f' = f·(1-2u - f·(a(1-x) - b·x)) give as many terms
 * of the Taylor series of t as are wanted. Each half is walked from its end to the median: an
 * error is one in u, so that on this way it matters less and less.
 *
 * @param a      > 0
 * @param b      > 0
 * @param reach  > 0, at most 30
 * @param count  intervals, even
 * @returns      [count + 1] x, ascending
 * @source       Taylor series of quantiles: Steinbrecher & Shaw, Quantile mechanics (2008)
 */
export function betaQuantileGrid(a: number, b: number, reach: number, count: number): Float64Array {
  const x = new Float64Array(count + 1);
  const half = count / 2;
  walk(b, a, reach, half, (i, t) => {
    x[count - i] = share(-t);
  });
  walk(a, b, reach, half, (i, t) => {
    x[i] = share(t);
  });
  return x;
}

/** e^t / (1 + e^t) without overflow. */
function share(t: number): number {
  const small = exp(-Math.abs(t));
  return (t < 0 ? small : 1) / (1 + small);
}

/** Tells t at y = -reach, …, 0 in `count` equal intervals. */
function walk(
  a: number,
  b: number,
  reach: number,
  count: number,
  tell: (i: number, t: number) => void,
): void {
  const series = new QuantileSeries(a, b);
  let y = -reach;
  let t = betaLogOdds(a, b, share(y), share(-y));
  for (let i = 0; i <= count; ) {
    series.expand(y, t);
    const step = series.reach();
    for (; i <= count; i++) {
      const at = reach * (i / count - 1) - y;
      if (at > step) break;
      tell(i, series.at(at));
    }
    t = series.at(step);
    y += step;
  }
}

/** Taylor series of t at a point; coefficient k of each function of y stands at k. */
class QuantileSeries {
  readonly #a: number;
  readonly #b: number;
  readonly #scale: number;
  readonly #t = new Float64Array(ORDER + 1);
  readonly #u = new Float64Array(ORDER + 1);
  readonly #x = new Float64Array(ORDER + 1);
  /** x(1-x). */
  readonly #v = new Float64Array(ORDER + 1);
  /** t'. */
  readonly #f = new Float64Array(ORDER + 1);
  /** f'/f. */
  readonly #g = new Float64Array(ORDER + 1);

  constructor(a: number, b: number) {
    this.#a = a;
    this.#b = b;
    this.#scale = betaLogScale(a, b);
  }

  /** Expands about y ≤ 0, where the quantile is t. */
  expand(y: number, t: number): void {
    const [a, b] = [this.#a, this.#b];
    const [ts, u, x, v, f, g] = [this.#t, this.#u, this.#x, this.#v, this.#f, this.#g];
    const rest = log1p(exp(-Math.abs(t)));
    const logX = Math.min(t, 0) - rest;
    const logRest = Math.min(-t, 0) - rest;
    ts[0] = t;
    u[0] = share(y);
    x[0] = share(t);
    v[0] = x[0] * share(-t);
    f[0] = exp(y - 2 * log1p(exp(y)) - this.#scale - a * logX - b * logRest);
    const pull = a * share(-t) - b * x[0];
    g[0] = 1 - 2 * u[0] - f[0] * pull;
    for (let k = 0; k < ORDER; k++) {
      const [uu, fv, fg] = [product(u, u, k), product(f, v, k), product(f, g, k)];
      ts[k + 1] = f[k]! / (k + 1);
      u[k + 1] = (u[k]! - uu) / (k + 1);
      x[k + 1] = fv / (k + 1);
      f[k + 1] = fg / (k + 1);
      v[k + 1] = x[k + 1]! - product(x, x, k + 1);
      // f·(a - (a+b)·x) by its constant term, which loses nothing where x is near 1.
      const fx = product(f, x, k + 1) - f[k + 1]! * x[0];
      g[k + 1] = -2 * u[k + 1]! - (f[k + 1]! * pull - (a + b) * fx);
    }
  }

  /** How far from its point the series is good. */
  reach(): number {
    const [t, slope] = [this.#t, this.#f[0]!];
    // Terms that are still small do not show a bend that is near: t itself must not go far.
    let step = Math.min(STEP_MAX, (MOVE_MAX + Math.max(0, DEEP - t[0]!)) / slope);
    const last = (at: number) => {
      const power = powerOf(at, ORDER - 1);
      return (Math.abs(t[ORDER - 1]!) + Math.abs(t[ORDER]!) * at) * power;
    };
    while (last(step) > TOLERANCE * slope) step *= 0.8;
    return step;
  }

  at(distance: number): number {
    let sum = 0;
    for (let k = ORDER; k >= 0; k--) sum = sum * distance + this.#t[k]!;
    return sum;
  }
}

/** Coefficient k of the product of two series. */
function product(p: Float64Array, q: Float64Array, k: number): number {
  let sum = 0;
  for (let i = 0; i <= k; i++) sum += p[i]! * q[k - i]!;
  return sum;
}

function powerOf(x: number, exponent: number): number {
  let product = 1;
  for (let i = 0; i < exponent; i++) product *= x;
  return product;
}
