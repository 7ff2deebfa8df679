import { type Level, moneyToNumber, readMoney, roundUp } from "../basics/index.ts";
import {
  credibility,
  formulaContributions,
  gearedContributions,
  type OwnRecord,
} from "../pricing/index.ts";
import { ownersOf, type PoolRun } from "../risk/index.ts";
import type { ContributionTerms, ParticipantRecord } from "../terms/index.ts";
import { shortfallOf } from "./average-rule.ts";
import { exposuresOf } from "./exposure.ts";
import type { RawShares } from "./raw-share.ts";

/** Parts of one, typed as decimals, as whole numbers in proportion. */
const PARTS = 1_000_000_000;

/**
 * A fixed part of everyone's exposure, whatever the risk: what pools without a risk model ask.
 *
 * @source see `gearedContributions`
 */
export function gearingShares(run: PoolRun, gearing: number): RawShares {
  const { members, decimals } = membersOf(run, []);
  const asked = gearedContributions(members, {
    exposure: BigInt(Math.round(gearing * PARTS)),
    capital: BigInt(PARTS),
  });
  const raw = inOrder(
    run,
    members.map(({ id }, i) => [id, moneyToNumber(asked[i]!, decimals)]),
  );
  const value = raw.reduce((sum, own) => sum + own.value, 0);
  const total = { value, standardError: 0 };
  return { measure: "exposure", total, raw, shareErrors: null, scenarios: 0 };
}

/**
 * ES in proportion to exposure, premium and record, each weighed: how mutual insurers of ships share
 * what is above one club's retention.
 *
 * @source see `formulaContributions`
 */
export function formulaShares(run: PoolRun, terms: ContributionTerms, level: Level): RawShares {
  const total = shortfallOf(run, level);
  const { members, decimals } = membersOf(run, terms.members ?? []);
  const weights = terms.weights!;
  const needed = roundUp(Math.max(0, total.value), decimals);
  const asked = formulaContributions(needed, members, {
    exposure: BigInt(Math.round(weights.exposure * PARTS)),
    premium: BigInt(Math.round(weights.premium * PARTS)),
    losses: BigInt(Math.round(weights.record * PARTS)),
  });
  const scale = needed === 0n ? 0 : 1 / moneyToNumber(needed, decimals);
  const raw = inOrder(
    run,
    members.map(({ id }, i) => [id, moneyToNumber(asked[i]!, decimals) * scale]),
  );
  return {
    measure: "expected-shortfall",
    total,
    raw: raw.map(({ value }) => ({
      value: value * Math.max(0, total.value),
      standardError: value * total.standardError,
    })),
    shareErrors: null,
    scenarios: run.losses.length,
  };
}

/** Participants with what the book and the records say of them, in whole minor units. */
function membersOf(run: PoolRun, records: readonly ParticipantRecord[]) {
  const { document } = run.request.pool;
  const { decimals } = document.currency;
  const known = new Map(records.map((record) => [record.participant, record]));
  const members = [...exposuresOf(document).participant].map(([id, exposure]) => {
    const { premium = "0", periods = [] } = known.get(id) ?? {};
    return {
      id,
      exposure: roundUp(exposure, decimals),
      premium: readMoney(premium, decimals),
      losses: periods.reduce((sum, { loss }) => sum + readMoney(loss, decimals), 0n),
    };
  });
  return { members, decimals };
}

/** Figures of participants in the order of owners; what the pool holds itself is asked for nothing. */
function inOrder(run: PoolRun, figures: readonly (readonly [string, number])[]) {
  const of = new Map(figures);
  return ownersOf(run.laid).map(({ id }) => ({ value: of.get(id) ?? 0, standardError: 0 }));
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
