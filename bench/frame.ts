// One frame: 10,000 options of 1,000 participants on eight assets, 100,000 scenarios: risk,
// contributions with error bars, waterfall and exposures of `engine.value`, in CPU time of the
// 800,000 normals that the scenarios are made of.
//   npm run bench:frame              members long: the pool writes every option
//   npm run bench:frame -- short     three in ten are short, each with collateral of its own

import type { OptionPosition } from "../src/book/index.ts";
import { compileKernelSync, instantiate } from "../src/engine/index.ts";
import { loadSync, type PoolDocument, readPool } from "../src/index.ts";
import { benchMarket, benchPool, HORIZON_DAYS } from "./book.ts";

const OPTIONS = 10_000;
const PARTICIPANTS = 1000;
const SCENARIOS = 100_000;
const ROUNDS = Number(process.env["ROUNDS"] ?? 31);
const WARM = Number(process.env["WARM"] ?? 40);

function framePool(shorts: boolean): PoolDocument {
  const pool = benchPool(OPTIONS);
  const name = (i: number) => `p${String(i).padStart(4, "0")}`;
  const options = pool.options.map((option, i): OptionPosition => {
    // A multiplier prime to the number of assets spreads everyone over all of them.
    const own = { ...option, participant: name((i * 7919) % PARTICIPANTS) };
    if (!shorts || i % 10 >= 3) return own;
    return { ...own, side: "short", collateral: (option.quantity * option.strike).toFixed(2) };
  });
  const participants = Array.from({ length: PARTICIPANTS }, (_, i) => ({
    id: name(i),
    margin: "isolated" as const,
  }));
  const weights = participants.map(({ id }) => ({ participant: id, weight: 1 }));
  return {
    ...pool,
    participants,
    options,
    waterfall: {
      layers: [{ id: "first", order: 1, kind: "operator", size: "100000.00" }],
      lastResort: { kind: "socialised", weights },
    },
  };
}

/** The normals of the scenarios alone. */
const kernel = compileKernelSync();
const memory = instantiate(kernel);
memory.memory.grow(16);
function normals(): number {
  const keys = memory.columnsStart();
  const paths = keys + 1024;
  const out = paths + 4096;
  memory.schedule(keys, 7, 0);
  const list = new Uint32Array(memory.memory.buffer, paths, 128);
  for (let done = 0; done < SCENARIOS; done += 128) {
    for (let i = 0; i < 128; i++) list[i] = done + i;
    memory.normals(out, paths, Math.min(128, SCENARIOS - done), 128, keys, 0, 0, 2);
  }
  return new Float64Array(memory.memory.buffer, out, 1)[0]!;
}

/** CPU milliseconds of the process. */
async function timeOf(work: () => unknown): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;

const engine = loadSync();
const pool = readPool(framePool(process.argv.includes("short")));
const standAlone = process.argv.includes("alone");
const run = { market: benchMarket, scenarios: SCENARIOS, horizon: HORIZON_DAYS, standAlone };
const frame = (seed: bigint) => engine.value(pool, { ...run, seed });
for (let i = 0; i < WARM; i++) {
  await frame(BigInt(i));
  normals();
}
const frames: number[] = [];
const bare: number[] = [];
const walls: number[] = [];
for (let i = 0; i < ROUNDS; i++) {
  bare.push(await timeOf(() => normals()));
  const start = performance.now();
  frames.push(await timeOf(() => frame(BigInt(100 + i))));
  walls.push(performance.now() - start);
}
const [w0, whole] = [median(bare), median(frames)];
console.log(
  `${process.version}: normals ${w0.toFixed(2)} ms, frame ${whole.toFixed(1)} ms ` +
    `(${frames[0]!.toFixed(1)} … ${frames.at(-1)!.toFixed(1)}; wall ${median(walls).toFixed(1)}), ${(whole / w0).toFixed(1)} x`,
);
