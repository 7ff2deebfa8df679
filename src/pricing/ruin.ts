import { array, object, received, refuse } from "../basics/index.ts";
import { exp } from "../numeric/index.ts";
import { gather, notNegative, part, positive } from "./argument.ts";

/** A kind of claim of exponential size. */
export interface ClaimKind {
  /** > 0; parts of all claims, which need not sum to one. */
  readonly weight: number;
  /** Mean size, > 0. */
  readonly mean: number;
}

/** Premiums that flow in, and claims that come by chance. */
export interface SurplusProcess {
  /** One or more kinds, no two of one mean. */
  readonly claims: readonly ClaimKind[];
  /** How much of the expected claims premiums bring beyond them, > 0: 0.25 = 25 %. */
  readonly loading: number;
}

const KINDS_MAX = 50;

/**
 * Probability that claims ever use up the surplus: Poisson claims, premiums at a constant rate.
 *
 * It is a sum of exponentials whose rates solve Σ (weight·mean / total) / (1 − r·mean) = 1 + loading,
 * one below each 1 / mean.
 *
 * @param surplus  to begin with, ≥ 0, in the unit of the means
 * @returns        0 … 1
 * @throws         PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE,
 *                 TOO_FEW_ITEMS, TOO_MANY_ITEMS, MEAN_DUPLICATE
 * @source         Lundberg (1903), Cramér (1930); Bowers et al., Actuarial mathematics, chapter 13
 */
export function ruinProbability(surplus: number, process: SurplusProcess): number {
  check({ surplus: notNegative("money") }, { surplus }, process);
  return ruinAt(surplus, terms(process));
}

/**
 * The surplus with which claims use up the surplus no more often than that.
 *
 * @param probability  above 0, at most 1
 * @throws             PoolError as {@link ruinProbability}
 */
export function ruinSurplus(probability: number, process: SurplusProcess): number {
  check({ probability: part("probability of ruin") }, { probability }, process);
  if (probability === 0) {
    refuse({
      code: "NUMBER_RANGE",
      pointer: "/probability",
      detail: "claims without a largest size outgrow every surplus some time",
      expected: "number > 0 and <= 1",
      received: received(probability),
    });
  }
  const known = terms(process);
  if (ruinAt(0, known) <= probability) return 0;
  let low = 0;
  let high = process.claims.reduce((most, { mean }) => Math.max(most, mean), 0);
  while (ruinAt(high, known) > probability) high *= 2;
  for (let step = 0; step < 200; step++) {
    const middle = low + (high - low) / 2;
    if (middle === low || middle === high) break;
    if (ruinAt(middle, known) > probability) low = middle;
    else high = middle;
  }
  return high;
}

/** coefficient · e^(-rate · surplus). */
interface Term {
  readonly coefficient: number;
  readonly rate: number;
}

function ruinAt(surplus: number, known: readonly Term[]): number {
  return known.reduce((sum, { coefficient, rate }) => sum + coefficient * exp(-rate * surplus), 0);
}

function terms({ claims, loading }: SurplusProcess): Term[] {
  const total = claims.reduce((sum, { weight, mean }) => sum + weight * mean, 0);
  // Ascending by the rate of the exponential, 1 / mean.
  const kinds = claims
    .map(({ weight, mean }) => ({ part: (weight * mean) / total, rate: 1 / mean }))
    .sort((a, b) => a.rate - b.rate);
  const excess = (r: number) =>
    kinds.reduce((sum, { part: p, rate }) => sum + (p * rate) / (rate - r), 0) - 1 - loading;
  const roots = kinds.map(({ rate }, i) => {
    // Rises from below nought to infinity between the rate before and this one.
    let low = i === 0 ? 0 : kinds[i - 1]!.rate;
    let high = rate;
    for (let step = 0; step < 2000; step++) {
      const middle = low + (high - low) / 2;
      if (middle === low || middle === high) break;
      if (excess(middle) < 0) low = middle;
      else high = middle;
    }
    return low;
  });
  return roots.map((root, i) => {
    let coefficient = 1;
    for (const { rate } of kinds) coefficient *= 1 - root / rate;
    for (const [k, other] of roots.entries()) if (k !== i) coefficient *= other / (other - root);
    return { coefficient, rate: root };
  });
}

function check<T>(
  fields: Parameters<typeof gather<T>>[0],
  values: T,
  process: SurplusProcess,
): void {
  gather(fields, values).throwIfAny("surplus");
  const kind = object<ClaimKind>({ weight: positive("part of claims"), mean: positive("money") });
  const form = object<SurplusProcess>({
    claims: array(kind, { min: 1, max: KINDS_MAX }),
    loading: positive("of the expected claims, 1 = 100 %"),
  });
  const found = gather({ process: form }, { process });
  if (found.issues.length === 0) {
    const seen = new Set<number>();
    for (const [i, { mean }] of process.claims.entries()) {
      if (seen.has(mean)) {
        found.add({
          code: "MEAN_DUPLICATE",
          pointer: `/process/claims/${i}/mean`,
          detail: "two kinds of one mean are one kind; add up their weights",
          expected: "a mean of its own",
          received: received(mean),
        });
      }
      seen.add(mean);
    }
  }
  found.throwIfAny("surplus");
}
