// Many runs in one process, to see that its memory stays flat: engines in the caller's thread and on
// workers, loaded and disposed of again and again, runs that end and runs that are aborted.
//   npm run night           10,000 runs, some minutes
//   npm run night -- 300    as npm test has it

import { load } from "../src/index.ts";
import { workerPool } from "../src/node.ts";
import { samplePool } from "../test/support/sample-pool.ts";

const RUNS = Number(process.argv[2] ?? 10_000);
/** Runs after which an engine is disposed of and another one loaded. */
const LIFE = 100;
/** What a process may grow by after its first runs: garbage that has not been collected yet. */
const GROWTH_MAX = 60e6;

const options = { scenarios: 4_000, confidence: 0.9, levels: [0.9] };
const pool = samplePool();
const first = JSON.stringify(await (await load()).value(pool, options));

const rss = () => process.memoryUsage().rss;
const settled = Math.max(2 * LIFE, Math.round(RUNS / 10));
let base = 0;
let most = 0;

for (let run = 0; run < RUNS; run += LIFE) {
  const isSpread = (run / LIFE) % 2 === 1;
  const engine = await load(isSpread ? { executor: workerPool({ workers: 2 }) } : {});
  for (let i = 0; i < LIFE && run + i < RUNS; i++) {
    const control = new AbortController();
    const isAborted = i % 10 === 9;
    const one = engine.value(pool, { ...options, seed: 1n, signal: control.signal });
    // Somewhere in the middle.
    if (isAborted) setTimeout(() => control.abort(), 8);
    const answer = await one.then(JSON.stringify, () => "");
    const isRight = answer === first || (isAborted && answer === "");
    if (!isRight) throw new Error(`run ${run + i} gave another answer`);
  }
  await engine.dispose();
  const done = Math.min(run + LIFE, RUNS);
  if (done <= settled) base = Math.max(base, rss());
  else most = Math.max(most, rss());
  if (done % Math.max(LIFE, RUNS / 10) === 0) {
    console.log(`${String(done).padStart(6)} runs: ${(rss() / 1e6).toFixed(0)} MB`);
  }
}
const growth = most - base;
console.log(`grew by ${(growth / 1e6).toFixed(0)} MB at most after ${settled} runs`);
if (!(growth <= GROWTH_MAX)) process.exitCode = 1;
