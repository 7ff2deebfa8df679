// What `engine.plan` says that jobs take against what they then take, in core-seconds: seven shapes of
// job, each in a process of its own that plans, values, and says both.
//   npm run bench:plan                  every shape, three times
//   npm run bench:plan -- covers 5      one of them, five times

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadSync, type ValueOptions } from "../src/index.ts";
import type { PoolDocument } from "../src/pool/index.ts";
import { examplePool } from "../test/support/example-pool.ts";
import { barrierBook, frequentCovers, optionBook, studentBook } from "./book.ts";
import { smallPools } from "./workload/batch.ts";

interface Shape {
  readonly pool: () => PoolDocument;
  readonly options: ValueOptions;
}

/** One that takes seconds, of every kind of work that a valuation may consist of. */
const SHAPES: Readonly<Record<string, Shape>> = {
  "small pool at its horizon": {
    pool: () => smallPools(1)[0]!,
    options: { scenarios: 10_000_000, horizon: 10 },
  },
  "10,000 options, everything": {
    pool: () => optionBook(10_000, 1_000),
    options: { scenarios: 1_000_000, horizon: 10 },
  },
  "10,000 options, Euler alone": {
    pool: () => optionBook(10_000, 1_000),
    options: { scenarios: 3_000_000, horizon: 10, contributions: "euler" },
  },
  "the example, liquidated by the hour": {
    pool: examplePool,
    options: { scenarios: 100_000 },
  },
  "barriers by the hour, paths to look at": {
    pool: () => barrierBook(400, 100),
    options: { scenarios: 100_000, horizon: 10, step: "1h", samplePaths: 500 },
  },
  "Student-t, many cells": {
    pool: () => studentBook(4_000, 500),
    options: { scenarios: 400_000, horizon: 30 },
  },
  "covers of frequent events": {
    pool: () => frequentCovers(1_000),
    options: { scenarios: 500_000, horizon: 90 },
  },
};

/** Core-seconds of this process while something runs. */
async function coreSeconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** What one process found. */
interface Found {
  readonly planned: number;
  readonly taken: number;
}

/** Plans first thing, then values: what a plan says is of a process that has run nothing yet. */
async function planned({ pool, options }: Shape): Promise<Found> {
  const engine = loadSync();
  const text = JSON.stringify(pool());
  const plans: number[] = [];
  const taken = await coreSeconds(async () => {
    plans.push((await engine.plan(text, options)).coreSeconds);
  });
  return { planned: plans[0]!, taken };
}

async function valued({ pool, options }: Shape): Promise<Found> {
  const engine = loadSync();
  const text = JSON.stringify(pool());
  return { planned: 0, taken: await coreSeconds(() => engine.value(text, options)) };
}

/** Plans and values in a process that has done both before. */
async function warm({ pool, options }: Shape): Promise<Found> {
  const engine = loadSync();
  const text = JSON.stringify(pool());
  for (let i = 0; i < 2; i++) await engine.plan(text, options);
  await engine.value(text, { ...options, scenarios: 50_000 });
  const { coreSeconds: seconds } = await engine.plan(text, options);
  return { planned: seconds, taken: await coreSeconds(() => engine.value(text, options)) };
}

const WORK: Readonly<Record<string, (shape: Shape) => Promise<Found>>> = { planned, valued, warm };

function inProcess(name: string, work: string): Found {
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), name, work], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(String(stdout)) as Found;
}

const middle = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[values.length >> 1]!;
const all = (values: readonly number[]) =>
  [...values]
    .sort((a, b) => a - b)
    .map((value) => value.toFixed(2))
    .join(" ");

/** Rounds of one shape: in processes of their own, and in one that is warm. */
function compare(name: string, rounds: number): string {
  const fresh: number[] = [];
  const again: number[] = [];
  const columns: { planned: number; taken: number; planning: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const plan = inProcess(name, "planned");
    const value = inProcess(name, "valued");
    const both = inProcess(name, "warm");
    fresh.push(plan.planned / value.taken);
    again.push(both.planned / both.taken);
    columns.push({ planned: plan.planned, taken: value.taken, planning: plan.taken });
  }
  const of = (figure: keyof (typeof columns)[number]) =>
    middle(columns.map((row) => row[figure])).toFixed(2);
  return `| ${name} | ${of("planned")} | ${of("taken")} | ${all(fresh)} | ${all(again)} | ${of("planning")} |`;
}

const [word = "", second = "3"] = process.argv.slice(2);
if (Object.hasOwn(WORK, second)) {
  console.log(JSON.stringify(await WORK[second]!(SHAPES[word]!)));
} else {
  console.log("| Job | predicted, s | measured, s | ratios | in a warm process | planning, s |");
  console.log("| --- | --- | --- | --- | --- | --- |");
  for (const name of Object.keys(SHAPES)) {
    if (name.includes(word)) console.log(compare(name, Number(second)));
  }
}
