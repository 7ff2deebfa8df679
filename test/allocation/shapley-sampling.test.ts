// Method: the exact value on the same scenarios, from every coalition sorted; a closed form; games
// whose value is known; and whether errors are as large as they are said to be.
import { describe, expect, test } from "vitest";
import {
  type SampledShapley,
  type ShapleySampling,
  sampledShapleyWork,
} from "../../src/allocation/index.ts";
import { sampledShapley } from "../../src/allocation/sampled-shapley.ts";
import { compileKernelSync, instantiate } from "../../src/engine/index.ts";
import { shapley } from "../../src/sharing/index.ts";
import { seeded } from "../support/kernel.ts";
import { memberLosses, normals } from "../support/member-losses.ts";
import { expectClose, reference } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const sum = (values: Iterable<number>) => [...values].reduce((above, value) => above + value, 0);

/** Mean of the worst losses, the last of them in part. */
function shortfall(losses: readonly number[], level: number): number {
  const tail = (losses.length * Math.round(1e6 * (1 - level))) / 1e6;
  const sorted = [...losses].sort((a, b) => b - a).slice(0, Math.ceil(tail));
  return sum(sorted.map((loss, i) => loss * Math.min(1, tail - i))) / tail;
}

/** Average over blocks of the ES of a coalition. */
function blockGame(columns: readonly number[][], level: number, size: number) {
  const blocks = Math.floor(columns[0]!.length / size);
  return (coalition: number): number => {
    const inside = columns.filter((_, i) => coalition & (1 << i));
    const total = columns[0]!.map((_, s) => sum(inside.map((column) => column[s]!)));
    const worst = Array.from({ length: blocks }, (_, b) =>
      shortfall(total.slice(b * size, (b + 1) * size), level),
    );
    return sum(worst) / blocks;
  };
}

/** Unlike members: some hedge the others, some lose seldom and much. */
function unlike(members: number, scenarios: number, seed: number): number[][] {
  const normal = normals(seed);
  const common = Array.from({ length: scenarios }, normal);
  return Array.from({ length: members }, (_, m) =>
    common.map((shock) => {
      const own = normal();
      if (m % 4 === 3) return own > 2 ? 8 : 0;
      return (m % 3 === 2 ? -0.6 : 0.8) * shock * (1 + m) + own * (members - m) + 0.2;
    }),
  );
}

const distances = (found: ArrayLike<number>, known: ArrayLike<number>, error: Float64Array) =>
  Array.from(error, (one, i) => (found[i]! - known[i]!) / one);

describe("beside the exact value on the same scenarios", () => {
  test.each([
    [2, 0.95, 512],
    [5, 0.9, 512],
    [7, 0.975, 448],
    [9, 0.5, 1024],
  ])("sampledShapley: %i members at %d, blocks of %i", (members, level, size) => {
    const columns = unlike(members, 4200, members);
    const exact = shapley(members, blockGame(columns, level, size));
    const asked = { level, orders: 400, blockScenarios: size, seed: 5n };
    const found = sampledShapley(memberLosses(columns), asked);
    distances(found.unshifted, exact, found.orderErrors).forEach((distance) => {
      // Two members have one order and its reverse: nothing is left to chance.
      expect(Math.abs(distance) < 4 || members === 2).toBe(true);
    });
    if (members === 2) expectClose([...found.unshifted], [...exact], { rel: 1e-10 });
    expectClose(sum(found.unshifted), sum(exact), { rel: 1e-11 });
    expectClose(found.blockShortfall, sum(exact), { rel: 1e-11 });
    const total = columns[0]!.map((_, s) => sum(columns.map((column) => column[s]!)));
    expectClose(found.expectedShortfall, shortfall(total, level), { rel: 1e-11 });
    expectClose(sum(found.parts), found.expectedShortfall, { rel: 1e-12 });
  });

  test("sampledShapley: errors from orders are as large as they say", () => {
    const columns = unlike(6, 2048, 31);
    const exact = shapley(6, blockGame(columns, 0.9, 512));
    const losses = memberLosses(columns);
    const all = Array.from({ length: 40 }, (_, i) => {
      const asked = { level: 0.9, orders: 160, blockScenarios: 512, seed: BigInt(i) };
      const { unshifted, orderErrors } = sampledShapley(losses, asked);
      return distances(unshifted, exact, orderErrors);
    }).flat();
    const spread = Math.sqrt(sum(all.map((distance) => distance * distance)) / all.length);
    expect(spread).toBeGreaterThan(0.85);
    expect(spread).toBeLessThan(1.15);
  });

  test("sampledShapley: one block of all scenarios needs no shift", () => {
    const columns = unlike(4, 2048, 3);
    const found = sampledShapley(memberLosses(columns), { level: 0.95, blockScenarios: 2048 });
    expectClose([...found.parts], [...found.unshifted], { rel: 1e-12, abs: 1e-12 });
    expect([found.blocks, found.orders]).toEqual([1, 2000]);
    expect([...found.standardErrors].every((error) => error === Number.POSITIVE_INFINITY)).toBe(
      true,
    );
  });
});

describe("closed forms", () => {
  const { inputs, expected } = reference<
    { mu: number[]; cov: number[][]; alpha: number },
    { shapley_ES: number[] }
  >("alloc.euler.mvn.a");

  /** Jointly normal losses of the mean and covariance given. */
  function normalLosses(scenarios: number, seed: number): number[][] {
    const normal = normals(seed);
    const { mu, cov } = inputs;
    const lower = [[0], [0, 0], [0, 0, 0]];
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j <= i; j++) {
        const rest = cov[i]![j]! - sum(lower[j]!.slice(0, j).map((l, k) => l * lower[i]![k]!));
        lower[i]![j] = i === j ? Math.sqrt(rest) : rest / lower[j]![j]!;
      }
    }
    const columns: number[][] = mu.map(() => []);
    for (let s = 0; s < scenarios; s++) {
      const z = mu.map(normal);
      lower.forEach((row, i) => {
        columns[i]!.push(mu[i]! + sum(row.map((l, k) => l * z[k]!)));
      });
    }
    return columns;
  }

  test("sampledShapley: jointly normal losses, with errors as large as they say", () => {
    const all: number[] = [];
    const means = [0, 0, 0];
    const errors = new Float64Array(3);
    const rounds = 24;
    for (let round = 0; round < rounds; round++) {
      const losses = memberLosses(normalLosses(16_384, 1000 + round));
      const { parts, standardErrors } = sampledShapley(losses, {
        ...{ level: inputs.alpha, orders: 64, seed: BigInt(round) },
      });
      all.push(...distances(parts, expected.shapley_ES, standardErrors));
      parts.forEach((part, i) => {
        means[i]! += part / rounds;
        errors[i]! += (standardErrors[i]! / rounds) ** 2;
      });
    }
    const spread = Math.sqrt(sum(all.map((distance) => distance * distance)) / all.length);
    expect(Math.max(...all.map(Math.abs))).toBeLessThan(4.5);
    expect(spread).toBeGreaterThan(0.75);
    expect(spread).toBeLessThan(1.3);
    // 393,216 scenarios together.
    distances(means, expected.shapley_ES, errors.map(Math.sqrt)).forEach((distance) => {
      expect(Math.abs(distance)).toBeLessThan(3.5);
    });
  });

  test("sampledShapley: losses that rise together have their own ES, as by Euler", () => {
    const random = seeded(4);
    const shocks = Array.from({ length: 3000 }, () => random() ** -0.3);
    const columns = [1, 0.2, 5, 3].map((size, i) => shocks.map((u) => size * u ** (1 + i / 4) - i));
    const { parts } = sampledShapley(memberLosses(columns), { level: 0.95, orders: 32 });
    expectClose(
      [...parts],
      columns.map((column) => shortfall(column, 0.95)),
      { rel: 1e-10 },
    );
  });

  test("sampledShapley: members whose losses could be exchanged have like parts, as by Euler", () => {
    const random = seeded(14);
    const places = [
      [0, 1, 2],
      [0, 2, 1],
      [1, 0, 2],
      [1, 2, 0],
      [2, 0, 1],
      [2, 1, 0],
    ];
    const rows = Array.from({ length: 320 }, () => {
      const row = [random() ** 4, random() - 0.7, random() ** -0.5];
      return places.map((order) => order.map((i) => row[i]!));
    }).flat();
    const columns = [0, 1, 2].map((i) => rows.map((row) => row[i]!));
    const asked = { level: 0.9, blockScenarios: 1920, orders: 600 };
    const { parts, expectedShortfall, orderErrors } = sampledShapley(memberLosses(columns), asked);
    parts.forEach((part, i) => {
      expect(Math.abs(part - expectedShortfall / 3)).toBeLessThan(4 * orderErrors[i]!);
    });
  });

  test("sampledShapley: someone without losses has no part, and a sure loss is one's own", () => {
    const columns = unlike(5, 3000, 8);
    const losses = memberLosses([...columns, columns[0]!.map(() => 0), columns[0]!.map(() => 2.5)]);
    const { parts } = sampledShapley(losses, { level: 0.95, orders: 40 });
    expectClose([...parts.subarray(5)], [0, 2.5], { abs: 1e-12 });
  });
});

describe("bits and pieces", () => {
  const columns = unlike(12, 5000, 77);
  const asked: ShapleySampling = { level: 0.975, orders: 100, seed: 2n ** 63n + 9n };

  test("sampledShapley: has the same bits in both kernels and from the same seed, and no other", () => {
    const found = sampledShapley(memberLosses(columns), asked, "wasm");
    expect(sampledShapley(memberLosses(columns), asked, "js")).toEqual(found);
    const other = sampledShapley(memberLosses(columns), { ...asked, seed: 9n });
    expect(other.unshifted).not.toEqual(found.unshifted);
  });

  test("sampledShapley: parts sum to contributions from elsewhere", () => {
    const own = sampledShapley(memberLosses(columns), asked);
    const euler = columns.map((_, i) => 3 + i);
    const { parts, expectedShortfall } = sampledShapley(memberLosses(columns), { ...asked, euler });
    expectClose(expectedShortfall, sum(euler), { rel: 1e-14 });
    expectClose(sum(parts), sum(euler), { rel: 1e-12 });
    // Members keep what the others' order of joining makes of them.
    const apart = Array.from(own.parts, (part, i) => (parts[i]! - part).toFixed(6));
    expect(new Set(apart).size).toBe(12);
  });

  test("sampledShapleyWork: comes in pieces, between which it may be left", () => {
    const large = unlike(40, 20_000, 5);
    const work = sampledShapleyWork(instantiate(compileKernelSync()), memberLosses(large), {
      ...{ level: 0.975, orders: 8000 },
    });
    let pieces = 0;
    let result: SampledShapley | undefined;
    for (let step = work.next(); ; step = work.next()) {
      if (step.done) {
        result = step.value;
        break;
      }
      pieces++;
    }
    expect(pieces).toBeGreaterThan(15);
    expect(result).toEqual(sampledShapley(memberLosses(large), { level: 0.975, orders: 8000 }));
    expect([result.blocks, result.blockScenarios, result.orders]).toEqual([39, 512, 8034]);
  });
});

describe("refusals", () => {
  const columns = unlike(2, 4096, 1);
  const asked = (more: Partial<ShapleySampling>, losses = memberLosses(columns)) =>
    refusals(() => sampledShapley(losses, { level: 0.95, ...more }));

  test.each<[Partial<ShapleySampling>, string]>([
    [{ level: 95 }, "UNIT_SUSPECT /level"],
    [{ level: 0.99 }, "TAIL_TOO_THIN /scenarios"],
    [{ orders: 1 }, "NUMBER_RANGE /orders"],
    [{ orders: 2.5 }, "NUMBER_RANGE /orders"],
    [{ seed: -1n }, "NUMBER_RANGE /seed"],
    [{ seed: 2n ** 64n }, "NUMBER_RANGE /seed"],
    [{ blockScenarios: 1000 }, "NUMBER_RANGE /blockScenarios"],
    [{ blockScenarios: 64 }, "NUMBER_RANGE /blockScenarios"],
    [{ blockScenarios: 8192 }, "NUMBER_RANGE /blockScenarios"],
    [{ euler: [1] }, "MATRIX_SHAPE /euler"],
    [{ euler: [1, Number.NaN] }, "NUMBER_NOT_FINITE /euler/1"],
    [{ memoryMax: 65_536 }, "BUDGET_EXCEEDED "],
  ])("sampledShapley: refuses %o", (more, refused) => {
    expect(asked(more)).toEqual([refused]);
  });

  test("sampledShapley: refuses losses that are no amounts, and a pool of nobody", () => {
    const broken = columns.map((column) => column.slice());
    broken[1]![4095] = Number.NaN;
    expect(asked({}, memberLosses(broken))).toEqual(["NUMBER_NOT_FINITE /losses/1"]);
    broken[1]![4095] = 1.7e308;
    broken[0]![4095] = 1.7e308;
    expect(asked({}, memberLosses(broken))).toEqual(["NUMBER_NOT_FINITE /losses"]);
    const nobody = { members: 0, scenarios: 4096, column: () => new Float64Array(4096) };
    expect(asked({}, nobody)).toEqual(["MEMBERS_NONE /members"]);
  });
});
