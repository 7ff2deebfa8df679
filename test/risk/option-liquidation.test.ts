// Method: margined short options against a walk of the rules, one option and one path at a time,
// with Black's formula written out there. Whether and when one is closed must be equal on every
// path, amounts to 1e-9 of themselves, losses to what value profiles allow.
import { describe, expect, test } from "vitest";
import type { PoolDocument } from "../../src/index.ts";
import type { LiquidationMarket, LiquidationTerms } from "../../src/terms/index.ts";
import { freshKernel } from "../support/kernel.ts";
import { FULL, marketFor, PACED } from "../support/liquidation-pool.ts";
import { columnsOf, hitStepsOf, layMarginRun, returnsOf, type Way } from "../support/margin-run.ts";
import { OPTION_TERMS, type OptionShape, optionPool, shortOption } from "../support/option-pool.ts";
import {
  type OptionOutcome,
  optionWorth,
  type ShortOption,
  shortOptionsOf,
  walkOption,
} from "../support/option-walk.ts";

const PATHS = 5000;
// 50 steps: three blocks of the kernel and a part of one.
const WAY: Way = { days: 10, stepDays: 0.2 };
const { kernels } = freshKernel();

/** What a pool of one option must have shown, so that nothing is proved by nothing happening. */
interface Seen {
  hits: number;
  partial: number;
  badDebts: number;
  fees: number;
  /** Settled at its own expiry with a debt. */
  settled: number;
  /** Below maintenance, and above it again before anything was closed. */
  late: number;
}

function isClose(value: number, known: number, size: number): boolean {
  return Math.abs(value - known) <= 1e-9 * size;
}

/** Walks the only option of a pool along every path; the first difference from the kernel fails. */
function agree(document: PoolDocument, way: Way = WAY, paths = PATHS): Seen {
  const run = layMarginRun(kernels, document, way);
  const [option, ...others] = shortOptionsOf(document);
  expect([run.items, others]).toEqual([[option!.id], []]);
  const [losses, counts, notionals, badDebts, fees] = columnsOf(run, paths);
  const steps = hitStepsOf(run, paths);
  const x = returnsOf(run, paths);
  const asset = "ABC".indexOf(option!.asset);
  const seen: Seen = { hits: 0, partial: 0, badDebts: 0, fees: 0, settled: 0, late: 0 };
  for (let p = 0; p < paths; p++) {
    const prices = run.times.map(
      (_, t) => option!.spot * Math.exp(x[(p * run.times.length + t) * run.assets + asset]!),
    );
    const own = walkOption(option!, document.liquidation!, run.times, prices);
    const size = option!.coins * (option!.strike + Math.max(...prices));
    const whole = [own.hit < 0 ? -1 : own.breached, own.hit < 0 ? 0 : 1];
    const agrees =
      steps[p] === whole[0] &&
      counts![p] === whole[1] &&
      isClose(notionals![p]!, own.notional, own.notional) &&
      // A debt or a fee that is cut short is a small difference of large amounts.
      isClose(badDebts![p]!, own.badDebt, own.badDebt + 1e-5 * size) &&
      isClose(fees![p]!, own.fees, own.fees + 1e-5 * size) &&
      isClose(losses![p]!, own.loss, size);
    if (!agrees) {
      const kernel = [steps[p], counts![p], notionals![p], badDebts![p], fees![p], losses![p]];
      const rules = [...whole, own.notional, own.badDebt, own.fees, own.loss];
      expect({ p, kernel }).toEqual({ p, kernel: rules });
    }
    if (!option!.isInverse) checkWealth(option!, own, 1e-9 * size);
    if (own.hit >= 0) seen.hits++;
    if (own.closings > 1 || (own.closed > 0 && own.closed < 1)) seen.partial++;
    if (own.badDebt > 0) seen.badDebts++;
    if (own.fees > 0) seen.fees++;
    if (own.isSettledShort) seen.settled++;
    if (own.breached !== own.hit) seen.late++;
  }
  return seen;
}

/** What the pool loses the owner gains, less the costs of closing, and never owes at the end. */
function checkWealth(option: ShortOption, own: OptionOutcome, tolerance: number): void {
  const { collateral, spot } = option;
  const worth = optionWorth(option, 0, spot);
  const remains = collateral + own.loss - worth + Math.max(0, worth - collateral) - own.costs;
  if (Math.abs(remains - own.remains) <= tolerance && own.remains >= -tolerance) return;
  expect({ remains, least: 0 }).toEqual({ remains: own.remains, least: own.remains });
}

const SHAPES: readonly (readonly [string, OptionShape])[] = [
  ["call at the money that outlives the horizon", { type: "call", strike: 1, days: 30 }],
  ["put at the money that outlives the horizon", { type: "put", strike: 1, days: 30 }],
  [
    "call with a forward above the spot",
    { type: "call", strike: 1.1, days: 60, forward: 1.05, asset: "B", coins: 50 },
  ],
  [
    "put with a forward below the spot",
    { type: "put", strike: 1.1, days: 30, forward: 0.96, contracts: true, cushion: 0.05 },
  ],
  [
    "inverse call with a forward",
    { type: "call", settlement: "inverse", strike: 1.05, days: 45, forward: 1.04, cushion: 0.05 },
  ],
  [
    "inverse put",
    { type: "put", settlement: "inverse", strike: 0.95, days: 45, asset: "C", coins: 400 },
  ],
  [
    "inverse put with a forward",
    { type: "put", settlement: "inverse", strike: 1, days: 20, forward: 0.97 },
  ],
  ["call that expires between two steps", { type: "call", strike: 1, days: 5.13 }],
  ["put that expires at a step", { type: "put", strike: 1.02, days: 6 }],
  [
    "inverse call that expires inside a block",
    { type: "call", settlement: "inverse", strike: 1, days: 4.6, cushion: 0.06 },
  ],
  ["put that expires at the horizon", { type: "put", strike: 0.97, days: 10 }],
  ["call far in the money", { type: "call", strike: 0.5, days: 30 }],
  ["put far in the money", { type: "put", strike: 1.6, days: 15 }],
  // As time goes by, these come nearer to their margin, whatever the price.
  [
    "call whose forward catches up with the spot",
    { type: "call", strike: 0.5, days: 20, forward: 0.8, cushion: 0.3 },
  ],
  [
    "put whose forward falls to the spot",
    { type: "put", strike: 1.4, days: 20, forward: 1.25, cushion: 0.3 },
  ],
  [
    "call of no volatility",
    { type: "call", strike: 1.05, days: 7.5, volatility: 0, forward: 1.02 },
  ],
];

describe.each(OPTION_TERMS)("short options closed %s", (_, terms) => {
  test.each(SHAPES)("visit: agrees with the rules on a %s", (__, shape) => {
    const seen = agree(optionPool(terms, [shortOption("o", shape)]));
    expect(seen.hits).toBeGreaterThan(PATHS / 50);
    expect(seen.hits).toBeLessThan(PATHS);
    expect(seen.badDebts).toBeGreaterThan(10);
    expect(seen.fees).toBeGreaterThan(20);
    if (terms.mode === "paced") expect(seen.partial).toBeGreaterThan(PATHS / 50);
  });
});

describe("what changes when a short option is closed", () => {
  const call: OptionShape = { type: "call", strike: 1, days: 30 };
  const put: OptionShape = { type: "put", strike: 1, days: 5.13, settlement: "inverse" };

  test.each<[string, Partial<LiquidationTerms>, Partial<LiquidationMarket>]>([
    ["no fees", { liquidatorFee: 0, insuranceFee: 0 }, {}],
    ["no costs", { liquidatorFee: 0, insuranceFee: 0 }, { halfSpread: 0, impact: 0 }],
    ["a market that swallows the whole price", {}, { halfSpread: 0.3, impact: 0.9, depth: "9" }],
    ["fees beyond the margin", { liquidatorFee: 0.5, insuranceFee: 0.5 }, {}],
    ["a liquidator's fee of what closing frees", { liquidatorFee: 0.03 }, {}],
    ["a wide spread", {}, { halfSpread: 0.02, impact: 0.05, depth: "500" }],
    ["a maintenance of nothing", {}, { optionMaintenanceRatio: 0 }],
  ])("visit: agrees with the rules under %s", (_, more, market) => {
    for (const terms of [FULL, PACED]) {
      for (const shape of [call, put]) {
        const pool = optionPool({ ...terms, ...more }, [shortOption("o", shape)], { market });
        expect(agree(pool).hits).toBeGreaterThan(PATHS / 50);
      }
    }
  });

  test.each<[string, NonNullable<LiquidationTerms["pace"]>]>([
    ["nothing at first", { initialShare: 0, minutes: 2880 }],
    ["small shortages at once", { initialShare: 0.05, minutes: 5000, smallShortage: "30.00" }],
    ["all that is missing at once", { initialShare: 1, minutes: 1 }],
  ])("visit: agrees with the rules at a pace of %s", (name, pace) => {
    const seen = [call, put, { ...call, type: "put" as const }].map((shape) =>
      agree(optionPool({ ...PACED, pace }, [shortOption("o", shape)])),
    );
    for (const { hits, partial } of seen) expect(Math.min(hits, partial)).toBeGreaterThan(100);
    const late = seen.reduce((sum, one) => sum + one.late, 0);
    if (name === "nothing at first") expect(late).toBeGreaterThan(50);
  });

  test("visit: who is not looked at before the expiry owes what the option pays", () => {
    for (const terms of [FULL, PACED]) {
      for (const settlement of ["linear", "inverse"] as const) {
        for (const type of ["call", "put"] as const) {
          const shape = { type, settlement, strike: 1, days: 6.5, cushion: 0.04 };
          const pool = optionPool(terms, [shortOption("o", shape)]);
          const unseen = agree(pool, { days: 10, stepDays: 10 });
          expect(unseen.hits).toBe(unseen.settled);
          expect(unseen.settled).toBeGreaterThan(PATHS / 20);
          expect(unseen.late).toBeGreaterThan(PATHS / 20);
          // One look before: closed there, or settled with what is left of it.
          const once = agree(pool, { days: 10, stepDays: 4 });
          expect(once.settled).toBeGreaterThan(PATHS / 50);
          expect(once.hits).toBeGreaterThan(once.settled + PATHS / 50);
        }
      }
    }
  });

  test("visit: an option below maintenance today is closed at the first look that finds it so", () => {
    for (const terms of [FULL, PACED]) {
      const { hits } = agree(optionPool(terms, [shortOption("o", { ...call, cushion: 0.02 })]));
      expect(hits).toBeGreaterThan(0.8 * PATHS);
      agree(optionPool(terms, [shortOption("o", { ...put, cushion: 0.02 })]));
    }
  });

  test("visit: an option that falls below maintenance on either side is watched once", () => {
    for (const terms of [FULL, PACED]) {
      // A put loses as the price falls, and half the price is more as it rises.
      const shape: OptionShape = { type: "put", strike: 1, days: 12, volatility: 0.3 };
      const option = shortOption("o", { ...shape, cushion: 0.53 });
      const market = { optionMaintenanceRatio: 0.5 };
      const { hits } = agree(optionPool(terms, [option], { market }));
      expect(hits).toBeGreaterThan(PATHS / 2);
      expect(hits).toBeLessThan(PATHS);
    }
  });

  test("visit: a debt of today is not counted again", () => {
    for (const terms of [FULL, PACED]) {
      const pool = optionPool(terms, [shortOption("o", { ...call, cushion: -0.05 })]);
      expect(agree(pool).badDebts).toBeGreaterThan(0.5 * PATHS);
      agree(optionPool(terms, [shortOption("o", { ...put, cushion: -0.05 })]));
    }
  });

  test.each([
    ["at maintenance", "28", 1],
    ["a hundredth of a millionth above it", "28.00000001", 0],
  ])("visit: an option that stays %s is closed %s %i times", (_, collateral, times) => {
    // Prices and the option stand still: it is worth 25 for good, and maintenance is 3.
    const still = { ...call, strike: 0.75, coins: 1, volatility: 0 };
    const option = { ...shortOption("o", still), collateral };
    const pool = optionPool(FULL, [option], { discountRate: 0 });
    const document = { ...pool, market: marketFor(3, { volatility: [0, 0, 0] }) };
    expect(agree(document, WAY, 64).hits).toBe(64 * times);
  });
});

describe("how prices move under short options", () => {
  const shapes: readonly OptionShape[] = [
    { type: "call", strike: 1.05, days: 30, forward: 1.02 },
    { type: "put", strike: 1, days: 7.77, settlement: "inverse", cushion: 0.07 },
    { type: "call", strike: 0.5, days: 20, forward: 0.8, cushion: 0.3 },
  ];

  test("visit: agrees with the rules under student-t with drift", () => {
    const market = marketFor(3, {
      model: "student-t",
      degreesOfFreedom: 4,
      drift: [-0.8, 0.9, 0.3],
      discountRate: 0.03,
    });
    for (const [, terms] of OPTION_TERMS) {
      for (const shape of shapes) {
        const document = { ...optionPool(terms, [shortOption("o", shape)]), market };
        expect(agree(document).hits).toBeGreaterThan(100);
      }
    }
  });

  test.each([1, 15, 16, 17, 33])("visit: agrees with the rules in %i steps", (steps) => {
    for (const [, terms] of OPTION_TERMS) {
      for (const shape of shapes) {
        const document = optionPool(terms, [shortOption("o", shape)]);
        expect(agree(document, { days: 10, stepDays: 10 / steps }).hits).toBeGreaterThan(100);
      }
    }
  });

  test("visit: agrees with the rules where levels are tried at every third step only", () => {
    for (const [, terms] of OPTION_TERMS) {
      for (const shape of shapes) {
        const document = optionPool(terms, [shortOption("o", shape)]);
        expect(agree(document, { days: 10, stepDays: 10 / 1200 }, 480).hits).toBeGreaterThan(50);
      }
    }
  });

  test("visit: extremes between steps leave options to the steps themselves", () => {
    const document = optionPool(PACED, [shortOption("o", shapes[0]!)]);
    expect(agree(document, { ...WAY, continuous: true })).toEqual(agree(document));
  });
});
