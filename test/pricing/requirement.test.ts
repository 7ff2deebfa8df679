// Method: steps by hand; a replay against a plain one; the tools against procyclicality on a history
// with calm and wild times, and on real prices where they are at hand.
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { normalQuantile } from "../../src/numeric/index.ts";
import {
  type LookBack,
  type RequirementDay,
  type RequirementInput,
  type RequirementReplay,
  type RequirementStep,
  type RequirementTerms,
  replayRequirement,
  requirementStep,
} from "../../src/pricing/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const INPUT: RequirementInput = {
  volatility: 0.04,
  longVolatility: 0.03,
  stressedVolatility: 0.1,
  utilisation: 0.9,
  shortfall: 0.2,
};

describe("what is calculated", () => {
  test.each<[string, Partial<RequirementTerms>, number]>([
    ["is a multiple of the volatility", {}, 0.1],
    ["has a quarter of stress", { stressedWeight: 0.25 }, 2.5 * (0.03 + 0.025)],
    ["rises with use beyond the kink", { utilisationKink: 0.7, utilisationLoading: 2 }, 0.14],
    ["has no loading without a kink below one", { utilisationLoading: 2 }, 0.1],
    ["is no less than a part of the shortfall", { shortfallPart: 0.6 }, 0.12],
    ["is no less than with the long look-back", { isFloored: true, multiple: 2 }, 0.08],
  ])("requirementStep: %s", (_, change, known) => {
    const { calculated, charged } = requirementStep(null, INPUT, { multiple: 2.5, ...change });
    expectClose([calculated, charged], [known, known], { rel: 1e-14 });
  });

  test("requirementStep: in calm times the long look-back holds", () => {
    const calm = { ...INPUT, volatility: 0.01 };
    const { calculated } = requirementStep(null, calm, { multiple: 2.5, isFloored: true });
    expectClose(calculated, 0.075, { rel: 1e-14 });
  });
});

/** Requirements of a row of volatilities, in percent. */
function path(terms: RequirementTerms, ...volatilities: number[]): number[] {
  let state: RequirementStep | null = null;
  return volatilities.map((volatility) => {
    state = requirementStep(state, { ...INPUT, volatility: volatility / 100 }, terms);
    return Math.round(state.charged * 1e8) / 1e6;
  });
}

describe("what is charged", () => {
  test("requirementStep: a buffer is used up before the requirement rises, and fills as it falls", () => {
    const terms = { multiple: 1, buffer: 0.25 };
    expect(path(terms, 8, 9, 10, 12, 12, 10, 9, 4)).toEqual([10, 10, 10, 12, 12, 12, 11.25, 5]);
    // A tenth of what is missing is asked for each day: 12 + (15 − 12) / 10.
    expect(path({ ...terms, bufferRefill: 0.1 }, 8, 12, 12, 12)).toEqual([10, 12, 12.3, 12.57]);
  });

  test("requirementStep: what is charged rises and falls no faster than allowed", () => {
    const terms = { multiple: 1, riseMax: 0.1, fallMax: 0.5 };
    expect(path(terms, 10, 20, 20, 4, 4, 4)).toEqual([10, 11, 12.1, 6.05, 4, 4]);
    expect(path({ multiple: 1 }, 10, 20, 4)).toEqual([10, 20, 4]);
    expect(path({ multiple: 1, riseMax: 0.1 }, 0, 5)).toEqual([0, 5]);
  });

  test("requirementStep: a band holds what is charged until the target leaves it, then lets it go all the way", () => {
    const terms = { multiple: 1, band: 0.2, riseMax: 0.1 };
    // 11.9 is inside; 13 is not, and is gone to in steps although 12.1 would be within the band.
    expect(path(terms, 10, 11.9, 8.1, 13, 13, 13, 13, 12)).toEqual([
      10, 10, 10, 11, 12.1, 13, 13, 13,
    ]);
  });
});

/** A history that changes between calm and wild times; shocks are normal. */
function regimes(seed: number, days: number): RequirementDay[] {
  const random = seeded(seed);
  let isWild = false;
  return Array.from({ length: days }, () => {
    isWild = random() < (isWild ? 0.03 : 0.006) ? !isWild : isWild;
    return { move: (isWild ? 0.06 : 0.02) * normalQuantile(0.5 + 0.999 * (random() - 0.5)) };
  });
}

const LOOK_BACK: LookBack = {
  decay: 0.94,
  longDays: 3650,
  stressedDays: 60,
  warmUpDays: 250,
  callDays: 5,
};
/** Of a normal move, to either side, on 99 of 100 days. */
const TERMS: RequirementTerms = { multiple: normalQuantile(0.995) };

describe("replay", () => {
  test("replayRequirement: is what a plain loop over the history gives", () => {
    const history = regimes(1, 700).map((day, i) => ({
      ...day,
      utilisation: (i % 10) / 10,
      shortfall: 0.08,
    }));
    const terms: RequirementTerms = {
      ...TERMS,
      utilisationKink: 0.5,
      utilisationLoading: 0.4,
      shortfallPart: 0.5,
      riseMax: 0.2,
      band: 0.05,
      buffer: 0.25,
      stressedWeight: 0.25,
      isFloored: true,
    };
    const lookBack = { ...LOOK_BACK, longDays: 300 };
    const found = replayRequirement(history, terms, lookBack);
    const rms = (from: number, to: number) => {
      const some = history.slice(Math.max(0, from), to);
      return Math.sqrt(some.reduce((sum, { move }) => sum + move * move, 0) / some.length);
    };
    let variance = rms(0, 250) ** 2;
    let state: RequirementStep | null = null;
    let exceeded = 0;
    const charged: number[] = [];
    for (const [i, { move, utilisation, shortfall }] of history.slice(0, -1).entries()) {
      variance = 0.94 * variance + 0.06 * move * move;
      if (i < 249) continue;
      let stressedVolatility = 0;
      for (let end = Math.max(60, i + 1 - 300 + 60); end <= i + 1; end++) {
        stressedVolatility = Math.max(stressedVolatility, rms(end - 60, end));
      }
      const input = {
        volatility: Math.sqrt(variance),
        longVolatility: rms(i + 1 - 300, i + 1),
        stressedVolatility,
        utilisation,
        shortfall,
      };
      state = requirementStep(state, input, terms);
      charged.push(state.charged);
      if (Math.abs(history[i + 1]!.move) > state.charged) exceeded++;
    }
    expectClose(Array.from(found.charged), charged, { rel: 1e-11 });
    expectClose(found.exceeded, exceeded / charged.length, { rel: 1e-14 });
    expectClose(found.peakToTrough, Math.max(...charged) / Math.min(...charged), { rel: 1e-11 });
    const mean = charged.reduce((sum, x) => sum + x, 0) / charged.length;
    expectClose(found.meanCharged, mean, { rel: 1e-11 });
    let call = 0;
    for (let i = 0; i < charged.length; i++) {
      for (let n = 1; n <= 5 && n <= i; n++) call = Math.max(call, charged[i]! - charged[i - n]!);
    }
    expectClose(found.largestCall, call, { rel: 1e-9 });
  });

  test("replayRequirement: no day sees what comes after it", () => {
    const history = regimes(2, 600);
    const whole = replayRequirement(history, { ...TERMS, isFloored: true }, LOOK_BACK);
    const start = replayRequirement(
      history.slice(0, 400),
      { ...TERMS, isFloored: true },
      LOOK_BACK,
    );
    expect(Array.from(start.charged)).toEqual(Array.from(whole.charged.subarray(0, 150)));
  });

  test("replayRequirement: on normal moves of one volatility, one of a hundred days exceeds it", () => {
    const random = seeded(8);
    const history = Array.from({ length: 20_250 }, () => ({
      move: 0.02 * normalQuantile(0.5 + 0.999_999 * (random() - 0.5)),
    }));
    // A decay near 1, so that what is measured is the volatility itself.
    const { exceeded } = replayRequirement(history, TERMS, { ...LOOK_BACK, decay: 0.9995 });
    expect(Math.abs(exceeded - 0.01)).toBeLessThan(4 * Math.sqrt((0.01 * 0.99) / 20_000));
  });
});

/** Every tool against requirements without any. */
function expectTools(history: readonly RequirementDay[]): void {
  const of = (change: Partial<RequirementTerms>): RequirementReplay =>
    replayRequirement(history, { ...TERMS, ...change }, LOOK_BACK);
  const bare = of({});
  const tools: Partial<RequirementTerms>[] = [
    { buffer: 0.25 },
    { stressedWeight: 0.25 },
    { isFloored: true },
  ];
  for (const tool of tools) {
    const { peakToTrough, largestCall, exceeded } = of(tool);
    expect(peakToTrough).toBeLessThan(0.85 * bare.peakToTrough);
    expect(largestCall).toBeLessThanOrEqual(bare.largestCall);
    expect(exceeded).toBeLessThan(bare.exceeded);
  }
  // Together they do more than each alone.
  const all = of({ buffer: 0.25, stressedWeight: 0.25, isFloored: true });
  for (const tool of tools) {
    expect(all.peakToTrough).toBeLessThan(of(tool).peakToTrough);
    expect(all.exceeded).toBeLessThanOrEqual(of(tool).exceeded);
  }
  // A limit of the rate spares members a call and leaves more days uncovered.
  const slow = of({ riseMax: 0.05, fallMax: 0.05 });
  const highest = slow.charged.reduce((most, x) => Math.max(most, x), 0);
  expect(slow.largestCall).toBeLessThan((1.05 ** 5 - 1) * highest);
  expect(slow.largestCall).toBeLessThan(bare.largestCall);
  expect(slow.exceeded).toBeGreaterThan(bare.exceeded);
}

describe("tools against procyclicality", () => {
  test.each([1, 2, 3, 4])("replayRequirement: each tool does what it is for (seed %i)", (seed) => {
    expectTools(regimes(seed, 3000));
  });

  const folder =
    process.env["RISKPOOL_SHARED"] ?? fileURLToPath(new URL("../../../shared", import.meta.url));
  const file = `${folder}/data/prices_daily_yahoo.csv`;
  const absent = !existsSync(file);
  test.skipIf(absent).each(["BTC", "ETH"])(
    "replayRequirement: each tool does what it is for on six years of %s",
    (asset) => {
      const prices = readFileSync(file, "utf8")
        .split("\n")
        .map((row) => row.split(","))
        .filter((row) => row[1] === asset)
        .map((row) => Number(row[5]));
      const history = prices.slice(1).map((price, i) => ({ move: Math.log(price / prices[i]!) }));
      expect(history.length).toBeGreaterThan(2000);
      expectTools(history);
    },
  );
});

test.each<[string, () => unknown, string[]]>([
  [
    "a risk that is none",
    () => requirementStep(null, { ...INPUT, volatility: Number.NaN, utilisation: 2 }, TERMS),
    ["NUMBER_NOT_FINITE /input/volatility", "NUMBER_RANGE /input/utilisation"],
  ],
  [
    "terms out of bounds",
    () => requirementStep(null, INPUT, { multiple: 0, fallMax: 1.5, band: -1, stressedWeight: 2 }),
    [
      "NUMBER_RANGE /terms/band",
      "NUMBER_RANGE /terms/fallMax",
      "NUMBER_RANGE /terms/multiple",
      "NUMBER_RANGE /terms/stressedWeight",
    ],
  ],
  [
    "a state that is none",
    () => requirementStep({ target: -1, charged: 0, isMoving: false }, INPUT, TERMS),
    ["NUMBER_RANGE /state/target"],
  ],
  [
    "a history that ends with the warm-up",
    () => replayRequirement(regimes(1, 250), TERMS, LOOK_BACK),
    ["HISTORY_TOO_SHORT /history"],
  ],
  [
    "a look-back shorter than its worst time",
    () => replayRequirement([{ move: 200 }], TERMS, { ...LOOK_BACK, longDays: 30, warmUpDays: 59 }),
    [
      "NUMBER_RANGE /history/0/move",
      "NUMBER_RANGE /lookBack/longDays",
      "NUMBER_RANGE /lookBack/warmUpDays",
    ],
  ],
])("requirements: refuse %s", (_, run, codes) => {
  expect(refusals(run).sort()).toEqual([...codes].sort());
});
