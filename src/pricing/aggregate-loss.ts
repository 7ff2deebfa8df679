import {
  choice,
  integer,
  level,
  levelFraction,
  number,
  object,
  received,
  refuse,
  variant,
} from "../basics/index.ts";
import { binomialProbabilities, exp, log, log1p } from "../numeric/index.ts";
import { gather, positive } from "./argument.ts";

/** How many losses a period has. */
export type ClaimCount =
  | { readonly kind: "poisson"; readonly mean: number }
  /** Of failures before so many successes: mean successes · (1 − chance) / chance. */
  | { readonly kind: "negative-binomial"; readonly successes: number; readonly chance: number }
  | { readonly kind: "binomial"; readonly trials: number; readonly chance: number }
  /** [losses] probability of 0, 1, 2, … of them; they sum to one. */
  | { readonly kind: "table"; readonly probabilities: ArrayLike<number> };

/** A loss that is a whole number of steps. */
export interface LatticeLaw {
  /** Money per step, > 0. */
  readonly step: number;
  /** [steps] probability of 0, 1, 2, … steps. */
  readonly probabilities: Float64Array;
}

/** Tail of a law, in the unit of its step. */
export interface LatticeMeasure {
  readonly mean: number;
  /** Smallest loss whose distribution function reaches the level. */
  readonly valueAtRisk: number;
  /** Mean of the worst part, with the atom at the value at risk counted in part. */
  readonly expectedShortfall: number;
}

/** Probabilities are kept until so little is left that no figure shows it. */
const REST = 1e-19;
const STEPS_MAX = 2 ** 20;
/** Products that a recursion may take: some seconds of work. */
const PRODUCTS_MAX = 2 ** 32;
/** Steps of a law that is convolved in full: one second of work. */
const CONVOLVED_MAX = 2 ** 15;
/** e^-700 is the smallest power that keeps its digits. */
const EXPONENT_MAX = 700;
/** Sums of a million rounded probabilities are this far off one. */
const SUM_ERROR = 1e-9;

const countForm = variant<Exclude<ClaimCount, { kind: "table" }>>({
  poisson: object<Extract<ClaimCount, { kind: "poisson" }>>({
    kind: choice(["poisson"]),
    mean: positive("losses per period"),
  }),
  "negative-binomial": object<Extract<ClaimCount, { kind: "negative-binomial" }>>({
    kind: choice(["negative-binomial"]),
    successes: positive("need not be whole"),
    chance: number({ exclusiveMin: 0, exclusiveMax: 1, unit: "of success in one trial" }),
  }),
  binomial: object<Extract<ClaimCount, { kind: "binomial" }>>({
    kind: choice(["binomial"]),
    trials: integer({ min: 1, max: CONVOLVED_MAX, unit: "trials" }),
    chance: number({ exclusiveMin: 0, exclusiveMax: 1, unit: "of a loss in one trial" }),
  }),
});

/**
 * Law of the sum of a random number of losses that are alike and independent.
 *
 * Poisson and negative binomial numbers by Panjer's recursion, binomial ones and tables by
 * convolution: Panjer's recursion subtracts where it is binomial. All other sums have positive
 * terms only, so that small probabilities keep their digits.
 *
 * @param severity  [steps] probability that one loss is 0, 1, 2, … steps; they sum to one
 * @param step      money per step, > 0
 * @returns         the whole law, or as much of it as leaves less than 1e-18
 * @throws          PoolError TYPE, ENUM, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE,
 *                  INTEGER, LATTICE_TOO_LONG
 * @source          Panjer, Recursive evaluation of a family of compound distributions (1981)
 */
export function compoundLoss(
  count: ClaimCount,
  severity: ArrayLike<number>,
  step: number,
): LatticeLaw {
  const isTable = count.kind === "table";
  const found = isTable
    ? gather({ step: positive("money") }, { step })
    : gather({ count: countForm, step: positive("money") }, { count, step });
  found.throwIfAny("compound loss");
  checkLaw(severity, "/severity");
  const f = Float64Array.from(severity);
  if (count.kind === "table") {
    checkLaw(count.probabilities, "/count/probabilities");
    return { step, probabilities: convolved(Float64Array.from(count.probabilities), f) };
  }
  if (count.kind === "binomial") {
    const chances = binomialProbabilities(count.trials, count.chance);
    return { step, probabilities: convolved(chances, f) };
  }
  const zero = f[0]!;
  const size = f.reduce((sum, p, j) => sum + j * p, 0);
  if (count.kind === "poisson") {
    const { mean } = count;
    const start = mean * (1 - zero);
    return {
      step,
      probabilities: panjer(f, { a: 0, b: mean, exponent: start, mean: mean * size }),
    };
  }
  const { successes, chance } = count;
  const a = 1 - chance;
  const exponent = successes * (log1p(-a * zero) - log(chance));
  const mean = (successes * a * size) / chance;
  return { step, probabilities: panjer(f, { a, b: (successes - 1) * a, exponent, mean }) };
}

/**
 * Mean, value at risk and expected shortfall of a law on a lattice.
 *
 * @param confidence  above 0, below 1, at most six decimals
 * @throws            PoolError NUMBER_RANGE, UNIT_SUSPECT, TYPE
 * @source            Acerbi & Tasche, On the coherence of expected shortfall (2002), definition 2.6
 */
export function latticeMeasure(
  { step, probabilities }: LatticeLaw,
  confidence: number,
): LatticeMeasure {
  const alpha = levelFraction(level(confidence, "/confidence"));
  const mean = probabilities.reduce((sum, p, k) => sum + k * p, 0);
  // From the far end, so that a small tail is not what rounding left of one.
  let beyond = 0;
  let weighed = 0;
  let k = probabilities.length - 1;
  // A level that the distribution function meets but for rounding counts as met.
  const allowed = (1 - alpha) * (1 + 1e-12);
  for (; k > 0 && beyond + probabilities[k]! <= allowed; k--) {
    beyond += probabilities[k]!;
    weighed += k * probabilities[k]!;
  }
  const shortfall = (weighed + k * Math.max(0, 1 - alpha - beyond)) / (1 - alpha);
  return {
    mean: step * mean,
    valueAtRisk: step * k,
    expectedShortfall: step * Math.max(k, shortfall),
  };
}

/** Probability that the loss is at most `amount`. */
export function latticeCdf({ step, probabilities }: LatticeLaw, amount: number): number {
  // An amount that is a number of steps but for rounding counts as that number.
  const last = Math.floor((amount / step) * (1 + 1e-14));
  let sum = 0;
  for (let k = 0; k <= last && k < probabilities.length; k++) sum += probabilities[k]!;
  return Math.min(1, sum);
}

/** Numbers of losses with p(n) = (a + b / n) · p(n − 1). */
interface PanjerClass {
  readonly a: number;
  readonly b: number;
  /** −ln of the probability that nothing is lost. */
  readonly exponent: number;
  /** Of the sum, in steps. */
  readonly mean: number;
}

function panjer(f: Float64Array, { a, b, exponent, mean }: PanjerClass): Float64Array {
  if (exponent > EXPONENT_MAX) {
    refuse({
      code: "NUMBER_RANGE",
      pointer: "/count",
      detail:
        "so many losses are expected that none at all is no longer a number; split the period",
      expected: `probability of no loss >= e^-${EXPONENT_MAX}`,
      received: `e^-${Math.ceil(exponent)}`,
    });
  }
  const zero = f[0]!;
  const law: number[] = [exp(-exponent)];
  const reach = f.length - 1;
  const scale = 1 / (1 - a * zero);
  // Beyond the mean the law falls; a whole reach of almost nothing is followed by less.
  for (let quiet = 0, x = 1; x <= mean || quiet <= reach; x++) {
    if (x >= STEPS_MAX || x * reach >= PRODUCTS_MAX) tooLong(x);
    let sum = 0;
    for (let j = Math.min(x, reach); j > 0; j--) sum += (a + (b * j) / x) * f[j]! * law[x - j]!;
    law.push(scale * sum);
    quiet = scale * sum < REST ? quiet + 1 : 0;
  }
  return Float64Array.from(law);
}

/** Σ count(n) · f^(*n), by Horner's rule. */
function convolved(count: Float64Array, f: Float64Array): Float64Array {
  const reach = f.length - 1;
  const steps = (count.length - 1) * reach + 1;
  if (steps > CONVOLVED_MAX) tooLong(steps);
  let law = new Float64Array(steps);
  let next = new Float64Array(steps);
  law[0] = count[count.length - 1]!;
  for (let n = count.length - 2, last = 0; n >= 0; n--) {
    next.fill(0);
    for (let x = 0; x <= last; x++) {
      const p = law[x]!;
      if (p === 0) continue;
      for (let j = 0; j <= reach; j++) next[x + j]! += p * f[j]!;
    }
    last += reach;
    next[0]! += count[n]!;
    [law, next] = [next, law];
  }
  return law;
}

function tooLong(steps: number): never {
  refuse({
    code: "LATTICE_TOO_LONG",
    pointer: "/severity",
    detail: "the sum has more steps than can be worked out; make the steps longer",
    expected: `at most ${CONVOLVED_MAX} steps of a table or binomial number, of others ${STEPS_MAX} or fewer where a loss is long`,
    received: received(steps),
  });
}

function checkLaw(law: ArrayLike<number>, pointer: string): void {
  let sum = 0;
  for (let i = 0; i < law.length; i++) {
    if (!(law[i]! >= 0)) {
      refuse({
        code: "NUMBER_RANGE",
        pointer: `${pointer}/${i}`,
        detail: "a probability is not negative",
        expected: "number >= 0",
        received: received(law[i]),
      });
    }
    sum += law[i]!;
  }
  if (!(Math.abs(sum - 1) <= SUM_ERROR)) {
    refuse({
      code: "NUMBER_RANGE",
      pointer,
      detail: "the probabilities of a law sum to one",
      expected: `a sum of 1 ± ${SUM_ERROR}`,
      received: received(sum),
    });
  }
}
