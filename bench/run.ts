import { processClock, timeCases, type Size } from "./harness.ts";
import { revaluation } from "./workload/revaluation.ts";
import { valueProfiles } from "./workload/value-profiles.ts";
import { liquidation } from "./workload/liquidation.ts";
import { normals } from "./workload/normals.ts";

const size: Size = process.argv.includes("smoke") ? "smoke" : "full";
for (const make of [normals, revaluation, valueProfiles, liquidation].filter(f=>process.argv.includes(f.name))) {
  const rows = await timeCases(make(size), { warmUps: 3, rounds: 7, turnMs: 150 }, processClock, process.version);
  for (const {row: r, figures} of rows) console.log(r.workload, r.node, r.implementation, r.nanoseconds.toPrecision(4), r.spread.toFixed(3), r.hash, JSON.stringify(figures));
}
