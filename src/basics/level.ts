import { PoolError, received, refuse } from "./error.ts";

/** A confidence level as whole parts per million: 990000 is 0.99. Made by {@link level}. */
export type Level = number & { readonly brand: "level" };

/** Fewer scenarios than this beyond the level make no estimate. */
export const TAIL_SCENARIOS_MIN = 100;

const MILLION = 1_000_000;

/**
 * Makes a level from a fraction. It is held as an integer because 0.975 · 100,000 in doubles may
 * miss 97,500 by one rank, and a rank moves the value at risk.
 *
 * @param fraction  in (0, 1), at most six decimals: 0.99 asks for the worst 1 %
 * @throws          PoolError UNIT_SUSPECT when it looks like percent, NUMBER_RANGE, TYPE
 */
export function level(fraction: number, pointer = "/level"): Level {
  const partsPerMillion = Math.round(fraction * MILLION);
  if (
    typeof fraction === "number" &&
    partsPerMillion > 0 &&
    partsPerMillion < MILLION &&
    Math.abs(partsPerMillion / MILLION - fraction) < 1e-12
  ) {
    return partsPerMillion as Level;
  }
  const percent = typeof fraction === "number" && fraction >= 50 && fraction < 100;
  const code = typeof fraction !== "number" ? "TYPE" : percent ? "UNIT_SUSPECT" : "NUMBER_RANGE";
  refuse({
    code,
    pointer,
    detail: percent
      ? `this looks like percent; write ${fraction / 100} for ${fraction} %`
      : "this is not a confidence level",
    expected: "0 < level < 1, at most six decimals, 0.99 for 99 %",
    received: received(fraction),
  });
}

/** The level as a fraction: the nearest f64 to parts per million / 1e6. */
export function levelFraction(level: Level): number {
  return level / MILLION;
}

/**
 * How many of the scenarios lie beyond the level, possibly a fraction: (1 - level) · scenarios.
 *
 * @param scenarios  whole, ≤ 9e9, so that the product is exact before its one rounding
 */
export function tailCount(level: Level, scenarios: number): number {
  return ((MILLION - level) * scenarios) / MILLION;
}

/**
 * Rank of the quantile among n values in ascending order, from 1: ⌈n · level⌉ in whole numbers.
 *
 * @param n  whole, ≤ 9e9
 */
export function rankOf(level: Level, n: number): number {
  const product = n * level;
  const rest = product % MILLION;
  return (product - rest) / MILLION + (rest > 0 ? 1 : 0);
}

/** The least number of scenarios whose tail is thick enough for a level. */
export function scenariosNeeded(level: Level): number {
  const beyond = MILLION - level;
  return Math.ceil((TAIL_SCENARIOS_MIN * MILLION) / beyond);
}

/** The error for too few scenarios beyond a level; it names the number that would do. */
export function tailTooThin(level: Level, scenarios: number, pointer = "/scenarios"): PoolError {
  const needed = scenariosNeeded(level);
  return new PoolError([
    {
      code: "TAIL_TOO_THIN",
      pointer,
      detail:
        `only ${tailCount(level, scenarios)} of ${scenarios} scenarios lie beyond ` +
        `${levelFraction(level)}; run at least ${needed} or lower the level`,
      expected: `>= ${TAIL_SCENARIOS_MIN} scenarios in the tail, that is >= ${needed} in all`,
      received: received(scenarios),
    },
  ]);
}
