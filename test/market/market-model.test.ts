import { expect, test } from "vitest";
import { type MarketParameters, type ModelColumns, marketModel } from "../../src/market/index.ts";
import { studentCdf } from "../../src/numeric/index.ts";
import { expectClose } from "../support/reference.ts";
import { issuesOf } from "./seeded-history.ts";

const three: MarketParameters = {
  model: "gbm",
  assets: ["A", "B", "C"],
  volatility: [0.5, 0.8, 1.2],
  correlation: [
    [1, 0.6, 0.3],
    [0.6, 1, -0.2],
    [0.3, -0.2, 1],
  ],
  drift: [0.1, 0, -0.4],
};

const pair = (correlation: number, rest: Partial<MarketParameters> = {}): MarketParameters => ({
  model: "gbm",
  assets: ["A", "B"],
  volatility: [0.5, 0.8],
  correlation: [
    [1, correlation],
    [correlation, 1],
  ],
  ...rest,
});

const times = [1 / 365, 3 / 365, 10 / 365];

/** Covariance of log returns of assets u and v over step t. */
function stepCovariance(columns: ModelColumns, t: number, u: number, v: number): number {
  const { assets, factors, matrix } = columns;
  let sum = 0;
  for (let f = 0; f < factors; f++) {
    sum += matrix[(t * assets + u) * factors + f]! * matrix[(t * assets + v) * factors + f]!;
  }
  return sum;
}

test("marketModel: each step has the covariance σᵤ·σᵥ·ρ·dt and the drift of the log price", () => {
  const columns = marketModel(three).columns(times);
  const steps = [1, 2, 7];
  steps.forEach((days, t) => {
    for (let u = 0; u < 3; u++) {
      for (let v = 0; v < 3; v++) {
        const rho = three.correlation[u]![v]!;
        const known = (three.volatility[u]! * three.volatility[v]! * rho * days) / 365;
        expectClose(stepCovariance(columns, t, u, v), known, { rel: 1e-14, abs: 1e-17 });
      }
      expectClose(columns.drift[3 * t + u], (three.drift![u]! * days) / 365, { rel: 1e-14 });
    }
  });
  expect([columns.steps, columns.assets, columns.factors, columns.matrix.length]).toEqual([
    3, 3, 3, 27,
  ]);
});

test("marketModel: the market factor has variance one and is the mean of standardised moves", () => {
  const columns = marketModel(three).columns(times);
  const variance = columns.marketFactor.reduce((sum, weight) => sum + weight * weight, 0);
  expectClose(variance, 1, { rel: 1e-15 });
  // Covariance of the factor with asset B to the horizon: σ√T·(ρ's of B) / √(1'R1).
  let covariance = 0;
  for (let t = 0; t < 3; t++) {
    for (let f = 0; f < 3; f++) {
      covariance += columns.marketFactor[3 * t + f]! * columns.matrix[(3 * t + 1) * 3 + f]!;
    }
  }
  const known = (0.8 * Math.sqrt(10 / 365) * (0.6 + 1 - 0.2)) / Math.sqrt(3 + 2 * 0.7);
  expectClose(covariance, known, { rel: 1e-14 });
});

test("marketModel: paths are bounded at nine standard deviations around the drift", () => {
  const columns = marketModel({ ...three, volatility: [0.5, 0.8, 0] }).columns(times);
  const years = 3 / 365;
  expectClose(
    [...columns.bound.subarray(3, 6)],
    [9 * 0.5 * Math.sqrt(years) + 0.1 * years, 9 * 0.8 * Math.sqrt(years), 1e-6 + 0.4 * years],
    { rel: 1e-14 },
  );
});

test("marketModel: Student t paths are bounded at chance 1e-9, and at a factor of e^12", () => {
  const model = marketModel({ ...pair(0.5), model: "student-t", degreesOfFreedom: 4 });
  const columns = model.columns(times);
  const reach = columns.bound[0]! / (0.5 * Math.sqrt(times[0]!));
  // A t of four degrees and unit variance is t·√(2/4).
  expectClose(studentCdf(-reach * Math.sqrt(2), 4), 1e-9, { rel: 1e-9 });
  expect(model.columns([1]).bound[0]).toBe(12);
  expect([model.kernel, columns.mixing.yMax, columns.mixing.cells]).toEqual([
    "gaussian-mixture",
    23,
    1024,
  ]);
});

test("marketModel: two assets of correlation one move as one, and rank is reported", () => {
  const model = marketModel(pair(1));
  const columns = model.columns([1]);
  expect([...columns.matrix]).toEqual([0.5, 0, 0.8, 0]);
  expect([...columns.marketFactor]).toEqual([1, 0]);
  expect(model.notes.map((note) => note.code)).toEqual(["RANK"]);
  expectClose(model.smallestEigenvalue, 0, { abs: 1e-15 });
});

test("marketModel: two assets of correlation minus one cancel, and the first is the market", () => {
  const columns = marketModel(pair(-1)).columns([0.25]);
  expect([...columns.matrix]).toEqual([0.25, 0, -0.4, 0]);
  expect([...columns.marketFactor]).toEqual([1, 0]);
});

test("marketModel: repairs as asked, says by how much and keeps the parameters as given", () => {
  const bad: MarketParameters = {
    ...three,
    correlation: [
      [1, 0.9, 0.9],
      [0.9, 1, -0.9],
      [0.9, -0.9, 1],
    ],
    repair: "shrink",
  };
  const model = marketModel(bad);
  expect(model.notes.map((note) => note.code)).toEqual(["REPAIRED", "RANK"]);
  // Weight 4/9 of the identity leaves 0.5; see the test of the shrinking.
  expectClose(stepCovariance(model.columns([1]), 0, 1, 2), -0.5 * 0.8 * 1.2, { rel: 1e-13 });
  expectClose(model.smallestEigenvalue, -0.8, { rel: 1e-14 });
  expect(model.parameters).toBe(bad);
  expect(model.notes[0]!.detail).toMatch(/0\.9797958971132/);
});

test("marketModel: refuses a time grid that does not ascend from now, or is in days", () => {
  const { columns } = marketModel(three);
  expect(issuesOf(() => columns([]))).toEqual([["/times", "TIME_ORDER"]]);
  expect(issuesOf(() => columns([0, 1]))).toEqual([["/times/0", "TIME_ORDER"]]);
  expect(issuesOf(() => columns([0.1, 0.1]))).toEqual([["/times/1", "TIME_ORDER"]]);
  expect(issuesOf(() => columns([0.1, Number.NaN]))).toEqual([["/times/1", "TIME_ORDER"]]);
  expect(issuesOf(() => columns([10, 365]))).toEqual([["/times/1", "UNIT_SUSPECT"]]);
});

/** FNV-1a over the bytes, big-endian, so that the digest does not depend on the machine. */
function digest(...columns: readonly Float64Array[]): string {
  let hash = 0xcbf29ce484222325n;
  const view = new DataView(new ArrayBuffer(8));
  for (const value of columns.flatMap((column) => [...column])) {
    view.setFloat64(0, value);
    for (let i = 0; i < 8; i++) {
      hash = ((hash ^ BigInt(view.getUint8(i))) * 0x100000001b3n) & 0xffffffffffffffffn;
    }
  }
  return hash.toString(16);
}

test("marketModel: the columns have the same bits on every machine", () => {
  const model = marketModel({ ...three, model: "student-t", degreesOfFreedom: 3.7 });
  const { matrix, drift, marketFactor, bound, mixing } = model.columns(times);
  expect(digest(matrix, drift, marketFactor, bound)).toBe("fbb9636c5e1e0031");
  expect(digest(mixing.cubic)).toBe("45d1f24256362d09");
});
