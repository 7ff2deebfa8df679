import fc from "fast-check";
import { expect, test } from "vitest";
import { apportion, fractionDown, roundToSum } from "../../src/basics/index.ts";
import { refusals } from "../support/refusal.ts";

const sumOf = (parts: readonly bigint[]): bigint => parts.reduce((sum, part) => sum + part, 0n);

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const keys = list.map((item, i) => ({ item, key: Math.imul(i + 1, seed | 1) >>> 0 }));
  return keys.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

const ids = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 1, maxLength: 8 });
const finite = fc.double({ noNaN: true, noDefaultInfinity: true });

// Worked example: 10 seats at 1.5, 2.75, 5.75 leave 8 and remainders .5, .75, .75.
test.each([
  [10n, { a: 6, b: 11, c: 23 }, [1n, 3n, 6n]],
  [1n, { b: 1, a: 1 }, [0n, 1n]],
  [5n, { a: 0, b: 3, c: 0 }, [0n, 5n, 0n]],
  [100n, { a: 1, b: 1, c: 1 }, [34n, 33n, 33n]],
  [-100n, { a: 1, b: 1, c: 1 }, [-34n, -33n, -33n]],
  [3n, { a: 5e-324, b: 1e-323 }, [1n, 2n]],
  [10n, { a: 1e308, b: 5e-324 }, [10n, 0n]],
  // The least normal double is 2^52 times the least subnormal one.
  [3n * (2n ** 52n + 1n), { a: 2.2250738585072014e-308, b: 5e-324 }, [3n * 2n ** 52n, 3n]],
  [7n, { a: 3n, b: 4n }, [3n, 4n]],
  [0n, { a: 0, b: 0 }, [0n, 0n]],
])("apportion: splits %s by the weights of row %#", (total, weights, expected) => {
  const list = Object.entries(weights).map(([id, weight]) => ({ id, weight }));
  expect(apportion(total, list)).toEqual(expected);
});

test("apportion: is exact in sum, within one unit of the share, and blind to order", () => {
  const weight = fc.oneof(fc.nat(20), fc.double({ min: 0, max: 1e300, noNaN: true }));
  fc.assert(
    fc.property(
      ids,
      fc.infiniteStream(weight),
      fc.bigInt(0n, 10n ** 30n),
      fc.nat(),
      (names, stream, total, seed) => {
        const weights = names.map((id) => ({ id, weight: stream.next().value as number }));
        if (weights.every(({ weight: w }) => w === 0)) return;
        const parts = apportion(total, weights);
        expect(sumOf(parts)).toBe(total);
        const mixed = shuffled(weights, seed);
        const again = apportion(total, mixed);
        expect(again).toEqual(mixed.map((entry) => parts[weights.indexOf(entry)]));
        // Whole weights give the exact share without any rational arithmetic of our own.
        if (weights.every(({ weight: w }) => Number.isSafeInteger(w))) {
          const all = BigInt(weights.reduce((sum, { weight: w }) => sum + w, 0));
          weights.forEach(({ weight: w }, i) => {
            const low = (total * BigInt(w)) / all;
            const exact = (total * BigInt(w)) % all === 0n;
            expect(parts[i]! === low || (!exact && parts[i]! === low + 1n)).toBe(true);
          });
        }
      },
    ),
    { seed: 31, numRuns: 500 },
  );
});

test("apportion: refuses weights that say nothing", () => {
  const split = (weight: number) => () => apportion(5n, [{ id: "a", weight }]);
  expect(refusals(split(0))).toEqual(["WEIGHTS_ZERO "]);
  expect(refusals(split(-1))).toEqual(["NUMBER_RANGE /0/weight"]);
  expect(refusals(split(Number.NaN))).toEqual(["NUMBER_NOT_FINITE /0"]);
  expect(refusals(split(Number.POSITIVE_INFINITY))).toEqual(["NUMBER_NOT_FINITE /0"]);
  expect(
    refusals(() =>
      apportion(5n, [
        { id: "a", weight: 1 },
        { id: "a", weight: 2 },
      ]),
    ),
  ).toEqual(["ID_DUPLICATE /1/id"]);
});

test.each([
  ["ties of the total go to even", { a: 0.125 }, 2, 12n, [12n]],
  ["ties of the total go to even upwards", { a: 0.375 }, 2, 38n, [38n]],
  ["negative halves too", { a: -0.125 }, 2, -12n, [-12n]],
  ["ties of the parts go to the smaller id", { b: 0.5, a: 0.5 }, 0, 1n, [0n, 1n]],
  ["hedges keep their sign", { a: -2.25, b: 3.5, c: 1 }, 0, 2n, [-2n, 3n, 1n]],
  ["cancellation is exact", { a: 1e300, b: 1.25, c: -1e300 }, 1, 12n, undefined],
])("roundToSum: %s", (_, values, decimals, total, parts) => {
  const list = Object.entries(values).map(([id, value]) => ({ id, value }));
  const rounded = roundToSum(list, decimals);
  expect(rounded.total).toBe(total);
  expect(sumOf(rounded.parts)).toBe(total);
  if (parts !== undefined) expect(rounded.parts).toEqual(parts);
});

test("roundToSum: parts sum to the total, stay within one unit, and are blind to order", () => {
  fc.assert(
    fc.property(
      ids,
      fc.infiniteStream(finite),
      fc.nat(8),
      fc.nat(),
      (names, stream, decimals, seed) => {
        const values = names.map((id) => ({ id, value: stream.next().value as number }));
        const { total, parts } = roundToSum(values, decimals);
        expect(sumOf(parts)).toBe(total);
        const mixed = shuffled(values, seed);
        const again = roundToSum(mixed, decimals);
        expect(again.total).toBe(total);
        expect(again.parts).toEqual(mixed.map((entry) => parts[values.indexOf(entry)]));
        values.forEach(({ value }, i) => {
          // Only where doubles resolve a unit can doubles say that the part is within one.
          if (Math.abs(value) < 1e6) {
            expect(Math.abs(Number(parts[i]!) - value * 10 ** decimals)).toBeLessThan(1.000001);
          }
        });
      },
    ),
    { seed: 32, numRuns: 500 },
  );
});

test("roundToSum: leaves whole amounts as they are", () => {
  fc.assert(
    fc.property(
      ids,
      fc.infiniteStream(fc.integer()),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (names, stream, odd) => {
        const values = names.map((id) => ({ id, value: stream.next().value as number }));
        const { parts } = roundToSum([...values, { id: "odd", value: odd }], 0);
        expect(parts.slice(0, -1)).toEqual(values.map(({ value }) => BigInt(value)));
      },
    ),
    { seed: 33 },
  );
});

test.each([
  [100n, 0.7, 70n],
  [10n, 0.29, 2n],
  [1000000n, 1e-7, 0n],
  [10000000n, 1e-7, 1n],
  [3n, 1, 3n],
  [3n, 0, 0n],
  [2n, 1e21, 2n * 10n ** 21n],
  [999n, 0.999, 998n],
])("fractionDown: of %s takes %s as printed and gives %s", (amount, fraction, expected) => {
  expect(fractionDown(amount, fraction)).toBe(expected);
});
