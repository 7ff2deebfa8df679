// Method: parts of expected shortfall on random sample matrices against every coalition; for the
// other ways to divide it a committed sample on which they leave the core or do not sum.
import { describe, expect, test } from "vitest";
import { coreExcess, leastCore } from "../../src/sharing/index.ts";
import {
  drawPool,
  eulerShortfall,
  excessOf,
  type SamplePool,
  shortfall,
  tailWeights,
} from "../support/axiom/capital.ts";
import { seeded } from "../support/kernel.ts";
import { reference } from "../support/reference.ts";

const POOLS = Number(process.env["RISKPOOL_POOLS"] ?? 2000);
const sum = (values: readonly number[]) => values.reduce((above, value) => above + value, 0);
const columnOf = ({ losses }: SamplePool, i: number) => losses.map((row) => row[i]!);
const totalsOf = ({ losses }: SamplePool) => losses.map(sum);
const mean = (values: readonly number[]) => sum(values) / values.length;
const covariance = (a: readonly number[], b: readonly number[]) =>
  mean(a.map((value, k) => (value - mean(a)) * (b[k]! - mean(b))));
const everyone = ({ losses }: SamplePool) => 2 ** losses[0]!.length - 1;

describe("Euler parts of expected shortfall", () => {
  const { expected, tolerance } = reference<unknown, { violations: number }>(
    "alloc.euler-es-in-core",
  );

  test("core: Euler parts of shortfall are in it on every sample, with up to eight members", () => {
    const random = seeded(31);
    let violations = 0;
    for (let round = 0; round < POOLS; round++) {
      const pool = drawPool(random, 8);
      // Every other sample in whole units, with ties at the edge of the tail.
      const losses = pool.losses.map((row) => row.map((loss) => Math.round(2 * loss)));
      const tried = round % 2 === 0 ? pool : { ...pool, losses };
      if (excessOf(tried, eulerShortfall) > tolerance.abs!) violations++;
      const all = shortfall(tried, everyone(tried));
      expect(Math.abs(sum(eulerShortfall(tried)) - all)).toBeLessThan(1e-10);
    }
    expect(violations).toBe(expected.violations);
  });

  test("core: Aumann–Shapley prices of shortfall are the Euler parts", () => {
    const random = seeded(33);
    for (let round = 0; round < 40; round++) {
      const pool = drawPool(random, 5);
      const members = pool.losses[0]!.length;
      const euler = eulerShortfall(pool);
      // The marginal cost of a member when all are there in part t, averaged over t.
      const cost = (parts: readonly number[]) => {
        const losses = pool.losses.map((row) => row.map((loss, i) => loss * parts[i]!));
        return shortfall({ ...pool, losses }, 2 ** members - 1);
      };
      for (let i = 0; i < members; i++) {
        const marginals = [0.1, 0.3, 0.5, 0.7, 0.9].map((t) => {
          const at = (step: number) => cost(euler.map((_, j) => t + (j === i ? step : 0)));
          return (at(1e-6) - at(-1e-6)) / 2e-6;
        });
        expect(Math.abs(mean(marginals) - euler[i]!)).toBeLessThan(1e-6);
      }
    }
  });

  test("core: the core of expected shortfall is never empty", () => {
    const random = seeded(32);
    for (let round = 0; round < 60; round++) {
      const pool = drawPool(random, 5);
      const members = pool.losses[0]!.length;
      expect(leastCore(members, (c) => shortfall(pool, c)).isCoreEmpty).toBe(false);
    }
  });

  test("core: parts by the worst scenarios of one member do not sum to what all cost", () => {
    const pool: SamplePool = {
      losses: [
        [4, -3],
        [0, 5],
      ],
      tail: 1,
    };
    const weights = tailWeights(pool, 1);
    const parts = [0, 1].map((i) => sum(columnOf(pool, i).map((loss, k) => weights[k]! * loss)));
    expect([sum(parts), shortfall(pool, 3)]).toEqual([1, 5]);
  });
});

describe("other ways to divide it", () => {
  const hedged: SamplePool = {
    losses: [
      [3, -3, 0],
      [-3, 3, 0],
      [0, 0, 2],
    ],
    tail: 1,
  };

  test("core: stand-alone proportional parts are not in it: two who hedge each other pay for nothing", () => {
    const alone = [1, 2, 4].map((member) => shortfall(hedged, member));
    const all = shortfall(hedged, 7);
    const parts = alone.map((own) => (all * own) / sum(alone));
    expect(parts).toEqual([0.75, 0.75, 0.5]);
    expect(coreExcess(parts, (c) => shortfall(hedged, c))).toEqual({ coalition: 3, excess: 1.5 });
  });

  test("core: with-without parts do not sum to what all cost", () => {
    const all = shortfall(hedged, 7);
    const parts = [1, 2, 4].map((member) => all - shortfall(hedged, 7 - member));
    expect(parts).toEqual([-1, -1, 2]);
    expect([sum(parts), all]).toEqual([0, 2]);
  });

  test("core: covariance parts are not in it where losses are not elliptical", () => {
    const pool: SamplePool = {
      losses: [
        [0, 0],
        [1, 0],
        [1, 0],
        [1, 8],
      ],
      tail: 1,
    };
    const totals = totalsOf(pool);
    const beyond = shortfall(pool, 3) - mean(totals);
    const parts = [0, 1].map((i) => {
      const own = columnOf(pool, i);
      return mean(own) + (covariance(own, totals) / covariance(totals, totals)) * beyond;
    });
    expect(sum(parts)).toBeCloseTo(shortfall(pool, 3), 12);
    // The first can lose no more than 1, and is charged more.
    const { coalition, excess } = coreExcess(parts, (c) => shortfall(pool, c));
    expect(coalition).toBe(1);
    expect(excess).toBeCloseTo(16 / 211, 12);
  });

  /** The k-th largest total, and the kernel's mean of everyone's losses near it. */
  const valueAtRisk = ({ losses }: SamplePool, rank: number, coalition: number) =>
    losses.map((row) => sum(row.filter((_, i) => (coalition >> i) & 1))).sort((a, b) => b - a)[
      rank - 1
    ]!;
  const kernelParts = (pool: SamplePool, rank: number, width: number) => {
    const risk = valueAtRisk(pool, rank, everyone(pool));
    const weights = totalsOf(pool).map((total) => Math.exp(-(((total - risk) / width) ** 2) / 2));
    return pool.losses[0]!.map(
      (_, i) => sum(columnOf(pool, i).map((loss, k) => loss * weights[k]!)) / sum(weights),
    );
  };

  test("core: kernel parts of value at risk are not in its core", () => {
    const pool: SamplePool = {
      losses: [
        [10, 0],
        [0, 10],
        [0, 0],
        [0, 0],
      ],
      tail: 2,
    };
    const parts = kernelParts(pool, 2, 1);
    expect(parts.map((part) => Math.round(part * 1e9) / 1e9)).toEqual([5, 5]);
    // By itself either has a value at risk of nothing.
    const { excess } = coreExcess(parts, (c) => (c === 0 ? 0 : valueAtRisk(pool, 2, c)));
    expect(excess).toBeCloseTo(5, 9);
  });

  test("core: kernel parts of value at risk do not sum to it", () => {
    const pool: SamplePool = {
      losses: [
        [6, 4],
        [9, 0],
      ],
      tail: 1,
    };
    const near = Math.exp(-0.5);
    expect(valueAtRisk(pool, 1, 3)).toBe(10);
    expect(sum(kernelParts(pool, 1, 1))).toBeCloseTo((10 + 9 * near) / (1 + near), 12);
  });
});
