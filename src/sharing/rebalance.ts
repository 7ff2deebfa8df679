import { type Issue, PoolError, received, roundExact } from "../basics/index.ts";

/** An amount that is asked of someone, and what may be asked at all; minor units. */
export interface BoundedShare {
  readonly id: string;
  /** Any sign. */
  readonly amount: bigint;
  /** Least; none when null. */
  readonly floor: bigint | null;
  /** Most, below neither the floor nor 0; none when null. */
  readonly cap: bigint | null;
}

/** Amounts within their bounds. */
export interface Rebalanced {
  /** In the order of the shares; with the rest they sum to what was asked in all. */
  readonly parts: readonly bigint[];
  /** What no bound lets be asked (> 0), or what floors ask too much (< 0). */
  readonly rest: bigint;
}

/**
 * Puts amounts within bounds and gives what that costs or brings to the others in proportion.
 *
 * Positive amounts become min(cap, max(floor, t · amount)) with the one t that keeps the sum; who is
 * asked for nothing, or credited, stays at that within the bounds, for a credit is no measure of what
 * can be borne. Without a bound that binds t is 1. Parts are exact fractions, rounded by largest
 * remainder, ties to the smaller id; no order matters.
 *
 * @throws  PoolError NUMBER_RANGE where a cap is below its floor or 0; ID_DUPLICATE
 * @source  Moulin, Axiomatic cost and surplus sharing (2002), section 1: proportional with bounds
 */
export function rebalanced(shares: readonly BoundedShare[]): Rebalanced {
  check(shares);
  const total = shares.reduce((sum, { amount }) => sum + amount, 0n);
  const fixed = shares.map((share) => (share.amount > 0n ? null : clamp(share.amount, share)));
  const wanted = total - fixed.reduce<bigint>((sum, part) => sum + (part ?? 0n), 0n);
  const { numerators, denominator, rest } = levels(wanted, shares);
  const exact = fixed.map((part, i) => (part === null ? numerators[i]! : part * denominator));
  return { parts: roundExact(total - rest, exact, denominator, shares), rest };
}

function clamp(amount: bigint, { floor, cap }: BoundedShare): bigint {
  if (floor !== null && amount < floor) return floor;
  return cap !== null && amount > cap ? cap : amount;
}

/** A t at which a share begins or ceases to grow with it. */
interface Bend {
  readonly numerator: bigint;
  /** > 0. */
  readonly denominator: bigint;
  readonly slope: bigint;
  /** What is no longer, or from now on, part of the sum whatever t. */
  readonly level: bigint;
}

/** Positive shares at the t for which they sum to what is wanted: fractions with one denominator. */
function levels(wanted: bigint, shares: readonly BoundedShare[]) {
  const growing = shares.filter(({ amount }) => amount > 0n);
  const least = growing.reduce((sum, share) => sum + lowest(share), 0n);
  const most = growing.reduce<bigint | null>(
    (sum, share) => (sum === null || share.cap === null ? null : sum + share.cap),
    0n,
  );
  if (least >= wanted || (most !== null && most <= wanted)) {
    const all = least >= wanted ? lowest : (share: BoundedShare) => share.cap!;
    const numerators = shares.map((share) => (share.amount > 0n ? all(share) : 0n));
    const rest = wanted - numerators.reduce((sum, part) => sum + part, 0n);
    return { numerators, denominator: 1n, rest };
  }
  const { level, slope } = sweep(wanted, growing);
  const numerators = shares.map((share) => {
    if (share.amount <= 0n) return 0n;
    const grown = share.amount * (wanted - level);
    const from = lowest(share) * slope;
    const to = share.cap;
    if (grown < from) return from;
    return to !== null && grown > to * slope ? to * slope : grown;
  });
  return { numerators, denominator: slope, rest: 0n };
}

/** Level and slope of the sum of shares about the t at which it is what is wanted. */
function sweep(wanted: bigint, growing: readonly BoundedShare[]) {
  const bends: Bend[] = [];
  let level = 0n;
  let slope = 0n;
  for (const share of growing) {
    const from = lowest(share);
    const to = share.cap;
    const denominator = share.amount;
    level += from;
    bends.push({ numerator: from, denominator, slope: denominator, level: -from });
    if (to !== null) bends.push({ numerator: to, denominator, slope: -denominator, level: to });
  }
  bends.sort((a, b) => {
    const first = a.numerator * b.denominator;
    const second = b.numerator * a.denominator;
    return first < second ? -1 : first > second ? 1 : 0;
  });
  for (const bend of bends) {
    if (level * bend.denominator + slope * bend.numerator >= wanted * bend.denominator) break;
    slope += bend.slope;
    level += bend.level;
  }
  return { level, slope };
}

/** What a positive share is asked for however little is wanted. */
function lowest({ floor }: BoundedShare): bigint {
  return floor !== null && floor > 0n ? floor : 0n;
}

function check(shares: readonly BoundedShare[]): void {
  const issues: Issue[] = [];
  for (const [i, { floor, cap }] of shares.entries()) {
    const least = floor !== null && floor > 0n ? floor : 0n;
    if (cap === null || cap >= least) continue;
    issues.push({
      code: "NUMBER_RANGE",
      pointer: `/shares/${i}/cap`,
      detail: "a cap is neither below the floor nor below 0",
      expected: `at least ${least}`,
      received: received(cap),
    });
  }
  if (issues.length > 0) throw new PoolError(issues, "shares");
}
