// Seeded chance and pinned arithmetic for the example files. Only + - * / and Math.sqrt are used,
// so every engine writes the same bytes.

/**
 * Makes a source of uniform numbers in (0, 1).
 *
 * @source Blackman & Vigna, xoshiro128++ 1.0 (2019); seeded by splitmix32
 */
export function uniforms(seed) {
  let mix = seed >>> 0;
  const word = () => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = word();
  let b = word();
  let c = word();
  let d = word();
  const turn = (x, k) => (x << k) | (x >>> (32 - k));
  return () => {
    const out = (turn((a + d) | 0, 7) + a) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = turn(d, 11);
    return (out + 0.5) / 4294967296;
  };
}

const LN2 = 6.931471805599453e-1;

/** Natural logarithm of x > 0: halve or double into [2/3, 4/3], then the series of artanh. */
export function log(x) {
  let scaled = x;
  let doublings = 0;
  while (scaled > 4 / 3) {
    scaled /= 2;
    doublings++;
  }
  while (scaled < 2 / 3) {
    scaled *= 2;
    doublings--;
  }
  const s = (scaled - 1) / (scaled + 1);
  let sum = 0;
  for (let n = 25; n >= 1; n -= 2) sum = sum * s * s + 1 / n;
  return 2 * s * sum + doublings * LN2;
}

/** e^x for moderate x: Taylor on x/64, squared six times. */
export function exp(x) {
  const r = x / 64;
  let sum = 1;
  for (let n = 14; n >= 1; n--) sum = 1 + (r / n) * sum;
  for (let n = 0; n < 6; n++) sum *= sum;
  return sum;
}

/** Draws from named distributions, all fed by one seeded stream. */
export function chance(seed) {
  const uniform = uniforms(seed);
  // Irwin–Hall: twelve uniforms have variance 1; the thick tails come from the mixing below.
  const normal = () => {
    let sum = -6;
    for (let n = 0; n < 12; n++) sum += uniform();
    return sum;
  };
  return {
    uniform,
    normal,
    between: (low, high) => low + (high - low) * uniform(),
    /** Log-uniform: as likely between 1 and 10 as between 10 and 100. */
    scale: (low, high) => low * exp(uniform() * log(high / low)),
    pick: (list) => list[Math.floor(uniform() * list.length)],
    chance: (probability) => uniform() < probability,
    /** Mixing scale of a Student-t with 4 degrees of freedom, variance 1: chi-square(4) / 2 is -ln(u·v). */
    thickness: () => 1 / Math.sqrt(-log(uniform() * uniform())),
  };
}

/** The number with so many significant digits. */
export const digits = (x, count) => Number(x.toPrecision(count));

/** The number rounded to so many decimals, as decimal text. */
export const money = (x, decimals = 2) => x.toFixed(decimals);
