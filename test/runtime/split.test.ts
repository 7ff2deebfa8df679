// Method: the same paths in other pieces, orders and threads, compared bit for bit.

import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { freshKernel, seeded } from "../support/kernel.ts";
import { losses, lossesInOrder, simulationOf } from "../support/simulation.ts";

const SCENARIOS = 8192;
let whole: Float64Array;

beforeAll(() => {
  whole = losses(simulationOf(freshKernel().kernels), 0, SCENARIOS, 1024);
});

test("simulate: any cut of the range gives the same bits", () => {
  const random = seeded(21);
  const simulation = simulationOf(freshKernel().kernels);
  for (let round = 0; round < 20; round++) {
    const batch = 1 + Math.floor(random() * 1024);
    expect(losses(simulation, 0, SCENARIOS, batch), `batches of ${batch}`).toEqual(whole);
  }
});

test("simulate: any list of paths in any order gives each path its own loss", () => {
  const random = seeded(22);
  const simulation = simulationOf(freshKernel().kernels);
  const list = Array.from({ length: 3000 }, () => Math.floor(random() * SCENARIOS));
  const inOrder = lossesInOrder(simulation, list);
  list.forEach((path, i) => {
    expect(inOrder[i]).toBe(whole[path]);
  });
});

test("simulate: two threads give the bits of one", async () => {
  // The worker is the same code in a thread and kernel instance of its own.
  const outfile = fileURLToPath(new URL("../../build/split-worker.mjs", import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL("../support/split-worker.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    target: "es2022",
    outfile,
    logLevel: "silent",
  });
  const half = SCENARIOS / 2;
  const parts = await Promise.all(
    [0, half].map(
      (first) =>
        new Promise<Float64Array>((resolve, reject) => {
          const worker = new Worker(outfile, { workerData: { first, count: half } });
          worker.once("message", resolve);
          worker.once("error", reject);
        }),
    ),
  );
  const joined = new Float64Array(SCENARIOS);
  joined.set(parts[0]!, 0);
  joined.set(parts[1]!, half);
  expect(joined).toEqual(whole);
});
