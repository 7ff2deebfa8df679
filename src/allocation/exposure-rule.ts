import type { Level } from "../basics/index.ts";
import { credibility, type OwnRecord } from "../pricing/index.ts";
import { HOLDINGS_ID, ownersOf, type PoolRun } from "../risk/index.ts";
import type { ContributionTerms } from "../terms/index.ts";
import { shortfallOf } from "./average-rule.ts";
import { exposuresOf } from "./exposure.ts";
import type { RawShares } from "./raw-share.ts";

/**
 * A fixed part of everyone's exposure, whatever the risk: what pools without a risk model ask.
 *
 * @source Nexus Mutual, Minimum capital requirement: active cover / gearing factor (4.8)
 */
export function gearingShares(run: PoolRun, gearing: number): RawShares {
  const exposures = exposuresOf(run.request.pool.document).participant;
  const raw = ownersOf(run.laid).map(({ id }) => ({
    value: (exposures.get(id) ?? 0) / gearing,
    standardError: 0,
  }));
  const value = raw.reduce((sum, own) => sum + own.value, 0);
  return {
    measure: "exposure",
    total: { value, standardError: 0 },
    raw,
    shareErrors: null,
    scenarios: 0,
  };
}

/**
 * ES in proportion to exposure, premium and record, each weighed: how mutual insurers of ships share
 * what is above one club's retention.
 *
 * @source International Group of P&I Clubs, Pooling Agreement, tripartite formula: tonnage, calls,
 *         claims record
 */
export function formulaShares(run: PoolRun, terms: ContributionTerms, level: Level): RawShares {
  const total = shortfallOf(run, level);
  const { members = [] } = terms;
  const weights = terms.weights!;
  const exposures = exposuresOf(run.request.pool.document).participant;
  const premiums = new Map(members.map(({ participant, premium = "0" }) => [participant, premium]));
  const records = new Map(
    members.map(({ participant, periods = [] }) => [
      participant,
      periods.reduce((sum, { loss }) => sum + Number(loss), 0),
    ]),
  );
  const owners = ownersOf(run.laid).filter(({ id }) => id !== HOLDINGS_ID);
  const parts: readonly [number, (id: string) => number][] = [
    [weights.exposure, (id) => exposures.get(id) ?? 0],
    [weights.premium, (id) => Number(premiums.get(id) ?? 0)],
    [weights.record, (id) => records.get(id) ?? 0],
  ];
  const sums = parts.map(([, of]) => owners.reduce((sum, { id }) => sum + of(id), 0));
  // What nobody has says nothing of anyone: the other parts then count for it.
  const counted = parts.reduce((sum, [weight], p) => sum + (sums[p]! > 0 ? weight : 0), 0);
  const raw = ownersOf(run.laid).map(({ id }) => {
    if (id === HOLDINGS_ID || counted === 0) return { value: 0, standardError: 0 };
    const share = parts.reduce(
      (sum, [weight, of], p) => sum + (sums[p]! > 0 ? (weight * of(id)) / sums[p]! : 0),
      0,
    );
    const scaled = share / counted;
    return {
      value: scaled * total.value,
      standardError: Math.abs(scaled) * total.standardError,
    };
  });
  return {
    measure: "expected-shortfall",
    total,
    raw,
    shareErrors: null,
    scenarios: run.losses.length,
  };
}

/**
 * What own records say of future losses, as factors about 1: the credible premium over the collective
 * one. Who has no record has the factor 1.
 *
 * @returns  by participant id
 */
export function recordFactors({ members = [] }: ContributionTerms): Map<string, number> {
  const records = members.flatMap(({ participant: id, periods }): OwnRecord[] =>
    periods === undefined
      ? []
      : [
          {
            id,
            periods: periods.map(({ exposure, loss }) => ({
              ratio: Number(loss) / exposure,
              weight: exposure,
            })),
          },
        ],
  );
  const { collective, rows } = credibility(records);
  return new Map(
    rows.map(({ id, premium }) => [id, collective > 0 ? Math.max(0, premium / collective) : 1]),
  );
}
