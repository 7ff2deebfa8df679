import type {
  Allocation,
  ContributionTerms,
  Engine,
  Pool,
  PoolDocument,
  PriceShock,
  Progress,
  Proposal,
  Quote,
  SamplePaths,
  ShockLoss,
} from "../../index.ts";
import { shockLosses } from "../../index.ts";
import type { RoomRequest } from "./controls.ts";

/** A question beside the valuation, on the same document, market and seed. */
export type Study =
  | { readonly name: "shocks"; readonly shocks: readonly PriceShock[] }
  | { readonly name: "rules"; readonly rules: readonly ContributionTerms[] }
  | { readonly name: "paths" }
  | { readonly name: "quote"; readonly proposal: Proposal };

/** What came of a study. */
export type StudyResult =
  | { readonly name: "shocks"; readonly losses: readonly ShockLoss[] }
  | { readonly name: "rules"; readonly allocations: readonly Allocation[] }
  | { readonly name: "paths"; readonly paths: SamplePaths }
  | { readonly name: "quote"; readonly quote: Quote };

/** What a study hears and tells while it goes on. */
export interface StudyHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Shocks between two looks at whether they are still wanted: some 20 ms of a large pool. */
const SHOCKS_AT_ONCE = 8;
/** Paths that are drawn or summed up in bands. */
const PATHS = 200;
/** Steps of a path: about as many as a small chart has points. */
const PATH_STEPS = 60;
/** The least that a run takes: only its first paths are looked at. */
const PATH_SCENARIOS = 1000;

/**
 * What the engine is asked for paths to look at, where the run itself looks at the horizon alone: a
 * small run of its own, with steps.
 */
export function pathOptions({ options }: RoomRequest): RoomRequest["options"] {
  const { horizon, worstPaths, ...rest } = options;
  return {
    ...rest,
    horizon: horizon!,
    scenarios: PATH_SCENARIOS,
    levels: [0.9],
    confidence: 0.9,
    step: Number(horizon) / PATH_STEPS,
    samplePaths: PATHS,
  };
}

/** The contribution terms of a rule by itself: no bounds, no records but those the rule is made of. */
export function bareTerms(
  document: PoolDocument,
  rule: ContributionTerms["rule"],
): ContributionTerms {
  const { gearing, weights, members } = document.contribution ?? {};
  if (rule === "gearing") return { rule, ...(gearing !== undefined && { gearing }) };
  if (rule === "formula") return { rule, ...(weights && { weights }), ...(members && { members }) };
  return { rule };
}

/** Asks the engine. The same request and study give the same bits anywhere. */
export async function runStudy(
  engine: Engine,
  pool: Pool,
  request: RoomRequest,
  study: Study,
  hooks: Partial<StudyHooks> = {},
): Promise<StudyResult> {
  const { worstPaths, samplePaths, ...options } = request.options;
  const asked = { ...options, ...hooks };
  switch (study.name) {
    case "shocks": {
      const losses: ShockLoss[] = [];
      for (let from = 0; from < study.shocks.length; from += SHOCKS_AT_ONCE) {
        const some = study.shocks.slice(from, from + SHOCKS_AT_ONCE);
        losses.push(...(await shockLosses(pool, some, { market: options.market })));
        await breath();
        hooks.signal?.throwIfAborted();
      }
      return { name: "shocks", losses };
    }
    case "rules": {
      const allocations = await engine.allocate(pool, { ...asked, rules: study.rules });
      return { name: "rules", allocations };
    }
    case "paths": {
      const valuation = await engine.value(pool, { ...pathOptions(request), ...hooks });
      return { name: "paths", paths: valuation.samplePaths! };
    }
    case "quote":
      return { name: "quote", quote: await engine.quote(pool, study.proposal, asked) };
  }
}

/** Lets messages in: an abort is one. */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
