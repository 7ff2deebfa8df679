// Prints what a plan says of a run and what the process grew by.
import { readFileSync } from "node:fs";
import { loadSync, readPool } from "../../src/index.ts";
import { workerPool } from "../../src/node.ts";
import { examplePool } from "./example-pool.ts";

const [scenarios, workers] = process.argv.slice(2).map(Number) as [number, number];
const peak = () =>
  1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]);
const engine = loadSync(workers > 0 ? { executor: workerPool({ workers }) } : {});
const example = examplePool();
// Millions of paths of many steps would take minutes.
const pool = readPool(scenarios > 1e6 ? { ...example, liquidation: undefined } : example);
const before = peak();
const { bytes } = await engine.plan(pool, { scenarios });
await engine.value(pool, { scenarios });
console.log(JSON.stringify({ planned: bytes.total, taken: peak() - before }));
await engine.dispose();
