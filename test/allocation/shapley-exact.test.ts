// Method: the plain definition on the same scenarios; closed form for jointly normal losses through
// the engine (allocate.test.ts); and twenty members, whose coalitions are a million.
import { expect, test } from "vitest";
import { exactShapleyWork } from "../../src/allocation/shapley-exact.ts";
import { atOnce } from "../../src/basics/index.ts";
import { compileKernelSync, instantiate } from "../../src/engine/index.ts";
import { shapley } from "../../src/sharing/index.ts";
import { seeded } from "../support/kernel.ts";

const kernels = () => instantiate(compileKernelSync());

function unlike(members: number, scenarios: number, seed: number): Float64Array[] {
  const random = seeded(seed);
  const shock = Float64Array.from({ length: scenarios }, () => random() + random() - 1);
  return Array.from({ length: members }, (_, m) =>
    shock.map((common) => (m % 3 === 2 ? -0.3 : 1) * common + (m + 1) * (random() - 0.5)),
  );
}

const matrixOf = (columns: readonly Float64Array[]) => ({
  members: columns.length,
  scenarios: columns[0]!.length,
  column: (member: number) => columns[member]!,
});

/** Mean of the worst 2.5 %, the last in part. */
function shortfall(losses: Float64Array): number {
  const tail = 0.025 * losses.length;
  const sorted = losses.slice().sort().reverse();
  return sorted.reduce((sum, loss, i) => sum + loss * Math.min(1, Math.max(0, tail - i)), 0) / tail;
}

test("exactShapley: one block is the definition", () => {
  const columns = unlike(6, 4096, 1);
  const sampling = { level: 0.975, blockScenarios: 4096 };
  const { parts, standardErrors } = atOnce(
    exactShapleyWork(kernels(), matrixOf(columns), sampling),
  );
  const wanted = shapley(6, (coalition) => {
    const sum = new Float64Array(4096);
    columns.forEach((own, m) => {
      if ((coalition >> m) & 1) for (let s = 0; s < 4096; s++) sum[s]! += own[s]!;
    });
    return coalition === 0 ? 0 : shortfall(sum);
  });
  parts.forEach((part, m) => {
    expect(part).toBeCloseTo(wanted[m]!, 10);
  });
  expect([...standardErrors]).toEqual(new Array(6).fill(Number.POSITIVE_INFINITY));
});

test("exactShapley: blocks average, errors say how far they differ, and parts sum to the whole ES", () => {
  const columns = unlike(5, 16_384, 2);
  const total = columns[0]!.map((_, s) => columns.reduce((sum, own) => sum + own[s]!, 0));
  const whole = atOnce(
    exactShapleyWork(kernels(), matrixOf(columns), { level: 0.975, blockScenarios: 16_384 }),
  );
  const cut = atOnce(exactShapleyWork(kernels(), matrixOf(columns), { level: 0.975 }));
  expect(cut.parts.reduce((a, b) => a + b, 0)).toBeCloseTo(shortfall(total), 9);
  cut.parts.forEach((part, m) => {
    expect(Math.abs(part - whole.parts[m]!)).toBeLessThan(4 * cut.standardErrors[m]!);
    expect(cut.standardErrors[m]!).toBeLessThan(0.05 * shortfall(total));
  });
});

test("exactShapley: twenty members, with someone who loses nothing and two who are alike", () => {
  const columns = unlike(20, 4096, 3);
  columns[4] = new Float64Array(4096);
  columns[7] = columns[3]!;
  const { parts } = atOnce(
    exactShapleyWork(kernels(), matrixOf(columns), { level: 0.975, blockScenarios: 4096 }),
  );
  const total = columns[0]!.map((_, s) => columns.reduce((sum, own) => sum + own[s]!, 0));
  expect(parts[4]).toBeCloseTo(0, 9);
  expect(parts[7]! - parts[3]!).toBeCloseTo(0, 9);
  expect(parts.reduce((a, b) => a + b, 0)).toBeCloseTo(shortfall(total), 8);
});

test("exactShapley: more than twenty members are refused", () => {
  const work = exactShapleyWork(kernels(), matrixOf(unlike(21, 4096, 4)), { level: 0.975 });
  expect(() => atOnce(work)).toThrow("NUMBER_RANGE");
});
