import { apportion, received, refuse, roundExact } from "../basics/index.ts";
import { waterLevels } from "./haircut.ts";

/** What someone is owed. */
export interface Claim {
  readonly id: string;
  /** Minor units, ≥ 0. */
  readonly claim: bigint;
}

/** Ways to divide an estate that is less than what is claimed of it. */
export const INSOLVENCY_RULES = [
  "proportional",
  "equal-awards",
  "equal-losses",
  "talmud",
  "random-arrival",
] as const;

/** One of {@link INSOLVENCY_RULES}. */
export type InsolvencyRule = (typeof INSOLVENCY_RULES)[number];

/** Claimants whose orders of arrival are counted one by one. */
const ARRIVALS_MAX = 20;

/** Shares with a common denominator, before they are rounded to whole units. */
interface Shares {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
}

/**
 * Divides an estate among claimants.
 *
 * - `proportional`: the same part of every claim.
 * - `equal-awards`: the same to everyone, but nobody more than the claim.
 * - `equal-losses`: everyone lacks the same, but nobody gets less than nothing.
 * - `talmud`: equal awards on half the claims while the estate is at most half of all that is
 *   claimed, else equal losses beyond it: the nucleolus of the bankruptcy game.
 * - `random-arrival`: who comes first is paid in full while there is something; the average over
 *   all orders, which is the Shapley value of the game.
 *
 * Every award is the exact fraction rounded down or up; units left over go to the largest
 * remainders, ties to the smaller id. So awards sum to the estate to the last unit and no order of
 * the claims matters.
 *
 * @param estate  minor units, ≥ 0; what exceeds the sum of the claims stays undivided
 * @returns       awards in the order of `claims`, each between 0 and the claim
 * @throws        PoolError NUMBER_RANGE, ID_DUPLICATE, ENUM; NUMBER_RANGE for random arrival of
 *                more than 20 claimants
 * @source        Aumann & Maschler, Game theoretic analysis of a bankruptcy problem from the Talmud
 *                (1985); O'Neill, A problem of rights arbitration from the Talmud (1982); Thomson,
 *                Axiomatic and game-theoretic analysis of bankruptcy (2003)
 */
export function insolvencyAwards(
  estate: bigint,
  claims: readonly Claim[],
  rule: InsolvencyRule,
): bigint[] {
  check(estate, claims);
  const owed = claims.map(({ claim }) => claim);
  const total = sumOf(owed);
  const given = estate < total ? estate : total;
  if (rule === "proportional") {
    if (total === 0n) return owed;
    return apportion(
      given,
      claims.map(({ id, claim }) => ({ id, weight: claim })),
    );
  }
  const { numerators, denominator } = sharesOf(given, claims, total, rule);
  return roundExact(given, numerators, denominator, claims);
}

function sharesOf(
  estate: bigint,
  claims: readonly Claim[],
  total: bigint,
  rule: Exclude<InsolvencyRule, "proportional">,
): Shares {
  const owed = claims.map(({ claim }) => claim);
  switch (rule) {
    case "equal-awards":
      return equalAwards(estate, owed);
    case "equal-losses":
      return lessThan(owed, equalAwards(total - estate, owed));
    case "talmud": {
      // In half units a claim's number is that of half the claim.
      const isLow = 2n * estate <= total;
      const halves = equalAwards(2n * (isLow ? estate : total - estate), owed);
      const whole = { ...halves, denominator: 2n * halves.denominator };
      return isLow ? whole : lessThan(owed, whole);
    }
    case "random-arrival":
      return randomArrival(estate, claims);
    default:
      return refuse({
        code: "ENUM",
        pointer: "/rule",
        detail: "there is no such rule for dividing an estate",
        expected: `one of ${INSOLVENCY_RULES.join(", ")}`,
        received: received(rule),
      });
  }
}

/** min(claim, t) with the t that divides the estate. */
function equalAwards(estate: bigint, owed: readonly bigint[]): Shares {
  return waterLevels(
    estate,
    owed.map((cap) => ({ weight: 1n, cap })),
  );
}

function lessThan(owed: readonly bigint[], { numerators, denominator }: Shares): Shares {
  return { numerators: owed.map((claim, i) => claim * denominator - numerators[i]!), denominator };
}

/** The average over all orders of what is left for a claimant on arrival, at most the claim. */
function randomArrival(estate: bigint, claims: readonly Claim[]): Shares {
  const count = claims.length;
  if (count > ARRIVALS_MAX) {
    refuse({
      code: "NUMBER_RANGE",
      pointer: "/claims",
      detail:
        "the orders in which so many may arrive cannot be counted; put claimants into groups and divide inside each",
      expected: `at most ${ARRIVALS_MAX} claimants`,
      received: received(count),
    });
  }
  const factorials = [1n];
  for (let i = 1n; i <= BigInt(count); i++) factorials.push(factorials.at(-1)! * i);
  const numerators = claims.map(({ claim }, place) => {
    const others = claims.flatMap(({ claim: other }, i) => (i === place ? [] : [other]));
    const gains = new Array<bigint>(count).fill(0n);
    // Those who came before, one by one; once they have everything, more of them change nothing.
    const visit = (next: number, before: number, left: bigint) => {
      if (left <= 0n) return;
      if (next === others.length) {
        gains[before]! += left < claim ? left : claim;
        return;
      }
      visit(next + 1, before, left);
      visit(next + 1, before + 1, left - others[next]!);
    };
    visit(0, 0, estate);
    return sumOf(
      gains.map((gain, before) => gain * factorials[before]! * factorials[count - 1 - before]!),
    );
  });
  return { numerators, denominator: factorials[count]! };
}

function sumOf(values: readonly bigint[]): bigint {
  return values.reduce((sum, value) => sum + value, 0n);
}

function check(estate: bigint, claims: readonly Claim[]): void {
  const negative = (pointer: string, value: bigint) =>
    refuse({
      code: "NUMBER_RANGE",
      pointer,
      detail: "an estate and the claims on it are amounts of 0 or more, in whole minor units",
      expected: "whole number >= 0",
      received: received(value),
    });
  if (!(estate >= 0n)) negative("/estate", estate);
  claims.forEach(({ claim }, i) => {
    if (!(claim >= 0n)) negative(`/claims/${i}/claim`, claim);
  });
}
