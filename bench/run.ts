// Runs workloads in this process and prints them; rows go to the file of --rows.
import { writeFileSync } from "node:fs";
import { EFFORTS, processClock, type Size, timeCases } from "./harness.ts";
import { print } from "./print.ts";
import type { Row } from "./row.ts";
import { chosen } from "./workloads.ts";

const words = process.argv.slice(2);
const out = words.find((word) => word.startsWith("--rows="))?.slice("--rows=".length);
const names = words.filter((word) => !word.startsWith("--") && word !== "smoke");
const size: Size = words.includes("smoke") ? "smoke" : "full";
const rows: Row[] = [];
for (const make of chosen(names)) {
  const workload = make(size);
  const timings = await timeCases(workload, EFFORTS[size], processClock, process.version);
  console.log(print(workload.title, timings));
  for (const { row } of timings) rows.push(row);
}
if (out) writeFileSync(out, JSON.stringify(rows));
