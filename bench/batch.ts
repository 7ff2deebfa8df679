// Throughput of batches: pools a second in one thread and on workers, what part of the time is spent
// in kernel calls, and whether memory stays flat however many pools go by.
//   npm run bench:batch             10,000 pools
//   npm run bench:batch -- 200      as npm test has it

import { fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { compileKernelSync, instantiate, type Kernels } from "../src/engine/index.ts";
import { Engine } from "../src/facade.ts";
import { loadSync, readPool } from "../src/index.ts";
import { batchWorkers } from "../src/node.ts";
import { inlineExecutor } from "../src/runtime/index.ts";
import { smallPools, smallRun } from "./workload/batch.ts";

const POOLS = Number(process.argv[2] ?? 10_000);
/** Only as many pools as this in one thread: what a process beside another one is started for. */
const ONLY = "one-thread";
const SCENARIOS = 10_000;
/** Texts that are gone through again and again: a source must hold nothing itself. */
const texts = smallPools(Math.min(POOLS, 500)).map((pool) => JSON.stringify(pool));
/** What memory may grow by between the first tenth of the pools and all of them. */
const GROWTH_MAX = 60e6;

function* source(count: number): Generator<string> {
  // Another name is another pool: nothing of an earlier one may be made use of.
  for (let i = 0; i < count; i++) {
    yield texts[i % texts.length]!.replace('"name":"small', `"name":"round ${i}`);
  }
}

/** Kernels that add up the time spent in them, milliseconds. */
function watched(kernels: Kernels, spent: { ms: number }): Kernels {
  const entries = Object.entries(kernels).map(([name, value]: [string, unknown]) => {
    if (typeof value !== "function") return [name, value];
    const timed = (...words: number[]): unknown => {
      const start = performance.now();
      const answer: unknown = value(...words);
      spent.ms += performance.now() - start;
      return answer;
    };
    return [name, timed];
  });
  return Object.fromEntries(entries) as Kernels;
}

interface Measured {
  readonly cpuMs: number;
  readonly wallMs: number;
}

async function timed(
  engine: Engine,
  count: number,
  more: { readonly workers?: ReturnType<typeof batchWorkers>; readonly figures?: "value" } = {},
  each: (index: number) => void = () => {},
): Promise<Measured> {
  const start = performance.now();
  const used = process.cpuUsage();
  const options = { ...smallRun, scenarios: SCENARIOS, ...more };
  for await (const { index, error } of engine.valueMany(source(count), options)) {
    if (error) throw error;
    each(index);
  }
  const { user, system } = process.cpuUsage(used);
  return { cpuMs: (user + system) / 1000, wallMs: performance.now() - start };
}

const print = (name: string, { cpuMs, wallMs }: Measured, count: number) =>
  console.log(
    `${name}: ${((1000 * count) / wallMs).toFixed(0)} pools a second, ${(cpuMs / count).toFixed(2)} ms of CPU each`,
  );

/** Pools a second of two processes that have nothing to do with each other: more than two threads can have. */
async function sideBySide(): Promise<number> {
  const rates = [0, 1].map(
    () =>
      new Promise<number>((resolve, reject) => {
        const child = fork(process.argv[1]!, [String(POOLS), ONLY]);
        child.on("message", (rate) => resolve(Number(rate)));
        child.on("exit", (code) => reject(new Error(`a process ended with ${code}`)));
      }),
  );
  const [first, second] = await Promise.all(rates);
  return first! + second!;
}

const warm = Math.max(100, Math.round(POOLS / 5));
/** Pools that the one thread has valued when it is held against others: each of them begins as warm. */
const BEFORE = 3 * warm + POOLS;
const engine = loadSync();
if (process.argv[3] === ONLY) {
  await timed(engine, BEFORE);
  const { wallMs } = await timed(engine, POOLS);
  await new Promise((sent) => process.send!((1000 * POOLS) / wallMs, sent));
  process.exit();
}
await timed(engine, warm);

const spent = { ms: 0 };
const kernel = compileKernelSync("wasm");
const watching = new Engine("wasm", () => watched(instantiate(kernel), spent), inlineExecutor);
await timed(watching, warm);
spent.ms = 0;
const share = await timed(watching, warm);
console.log(`in kernel calls: ${((100 * spent.ms) / share.cpuMs).toFixed(1)} % of the CPU time`);

const reading = process.cpuUsage();
for (const text of source(warm)) readPool(text);
const { user, system } = process.cpuUsage(reading);
const readMs = (user + system) / 1000;
console.log(`reading, checks and digests: ${((100 * readMs) / share.cpuMs).toFixed(1)} % of it`);

const rss: number[] = [];
const alone = await timed(engine, POOLS, {}, (index) => {
  if ((index + 1) % (POOLS / 10) === 0) rss.push(process.memoryUsage().rss);
});
print("one thread", alone, POOLS);
console.log(`memory by tenths: ${rss.map((bytes) => (bytes / 1e6).toFixed(0)).join(" ")} MB`);

// Two engines compile everything once more.
const workers = batchWorkers({ workers: 2 });
await timed(engine, 2 * BEFORE, { workers });
const spread = await timed(engine, POOLS, { workers });
print("two workers", spread, POOLS);
const again = await timed(engine, POOLS);
console.log(
  `two workers are ${(again.wallMs / spread.wallMs).toFixed(2)} times one thread by the clock, on ${availableParallelism()} cores; they take ${(spread.cpuMs / again.cpuMs).toFixed(2)} times its CPU`,
);
await workers.dispose();
const pair = await sideBySide();
console.log(
  `two processes side by side: ${pair.toFixed(0)} pools a second, ${((pair * again.wallMs) / 1000 / POOLS).toFixed(2)} times one thread`,
);

const growth = Math.max(...rss.slice(1)) - rss[0]!;
console.log(`grew by ${(growth / 1e6).toFixed(0)} MB at most after the first tenth`);
if (!(growth <= GROWTH_MAX)) process.exitCode = 1;

// What `valueMany` finds unless it is told otherwise.
const everyone = { figures: "value" } as const;
await timed(watching, warm, everyone);
spent.ms = 0;
const whole = await timed(watching, warm, everyone);
print("one thread, with everyone's contributions", whole, warm);
console.log(
  `in kernel calls: ${((100 * spent.ms) / whole.cpuMs).toFixed(1)} % of the CPU time, reading, checks and digests ${((100 * readMs) / whole.cpuMs).toFixed(1)} %`,
);
