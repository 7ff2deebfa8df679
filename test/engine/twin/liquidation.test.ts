// Method: margined pools on both backends; every bit of losses, statistics, moments, sums and
// sampled paths, for whatever can happen to an account.
import { expect, test } from "vitest";
import { BATCH } from "../../../src/engine/index.ts";
import { loadSync } from "../../../src/index.ts";
import type { PoolDocument } from "../../../src/pool/index.ts";
import { FULL, marketFor, marketsOf, mixedPool, PACED } from "../../support/liquidation-pool.ts";
import { layMarginRun, type Way } from "../../support/margin-run.ts";
import { mixedOptionPool } from "../../support/option-pool.ts";
import { bothKernels } from "../../support/twin.ts";

const costly = { ...FULL, markets: marketsOf(3, { fundingRate: 2, optionMaintenanceRatio: 0.03 }) };
const paced = { ...PACED, markets: marketsOf(3, { fundingRate: -3, sizeFactor: 0.001 }) };
const hourly: Way = { days: 5, stepDays: 1 / 6 };
const studentT = { market: marketFor(3, { model: "student-t", degreesOfFreedom: 4 }) };

const cases: Readonly<Record<string, readonly [PoolDocument, Way]>> = {
  "full closing of isolated and cross accounts": [mixedPool(FULL, 24, 6), hourly],
  "funding, slippage, student-t shocks": [mixedPool(costly, 24, 6, studentT), hourly],
  "paced closing with funding": [mixedPool(paced, 24, 6), hourly],
  "extremes between steps": [mixedPool(FULL, 24, 0), { ...hourly, continuous: true }],
  "margined options closed in full": [mixedOptionPool(FULL), hourly],
  "margined options closed at a pace": [mixedOptionPool(PACED), hourly],
  "an audit of margined options": [mixedOptionPool(PACED), { ...hourly, mode: "audit" }],
  "an audit": [mixedPool(costly, 8, 2), { ...hourly, mode: "audit" }],
};

function run(backend: "wasm" | "js", name: string): Float64Array<ArrayBuffer>[] {
  const [pool, way] = cases[name]!;
  const { laid, times, assets } = layMarginRun(bothKernels()[backend], pool, way);
  const { simulation } = laid;
  simulation.withMoments = true;
  const results = [0, BATCH].flatMap((first) => {
    simulation.runRange(first, BATCH);
    return simulation.columns(BATCH).map((column) => column.slice());
  });
  results.push(simulation.takeMoments().numbers);
  results.push(simulation.samplePaths([5, 900], times.length, assets).slice());
  return results;
}

test.each(Object.keys(cases))("simulate: %s, with the bits of the kernel", (name) => {
  const wasm = run("wasm", name);
  const js = run("js", name);
  const closed = wasm[1]!.reduce((sum, count) => sum + count, 0);
  expect(closed).toBeGreaterThan(BATCH);
  js.forEach((column, i) => {
    expect(new BigUint64Array(column.buffer), `column ${i}`).toEqual(
      new BigUint64Array(wasm[i]!.buffer),
    );
  });
});

test("value: a margined pool gives one result on both backends", async () => {
  const options = { scenarios: 5000, horizon: 5, step: "4h", samplePaths: 2, levels: [0.95] };
  const [wasm, js] = await Promise.all(
    (["wasm", "js"] as const).map((backend) =>
      loadSync({ backend }).value(mixedPool(costly, 12, 3), options),
    ),
  );
  expect(JSON.stringify(js)).toBe(JSON.stringify(wasm));
  expect(wasm!.liquidation!.liquidations.value).toBeGreaterThan(1);
});
