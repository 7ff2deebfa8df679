import { printMoney, roundUp } from "../basics/index.ts";
import { openInterestLimit } from "../incentive/index.ts";
import { capitalOf, type PoolRun, ScenarioQuadrature } from "../risk/index.ts";
import type { ExposureLimit, LimitTerms } from "../terms/index.ts";
import { shortfallOf } from "./average-rule.ts";
import type { LimitPolicy } from "./limit-policy.ts";

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
  const capital = capitalOf(document.waterfall, decimals);
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
