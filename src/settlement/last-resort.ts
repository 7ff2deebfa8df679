import {
  apportion,
  array,
  type Check,
  DECIMALS_MAX,
  Findings,
  id,
  idClashes,
  money,
  moneyIssue,
  object,
  optional,
  readMoney,
  refuse,
} from "../basics/index.ts";
import { haircuts, insolvencyAwards } from "../sharing/index.ts";
import type { HaircutResort, LastResort } from "../terms/index.ts";

/** What a participant gained in the event: what a haircut can be taken from. */
export interface Gain {
  readonly participant: string;
  /** Decimal text ≥ 0, pool currency. */
  readonly amount: string;
  /** Decimal text ≥ 0: place in a queue, the largest first; the amount when left out. */
  readonly rank?: string;
}

const GAINS_MAX = 1_000_000;

/** What everyone bears of the rest of a loss, minor units. */
export interface Borne {
  /** Sorted by id. */
  readonly shares: readonly { readonly id: string; readonly amount: bigint }[];
  /** What nobody can be made to bear. */
  readonly uncovered: bigint;
}

/**
 * Divides what no layer and no call bears.
 *
 * @param residual  minor units, ≥ 0
 * @param gains     only for a haircut, which needs them as soon as there is a residual
 * @throws          PoolError KEY_MISSING, KEY_UNKNOWN, MONEY_…, ID_… at /gains
 */
export function lastResort(
  residual: bigint,
  resort: LastResort,
  gains: readonly Gain[] | undefined,
  decimals: number,
): Borne {
  if (resort.kind === "haircut") return haircut(residual, resort, gains, decimals);
  if (gains !== undefined) {
    refuse({
      code: "KEY_UNKNOWN",
      pointer: "/gains",
      detail: "the last resort of these terms is shared by weights; leave gains out",
      expected: "no gains",
    });
  }
  const weights = [...resort.weights]
    .sort((a, b) => (a.participant < b.participant ? -1 : 1))
    .map(({ participant, weight }) => ({ id: participant, weight }));
  const parts = apportion(residual, weights);
  return {
    shares: weights.map(({ id: owner }, i) => ({ id: owner, amount: parts[i]! })),
    uncovered: 0n,
  };
}

function haircut(
  residual: bigint,
  { rule }: HaircutResort,
  gains: readonly Gain[] | undefined,
  decimals: number,
): Borne {
  if (residual === 0n && gains === undefined) return { shares: [], uncovered: 0n };
  if (gains === undefined) {
    return refuse({
      code: "KEY_MISSING",
      pointer: "/gains",
      detail:
        "this loss reaches the last resort, which takes from gains; say who gained what in the event",
      expected: "a list of { participant, amount }",
      received: "missing",
    });
  }
  const claims = readGains(gains, decimals);
  const owed = claims.reduce((sum, { claim }) => sum + claim, 0n);
  const taken = residual < owed ? residual : owed;
  const parts =
    rule === "queue"
      ? haircuts(
          taken,
          claims.map(({ id: owner, claim, rank }) => ({ id: owner, weight: rank, cap: claim })),
          "queue",
        ).parts
      : insolvencyAwards(owed - taken, claims, rule).map((award, i) => claims[i]!.claim - award);
  return {
    shares: claims.map(({ id: owner }, i) => ({ id: owner, amount: parts[i]! })),
    uncovered: residual - taken,
  };
}

const gainsForm: Check<readonly Gain[]> = array(
  object<Gain>({
    participant: id(),
    amount: money("pool currency"),
    rank: optional(money("any, relative to the others")),
  }),
  { max: GAINS_MAX },
);

function readGains(gains: unknown, decimals: number) {
  const found = new Findings();
  const draft = gainsForm.check(gains, { above: null, key: "gains" }, found) ?? [];
  draft.forEach((gain, i) => {
    if (gain?.amount === undefined) return;
    found.addIf(moneyIssue(gain.amount, decimals, { pointer: `/gains/${i}/amount` }));
  });
  const placed = draft.flatMap((gain, i) =>
    gain?.participant === undefined
      ? []
      : [{ id: gain.participant, pointer: `/gains/${i}/participant` }],
  );
  for (const issue of idClashes(placed)) found.add(issue);
  found.throwIfAny("gains");
  // Nothing was found, so nothing is missing from the draft.
  return [...(draft as readonly Gain[])]
    .sort((a, b) => (a.participant < b.participant ? -1 : 1))
    .map(({ participant, amount, rank = amount }) => ({
      id: participant,
      claim: readMoney(amount, decimals),
      rank: readMoney(rank, DECIMALS_MAX),
    }));
}
