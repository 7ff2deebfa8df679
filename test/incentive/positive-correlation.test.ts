// Method: a table worked out by SciPy; the level of the test where nothing is related, and its power
// where something is, on seeded records.
import { expect, test } from "vitest";
import { type CoverRecord, positiveCorrelation } from "../../src/incentive/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

/** Rows: without cover and with; columns: without loss and with. */
const recordsOf = (cell: string, counts: readonly (readonly number[])[]): CoverRecord[] =>
  counts.flatMap((row, covered) =>
    row.flatMap((count, lost) =>
      Array.from({ length: count }, () => ({ cell, covered: covered === 1, lost: lost === 1 })),
    ),
  );
const north = recordsOf("north", [
  [120, 40],
  [90, 80],
]);
const south = recordsOf("south", [
  [60, 15],
  [70, 22],
]);
const idle = recordsOf("idle", [
  [30, 0],
  [20, 0],
]);

test("positiveCorrelation: agrees with SciPy 1.17.1 (norm, chi2, chi2_contingency)", () => {
  const found = positiveCorrelation([...north, ...idle, ...south]);
  const tolerance = { rel: 1e-9 };
  expectClose(found.correlation, 0.17135341260714435, tolerance);
  expectClose(
    found.residuals,
    { statistic: 14.727820287324143, freedom: 1, chance: 0.0001242000464216592 },
    tolerance,
  );
  expectClose(
    found.tables,
    { statistic: 17.698750092100475, freedom: 2, chance: 0.0001434713712646554 },
    tolerance,
  );
  expect(found.cells.map(({ cell, records }) => [cell, records])).toEqual([
    ["north", 330],
    ["idle", 50],
    ["south", 167],
  ]);
  expectClose(found.cells[0]!.signed, 17.331932773109244, tolerance);
  expect(found.cells[1]!.signed).toBe(null);
  expectClose(found.cells[2]!.signed, 0.3668173189912322, tolerance);
});

test("positiveCorrelation: cells that contradict each other are seen by the tables alone", () => {
  const mirror = north.map((record) => ({ ...record, cell: "mirror", covered: !record.covered }));
  const found = positiveCorrelation([...north, ...mirror]);
  expect(Math.abs(found.correlation)).toBeLessThan(0.01);
  expect(found.residuals.chance).toBeGreaterThan(0.5);
  expect(found.tables.chance).toBeLessThan(1e-6);
  expect(found.cells[1]!.signed).toBeCloseTo(-found.cells[0]!.signed!, 9);
});

test("positiveCorrelation: what only the price explains is not taken for selection", () => {
  const random = seeded(21);
  const draw = (extra: number): CoverRecord[] =>
    Array.from({ length: 600 }, (_, i) => {
      // A dear cell where many lose and many buy: related overall, not within.
      const dear = i % 2 === 0;
      const covered = random() < (dear ? 0.7 : 0.3);
      const lost = random() < (dear ? 0.4 : 0.1) + (covered ? extra : 0);
      return { cell: dear ? "dear" : "cheap", covered, lost };
    });
  const rounds = 400;
  const rejected = (extra: number, merge: boolean) => {
    let count = 0;
    for (let round = 0; round < rounds; round++) {
      const records = draw(extra).map((one) => (merge ? { ...one, cell: "all" } : one));
      if (positiveCorrelation(records).residuals.chance < 0.05) count++;
    }
    return count / rounds;
  };
  // 5 % of 400 rounds, four standard errors either way.
  expect(rejected(0, false)).toBeGreaterThan(0.006);
  expect(rejected(0, false)).toBeLessThan(0.094);
  expect(rejected(0.15, false)).toBeGreaterThan(0.8);
  expect(rejected(0, true)).toBeGreaterThan(0.8);
});

test("positiveCorrelation: refuses records that can say nothing", () => {
  expect(refusals(() => positiveCorrelation(idle))).toEqual(["RECORDS_TOO_FEW "]);
  expect(refusals(() => positiveCorrelation([]))).toEqual(["RECORDS_TOO_FEW "]);
});
