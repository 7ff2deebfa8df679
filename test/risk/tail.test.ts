// Method: known values of the estimators, and the estimators on samples whose law is known.
import { describe, expect, test } from "vitest";
import { level } from "../../src/basics/index.ts";
import { normalPdf, normalQuantile, studentQuantile } from "../../src/numeric/index.ts";
import { batchError } from "../../src/risk/contribution.ts";
import { riskAt, tailNeeded } from "../../src/risk/summary.ts";
import { largest, measureTail, tailWeights, worst, worstLosses } from "../../src/risk/tail.ts";
import { freshKernel, seeded } from "../support/kernel.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

const sample = () =>
  Float64Array.from(reference<{ x: number[] }, unknown>("risk.sample-es").inputs.x);

test("measureTail: gives the published ES of a small sample, fractional weight included", () => {
  const { tolerance } = reference("risk.sample-es");
  for (const [[alpha], value] of referenceCases<[number], number>("risk.sample-es")) {
    const losses = sample();
    const tail = worstLosses(losses, losses.length);
    const measure = measureTail(tail, losses.length, level(alpha));
    expectClose(measure.expectedShortfall, value, tolerance);
  }
});

test("measureTail: counts the last scenario in part where the tail is not whole", () => {
  // 20 losses at 0.93: the tail is 1.4 scenarios, (12.6 + 0.4 · 8.4) / 1.4.
  const tail = worstLosses(sample(), 20);
  expect(measureTail(tail, 20, level(0.93)).expectedShortfall).toBeCloseTo(15.96 / 1.4, 12);
});

test("measureTail: takes the VaR of Hyndman and Fan's type 1", () => {
  const { inputs, expected } = reference<{ p: number[] }, { values: number[][] }>(
    "risk.sample-quantile.r-types",
  );
  const tail = worstLosses(sample(), 20);
  inputs.p.forEach((p, i) => {
    expect(measureTail(tail, 20, level(p)).valueAtRisk).toBe(expected.values[0]![i]);
  });
});

test.each<[string, (u: number, i: number) => number]>([
  ["that are often equal", (u) => Math.floor(u * 60)],
  ["that all differ", (u) => u - 0.5],
  ["that are all alike", () => -7],
  ["that are zero but for a few", (u) => (u > 0.98 ? u : 0)],
  ["of which one dwarfs the others", (u, i) => (i === 123 ? 1e140 : u)],
  ["of which one is far below the others", (u, i) => (i === 321 ? -1e140 : u)],
  ["that differ in their last bits", (u) => 1 + Math.floor(u * 9) * Number.EPSILON],
  ["that are next to nothing", (u) => Math.floor(u * 9) * Number.MIN_VALUE],
])("worst: of losses %s equals a full sort with ties broken by scenario", (_, law) => {
  const random = seeded(11);
  for (const size of [500, 3000]) {
    const losses = Float64Array.from({ length: size }, (__, i) => law(random(), i));
    const sorted = Array.from(losses.keys()).sort((a, b) => losses[b]! - losses[a]! || a - b);
    for (let count = 1; count <= size; count += Math.ceil(size / 70)) {
      expect([...worst(losses, count).scenarios]).toEqual(sorted.slice(0, count));
      expect([...worstLosses(losses, count)]).toEqual(
        sorted.slice(0, count).map((scenario) => losses[scenario]!),
      );
      expect(largest(losses.slice(), count)).toBe(losses[sorted[count - 1]!]);
    }
  }
});

test("tailWeights: sum to one and cut the last scenario", () => {
  const weights = tailWeights(20, level(0.93));
  expect(weights.length).toBe(2);
  expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 15);
  expect(weights[1]! / weights[0]!).toBeCloseTo(0.4, 12);
});

/** Numbers with a given law, from the kernel's normals: [count] each for four factors. */
function kernelNormals(seed: number, count: number): Float64Array[] {
  const { kernels, arena } = freshKernel();
  const keys = arena.take(320);
  const paths = arena.take(count * 4);
  const out = arena.take(count * 32);
  kernels.schedule(keys, seed, 0);
  arena.u32(paths, count).forEach((_, i, view) => {
    view[i] = i;
  });
  kernels.normals(out, paths, count, count, keys, 0, 0, 1);
  return [0, 1, 2, 3].map((f) => arena.f64(out + f * count * 8, count).slice());
}

describe("known laws", () => {
  const n = 400_000;
  const [a, b, c, d] = kernelNormals(17, n) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];

  test("riskAt: VaR and ES of a normal sample lie within 4.9 standard errors of the closed form", () => {
    for (const [[law, , , alpha], [valueAtRisk, shortfall]] of referenceCases<
      [string, number, number, number],
      [number, number]
    >("risk.closed-form.var-es")) {
      if (law !== "normal" || alpha > 0.999) continue;
      const at = level(alpha);
      const risk = riskAt(worstLosses(a, tailNeeded([at], n)), n, at);
      const z = (risk.valueAtRisk.value - valueAtRisk) / risk.valueAtRisk.standardError;
      expect(Math.abs(z), `VaR ${alpha}`).toBeLessThan(4.9);
      const e = risk.expectedShortfall;
      expect(Math.abs(e.value - shortfall) / e.standardError, `ES ${alpha}`).toBeLessThan(4.9);
    }
  });

  test("riskAt: standard errors agree with the asymptotic ones of a normal law within 10 %", () => {
    const at = level(0.95);
    const risk = riskAt(worstLosses(a, tailNeeded([at], n)), n, at);
    const [, [ofVaR, ofES]] = referenceCases<[string, number], [number, number]>(
      "risk.asymptotic-se",
    )[0]!;
    expect((risk.valueAtRisk.standardError * Math.sqrt(n)) / ofVaR).toBeCloseTo(1, 1);
    expect((risk.expectedShortfall.standardError * Math.sqrt(n)) / ofES).toBeCloseTo(1, 1);
  });

  test("riskAt: Student-t with 4 degrees of freedom agrees with its closed form", () => {
    // Through the quantile of each uniform: the sample has the exact law.
    const count = 50_000;
    const losses = Float64Array.from({ length: count }, (_, i) => {
      const u = Math.abs(a[i]!) < 8 ? 0.5 * (1 + Math.sign(a[i]!) * erf(Math.abs(a[i]!))) : 0.5;
      return studentQuantile(Math.min(1 - 1e-12, Math.max(1e-12, u)), 4);
    });
    for (const [[law, nu, , alpha], [valueAtRisk, shortfall]] of referenceCases<
      [string, number, number, number],
      [number, number]
    >("risk.closed-form.var-es")) {
      if (law !== "student-t" || nu !== 4 || alpha > 0.99) continue;
      const at = level(alpha);
      const { valueAtRisk: v, expectedShortfall: e } = riskAt(
        worstLosses(losses, tailNeeded([at], count)),
        count,
        at,
      );
      expect(Math.abs(v.value - valueAtRisk) / v.standardError).toBeLessThan(4.9);
      expect(Math.abs(e.value - shortfall) / e.standardError).toBeLessThan(4.9);
    }
  });

  test("Euler contributions of a multivariate normal lie within 4.9 batch errors of Tasche's closed form", () => {
    const { inputs, expected } = reference<
      { mu: number[]; cov: number[][]; alpha: number },
      { euler_ES: number[]; ES_total: number }
    >("alloc.euler.mvn.a");
    const [[s11, s12, s13], [, s22, s23], [, , s33]] = inputs.cov as [number[], number[], number[]];
    const l11 = Math.sqrt(s11!);
    const l21 = s12! / l11;
    const l31 = s13! / l11;
    const l22 = Math.sqrt(s22! - l21 * l21);
    const l32 = (s23! - l31 * l21) / l22;
    const l33 = Math.sqrt(s33! - l31 * l31 - l32 * l32);
    const parts = [
      a.map((z) => inputs.mu[0]! + l11 * z),
      a.map((z, i) => inputs.mu[1]! + l21 * z + l22 * b[i]!),
      a.map((z, i) => inputs.mu[2]! + l31 * z + l32 * b[i]! + l33 * c[i]!),
    ];
    const pool = parts[0]!.map((x, i) => x + parts[1]![i]! + parts[2]![i]!);
    const at = level(inputs.alpha);
    const shareOf = (from: number, count: number) => {
      const weights = tailWeights(count, at);
      const tail = worst(pool.subarray(from, from + count), weights.length);
      return parts.map((x) =>
        tail.scenarios.reduce((sum, s, i) => sum + weights[i]! * x[from + s]!, 0),
      );
    };
    const whole = shareOf(0, n);
    const batches = Array.from({ length: 20 }, (_, k) => shareOf((k * n) / 20, n / 20));
    whole.forEach((share, i) => {
      const error = batchError(
        batches.map((batch) => batch[i]!),
        batches.map(() => n / 20),
      );
      expect(Math.abs(share - expected.euler_ES[i]!) / error).toBeLessThan(4.9);
      // The error must be a meaningful one: about 0.3 % to 3 % of the pool's ES here.
      expect(error / expected.ES_total).toBeLessThan(0.01);
    });
    const total = whole.reduce((x, y) => x + y);
    const shortfall = measureTail(worstLosses(pool, n / 20), n, at).expectedShortfall;
    expect(total / shortfall).toBeCloseTo(1, 12);
  });

  test("the contributions' weights see dependence: an independent position contributes its mean", () => {
    const at = level(0.975);
    const weights = tailWeights(n, at);
    const tail = worst(a, weights.length);
    const independent = tail.scenarios.reduce((sum, s, i) => sum + weights[i]! * d[s]!, 0);
    expect(Math.abs(independent)).toBeLessThan(4.9 / Math.sqrt(n * 0.025));
    const own = tail.scenarios.reduce((sum, s, i) => sum + weights[i]! * a[s]!, 0);
    expect(own).toBeCloseTo(normalPdf(normalQuantile(0.975)) / 0.025, 1);
  });
});

// Error function by its series and continued fraction: an independent way to uniforms.
function erf(z: number): number {
  const x = z / Math.SQRT2;
  if (x < 3) {
    let sum = x;
    let term = x;
    for (let k = 1; k < 120; k++) {
      term *= (-x * x) / k;
      sum += term / (2 * k + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let f = 0;
  for (let k = 60; k > 0; k--) f = k / 2 / (x + f);
  return 1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + f);
}
