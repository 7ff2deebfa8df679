import { type Issue, PoolError, received, roundExact } from "../basics/index.ts";

/** Someone who can be made to bear a part of a loss. */
export interface Bearer {
  readonly id: string;
  /** Whole, ≥ 0: parts are in proportion to it; in a queue, the larger comes first. */
  readonly weight: bigint;
  /** Most that can be taken, minor units, ≥ 0. */
  readonly cap: bigint;
}

/** `water-filling`: in proportion to weights, as far as caps allow; `queue`: one after the other. */
export type HaircutRule = "water-filling" | "queue";

/** What everyone bears, in whole minor units. */
export interface Haircuts {
  /** In the order of the bearers; with the rest they sum to the loss. */
  readonly parts: readonly bigint[];
  /** What nobody can be made to bear. */
  readonly rest: bigint;
}

/**
 * Shares a loss among those who can be made to bear it.
 *
 * - `water-filling`: min(cap, t · weight) with the t that shares the loss: what one cannot bear, the
 *   others bear in proportion. Who has no weight bears nothing.
 * - `queue`: in descending order of weight, ties by id, each up to the cap. Ranked by leveraged
 *   profit this is how exchanges reduce positions against the will of their owners.
 *
 * Parts are exact fractions rounded down or up; units left over go to the largest remainders, ties
 * to the smaller id. No order of the bearers matters.
 *
 * @param loss  minor units, ≥ 0
 * @throws      PoolError NUMBER_RANGE, ENUM, all at once; ID_DUPLICATE
 * @source      water-filling: Moulin, Equal or proportional division of a surplus (1987); queue:
 *              auto-deleveraging as BitMEX and Hyperliquid describe it
 */
export function haircuts(loss: bigint, bearers: readonly Bearer[], rule: HaircutRule): Haircuts {
  check(loss, bearers, rule);
  return rule === "queue" ? inQueue(loss, bearers) : waterFilling(loss, bearers);
}

function waterFilling(loss: bigint, bearers: readonly Bearer[]): Haircuts {
  const { numerators, denominator, rest } = waterLevels(loss, bearers);
  return { parts: roundExact(loss - rest, numerators, denominator, bearers), rest };
}

/** Exact parts, with one denominator, before they are rounded; and what is over when all are full. */
export interface WaterLevels {
  readonly numerators: readonly bigint[];
  readonly denominator: bigint;
  readonly rest: bigint;
}

/**
 * min(cap, t · weight) with the t that divides an amount, as exact fractions.
 *
 * @param amount  ≥ 0
 */
export function waterLevels(
  amount: bigint,
  bearers: readonly Pick<Bearer, "weight" | "cap">[],
): WaterLevels {
  // Who is full at the lowest level comes first: cap / weight ascending.
  const order = bearers
    .filter(({ weight }) => weight > 0n)
    .sort((a, b) => compare(a.cap * b.weight, b.cap * a.weight));
  let left = amount;
  let weights = order.reduce((sum, { weight }) => sum + weight, 0n);
  for (const { weight, cap } of order) {
    // The level left / weights is not above this one's own: neither is it above any later one's.
    if (left * weight <= cap * weights) break;
    left -= cap;
    weights -= weight;
  }
  const level = weights === 0n ? null : { left, weights };
  const denominator = level?.weights ?? 1n;
  const numerators = bearers.map(({ weight, cap }) => {
    if (weight === 0n) return 0n;
    if (!level) return cap;
    const full = cap * denominator;
    const share = level.left * weight;
    return share < full ? share : full;
  });
  return { numerators, denominator, rest: level ? 0n : left };
}

function inQueue(loss: bigint, bearers: readonly Bearer[]): Haircuts {
  const order = [...bearers.keys()].sort((a, b) => {
    const first = bearers[a]!;
    const second = bearers[b]!;
    return compare(second.weight, first.weight) || (first.id < second.id ? -1 : 1);
  });
  const parts = bearers.map(() => 0n);
  let rest = loss;
  for (const i of order) {
    const { cap } = bearers[i]!;
    parts[i] = cap < rest ? cap : rest;
    rest -= parts[i]!;
  }
  // Nothing is rounded; the ids must differ all the same, or the order would show.
  return { parts: roundExact(loss - rest, parts, 1n, bearers), rest };
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function check(loss: bigint, bearers: readonly Bearer[], rule: HaircutRule): void {
  const issues: Issue[] = [];
  const need = (pointer: string, value: bigint, detail: string) => {
    if (value >= 0n) return;
    const expected = "whole number >= 0";
    issues.push({ code: "NUMBER_RANGE", pointer, detail, expected, received: received(value) });
  };
  need("/loss", loss, "a loss that is shared is positive, in minor units");
  for (const [i, { weight, cap }] of bearers.entries()) {
    need(`/bearers/${i}/weight`, weight, "a weight must not be negative");
    need(`/bearers/${i}/cap`, cap, "nobody bears less than nothing, in minor units");
  }
  if (rule !== "water-filling" && rule !== "queue") {
    issues.push({
      code: "ENUM",
      pointer: "/rule",
      detail: "there is no such rule for sharing a loss",
      expected: "one of water-filling, queue",
      received: received(rule),
    });
  }
  if (issues.length > 0) throw new PoolError(issues, "loss");
}
