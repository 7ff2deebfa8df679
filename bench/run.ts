// Workloads W0, W1 and W1b in one process, interleaved, against plain JavaScript.
//   npm run bench            full size
//   npm run bench -- smoke   small, to see that it runs

import {
  BATCH,
  type CompiledKernel,
  chunksOf,
  compileKernelSync,
  instantiate,
  type Kernels,
  type Simulation,
} from "../src/engine/index.ts";
import { marketModel } from "../src/market/index.ts";
import { readPool } from "../src/pool/index.ts";
import { accountsOf } from "../src/risk/account.ts";
import { layPool } from "../src/risk/layout.ts";
import { worstLosses } from "../src/risk/tail.ts";
import { benchMarket, benchPool, HORIZON_DAYS } from "./book.ts";
import { printTimings, timeCases } from "./harness.ts";
import { idiomaticNormals, idiomaticValueAtRisk } from "./idiomatic.ts";
import { tunedNormals, tunedValueAtRisk } from "./tuned.ts";

const smoke = process.argv.includes("smoke");
const ROUNDS = smoke ? 1 : 7;
const OPTIONS = smoke ? 100 : 1000;
const SCENARIOS = smoke ? 10_000 : 100_000;
const SLOW_SCENARIOS = smoke ? 500 : 5_000;
const PROFILE_REPEATS = smoke ? 1 : 20;
const NORMALS = smoke ? 100_000 : 4_000_000;

const wasm = compileKernelSync("wasm");
const js = compileKernelSync("js");
const { document, asOfMs } = readPool(benchPool(OPTIONS));

const kernels = instantiate(wasm);
const twinKernels = instantiate(js);

function lay(mode: "profile" | "audit", inMemoryOf: Kernels = kernels) {
  return layPool(inMemoryOf, {
    accounts: accountsOf(document, HORIZON_DAYS / 365, 0),
    covers: [],
    asOfMs,
    model: marketModel(benchMarket),
    seed: 7n,
    mode,
  });
}

const valueNow = accountsOf(document, HORIZON_DAYS / 365, 0).list.reduce(
  (sum, a) => sum + a.valueNow,
  0,
);

function lossesOf(simulation: Simulation, scenarios: number): Float64Array {
  const losses = new Float64Array(scenarios);
  for (const { first, count } of chunksOf(scenarios)) {
    for (let from = first; from < first + count; from += BATCH) {
      losses.set(simulation.runRange(from, Math.min(BATCH, first + count - from)), from);
    }
  }
  return losses;
}

/** The loss that 1 % of the scenarios exceed or reach. */
function valueAtRisk(losses: Float64Array): number {
  const count = losses.length - Math.ceil(0.99 * losses.length) + 1;
  return worstLosses(losses, count)[count - 1]!;
}

/** W1b, as often as fills the time of one full revaluation. */
function profileAnswer(inMemoryOf: Kernels): number {
  let answer = 0;
  for (let i = 0; i < PROFILE_REPEATS; i++) {
    const { simulation } = lay("profile", inMemoryOf);
    simulation.withMoments = false;
    answer = valueAtRisk(lossesOf(simulation, SCENARIOS));
  }
  return answer;
}

/** W0: standard normals, eight factors per path. */
function kernelNormals(kernel: CompiledKernel, count: number): number {
  const memory = instantiate(kernel);
  memory.memory.grow(16);
  const keys = memory.columnsStart();
  const paths = keys + 1024;
  const out = paths + 4096;
  memory.schedule(keys, 7, 0);
  const list = new Uint32Array(memory.memory.buffer, paths, 128);
  const z = new Float64Array(memory.memory.buffer, out, 1024);
  let sum = 0;
  for (let done = 0; done < count; done += 1024) {
    for (let i = 0; i < 128; i++) list[i] = done / 8 + i;
    memory.normals(out, paths, 128, 128, keys, 0, 0, 2);
    sum += z[0]! + z[1023]!;
  }
  return sum;
}

printTimings(
  "W0  standard normals",
  "normal",
  timeCases(
    [
      { name: "riskpool (Philox, SIMD)", units: NORMALS, run: () => kernelNormals(wasm, NORMALS) },
      {
        name: "riskpool, plain JS (Philox)",
        units: NORMALS,
        run: () => kernelNormals(js, NORMALS),
      },
      { name: "tuned JS (ziggurat)", units: NORMALS, run: () => tunedNormals(NORMALS) },
      { name: "idiomatic JS", units: NORMALS / 4, run: () => idiomaticNormals(NORMALS / 4) },
    ],
    ROUNDS,
  ),
  "riskpool (Philox, SIMD)",
);

const full = timeCases(
  [
    {
      name: "riskpool, full revaluation",
      units: OPTIONS * SCENARIOS,
      run: () => valueAtRisk(lossesOf(lay("audit").simulation, SCENARIOS)),
    },
    {
      name: "riskpool, value profiles",
      units: OPTIONS * SCENARIOS * PROFILE_REPEATS,
      run: () => profileAnswer(kernels),
    },
    {
      name: "riskpool, plain JS, full",
      units: OPTIONS * SCENARIOS,
      run: () => valueAtRisk(lossesOf(lay("audit", twinKernels).simulation, SCENARIOS)),
    },
    {
      name: "riskpool, plain JS, profiles",
      units: OPTIONS * SCENARIOS * PROFILE_REPEATS,
      run: () => profileAnswer(twinKernels),
    },
    {
      name: "tuned JS",
      units: OPTIONS * SLOW_SCENARIOS,
      run: () => tunedValueAtRisk(document.options, SLOW_SCENARIOS, valueNow),
    },
    {
      name: "idiomatic JS",
      units: OPTIONS * SLOW_SCENARIOS,
      run: () => idiomaticValueAtRisk(document.options, SLOW_SCENARIOS),
    },
  ],
  ROUNDS,
);
printTimings(
  `W1  VaR 99 % of ${OPTIONS} options on 8 assets, ${SCENARIOS} scenarios (W1b: value profiles, set-up included)`,
  "position-scenario",
  full,
  "riskpool, full revaluation",
);
const [audit, profile] = full;
console.log(
  `  W1b is ${(audit!.nanoseconds / profile!.nanoseconds).toFixed(0)} x W1; VaR differs by ` +
    `${(Math.abs(audit!.answer / profile!.answer - 1)).toExponential(1)} of itself`,
);
