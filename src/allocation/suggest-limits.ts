import {
  type Check,
  Findings,
  money,
  moneyIssue,
  number,
  object,
  optional,
  printMoney,
  roundUp,
} from "../basics/index.ts";
import { openInterestLimit } from "../incentive/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { type PoolRun, ScenarioQuadrature } from "../risk/index.ts";
import type { ExposureLimit, LimitTerms } from "../terms/index.ts";
import { shortfallOf } from "./average-rule.ts";

/** What limits are made from; every part has a default. */
export interface LimitPolicy {
  /** How extreme a move until the horizon positions of one side must not cost too much in; 0.999. */
  readonly moveLevel?: number;
  /** Most of the pool's capital that such a move may cost; 0.3. */
  readonly lossShare?: number;
  /** Most of the pool's ES that one participant may be the cause of; 0.25. */
  readonly participantShare?: number;
  /** What somebody who moves a price can trade; no bound against it when left out. */
  readonly attackerCapital?: string;
  /** Most of the pool's capital that may be gained so; 0.05. */
  readonly gainShare?: number;
  /** Most open interest as a multiple of the market's depth; 1. */
  readonly depthShare?: number;
}

const share: Check<number> = number({
  exclusiveMin: 0,
  max: 1,
  unit: "part of the whole",
});

const policyForm: Check<LimitPolicy> = object<LimitPolicy>({
  moveLevel: optional(number({ exclusiveMin: 0.5, exclusiveMax: 1, unit: "part of scenarios" })),
  lossShare: optional(share),
  participantShare: optional(share),
  attackerCapital: optional(money("pool currency")),
  gainShare: optional(share),
  depthShare: optional(number({ exclusiveMin: 0, unit: "times the depth" })),
});

/**
 * Reads a policy of limits.
 *
 * @throws PoolError with every problem, at /policy
 */
export function readLimitPolicy(given: unknown, { currency }: PoolDocument): LimitPolicy {
  const found = new Findings();
  const draft = policyForm.check(given, { above: null, key: "policy" }, found);
  const capital = draft?.attackerCapital;
  if (capital !== undefined) {
    found.addIf(moneyIssue(capital, currency.decimals, { pointer: "/policy/attackerCapital" }));
  }
  found.throwIfAny("request");
  return draft as LimitPolicy;
}

/**
 * Limits that the simulated risk and the cost of moving prices ask for: open interest by asset such
 * that an extreme simulated move, a manipulated price and the depth of the market are borne, and
 * everyone's part of the pool's ES.
 *
 * Depth and impact are those of the liquidation terms; where an asset has none, the move alone counts.
 *
 * @returns  limit terms for the pool document, groups as they are
 */
export async function suggestedLimits(run: PoolRun, policy: LimitPolicy): Promise<LimitTerms> {
  const { document } = run.request.pool;
  const { decimals } = document.currency;
  const quadrature = await ScenarioQuadrature.of(run);
  const capital = document.waterfall.layers.reduce((sum, { size }) => sum + Number(size), 0);
  const { moveLevel = 0.999, lossShare = 0.3, participantShare = 0.25 } = policy;
  const { gainShare = 0.05, depthShare = 1, attackerCapital = "0" } = policy;
  const print = (value: number) => printMoney(roundUp(value, decimals), decimals);
  const bounds = run.laid.accounts.assets.flatMap((asset, u): ExposureLimit[] => {
    const extremeMove = quadrature.moveAt(u, moveLevel);
    if (extremeMove === null || extremeMove === 0) return [];
    const market = document.liquidation?.markets?.find((one) => one.asset === asset);
    const { depth, impact = 0 } = market ?? {};
    const isThin = depth !== undefined && Number(depth) > 0 && impact > 0;
    const { limit } = openInterestLimit({
      vault: capital,
      extremeMove,
      lossShare,
      ...(isThin && {
        thin: {
          depth: Number(depth),
          impact,
          capital: Number(attackerCapital),
          gainShare,
          depthShare,
        },
      }),
    });
    return [
      {
        id: `open-interest-${asset}`,
        scope: "asset",
        of: asset,
        measure: "exposure",
        max: print(limit),
      },
    ];
  });
  const shortfall = Math.max(0, shortfallOf(run, run.request.primary).value);
  const each: ExposureLimit = {
    id: "shortfall-of-each",
    scope: "participant",
    measure: "shortfall",
    max: print(participantShare * shortfall),
  };
  return {
    bounds: [...bounds, each],
    ...(document.limits?.groups && { groups: document.limits.groups }),
  };
}
