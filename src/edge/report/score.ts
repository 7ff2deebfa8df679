import type { Comparison, PolicyScore } from "../../index.ts";
import {
  count,
  estimatePlace,
  JOIN,
  levelPercent,
  percent,
  placeOf,
  probability,
  rounded,
} from "./format.ts";

interface Figure {
  readonly value: number;
  readonly standardError: number;
}

/** One thing that policies are scored by, and how it is read. */
export interface Score {
  readonly heading: string;
  /** Without a direction: `USD ± s.e.` */
  readonly unit: string;
  /** Which way is good; null where that is a matter of taste. */
  readonly better: "less" | "more" | "one" | null;
  /** How it is computed, in a sentence or two. */
  readonly note: string;
  /** Null where there is nothing to score. */
  readonly of: (row: PolicyScore) => Figure | null;
  readonly print: (row: PolicyScore) => string;
}

/** Differences below it come of summing in another order. */
const TOLERANCE = 1e-6;

/** What is put in, how often it is not enough, and who would rather leave. */
export function capitalScores(about: Comparison): Score[] {
  const { code } = about.currency;
  const level = levelPercent(about.level);
  return [
    {
      ...{ heading: "Capital", unit: code, better: null },
      note: "What the layers of others than members hold, and what members put in: the rule's amounts, credits not paid out. More protects and costs more; neither is better by itself.",
      of: ({ capital }) => exact(capital),
      print: ({ capital }) => rounded(capital, placeOf(capital, 4)),
    },
    {
      ...{ heading: "Falls short", unit: "of scenarios ± s.e.", better: "less" },
      note: `How often the pool's loss exceeds the capital, counted in ${count(about.sampled)} scenarios.`,
      of: ({ shortfallProbability }) => shortfallProbability,
      print: ({ shortfallProbability }) => probability(shortfallProbability, about.sampled),
    },
    {
      ...{ heading: "Left to share", unit: `${code} ± s.e.`, better: "less" },
      note: "What exceeds the capital, averaged over all scenarios: 0 where it suffices.",
      of: ({ expectedShared }) => expectedShared,
      print: ({ expectedShared }) => fixed(expectedShared, -about.currency.decimals),
    },
    {
      ...{ heading: "Above own ES", unit: "of participants", better: "less" },
      note: `Participants who are asked for more than the ES ${level} of their own loss. They would do better alone.`,
      of: ({ aboveStandAlone }) => exact(aboveStandAlone),
      print: ({ aboveStandAlone }) => percent(aboveStandAlone),
    },
    {
      ...{ heading: "Stay", unit: "of participants", better: "more" },
      note: "Who is left when all who are asked for more than that leave, the rest divide their own ES in the old proportions, and so on until nobody leaves. A thought experiment: nobody else leaves, and nobody new comes.",
      of: ({ stayers }) => exact(stayers),
      print: ({ stayers }) => percent(stayers),
    },
    {
      ...{ heading: "Moved by seed", unit: "of amounts", better: "less" },
      note: `Half of all differences between what is asked with seed ${about.seeds[0]} and with seed ${about.seeds[1]}, over what is asked: how much of the contributions is chance.`,
      of: ({ seedSensitivity }) => exact(seedSensitivity),
      print: ({ seedSensitivity }) => percent(seedSensitivity, 2),
    },
  ];
}

/** Who bears what capital does not. */
export function sharingScores(about: Comparison): Score[] {
  const { code, decimals } = about.currency;
  return [
    {
      ...{ heading: "Nobody bears", unit: `${code} ± s.e.`, better: "less" },
      note: "What nobody can be made to bear, averaged over all scenarios: rules that take from gains end where the gains do.",
      of: ({ residualDeficit }) => residualDeficit,
      print: ({ residualDeficit }) => fixed(residualDeficit, -decimals),
    },
    {
      ...{ heading: "Taken over lacking", unit: "ratio ± s.e.", better: "one" },
      note: "All that is taken over all that is lacking; 1 is what is needed. A queue closes whole accounts and takes more; less than 1 leaves a deficit.",
      of: ({ overHaircut }) => overHaircut,
      print: ({ overHaircut }) => (overHaircut === null ? "–" : fixed(overHaircut, -3)),
    },
    {
      ...{ heading: "Largest part", unit: "of what is taken ± s.e.", better: "less" },
      note: "The largest part that one participant bears, averaged over the scenarios in which something is taken.",
      of: ({ largestShare }) => largestShare,
      print: ({ largestShare }) => (largestShare === null ? "–" : fixedPercent(largestShare)),
    },
    {
      ...{ heading: "Gini", unit: "0 all alike", better: "less" },
      note: "Of what everyone bears on average over the scenarios: 0 all alike, towards 1 one bears it all. Even is not the same as fair: who caused a loss does not count here.",
      of: ({ gini }) => (gini === null ? null : exact(gini)),
      print: ({ gini }) => (gini === null ? "–" : rounded(gini, -3)),
    },
  ];
}

/** Which direction is good, in words; empty where none is. */
export function directionWords({ better }: Score): string {
  if (better === null) return "";
  return better === "one" ? "nearest 1 is best" : `${better} is better`;
}

/**
 * Numbers of the rows that do best by a score; none where all do alike or no direction is good.
 */
export function bestRows(score: Score, rows: readonly PolicyScore[]): ReadonlySet<number> {
  const { better } = score;
  const scored = rows.flatMap((row, i) => {
    const figure = score.of(row);
    if (figure === null || better === null) return [];
    const { value } = figure;
    return [
      { i, cost: better === "less" ? value : better === "more" ? -value : Math.abs(value - 1) },
    ];
  });
  const least = Math.min(...scored.map(({ cost }) => cost));
  const best = scored.filter(
    ({ cost }) => cost - least <= TOLERANCE * Math.max(1, Math.abs(least)),
  );
  return new Set(best.length === scored.length ? [] : best.map(({ i }) => i));
}

/** In how many scenarios capital was not enough: the fewest and the most of all policies. */
export function hitRange({ rows, sampled }: Comparison): readonly [number, number] {
  const hits = rows.map((row) => Math.round(row.shortfallProbability.value * sampled));
  return [Math.min(...hits), Math.max(...hits)];
}

/** `Capital was not enough in 35 to 63 of 32,768 scenarios, depending on the policy.` */
export function hitWords(about: Comparison): string {
  const [least, most] = hitRange(about);
  const range =
    least === most
      ? [count(least), ""]
      : [`${count(least)} to ${count(most)}`, ", depending on the policy"];
  return `Capital was not enough in ${range[0]} of ${count(about.sampled)} scenarios${range[1]}.`;
}

function exact(value: number): Figure {
  return { value, standardError: 0 };
}

/** An estimate with no digit finer than a place, where what is left of an error is rounding. */
function fixed(figure: Figure, finest: number): string {
  if (figure.value === 0 && figure.standardError === 0) return "none seen";
  const place = Math.max(estimatePlace(figure), finest);
  return `${rounded(figure.value, place)}${JOIN}±${JOIN}${rounded(figure.standardError, place)}`;
}

function fixedPercent({ value, standardError }: Figure): string {
  return `${fixed({ value: value * 100, standardError: standardError * 100 }, -2)}${JOIN}%`;
}
