// W3p: W3 where losses depend on the path. 1,000 perpetuals liquidated at first passage; everyone's
// Euler contribution to ES 97.5 %, by walking the tail's paths once more.
import { level } from "../../src/basics/index.ts";
import type { PerpetualPosition } from "../../src/book/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { tailWeights, worst } from "../../src/risk/tail.ts";
import { perpetualBook, STEPS } from "../book.ts";
import { contributionsTo, engines, lay, lossesOf } from "../engine.ts";
import type { Answer, Size, Workload } from "../harness.ts";
import { mulberry32, normalSource } from "../plain.ts";
import { type Normals, ziggurat } from "../ziggurat.ts";
import { idiomaticContributions } from "./contributions.ts";
import { idiomaticWalk, ladderWalk } from "./liquidation.ts";

const LEVEL = level(0.975);

/** Contributions, and ES as their sum. */
function answer(shares: Float64Array): Answer {
  return { output: shares, figures: { "ES 97.5 %": shares.reduce((a, b) => a + b, 0) } };
}

/** Losses of the tail over their number: ES as a sum, but of scenarios. */
function totals(losses: Float64Array): Answer {
  const weights = tailWeights(losses.length, LEVEL);
  return answer(worst(losses, weights.length).losses.map((loss, i) => weights[i]! * loss));
}

/** Everyone's contribution, as a good web developer would write it: from a stored matrix. */
function idiomaticShares(positions: readonly PerpetualPosition[], paths: number): number[] {
  const walk = idiomaticWalk(positions, normalSource(mulberry32(1)));
  const rows = Array.from({ length: paths }, () => {
    const losses = walk();
    return { total: losses.reduce((a, b) => a + b, 0), losses };
  });
  return idiomaticContributions(rows);
}

/** Everyone's contribution, in plain JavaScript written to win. */
export function tunedShares(
  positions: readonly PerpetualPosition[],
  paths: number,
  normals: Normals,
): Float64Array {
  const walk = ladderWalk(positions, normals);
  const losses = new Float64Array(paths);
  for (let path = 0; path < paths; path++) losses[path] = walk.lossOf(path);
  const weights = tailWeights(paths, LEVEL);
  const shares = new Float64Array(positions.length);
  worst(losses, weights.length).scenarios.forEach((path, i) => {
    walk.lossOf(path);
    walk.addShares(weights[i]!, shares);
  });
  return shares;
}

/** W3p in the given size. */
export function liquidationShares(size: Size): Workload {
  const [accounts, paths, few] = size === "smoke" ? [64, 4000, 200] : [1000, 100_000, 400];
  const pool = readPool(perpetualBook(accounts));
  const { perpetuals } = pool.document;
  const source = ziggurat(1);
  const replayed = "totals, then the tail again";
  return {
    id: "W3p",
    title: `Euler contributions of ${accounts} perpetuals liquidated at first passage to ES 97.5 %`,
    unit: "path",
    cases: [
      ...engines().flatMap(({ implementation, kernels }) => [
        {
          implementation,
          algorithm: replayed,
          units: paths,
          run: () => {
            const laid = lay(kernels, pool, "profile", STEPS);
            return answer(contributionsTo(laid, lossesOf(laid.simulation, paths), LEVEL));
          },
        },
        {
          implementation: `${implementation}, ES only`,
          algorithm: "totals",
          aside: true as const,
          units: paths,
          run: () => totals(lossesOf(lay(kernels, pool, "profile", STEPS).simulation, paths)),
        },
      ]),
      {
        implementation: "tuned JS",
        algorithm: replayed,
        units: paths,
        run: () => answer(tunedShares(perpetuals, paths, source)),
      },
      {
        implementation: "idiomatic JS",
        algorithm: "stored matrix",
        units: few,
        run: () => answer(Float64Array.from(idiomaticShares(perpetuals, few))),
      },
    ],
  };
}
