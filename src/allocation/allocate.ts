import { levelFraction, printMoney, readMoney, roundToSum } from "../basics/index.ts";
import { type Estimate, HOLDINGS_ID, ownersOf, type PoolRun } from "../risk/index.ts";
import { rebalanced } from "../sharing/index.ts";
import type { ContributionTerms } from "../terms/index.ts";
import type { Allocation, AllocationRow } from "./allocation.ts";
import { covarianceShares, eulerQuantile, eulerShortfall } from "./average-rule.ts";
import { chargedAfter, type PreviousCharges } from "./charge.ts";
import { standAloneShares, withWithoutShares } from "./column-rule.ts";
import { formulaShares, gearingShares, recordFactors } from "./exposure-rule.ts";
import type { RawShares } from "./raw-share.ts";
import { type OnSpareKernels, shapleyShares } from "./shapley-rule.ts";

/**
 * Divides what a pool needs by one or more rules, all on the scenarios of one run.
 *
 * @param run      still open: it simulates more
 * @param onSpare  gives work an instance of the kernels besides that of the run
 * @param previous what was charged before, which the terms may let move slowly
 * @returns        in the order of the rules
 */
export async function allocationsOf(
  run: PoolRun,
  rules: readonly ContributionTerms[],
  onSpare: OnSpareKernels,
  previous: PreviousCharges | null = null,
): Promise<Allocation[]> {
  // Rules that differ in bounds only share what was simulated for them.
  const found = new Map<string, RawShares>();
  const allocations: Allocation[] = [];
  for (const terms of rules) {
    const { rule, gearing, weights, members } = terms;
    const name = rule === "aumann-shapley" ? "euler-es" : rule;
    const key = JSON.stringify([name, gearing, weights, rule === "formula" ? members : null]);
    const shares = found.get(key) ?? (await rawShares(run, terms, onSpare));
    found.set(key, shares);
    allocations.push(allocationOf(run, terms, shares, previous));
  }
  return allocations;
}

async function rawShares(
  run: PoolRun,
  terms: ContributionTerms,
  onSpare: OnSpareKernels,
): Promise<RawShares> {
  const level = run.request.primary;
  switch (terms.rule) {
    // ES grows in proportion to the book, so the average over the way from nothing to all of it is
    // what Euler's rule says at its end (Denault 2001, section 5).
    case "aumann-shapley":
    case "euler-es":
      return eulerShortfall(run, level);
    case "euler-var":
      return eulerQuantile(run, level);
    case "covariance":
      return covarianceShares(run, level);
    case "stand-alone":
      return standAloneShares(run, level);
    case "with-without":
      return withWithoutShares(run, level);
    case "shapley":
      return shapleyShares(run, level, onSpare);
    case "gearing":
      return gearingShares(run, terms.gearing!);
    case "formula":
      return formulaShares(run, terms, level);
  }
}

/** Money of a rule's figures: scaled to the total, by the record, rounded, within bounds. */
function allocationOf(
  run: PoolRun,
  terms: ContributionTerms,
  { measure, total, raw, shareErrors, scenarios }: RawShares,
  previous: PreviousCharges | null,
): Allocation {
  const level = run.request.primary;
  const { decimals } = run.request.pool.document.currency;
  const ids = ownersOf(run.laid).map(({ id }) => id);
  const rawTotal = raw.reduce((sum, { value }) => sum + value, 0);
  const full = shareErrors ? scaledTo(total, raw, shareErrors) : raw;
  const factors = terms.ownRecord === true ? recordFactors(terms) : new Map<string, number>();
  const contributions = byRecord(ids, full, factors);
  const rounded = roundToSum(
    ids.map((id, i) => ({ id, value: contributions[i]!.value })),
    decimals,
  );
  const bounds = boundsOf(terms, decimals);
  const bounded = ids.map((id, i) => {
    const amount = rounded.parts[i]!;
    // Nobody pays for what the pool holds itself: its part is shown, and bound by nothing.
    return id === HOLDINGS_ID
      ? { id, amount, floor: amount, cap: amount > 0n ? amount : null }
      : { id, amount, ...bounds };
  });
  const { parts, rest } = rebalanced(bounded);
  const charges = chargesOf(ids, parts, terms, previous, decimals);
  // Largest amount first.
  const order = [...ids.keys()].sort(
    (a, b) => compare(parts[b]!, parts[a]!) || (ids[a]! < ids[b]! ? -1 : 1),
  );
  const rows = order.map((i): AllocationRow => {
    const id = ids[i]!;
    const part = parts[i]!;
    const { floor, cap } = bounded[i]!;
    const isFree = id === HOLDINGS_ID || part === rounded.parts[i];
    const bound = part === cap ? "cap" : part === floor ? "floor" : null;
    return {
      id,
      raw: raw[i]!,
      contribution: contributions[i]!,
      share: total.value === 0 ? 0 : contributions[i]!.value / total.value + 0,
      recordFactor: factors.get(id) ?? 1,
      amount: printMoney(part, decimals),
      charged: printMoney(charges[i]!, decimals),
      rebalanced: printMoney(part - rounded.parts[i]!, decimals),
      bound: isFree ? null : bound,
    };
  });
  const moved = parts.reduce((sum, part, i) => {
    const more = part - rounded.parts[i]!;
    return more > 0n ? sum + more : sum;
  }, 0n);
  return {
    rule: terms.rule,
    measure,
    level: levelFraction(level),
    total,
    totalAmount: printMoney(rounded.total, decimals),
    rawTotal,
    moved: printMoney(moved, decimals),
    unallocated: printMoney(rest, decimals),
    outstanding: printMoney(sumOf(parts) - sumOf(charges), decimals),
    scenarios,
    rows,
  };
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

/** What everyone is charged today; what the pool holds itself is charged to nobody and just shown. */
function chargesOf(
  ids: readonly string[],
  amounts: readonly bigint[],
  { charge }: ContributionTerms,
  previous: PreviousCharges | null,
  decimals: number,
): readonly bigint[] {
  if (!charge || !previous) return amounts;
  const before = new Map(
    previous.amounts.map(({ participant, amount }) => [participant, readMoney(amount, decimals)]),
  );
  return ids.map((id, i) =>
    id === HOLDINGS_ID
      ? amounts[i]!
      : chargedAfter(amounts[i]!, before.get(id) ?? null, previous.days ?? 1, charge),
  );
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Figures in proportion; where they sum to nothing there is no proportion, and they stay. */
function scaledTo(
  total: Estimate,
  raw: readonly Estimate[],
  shareErrors: readonly number[],
): readonly Estimate[] {
  const rawTotal = raw.reduce((sum, { value }) => sum + value, 0);
  if (!(rawTotal > 0)) return raw;
  return raw.map(({ value }, i) => {
    const share = value / rawTotal;
    // The total's own error moves everyone in proportion; taken as independent of the shares'.
    const error = (total.value * shareErrors[i]!) ** 2 + (share * total.standardError) ** 2;
    return { value: share * total.value, standardError: Math.sqrt(error) };
  });
}

/** Multiplies what is asked of participants by their record's factors and keeps the sum. */
function byRecord(
  ids: readonly string[],
  full: readonly Estimate[],
  factors: ReadonlyMap<string, number>,
): readonly Estimate[] {
  if (factors.size === 0) return full;
  // A credit for a hedge is not a loss that a record could speak of.
  const isScaled = (i: number) => ids[i] !== HOLDINGS_ID && full[i]!.value > 0;
  let asked = 0;
  let weighed = 0;
  full.forEach(({ value }, i) => {
    if (!isScaled(i)) return;
    asked += value;
    weighed += value * (factors.get(ids[i]!) ?? 1);
  });
  if (!(weighed > 0)) return full;
  return full.map((own, i) => {
    if (!isScaled(i)) return own;
    const scale = ((factors.get(ids[i]!) ?? 1) * asked) / weighed;
    return { value: own.value * scale, standardError: own.standardError * scale };
  });
}

/** What may be asked of every participant, minor units. */
function boundsOf({ floor, cap, noNegative }: ContributionTerms, decimals: number) {
  const least = floor === undefined ? null : readMoney(floor, decimals);
  return {
    floor: least ?? (noNegative === true ? 0n : null),
    cap: cap === undefined ? null : readMoney(cap, decimals),
  };
}
