// Method: published scales; the law must stay where it is; closed forms of small scales.
import { describe, expect, test } from "vitest";
import { exp } from "../../src/numeric/index.ts";
import { type BonusMalusScale, relativities, stationaryLevels } from "../../src/pricing/index.ts";
import { referenceCases } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const toTop = (levels: number): BonusMalusScale => ({
  levels,
  next: (level, claims) => (claims > 0 ? levels - 1 : Math.max(0, level - 1)),
});
const byClaim = (levels: number, up: number): BonusMalusScale => ({
  levels,
  next: (level, claims) =>
    claims > 0 ? Math.min(levels - 1, level + up * claims) : Math.max(0, level - 1),
});

test("stationaryLevels: agrees with published scales", () => {
  const cases = referenceCases<[number, number, string], number[]>("cred.bonus-malus.stationary");
  for (const [[frequency, levels, rule], known] of cases) {
    const scale = rule === "top" ? toTop(levels) : byClaim(levels, 3);
    stationaryLevels(scale, frequency).forEach((part, level) => {
      expect(Math.abs(part - known[level]!)).toBeLessThan(1e-12);
    });
  }
});

describe("any scale", () => {
  test.each([0.001, 0.05, 0.7, 5, 50])(
    "stationaryLevels: at a frequency of %d nobody moves in sum",
    (frequency) => {
      const scale = byClaim(12, 2);
      const law = stationaryLevels(scale, frequency);
      expect(law.reduce((a, b) => a + b)).toBeCloseTo(1, 13);
      const after = new Float64Array(12);
      let probability = exp(-frequency);
      for (let claims = 0; claims < 400; claims++) {
        for (let level = 0; level < 12; level++) {
          after[scale.next(level, claims)]! += probability * law[level]!;
        }
        probability *= frequency / (claims + 1);
      }
      after.forEach((part, level) => {
        expect(part).toBeCloseTo(law[level]!, 13);
      });
    },
  );

  test("stationaryLevels: small probabilities keep their digits", () => {
    // One down or to the top: level k is reached after so many years without a claim.
    const frequency = 1e-6;
    const law = stationaryLevels(toTop(5), frequency);
    for (let level = 1; level < 5; level++) {
      const known = exp(-frequency * (4 - level)) * -Math.expm1(-frequency);
      expect(law[level]! / known).toBeCloseTo(1, 9);
    }
  });

  test("relativities: average to one, and rise where claims bring people up", () => {
    const classes = [
      { frequency: 0.02, weight: 7 },
      { frequency: 0.1, weight: 2 },
      { frequency: 0.4, weight: 1 },
    ];
    const scale = toTop(6);
    const rates = relativities(scale, classes);
    for (let level = 1; level < 6; level++)
      expect(rates[level]!).toBeGreaterThan(rates[level - 1]!);
    const mean = (7 * 0.02 + 2 * 0.1 + 0.4) / 10;
    const paid = classes.reduce((sum, { frequency, weight }) => {
      const law = stationaryLevels(scale, frequency);
      return sum + weight * law.reduce((above, part, level) => above + part * rates[level]!, 0);
    }, 0);
    expect(paid / 10).toBeCloseTo(1, 12);
    // Those who were at the top last year for certain: by Bayes, from first principles.
    const top = classes.map(({ frequency, weight }) => weight * (1 - exp(-frequency)));
    const known =
      top.reduce((sum, part, c) => sum + part * classes[c]!.frequency, 0) /
      top.reduce((sum, part) => sum + part) /
      mean;
    expect(rates[5]!).toBeCloseTo(known, 12);
  });
});

test("stationaryLevels: refuses what is no scale", () => {
  expect(refusals(() => stationaryLevels(toTop(1), 0.1))).toEqual(["NUMBER_RANGE /levels"]);
  expect(refusals(() => stationaryLevels(toTop(5), 0))).toEqual(["NUMBER_RANGE /frequency"]);
  expect(refusals(() => stationaryLevels(toTop(5), 51))).toEqual(["NUMBER_RANGE /frequency"]);
  expect(refusals(() => stationaryLevels({ levels: 3, next: () => 3 }, 1))).toEqual([
    "NUMBER_RANGE /next/0",
  ]);
  expect(refusals(() => stationaryLevels({ levels: 3, next: (level) => level }, 1))).toEqual([
    "NUMBER_RANGE /next/2",
  ]);
  expect(refusals(() => relativities(toTop(5), []))).toEqual(["NUMBER_RANGE /classes"]);
  expect(refusals(() => relativities(toTop(5), [{ frequency: 1, weight: 0 }]))).toEqual([
    "NUMBER_RANGE /classes/0/weight",
  ]);
});
