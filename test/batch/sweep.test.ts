// Method: a grid against its product written out; hypercubes by the one property that defines them,
// on many random ones; what they give the engine by valuing some.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { gridOf, latinHypercube, loadSync, PoolError, readPool } from "../../src/index.ts";
import { samplePool } from "../support/sample-pool.ts";

const pool = readPool(samplePool());
const FUND = "/waterfall/layers/members-fund/size";
const VOLATILITY = "/market/volatility/0";
const SPOT = "/assets/ETH/spot";

describe("grid", () => {
  test("every combination once, the last axis fastest, in the form of the document", () => {
    const axes = { [VOLATILITY]: [0.4, 0.6], [FUND]: [100_000, 150_000.125, "170000.5"] };
    const items = [...gridOf(pool, axes)];
    expect(items.map(({ changes }) => changes.map(({ value }) => value))).toEqual([
      [0.4, "100000"],
      [0.4, "150000.125000"],
      [0.4, "170000.5"],
      [0.6, "100000"],
      [0.6, "150000.125000"],
      [0.6, "170000.5"],
    ]);
    expect(items.map(({ id }) => id)).toEqual(["0", "1", "2", "3", "4", "5"]);
    expect(items.every((item) => item.pool === pool)).toBe(true);
    expect(items[3]!.changes.map(({ path }) => path)).toEqual([VOLATILITY, FUND]);
  });

  test("an engine answers terms on the last axis from one simulation", async () => {
    const options = { scenarios: 2_000, confidence: 0.95, levels: [0.95], figures: "measure" };
    // A run that is kept has nothing to estimate.
    let isRun = false;
    let runs = 0;
    const onProgress = ({ estimate }: { estimate: unknown }) => {
      if (estimate) isRun = true;
    };
    const axes = { [VOLATILITY]: [0.4, 0.6], [FUND]: [100_000, 200_000, 300_000] };
    const chances: number[] = [];
    const answers = loadSync().valueMany(gridOf(samplePool(), axes), {
      ...options,
      figures: "measure",
      onProgress,
    });
    for await (const { valuation } of answers) {
      chances.push(valuation!.waterfall.socialised.probability.value);
      if (isRun) runs++;
      isRun = false;
    }
    expect(chances).toHaveLength(6);
    expect(runs).toBe(2);
    for (const [i, chance] of chances.entries()) {
      if (i % 3 > 0) expect(chance).toBeLessThanOrEqual(chances[i - 1]!);
    }
  });
});

describe("hypercube", () => {
  test("on every axis each variant has a stratum of its own", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.nat(), (count, seed) => {
        const axes = { [VOLATILITY]: [0.2, 1.2], [SPOT]: [1_000, 3_000] } as const;
        const items = [...latinHypercube(pool, axes, { count, seed })];
        for (const [axis, [low, high]] of [
          [0.2, 1.2] as const,
          [1_000, 3_000] as const,
        ].entries()) {
          const strata = items.map(({ changes }) => {
            const value = changes[axis]!.value as number;
            return Math.floor(((value - low) / (high - low)) * count + 1e-9 * count);
          });
          expect([...strata].sort((a, b) => a - b)).toEqual(strata.map((_, i) => i));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("axes are independent, and one in the middle of its stratum on average", () => {
    const count = 4_000;
    const axes = { [VOLATILITY]: [0, 1], [SPOT]: [0, 1] } as const;
    const rows = [...latinHypercube(pool, axes, { count, seed: 3 })].map(({ changes }) =>
      changes.map(({ value }) => value as number),
    );
    let product = 0;
    let inside = 0;
    for (const [a, b] of rows) {
      product += (a! - 0.5) * (b! - 0.5);
      inside += (a! * count) % 1;
    }
    // Five standard errors of a correlation and of a mean of uniforms.
    expect(Math.abs((12 * product) / count)).toBeLessThan(5 / Math.sqrt(count));
    expect(Math.abs(inside / count - 0.5)).toBeLessThan(5 / Math.sqrt(12 * count));
  });

  test("the same seed gives the same variants, another one others; lists are gone through evenly", () => {
    const axes = { [FUND]: [100_000, 200_000], "/covers/0/peril": { values: ["a", "b"] } } as const;
    const of = (seed: number) =>
      JSON.stringify([...latinHypercube(pool, axes, { count: 20, seed })]);
    expect(of(1)).toBe(of(1));
    expect(of(1)).not.toBe(of(2));
    const items = [...latinHypercube(pool, axes, { count: 20, seed: 1 })];
    expect(items.filter(({ changes }) => changes[1]!.value === "a")).toHaveLength(10);
    // Money is text with no more digits than the currency has.
    expect(items[0]!.changes[0]!.value).toMatch(/^1\d{5}\.\d{6}$/);
  });

  test("variants come one by one", () => {
    const endless = latinHypercube(pool, { [VOLATILITY]: [0, 1] }, { count: 100_000, seed: 1 });
    expect(endless.next().value!.id).toBe("0");
    endless.return();
  });
});

test("sweep: everything that is wrong is told before the first item", () => {
  const issuesOf = (make: () => unknown) => {
    try {
      make();
    } catch (error) {
      if (error instanceof PoolError)
        return error.issues.map(({ code, pointer }) => `${code} ${pointer}`);
    }
    return expect.unreachable();
  };
  expect(issuesOf(() => gridOf(pool, { "/nothing/here": [1], [FUND]: [], [SPOT]: [1] }))).toEqual([
    "CHANGE_PATH /axes/~1nothing~1here",
    "AXIS_EMPTY /axes/~1waterfall~1layers~1members-fund~1size",
  ]);
  expect(issuesOf(() => gridOf(pool, {}))).toEqual(["AXIS_EMPTY /axes"]);
  const many = Array.from({ length: 4_000 }, (_, i) => i);
  expect(issuesOf(() => gridOf(pool, { [SPOT]: many, [VOLATILITY]: many }))).toEqual([
    "NUMBER_RANGE /count",
  ]);
  expect(
    issuesOf(() =>
      latinHypercube(pool, { [SPOT]: [3, 2], [FUND]: [0, 1e30] }, { count: 0, seed: -1 }),
    ),
  ).toEqual([
    "NUMBER_RANGE /axes/~1assets~1ETH~1spot",
    "NUMBER_RANGE /count",
    "NUMBER_RANGE /seed",
  ]);
});
