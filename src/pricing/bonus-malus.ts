import { received, refuse } from "../basics/index.ts";
import { exp } from "../numeric/index.ts";

/** A scale of levels that everyone moves on by the number of own claims. */
export interface BonusMalusScale {
  /** Levels, numbered from 0; 2 … 1,000. */
  readonly levels: number;
  /** The level after a period with so many claims. */
  next(level: number, claims: number): number;
}

/** A kind of participant: how often it claims, and how many of all are of its kind. */
export interface FrequencyClass {
  /** Claims per period, 0 … 50. */
  readonly frequency: number;
  /** > 0. */
  readonly weight: number;
}

const LEVELS_MAX = 1000;
const FREQUENCY_MAX = 50;
/** What is left of the Poisson law once further claims are taken as one. */
const REST = 1e-17;

/**
 * Where those with one claim frequency are found in the long run: the stationary law of the scale.
 *
 * Claims are Poisson. States are eliminated one by one without a subtraction, so that small
 * probabilities keep their digits.
 *
 * @param frequency  claims per period, 0 … 50
 * @returns          [levels] probabilities; levels that are left for good have 0
 * @throws           PoolError NUMBER_RANGE
 * @source           Lemaire, Bonus-malus systems in automobile insurance (1995), chapter 2;
 *                   elimination: Grassmann, Taksar & Heyman, Regenerative analysis and steady state
 *                   distributions for Markov chains (1985)
 */
export function stationaryLevels(scale: BonusMalusScale, frequency: number): Float64Array {
  const { levels } = scale;
  checkRange("/levels", Number.isInteger(levels) && levels >= 2 && levels <= LEVELS_MAX, levels, {
    detail: "a scale has levels to move between",
    expected: `integer, 2 … ${LEVELS_MAX}`,
  });
  const isFrequency = Number.isFinite(frequency) && frequency > 0 && frequency <= FREQUENCY_MAX;
  checkRange("/frequency", isFrequency, frequency, {
    detail: "a claim frequency is claims per period; who never claims ends at the best level",
    expected: `number above 0, at most ${FREQUENCY_MAX}`,
  });
  const moves = transitions(scale, frequency);
  const row = (from: number) => moves.subarray(from * levels, (from + 1) * levels);
  for (let n = levels - 1; n > 0; n--) {
    const out = row(n).subarray(0, n);
    const leaving = out.reduce((sum, p) => sum + p, 0);
    if (leaving === 0) {
      refuse({
        code: "NUMBER_RANGE",
        pointer: `/next/${n}`,
        detail:
          "nobody ever comes from this level to a lower one, so there is no single law in the long run",
        expected: "a scale on which the levels below can be reached again",
      });
    }
    for (let from = 0; from < n; from++) {
      const arriving = row(from);
      const share = arriving[n]! / leaving;
      arriving[n] = share;
      for (let to = 0; to < n; to++) arriving[to]! += share * out[to]!;
    }
  }
  const law = new Float64Array(levels);
  law[0] = 1;
  let sum = 1;
  for (let n = 1; n < levels; n++) {
    for (let from = 0; from < n; from++) law[n]! += law[from]! * row(from)[n]!;
    sum += law[n]!;
  }
  return law.map((part) => part / sum);
}

/**
 * What every level should pay in times of the average: the mean frequency of those found there,
 * over that of all.
 *
 * @returns  [levels]; NaN is never among them: a level that nobody is found at pays the average
 * @throws   PoolError NUMBER_RANGE
 * @source   Norberg, A credibility theory for automobile bonus systems (1976)
 */
export function relativities(
  scale: BonusMalusScale,
  classes: readonly FrequencyClass[],
): Float64Array {
  checkRange("/classes", classes.length > 0, classes.length, {
    detail: "levels are rated by who is found there",
    expected: "one class or more",
  });
  const found = new Float64Array(scale.levels);
  const claims = new Float64Array(scale.levels);
  let total = 0;
  let mean = 0;
  for (const [c, { frequency, weight }] of classes.entries()) {
    checkRange(`/classes/${c}/weight`, Number.isFinite(weight) && weight > 0, weight, {
      detail: "a class is weighed by how many are of its kind",
      expected: "number > 0",
    });
    total += weight;
    mean += weight * frequency;
    for (const [level, part] of stationaryLevels(scale, frequency).entries()) {
      found[level]! += weight * part;
      claims[level]! += weight * part * frequency;
    }
  }
  mean /= total;
  return claims.map((sum, level) => (found[level] === 0 ? 1 : sum / found[level]! / mean));
}

/** [levels × levels] probabilities of moving from one level to another. */
function transitions(scale: BonusMalusScale, frequency: number): Float64Array {
  const { levels } = scale;
  const moves = new Float64Array(levels * levels);
  const add = (claims: number, probability: number) => {
    for (let level = 0; level < levels; level++) {
      const to = scale.next(level, claims);
      checkRange(`/next/${level}`, Number.isInteger(to) && to >= 0 && to < levels, to, {
        detail: `after ${claims} claims a level must follow`,
        expected: `integer, 0 … ${levels - 1}`,
      });
      moves[level * levels + to]! += probability;
    }
  };
  let probability = exp(-frequency);
  let rest = 1;
  let claims = 0;
  // Beyond the mean the law falls, so what is small there stays small.
  while (claims < frequency || probability > REST) {
    add(claims, probability);
    rest -= probability;
    claims += 1;
    probability *= frequency / claims;
  }
  add(claims, Math.max(0, rest));
  return moves;
}

function checkRange(
  pointer: string,
  holds: boolean,
  value: number,
  words: { readonly detail: string; readonly expected: string },
): void {
  if (!holds) refuse({ code: "NUMBER_RANGE", pointer, ...words, received: received(value) });
}
