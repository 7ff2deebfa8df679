// W1b: the answer of W1 from value profiles. An option depends on one asset, so the pool's value is
// a sum of one-dimensional functions of the assets' prices: tabulate each once, then look it up.
import type { OptionPosition } from "../../src/book/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { benchMarket, HORIZON_DAYS, optionBook } from "../book.ts";
import { engines, lay, lossesOf } from "../engine.ts";
import type { Size, Workload } from "../harness.ts";
import { mulberry32, normalSource } from "../plain.ts";
import { scalar, scalarProfiles } from "../scalar.ts";
import { shockMatrix } from "../tuned.ts";
import { type Normals, ziggurat } from "../ziggurat.ts";
import {
  addLegs,
  idiomaticRevaluation,
  lossAnswer,
  optionColumns,
  sortedAnswer,
  tunedRevaluation,
  valueNow,
} from "./revaluation.ts";

const HORIZON = HORIZON_DAYS / 365;
/** Cubics per asset, over ±7 standard deviations: good to 1e-8 of the largest loss. */
const CELLS = 256;
const DEVIATIONS = 7;
const BLOCK = 128;

/** Cubics of the value of everything on one asset, as a function of its log return. */
interface Profile {
  readonly low: number;
  readonly perUnit: number;
  /** [4·cells] c0 … c3 */
  readonly cubic: Float64Array;
}

function profilesOf(options: readonly OptionPosition[]): Profile[] {
  const { numbers, starts, slope } = optionColumns(options, HORIZON);
  const legs = new Float64Array(2);
  const node = new Float64Array(2 * (CELLS + 1));
  return benchMarket.volatility.map((volatility, asset): Profile => {
    const reach = DEVIATIONS * volatility * Math.sqrt(HORIZON);
    const width = (2 * reach) / CELLS;
    for (let i = 0; i <= CELLS; i++) {
      const x = i * width - reach;
      addLegs(numbers, starts[asset]!, starts[asset + 1]!, x, legs);
      const linear = slope[asset]! * Math.exp(x);
      node[2 * i] = linear + legs[0]! - legs[1]!;
      node[2 * i + 1] = (linear + legs[0]!) * width;
    }
    const cubic = new Float64Array(4 * CELLS);
    for (let c = 0; c < CELLS; c++) {
      const [f0, g0, f1, g1] = node.subarray(2 * c, 2 * c + 4) as unknown as number[];
      const step = f1! - f0!;
      cubic.set([f0!, g0!, 3 * step - 2 * g0! - g1!, g0! + g1! - 2 * step], 4 * c);
    }
    return { low: -reach, perUnit: 1 / width, cubic };
  });
}

/** The pool's loss in every scenario. */
export function tunedProfiles(
  options: readonly OptionPosition[],
  scenarios: number,
  normals: Normals,
): Float64Array {
  const n = benchMarket.assets.length;
  const matrix = shockMatrix(benchMarket, HORIZON);
  const profiles = profilesOf(options);
  const start = optionColumns(options, HORIZON).constant - valueNow(options);
  const losses = new Float64Array(scenarios);
  const z = new Float64Array(BLOCK * n);
  for (let first = 0; first < scenarios; first += BLOCK) {
    normals.fill(z);
    const end = Math.min(scenarios, first + BLOCK);
    for (let s = first; s < end; s++) losses[s] = start;
    for (let i = 0; i < n; i++) {
      const { low, perUnit, cubic } = profiles[i]!;
      const last = CELLS - 1;
      const row = i * n;
      for (let s = first; s < end; s++) {
        const at = (s - first) * n;
        let x = 0;
        for (let k = 0; k <= i; k++) x += matrix[row + k]! * z[at + k]!;
        const place = Math.min(last + 1, Math.max(0, (x - low) * perUnit));
        const cell = Math.min(last, place | 0);
        const t = place - cell;
        const c = cell << 2;
        losses[s]! += cubic[c]! + t * (cubic[c + 1]! + t * (cubic[c + 2]! + t * cubic[c + 3]!));
      }
    }
  }
  return losses;
}

/** W1b in the given size. */
export function valueProfiles(size: Size): Workload {
  const [optionCount, scenarios, few] =
    size === "smoke" ? [100, 2000, 1000] : [1000, 100_000, 5000];
  const pool = readPool(optionBook(optionCount, 1));
  const { options } = pool.document;
  const source = ziggurat(1);
  const full = "Black–Scholes everywhere";
  const algorithm = "value profiles, their making included";
  return {
    id: "W1b",
    title: `The answer of W1 from value profiles, ${scenarios} scenarios`,
    unit: "option and scenario",
    cases: [
      ...engines().map(({ implementation, kernels }) => ({
        implementation,
        algorithm,
        units: optionCount * scenarios,
        run: () => lossAnswer(lossesOf(lay(kernels, pool, "profile").simulation, scenarios)),
      })),
      ...scalar().map(({ implementation, kernels }) => ({
        implementation,
        algorithm,
        units: optionCount * scenarios,
        run: () => lossAnswer(scalarProfiles(kernels, pool, scenarios)),
      })),
      {
        implementation: "tuned JS",
        algorithm,
        units: optionCount * scenarios,
        run: () => {
          source.start(0);
          return lossAnswer(tunedProfiles(options, scenarios, source));
        },
      },
      ...engines().map(({ implementation, kernels }) => ({
        implementation: `${implementation}, full revaluation`,
        algorithm: full,
        units: optionCount * few,
        run: () => lossAnswer(lossesOf(lay(kernels, pool, "audit").simulation, few)),
      })),
      {
        implementation: "tuned JS, full revaluation",
        algorithm: full,
        units: optionCount * few,
        run: () => {
          source.start(0);
          return lossAnswer(tunedRevaluation(options, few, source, addLegs));
        },
      },
      {
        implementation: "idiomatic JS, full revaluation",
        algorithm: `${full}, N to 1e-7`,
        units: optionCount * few,
        run: () => sortedAnswer(idiomaticRevaluation(options, few, normalSource(mulberry32(1)))),
      },
    ],
  };
}
