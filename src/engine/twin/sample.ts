/**
 * Samples of options and the polynomials through them in plain JavaScript, see assembly/sample.ts.
 */
import { OPTION_BYTES } from "../plan.ts";
import type { TwinMemory } from "./memory.ts";
import { addCalls } from "./option.ts";
import { expOne, logarithm } from "./vector-math.ts";

/** Log returns of places in [-1, 1], and the prices there. */
export function samplePoints(
  { f64 }: TwinMemory,
  x: number,
  spot: number,
  y: number,
  spread: number,
  stretch: number,
  count: number,
): void {
  for (let p = 0; p < count; p++) {
    const up = expOne(stretch * f64[(y >>> 3) + p]!);
    const place = (spread * (up - 1 / up)) / 2;
    f64[(x >>> 3) + p] = place;
    f64[(spot >>> 3) + p] = expOne(place);
  }
}

/** Places of log returns in [-1, 1], and how fast they move. */
export function places(
  { f64 }: TwinMemory,
  y: number,
  rate: number,
  x: number,
  spread: number,
  stretch: number,
  count: number,
): void {
  for (let p = 0; p < count; p++) {
    const at = f64[(x >>> 3) + p]!;
    const root = Math.sqrt(at * at + spread * spread);
    const size = logarithm((Math.abs(at) + root) / spread) / stretch;
    const held = 1 < size ? 1 : size;
    f64[(y >>> 3) + p] = at < 0 || Object.is(at, -0) ? -held : held;
    f64[(rate >>> 3) + p] = 1 / (root * stretch);
  }
}

/** Adds every option's values to the row of its account. */
export function addCallsToRows(
  memory: TwinMemory,
  rows: number,
  rowOf: number,
  x: number,
  spot: number,
  points: number,
  options: number,
  optionCount: number,
): void {
  for (let option = 0; option < optionCount; option++) {
    const row = rows + memory.u32[(rowOf >>> 2) + option]! * points * 8;
    addCalls(memory, row, x, spot, points, options + option * OPTION_BYTES, 1);
  }
}

/** Chebyshev polynomials of y at many points, and their derivatives by x. */
export function chebyshev(
  memory: TwinMemory,
  values: number,
  slopes: number,
  y: number,
  rate: number,
  count: number,
  degrees: number,
): void {
  const { f64 } = memory;
  for (let p = 0; p < count; p++) {
    const place = f64[(y >>> 3) + p]!;
    const speed = f64[(rate >>> 3) + p]!;
    const twice = place + place;
    const double = speed + speed;
    let before = 1;
    let value = place;
    let slopeBefore = 0;
    let slope = speed;
    let at = (values >>> 3) + p;
    let slopeAt = (slopes >>> 3) + p;
    f64[at] = before;
    f64[slopeAt] = slopeBefore;
    for (let k = 1; k < degrees; k++) {
      at += count;
      slopeAt += count;
      f64[at] = value;
      f64[slopeAt] = slope;
      const next = twice * value - before;
      const nextSlope = double * value + twice * slope - slopeBefore;
      before = value;
      value = next;
      slopeBefore = slope;
      slope = nextSlope;
    }
  }
}

/** A sum of Chebyshev polynomials at many points and at their mirror images, and its derivative by x. */
export function series(
  memory: TwinMemory,
  values: number,
  slopes: number,
  coefficients: number,
  y: number,
  rate: number,
  count: number,
  degrees: number,
  mirrored: number,
): void {
  const { f64 } = memory;
  const first = coefficients >>> 3;
  const end = first + degrees;
  for (let p = 0; p < count; p++) {
    const place = f64[(y >>> 3) + p]!;
    const speed = f64[(rate >>> 3) + p]!;
    const twice = place + place;
    const double = speed + speed;
    let even = 1;
    let odd = place;
    let evenSlope = 0;
    let oddSlope = speed;
    let sum = 0;
    let slopeSum = 0;
    let other = 0;
    let otherSlope = 0;
    for (let k = first; k < end; k += 2) {
      sum += f64[k]! * even;
      slopeSum += f64[k]! * evenSlope;
      if (k + 1 === end) break;
      other += f64[k + 1]! * odd;
      otherSlope += f64[k + 1]! * oddSlope;
      evenSlope = double * odd + twice * oddSlope - evenSlope;
      even = twice * odd - even;
      oddSlope = double * even + twice * evenSlope - oddSlope;
      odd = twice * even - odd;
    }
    if (mirrored) {
      f64[(values >>> 3) - p] = sum - other;
      f64[(slopes >>> 3) - p] = otherSlope - slopeSum;
    }
    f64[(values >>> 3) + p] = sum + other;
    f64[(slopes >>> 3) + p] = otherSlope + slopeSum;
  }
}
