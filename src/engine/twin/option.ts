/**
 * Values of European calls by Black-76 in plain JavaScript, see assembly/option.ts.
 *
 * The exponentials of a few points are taken first, in a loop of their own: with few live numbers
 * in each, two loops take 16 ns per call and point where one takes 17.
 */
import { OPTION_BYTES, TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";
import { POWERS } from "./vector-math.ts";

/** Hart's P0 … P6, Q0 … Q7, in a column for the reason given in vector-math.ts. */
const HART: Float64Array = Float64Array.of(
  220.206867912376,
  221.213596169931,
  112.079291497871,
  33.912866078383,
  6.37396220353165,
  0.700383064443688,
  3.52624965998911e-2,
  440.413735824752,
  793.826512519948,
  637.333633378831,
  296.564248779674,
  86.7807322029461,
  16.064177579207,
  1.75566716318264,
  8.83883476483184e-2,
);

/** X0 … X11 of 2^f for |f| ≤ ½. */
const POWER: Float64Array = Float64Array.of(
  1,
  0.6931471805599453,
  0.24022650695910097,
  0.0555041086648216,
  0.009618129107606888,
  0.0013333558146416936,
  0.0001540353044173605,
  1.525273382983612e-5,
  1.321544258792169e-6,
  1.0178062445845774e-7,
  7.072585949269223e-9,
  4.4549605981865186e-10,
);

/** N(-37.6) is 1e-309: beyond it N is 0 or 1 to the last bit. */
const HOLD = 37.6;

/** exp(-d2²/2) of the points in hand. */
const densities: Float64Array = new Float64Array(TILE);

/** exp(-b²/2) of the held |d2| of count points, in place, as 2^(k + f). */
function toDensities(density: Float64Array, count: number): void {
  const x0 = POWER[0]!;
  const x1 = POWER[1]!;
  const x2 = POWER[2]!;
  const x3 = POWER[3]!;
  const x4 = POWER[4]!;
  const x5 = POWER[5]!;
  const x6 = POWER[6]!;
  const x7 = POWER[7]!;
  const x8 = POWER[8]!;
  const x9 = POWER[9]!;
  const x10 = POWER[10]!;
  const x11 = POWER[11]!;
  const rounding = 6755399441055744; // 1.5·2^52: adding it rounds to a whole number
  const powers = POWERS;
  for (let p = 0; p < count; p++) {
    const b = density[p]!;
    const t = b * b * -0.72134752044448170368; // 1/(2 ln 2)
    const k = t + rounding - rounding;
    const f = t - k;
    const ff = f * f;
    const f4 = ff * ff;
    const high = x8 + f * x9 + ff * (x10 + f * x11);
    const middle = x4 + f * x5 + ff * (x6 + f * x7);
    const low = x0 + f * x1 + ff * (x2 + f * x3);
    density[p] = (low + f4 * (middle + f4 * high)) * powers[(k | 0) + 1024]!;
  }
}

/** Values of one call at up to TILE points are added, and slopes where `slopes` is not negative. */
function addCall(
  f64: Float64Array,
  values: number,
  slopes: number,
  x: number,
  spot: number,
  count: number,
  option: number,
): void {
  const density = densities;
  const inverse = f64[option]!;
  const shift = f64[option + 1]!;
  const deviation = f64[option + 2]!;
  const forward = f64[option + 3]!;
  const strike = f64[option + 4]!;
  for (let p = 0; p < count; p++) {
    const size = Math.abs(f64[x + p]! * inverse + shift - deviation);
    density[p] = HOLD < size ? HOLD : size;
  }
  toDensities(density, count);
  const p0 = HART[0]!;
  const p1 = HART[1]!;
  const p2 = HART[2]!;
  const p3 = HART[3]!;
  const p4 = HART[4]!;
  const p5 = HART[5]!;
  const p6 = HART[6]!;
  const q0 = HART[7]!;
  const q1 = HART[8]!;
  const q2 = HART[9]!;
  const q3 = HART[10]!;
  const q4 = HART[11]!;
  const q5 = HART[12]!;
  const q6 = HART[13]!;
  const q7 = HART[14]!;
  for (let p = 0; p < count; p++) {
    // d1 and d2, held where N is 0 or 1 to the last bit
    const d = f64[x + p]! * inverse + shift;
    const e = d - deviation;
    const dSize = Math.abs(d);
    const eSize = Math.abs(e);
    const a = HOLD < dSize ? HOLD : dSize;
    const b = HOLD < eSize ? HOLD : eSize;
    const pa = p0 + a * (p1 + a * (p2 + a * (p3 + a * (p4 + a * (p5 + a * p6)))));
    const qa = q0 + a * (q1 + a * (q2 + a * (q3 + a * (q4 + a * (q5 + a * (q6 + a * q7))))));
    const pb = p0 + b * (p1 + b * (p2 + b * (p3 + b * (p4 + b * (p5 + b * p6)))));
    const qb = q0 + b * (q1 + b * (q2 + b * (q3 + b * (q4 + b * (q5 + b * (q6 + b * q7))))));
    const w = (strike * density[p]!) / (qa * qb);
    const first = d > 0 ? f64[spot + p]! * forward - pa * qb * w : 0 + pa * qb * w;
    const second = e > 0 ? strike - pb * qa * w : 0 + pb * qa * w;
    f64[values + p] = f64[values + p]! + (first - second);
    if (slopes >= 0) f64[slopes + p] = f64[slopes + p]! + first;
  }
}

function add(
  memory: TwinMemory,
  values: number,
  slopes: number,
  x: number,
  spot: number,
  count: number,
  options: number,
  optionCount: number,
): void {
  const { f64 } = memory;
  for (let done = 0; done < count; done += TILE) {
    const size = Math.min(TILE, count - done);
    const to = (values >>> 3) + done;
    const slopesTo = slopes < 0 ? -1 : (slopes >>> 3) + done;
    const from = (x >>> 3) + done;
    const spots = (spot >>> 3) + done;
    let option = options >>> 3;
    for (let o = 0; o < optionCount; o++) {
      addCall(f64, to, slopesTo, from, spots, size, option);
      option += OPTION_BYTES / 8;
    }
  }
}

/** Adds the values of calls to a column: values, x, spot [count] f64, options [optionCount × 5]. */
export function addCalls(
  memory: TwinMemory,
  values: number,
  x: number,
  spot: number,
  count: number,
  options: number,
  optionCount: number,
): void {
  add(memory, values, -1, x, spot, count, options, optionCount);
}

/** As {@link addCalls}, and their derivatives by the log return to `slopes` [count] f64. */
export function addCallsWithSlopes(
  memory: TwinMemory,
  values: number,
  slopes: number,
  x: number,
  spot: number,
  count: number,
  options: number,
  optionCount: number,
): void {
  add(memory, values, slopes, x, spot, count, options, optionCount);
}

const single: Float64Array = new Float64Array(8);

/** Value of one call at one point, with the bits of a column of them. */
export function callValue(option: Float64Array, x: number, spot: number): number {
  single.set(option, 3);
  single[0] = 0;
  single[1] = x;
  single[2] = spot;
  addCall(single, 0, -1, 1, 2, 1, 3);
  return single[0]!;
}
