// Frame: everything about a pool of 10,000 options of 1,000 participants in 100,000 scenarios, as
// often as a screen is drawn: VaR, ES, and everyone's Euler contribution with its standard error.
// The measure is how much longer that takes than drawing the scenarios' normals alone.
import { level, tailCount } from "../../src/basics/index.ts";
import type { OptionPosition } from "../../src/book/index.ts";
import { chunksOf } from "../../src/engine/index.ts";
import { readPool } from "../../src/pool/index.ts";
import type { Contributions } from "../../src/risk/valuation.ts";
import { ASSETS, benchMarket, HORIZON_DAYS, optionBook } from "../book.ts";
import { bareFrame, engines } from "../engine.ts";
import type { Answer, Size, Workload } from "../harness.ts";
import { mulberry32, normalSource, riskOf } from "../plain.ts";
import { scalar, scalarProfiles, scalarReplay } from "../scalar.ts";
import { type Group, tailOf, visitsOf } from "../tuned.ts";
import { ziggurat } from "../ziggurat.ts";
import { idiomaticContributions, idiomaticLosses, replay } from "./contributions.ts";
import { kernelNormals } from "./normals.ts";
import { tunedProfiles } from "./value-profiles.ts";

const LEVEL = level(0.975);
const REVALUED = "value profiles, tails revalued";
/** Parts of an idiomatic run that each have a tail of their own, for standard errors. */
const BATCHES = 10;

/**
 * Everyone's contribution and its standard error, from batches of scenarios that each have a tail
 * of their own.
 *
 * @param replayed  everyone's contributions to the tails of groups, by revaluation
 * @returns         [participants × 2] contribution, standard error
 */
function batchedContributions(
  losses: Float64Array,
  replayed: (groups: readonly Group[]) => Float64Array[],
): Float64Array {
  const scenarios = losses.length;
  const batches = chunksOf(scenarios).map(({ first, count }) => ({
    first,
    losses: losses.subarray(first, first + count),
  }));
  const [whole, ...parts] = replayed([{ first: 0, losses }, ...batches]);
  const contributions = new Float64Array(2 * whole!.length);
  for (let p = 0; p < whole!.length; p++) {
    let mean = 0;
    let square = 0;
    parts.forEach((part, b) => {
      const weight = batches[b]!.losses.length / scenarios;
      mean += weight * part[p]!;
      square += weight * part[p]! ** 2;
    });
    contributions[2 * p] = whole![p]!;
    contributions[2 * p + 1] = Math.sqrt((square - mean * mean) / (parts.length - 1));
  }
  return contributions;
}

/** VaR, ES and everyone's contribution with its standard error. */
function batchedAnswer(
  losses: Float64Array,
  replayed: (groups: readonly Group[]) => Float64Array[],
): Answer {
  const k = Math.floor(tailCount(LEVEL, losses.length));
  const sorted = losses.slice().sort();
  return {
    output: batchedContributions(losses, replayed),
    figures: {
      "VaR 97.5 %": sorted[losses.length - k - 1]!,
      "ES 97.5 %": tailOf(losses).shortfall,
    },
  };
}

/**
 * The same as a good web developer would write it: everyone's losses stored, tails and batches
 * averaged. In few scenarios, because 100,000 would take minutes and a gigabyte.
 */
function idiomaticFrame(options: readonly OptionPosition[], scenarios: number): Answer {
  const rows = idiomaticLosses(options, scenarios, normalSource(mulberry32(1)));
  const { valueAtRisk, shortfall } = riskOf(rows.map(({ total }) => total));
  const size = scenarios / BATCHES;
  const parts = Array.from({ length: BATCHES }, (_, b) =>
    idiomaticContributions(rows.slice(b * size, (b + 1) * size)),
  );
  const output = idiomaticContributions(rows).flatMap((value, p) => {
    const mean = parts.reduce((sum, part) => sum + part[p]!, 0) / BATCHES;
    const variance = parts.reduce((sum, part) => sum + (part[p]! - mean) ** 2, 0) / (BATCHES - 1);
    return [value, Math.sqrt(variance / BATCHES)];
  });
  const figures = { "VaR 99 %": valueAtRisk, "ES 97.5 %": shortfall };
  return { output: Float64Array.from(output), figures };
}

function answer({ rows, total }: Contributions, valueAtRisk: number): Answer {
  return {
    output: Float64Array.from(
      rows.flatMap(({ contribution: { value, standardError } }) => [value, standardError]),
    ),
    figures: { "VaR 97.5 %": valueAtRisk, "ES 97.5 %": total.value },
  };
}

/** The frame in the given size. */
export function frame(size: Size): Workload {
  const [participants, optionCount, scenarios, few] =
    size === "smoke" ? [40, 400, 12_000, 400] : [1000, 10_000, 100_000, 800];
  const pool = readPool(optionBook(optionCount, participants));
  const { options } = pool.document;
  const source = ziggurat(1);
  const request = { market: benchMarket, scenarios, horizon: HORIZON_DAYS, confidence: 0.975 };
  const lean = { ...request, levels: [0.975], contributions: "euler" as const };
  const forms = engines();
  return {
    id: "frame",
    title: `VaR, ES and ${participants} contributions with standard errors: ${optionCount} options, ${scenarios} scenarios`,
    unit: "frame",
    cases: [
      ...forms.map(({ implementation, kernels }) => {
        const found = bareFrame(kernels, pool, scenarios, LEVEL);
        return {
          implementation,
          algorithm: "value profiles and their adjoint",
          units: 1,
          run: async (): Promise<Answer> => {
            const { valueAtRisk, contributions } = await found();
            return answer(contributions, valueAtRisk);
          },
        };
      }),
      ...forms.map(({ implementation, engine }) => ({
        implementation: `${implementation}, engine.value`,
        algorithm: "the same, with capital, exposures, histogram and digest",
        aside: true as const,
        units: 2,
        // Two seeds in turn: an engine answers from its last run where nothing but terms has changed.
        run: async () => {
          await engine.value(pool, { ...lean, seed: 2n });
          const { risk, contributions } = await engine.value(pool, { ...lean, seed: 1n });
          const at = risk.levels.find((one) => one.level === LEVEL / 1e6)!;
          return answer(contributions, at.valueAtRisk.value);
        },
      })),
      ...forms.map(({ implementation, kernels }) => ({
        implementation: `${implementation}, the normals alone`,
        algorithm: "normals",
        aside: true as const,
        units: 1,
        run: () => kernelNormals(kernels, ASSETS * scenarios),
      })),
      ...scalar().map(({ implementation, kernels: own }) => ({
        implementation,
        algorithm: REVALUED,
        units: 1,
        run: () =>
          batchedAnswer(scalarProfiles(own, pool, scenarios), (groups) =>
            scalarReplay(own, pool, visitsOf(groups, LEVEL), groups.length),
          ),
      })),
      {
        implementation: "tuned JS",
        algorithm: REVALUED,
        units: 1,
        run: () => {
          source.start(0);
          const losses = tunedProfiles(options, scenarios, source);
          source.start(0);
          return batchedAnswer(losses, (groups) =>
            replay(options, participants, groups, LEVEL, source),
          );
        },
      },
      {
        implementation: "idiomatic JS",
        algorithm: "full revaluation, stored matrix",
        units: few / scenarios,
        run: () => idiomaticFrame(options, few),
      },
    ],
  };
}
