/**
 * Exponential and logarithm in plain JavaScript, see assembly/vector-math.ts.
 */
import type { TwinMemory } from "./memory.ts";

// A number written in the code is rebuilt from two instructions at every use; one taken from a
// column before the loop stays where the processor reads it: 22 % off a call on Node 20.
const REMAINDER: Float64Array = Float64Array.of(
  0.5000000000000001,
  0.16666666666666669,
  0.04166666666662413,
  0.008333333333330062,
  0.0013888888917213717,
  0.00019841269863053618,
  2.4801521295954376e-5,
  2.7557268459997064e-6,
  2.7620088445409746e-7,
  2.510038549551032e-8,
  1.442695040888963387, // 1/ln 2
  6.9314718036912381649e-1, // ln 2, high part
  1.90821492927058770002e-10, // ln 2, low part
);

/** 2^k at place k + 1024, for k of -1024 … 1023. */
const POWERS: Float64Array = powersOfTwo();

function powersOfTwo(): Float64Array {
  const out = new Float64Array(2048);
  let up = 1;
  let down = 1;
  for (let k = 0; k <= 1024; k++) {
    if (k < 1024) out[1024 + k] = up;
    out[1024 - k] = down;
    up *= 2;
    down /= 2;
  }
  return out;
}

/** e^x of count numbers; arguments outside [-708, 709] are held at the bounds. */
export function exponentials(
  out: Float64Array,
  to: number,
  x: Float64Array,
  from: number,
  count: number,
): void {
  const e0 = REMAINDER[0]!;
  const e1 = REMAINDER[1]!;
  const e2 = REMAINDER[2]!;
  const e3 = REMAINDER[3]!;
  const e4 = REMAINDER[4]!;
  const e5 = REMAINDER[5]!;
  const e6 = REMAINDER[6]!;
  const e7 = REMAINDER[7]!;
  const e8 = REMAINDER[8]!;
  const e9 = REMAINDER[9]!;
  const inverse = REMAINDER[10]!;
  const ln2High = REMAINDER[11]!;
  const ln2Low = REMAINDER[12]!;
  const rounding = 6755399441055744; // 1.5·2^52: adding it rounds to a whole number
  const powers = POWERS;
  for (let p = 0; p < count; p++) {
    const argument = x[from + p]!;
    const above = -708 < argument ? argument : -708;
    const held = above < 709 ? above : 709;
    const k = held * inverse + rounding - rounding;
    const high = held - k * ln2High;
    const low = k * ln2Low;
    const r = high - low;
    const z = r * r;
    const z2 = z * z;
    const upper = e4 + e5 * r + (e6 + e7 * r) * z + z2 * (e8 + e9 * r);
    const q = e0 + e1 * r + (e2 + e3 * r) * z + z2 * upper;
    out[to + p] = (1 + (high - (low - z * q))) * powers[(k | 0) + 1024]!;
  }
}

const one: Float64Array = new Float64Array(1);

/** e^x of one number. */
export function expOne(x: number): number {
  one[0] = x;
  exponentials(one, 0, one, 0, 1);
  return one[0]!;
}

const double: Float64Array = new Float64Array(1);
const halves: Int32Array = new Int32Array(double.buffer);

/** Natural logarithm of a normal positive number. */
export function logarithm(x: number): number {
  double[0] = x;
  // x = 2^k (1 + f) with 1 + f in [√½, √2). Scaling x is exact, and faster than putting its bits
  // together again: a number written in two halves cannot be read as one at once.
  const exponent = (halves[1]! + 0x95f62) >>> 20;
  const k = exponent - 1023;
  const f = x * POWERS[2047 - exponent]! - 1;
  const s = f / (2 + f);
  const z = s * s;
  const w = z * z;
  const t1 =
    w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const t2 =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const halfSquare = 0.5 * f * f;
  const tail = s * (halfSquare + (t2 + t1)) + k * 1.90821492927058770002e-10;
  return k * 6.9314718036912381649e-1 - (halfSquare - tail - f);
}

/** e^x of a column: x, out [count] f64; out may be x. */
export function expColumn(memory: TwinMemory, out: number, x: number, count: number): void {
  exponentials(memory.f64, out >>> 3, memory.f64, x >>> 3, count);
}

/** Natural logarithm of a column of normal positive numbers: x, out [count] f64; out may be x. */
export function logColumn(memory: TwinMemory, out: number, x: number, count: number): void {
  const { f64 } = memory;
  const from = x >>> 3;
  const to = out >>> 3;
  for (let p = 0; p < count; p++) f64[to + p] = logarithm(f64[from + p]!);
}
