// Method: whole valuations on both backends, compared as text.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { loadSync, type PoolDocument, type ValueOptions } from "../../../src/index.ts";
import { samplePool } from "../../support/sample-pool.ts";

const small = readFileSync(new URL("../../../examples/small-pool.json", import.meta.url), "utf8");
const pools: Readonly<Record<string, PoolDocument>> = {
  "sample pool": samplePool(),
  "small example": JSON.parse(small) as PoolDocument,
};
const wasm = loadSync({ backend: "wasm" });
const js = loadSync({ backend: "js" });

const cases = Object.keys(pools).flatMap((pool) =>
  ["gbm", "student-t"].flatMap((model) =>
    [false, true].map((audit) => [pool, model, audit ? "audit" : "profile"] as const),
  ),
);

test.each(cases)("value: the %s, %s, in %s mode, is the same text", async (name, model, mode) => {
  const pool = pools[name]!;
  const { degreesOfFreedom: _, ...market } = pool.market!;
  const options = {
    scenarios: 10_000,
    horizon: 30,
    seed: 18_446_744_073_709_551_615n,
    audit: mode === "audit",
    market: model === "gbm" ? { ...market, model } : { ...market, model, degreesOfFreedom: 4 },
  } as ValueOptions;
  const expected = await wasm.value(pool, options);
  expect(expected.contributions.rows.length).toBeGreaterThan(0);
  expect(expected.receipt.kernel).toBe(js.kernel);
  // Twice, because the second run finds the memory that the first has left.
  for (let run = 0; run < 2; run++) {
    expect(JSON.stringify(await js.value(pool, options))).toBe(JSON.stringify(expected));
  }
});
