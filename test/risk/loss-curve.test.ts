// Method: means of layers against sums in whole numbers of units (BigInt), which round nothing, over
// losses that are spread, alike, alike in their upper bits, and far above what a layer covers.
import { describe, expect, test } from "vitest";
import { LossCurve } from "../../src/risk/loss-curve.ts";
import { seeded } from "../support/kernel.ts";

const UNIT = 2 ** -20;
const random = seeded(17);
const N = 5000;
/** Multiples of a unit, so that whole numbers hold them exactly. */
const whole = (make: (i: number) => number) =>
  Float64Array.from({ length: N }, (_, i) => Math.round(make(i) / UNIT) * UNIT);

const books: Record<string, Float64Array> = {
  spread: whole(() => 2e6 * random() - 8e5),
  heavy: whole(() => 100 / random() ** 1.5),
  alike: new Float64Array(N).fill(1234.5),
  steps: whole((i) => 1000 * (i % 7)),
  "alike in the upper bits": whole((i) => 1e6 + ((i * 7919) % N) * UNIT),
  "large and close": whole(() => 1e9 + random()),
  gains: whole(() => -1 - random()),
};

function exact(losses: Float64Array, from: number, size: number) {
  const units = (value: number) => BigInt(value / UNIT);
  const [low, most] = [units(from), Number.isFinite(size) ? units(size) : null];
  let [sum, square, hit, full, beyond] = [0n, 0n, 0, 0, 0n];
  for (const loss of losses) {
    const above = units(loss) - low;
    if (above <= 0n) continue;
    hit++;
    beyond += above;
    const draw = most !== null && above >= most ? most : above;
    if (most !== null && above >= most) full++;
    sum += draw;
    square += draw * draw;
  }
  // n·Σx² - (Σx)² in whole numbers, then once to floating point.
  const n = BigInt(losses.length);
  const variance = Number(n * square - sum * sum) * UNIT * UNIT;
  return {
    mean: (Number(sum) * UNIT) / losses.length,
    error: Math.sqrt(variance / (losses.length - 1)) / losses.length,
    hit,
    full,
    size: hit > 0 ? (Number(beyond) * UNIT) / hit : null,
  };
}

const layers: [number, number][] = [
  [0, 500],
  [0, Number.POSITIVE_INFINITY],
  [1000, 1000],
  [1000, 0],
  [250_000, 750_000],
  [1e6, 2 ** -10],
  [1e9, 0.5],
  [1e9, Number.POSITIVE_INFINITY],
  [2e9, 5],
];

describe.each(Object.entries(books))("LossCurve of losses that are %s", (_, losses) => {
  const before = losses.slice();
  const curve = new LossCurve(losses);

  test.each(layers)("draw: a layer from %d of size %d", (from, size) => {
    const { mean, error, hit, full, size: beyond } = exact(losses, from, size);
    const draw = curve.draw(from, size);
    expect([draw.hit, draw.full]).toEqual([hit, full]);
    expect(Math.abs(draw.mean.value - mean)).toBeLessThanOrEqual(1e-12 * mean);
    const scale = Number.isFinite(size)
      ? Math.max(error, 1e-9 * size)
      : Math.max(error, 1e-9 * mean);
    expect(Math.abs(draw.mean.standardError - error)).toBeLessThanOrEqual(1e-6 * scale);
    const stated = curve.sizeBeyond(from);
    if (beyond === null) expect(stated).toBeNull();
    else expect(Math.abs(stated!.value - beyond)).toBeLessThanOrEqual(1e-12 * beyond);
  });

  test("leaves the losses as they were", () => {
    expect(losses).toEqual(before);
  });
});

test("LossCurve: one loss beyond has its own size as error, and no spread is no error", () => {
  const curve = new LossCurve(Float64Array.of(-5, 3, 40));
  expect(curve.sizeBeyond(10)).toEqual({ value: 30, standardError: 30 });
  expect(new LossCurve(new Float64Array(9).fill(7)).draw(0, 5).mean).toEqual({
    value: 5,
    standardError: 0,
  });
});
