import { expect, test } from "vitest";
import {
  level,
  levelFraction,
  rankOf,
  scenariosNeeded,
  tailCount,
  tailTooThin,
} from "../../src/basics/index.ts";
import { refusals } from "../support/refusal.ts";

test("level: keeps every level of six decimals exactly", () => {
  for (let partsPerMillion = 1; partsPerMillion < 1_000_000; partsPerMillion += 997) {
    expect(level(partsPerMillion / 1e6)).toBe(partsPerMillion);
    expect(levelFraction(level(partsPerMillion / 1e6))).toBe(partsPerMillion / 1e6);
  }
});

test.each([
  [99, "UNIT_SUSPECT"],
  [97.5, "UNIT_SUSPECT"],
  [1, "NUMBER_RANGE"],
  [0, "NUMBER_RANGE"],
  [1.5, "NUMBER_RANGE"],
  [-0.5, "NUMBER_RANGE"],
  [100, "NUMBER_RANGE"],
  [0.9999999, "NUMBER_RANGE"],
  [Number.NaN, "NUMBER_RANGE"],
  ["0.99", "TYPE"],
])("level: refuses %j with %s", (fraction, code) => {
  expect(refusals(() => level(fraction as number))).toEqual([`${code} /level`]);
});

// Expected ranks from whole numbers: ⌈n·ppm / 1e6⌉ with BigInt.
test("rankOf: is the ceiling of n times the level in whole numbers", () => {
  expect(rankOf(level(0.975), 100_000)).toBe(97_500);
  expect(rankOf(level(0.99), 10_000)).toBe(9_900);
  for (const n of [1, 7, 999, 10_001, 1_000_003, 9_000_000_000]) {
    for (const fraction of [0.000001, 0.5, 0.95, 0.975, 0.99, 0.995, 0.999999]) {
      const product = BigInt(n) * BigInt(level(fraction));
      expect(rankOf(level(fraction), n)).toBe(Number((product + 999_999n) / 1_000_000n));
    }
  }
});

test("tailCount: counts the scenarios beyond the level without rounding drift", () => {
  expect(tailCount(level(0.99), 10_000)).toBe(100);
  expect(tailCount(level(0.975), 100_000)).toBe(2_500);
  expect(tailCount(level(0.99999), 10_000)).toBe(0.1);
});

test("tailTooThin: names the number of scenarios that would do", () => {
  expect(scenariosNeeded(level(0.99999))).toBe(10_000_000);
  expect(scenariosNeeded(level(0.997))).toBe(33_334);
  const error = tailTooThin(level(0.99999), 10_000);
  expect(error.code).toBe("TAIL_TOO_THIN");
  expect(error.issues[0]!.detail).toContain("at least 10000000");
});
