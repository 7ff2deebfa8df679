import { processClock, timeCases, type Size } from "./harness.ts";
import { revaluation } from "./workload/revaluation.ts";
import { normals } from "./workload/normals.ts";

const size: Size = process.argv.includes("smoke") ? "smoke" : "full";
for (const make of [normals, revaluation].filter(f=>process.argv.includes(f.name))) {
  const rows = await timeCases(make(size), { warmUps: 2, rounds: 7 }, processClock, process.version);
  for (const {row: r, figures} of rows) console.log(r.workload, r.node, r.implementation, r.nanoseconds.toPrecision(4), r.spread.toFixed(3), r.hash, JSON.stringify(figures));
}
