import { apportion, type Issue, PoolError, received, refuse, roundExact } from "../basics/index.ts";
import { type BonusMalusScale, type FrequencyClass, relativities } from "./bonus-malus.ts";
import { credibility, type OwnRecord } from "./credibility.ts";

/** What a member brings into the pool; amounts in whole minor units, ≥ 0. */
export interface MemberRecord {
  readonly id: string;
  /** What is covered, in any unit that is the same for all: tonnage, notional, sums insured. */
  readonly exposure: bigint;
  /** Premiums paid over the years that count. */
  readonly premium: bigint;
  /** Losses brought over the same years, five as a rule. */
  readonly losses: bigint;
}

/** Parts of a contribution that follow each measure; whole numbers ≥ 0, in proportion. */
export interface FormulaWeights {
  readonly exposure: bigint;
  readonly premium: bigint;
  readonly losses: bigint;
}

/** One third each, as clubs of shipowners share the lower layer of their pool. */
export const EQUAL_WEIGHTS: FormulaWeights = Object.freeze({
  exposure: 1n,
  premium: 1n,
  losses: 1n,
});

/** Experience is held to a millionth, so that contributions are exact. */
const MILLION = 1_000_000;
/** No relativity comes near; what lies beyond is another unit. */
const FACTOR_MAX = 1e6;
const MEASURES = ["exposure", "premium", "losses"] as const;

/**
 * Flat gearing: everyone's exposure over one factor, as a mutual that holds a fixed part of what it
 * covers asks for.
 *
 * The total is rounded up to a whole unit, so that the pool never holds less than the factor asks.
 *
 * @param gearing  exposure that a unit of capital carries, as a fraction: 24n over 5n is 4.8
 * @returns        minor units in the order of the members; they sum to the total exactly
 * @throws         PoolError NUMBER_RANGE, all at once; ID_DUPLICATE
 * @source         Nexus Mutual, minimum capital requirement: active cover / 4.8 (Pool.sol)
 */
export function gearedContributions(
  members: readonly Pick<MemberRecord, "id" | "exposure">[],
  gearing: { readonly exposure: bigint; readonly capital: bigint },
): bigint[] {
  const issues = amountIssues(members, ["exposure"]);
  for (const name of ["exposure", "capital"] as const) {
    if (isAmount(gearing[name]) && gearing[name] > 0n) continue;
    addRange(
      issues,
      `/gearing/${name}`,
      "a factor is a fraction of two numbers above 0",
      gearing[name],
    );
  }
  if (issues.length > 0) throw new PoolError(issues, "contributions");
  const numerators = members.map(({ exposure }) => exposure * gearing.capital);
  const sum = numerators.reduce((above, numerator) => above + numerator, 0n);
  const total = (sum + gearing.exposure - 1n) / gearing.exposure;
  return apportion(
    total,
    members.map(({ id, exposure }) => ({ id, weight: exposure })),
  );
}

/**
 * Shares an amount by a formula of several measures:
 * share = w₁ · exposure / Σ exposure + w₂ · premium / Σ premium + w₃ · losses / Σ losses, over
 * w₁ + w₂ + w₃, times the member's experience, and brought back to a sum of one.
 *
 * A measure that is 0 for all says nothing of anyone, and the others take its weight.
 *
 * @param total       minor units, ≥ 0
 * @param experience  [members] factors > 0, of which a millionth counts; 1 for all when left out
 * @returns           minor units in the order of the members; they sum to the total exactly
 * @throws            PoolError NUMBER_RANGE, ITEMS_UNEQUAL, all at once; WEIGHTS_ZERO, ID_DUPLICATE
 * @source            pooling agreement of the International Group of P&I Clubs: tonnage, calls and
 *                    claims record
 */
export function formulaContributions(
  total: bigint,
  members: readonly MemberRecord[],
  weights: FormulaWeights = EQUAL_WEIGHTS,
  experience?: ArrayLike<number>,
): bigint[] {
  checkFormula(total, members, weights, experience);
  const sums = MEASURES.map((name) => members.reduce((sum, member) => sum + member[name], 0n));
  // Over the product of the sums every share is a whole number.
  const counted = sums.map((sum) => (sum === 0n ? 1n : sum));
  const product = counted.reduce((all, sum) => all * sum, 1n);
  const shares = members.map((member, i) => {
    const factor = experience ? BigInt(Math.round(experience[i]! * MILLION)) : 1n;
    return MEASURES.reduce(
      (share, name, m) => share + factor * weights[name] * member[name] * (product / counted[m]!),
      0n,
    );
  });
  const whole = shares.reduce((sum, share) => sum + share, 0n);
  if (whole === 0n) {
    if (total === 0n) return members.map(() => 0n);
    refuse({
      code: "WEIGHTS_ZERO",
      pointer: "/members",
      detail: "there is an amount to share, and nobody has any of what it is shared by",
      expected: "a measure with a weight that somebody has",
    });
  }
  return roundExact(
    total,
    shares.map((share) => total * share),
    whole,
    members,
  );
}

/** How a member's own record speaks. */
export type Experience =
  /** Losses per unit of exposure, period by period, of every member. */
  | { readonly kind: "credibility"; readonly records: readonly OwnRecord[] }
  /** Levels of a scale on which everyone moves by claims. */
  | {
      readonly kind: "bonus-malus";
      readonly scale: BonusMalusScale;
      readonly classes: readonly FrequencyClass[];
      /** [members] */
      readonly levels: readonly number[];
    };

/**
 * What members are expected to cost by their own record, in times of the average: the premium by
 * credibility over what is common, or the relativity of a level.
 *
 * @returns  [members] factors > 0, in the order of records or levels
 * @throws   PoolError as `credibility` and `relativities`; NUMBER_RANGE for a level that the scale
 *           does not have, EXPERIENCE_ZERO where records expect no loss of somebody
 */
export function experienceFactors(experience: Experience): Float64Array {
  if (experience.kind === "credibility") {
    const { rows, collective } = credibility(experience.records);
    return Float64Array.from(rows, ({ premium }, i) => {
      const factor = premium / collective;
      if (factor > 0 && Number.isFinite(factor)) return factor;
      refuse({
        code: "EXPERIENCE_ZERO",
        pointer: `/records/${i}`,
        detail: "the records expect no loss of this member, so that nothing can be in proportion",
        expected: "an expected loss above 0",
        received: received(premium),
      });
    });
  }
  const { scale, classes, levels } = experience;
  const byLevel = relativities(scale, classes);
  return Float64Array.from(levels, (level, i) => {
    const factor = byLevel[level];
    if (factor !== undefined) return factor;
    refuse({
      code: "NUMBER_RANGE",
      pointer: `/levels/${i}`,
      detail: "the scale has no such level",
      expected: `integer, 0 … ${scale.levels - 1}`,
      received: received(level),
    });
  });
}

function checkFormula(
  total: bigint,
  members: readonly MemberRecord[],
  weights: FormulaWeights,
  experience: ArrayLike<number> | undefined,
): void {
  const issues = amountIssues(members, MEASURES);
  if (!isAmount(total))
    addRange(issues, "/total", "an amount that is shared is not negative", total);
  for (const name of MEASURES) {
    if (isAmount(weights[name])) continue;
    addRange(issues, `/weights/${name}`, "a weight is not negative", weights[name]);
  }
  if (experience && experience.length !== members.length) {
    issues.push({
      code: "ITEMS_UNEQUAL",
      pointer: "/experience",
      detail: "every member has one factor",
      expected: `${members.length} factors`,
      received: received(experience.length),
    });
  }
  for (let i = 0; i < (experience?.length ?? 0); i++) {
    const factor = experience![i]!;
    if (factor >= 1 / MILLION && factor <= FACTOR_MAX) continue;
    issues.push({
      code: "NUMBER_RANGE",
      pointer: `/experience/${i}`,
      detail: "a factor is 1 for the average",
      expected: `number >= ${1 / MILLION} and <= ${FACTOR_MAX}`,
      received: received(factor),
    });
  }
  if (issues.length > 0) throw new PoolError(issues, "contributions");
}

function isAmount(value: unknown): boolean {
  return typeof value === "bigint" && value >= 0n;
}

function amountIssues<K extends string>(
  members: readonly { readonly [key in K]: bigint }[],
  names: readonly K[],
): Issue[] {
  const issues: Issue[] = [];
  for (const [i, member] of members.entries()) {
    for (const name of names) {
      if (isAmount(member[name])) continue;
      addRange(issues, `/members/${i}/${name}`, "an amount is not negative", member[name]);
    }
  }
  return issues;
}

function addRange(issues: Issue[], pointer: string, detail: string, value: bigint): void {
  const expected = "whole number >= 0 (bigint)";
  issues.push({ code: "NUMBER_RANGE", pointer, detail, expected, received: received(value) });
}
