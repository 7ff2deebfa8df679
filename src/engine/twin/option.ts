/**
 * Values of European calls by Black-76 in plain JavaScript, see assembly/option.ts.
 *
 * The exponentials of a few points are taken first, in a loop of their own: with few live numbers
 * in each, two loops take 16 ns per call and point where one takes 17.
 */
import { OPTION_BYTES, TILE } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";
import { exponentials } from "./vector-math.ts";

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

/** exp(-d2²/2) of the points in hand. */
const densities: Float64Array = new Float64Array(TILE);

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
    const b = 39 < size ? 39 : size;
    density[p] = b * b * -0.5;
  }
  exponentials(density, 0, density, 0, count);
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
    const a = 39 < dSize ? 39 : dSize;
    const b = 39 < eSize ? 39 : eSize;
    const y = a * a;
    const z = b * b;
    const pa = p0 + y * (p2 + y * (p4 + y * p6)) + a * (p1 + y * (p3 + y * p5));
    const qa = q0 + y * (q2 + y * (q4 + y * q6)) + a * (q1 + y * (q3 + y * (q5 + y * q7)));
    const pb = p0 + z * (p2 + z * (p4 + z * p6)) + b * (p1 + z * (p3 + z * p5));
    const qb = q0 + z * (q2 + z * (q4 + z * q6)) + b * (q1 + z * (q3 + z * (q5 + z * q7)));
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
