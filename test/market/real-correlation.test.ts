// Method: correlation matrices of real coins, where they lie beside the repository; skipped elsewhere.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type MarketParameters, marketModel, smallestEigenvalue } from "../../src/market/index.ts";
import { expectClose } from "../support/reference.ts";
import { issuesOf } from "./seeded-history.ts";

const folder =
  process.env["RISKPOOL_SHARED"] ?? fileURLToPath(new URL("../../../shared", import.meta.url));
const fileOf = (name: string): string => `${folder}/data/${name}.csv`;
const absent = !existsSync(fileOf("corr_nonpsd_pairwise_24"));

function parametersOf(name: string): MarketParameters {
  const [head, ...rows] = readFileSync(fileOf(name), "utf8").trim().split("\n");
  const assets = head!.split(",").slice(1);
  return {
    model: "gbm",
    assets,
    volatility: assets.map(() => 0.8),
    correlation: rows.map((row) => row.split(",").slice(1).map(Number)),
  };
}

test.skipIf(absent)("marketModel: takes the correlation of eleven coins on common days", () => {
  const model = marketModel(parametersOf("corr_daily_pearson_11"));
  expectClose(model.smallestEigenvalue, 0.166, { abs: 5e-4 });
  expect(model.notes).toEqual([]);
});

test.skipIf(absent)(
  "marketModel: refuses 24 coins correlated pair by pair, and repairs them",
  () => {
    const parameters = parametersOf("corr_nonpsd_pairwise_24");
    expect(issuesOf(() => marketModel(parameters))).toEqual([["/correlation", "MATRIX_NOT_PSD"]]);
    expect(() => marketModel(parameters)).toThrow("eigenvalue is -0.40165");

    for (const repair of ["nearest", "shrink"] as const) {
      const model = marketModel({ ...parameters, repair });
      expectClose(model.smallestEigenvalue, -0.402, { abs: 5e-4 });
      expect(model.notes[0]!.code).toBe("REPAIRED");
      const { matrix } = model.columns([1]);
      const correlation = new Float64Array(24 * 24);
      for (let i = 0; i < 24; i++) {
        for (let j = 0; j < 24; j++) {
          for (let f = 0; f < 24; f++) {
            correlation[i * 24 + j]! += (matrix[i * 24 + f]! * matrix[j * 24 + f]!) / 0.64;
          }
        }
        expectClose(correlation[i * 24 + i], 1, { abs: 1e-10 });
      }
      expectClose(smallestEigenvalue(correlation, 24), 0, { abs: 1e-7 });
    }
  },
);
