// Method: the kernel against a walk of the rules, account by account and path by path. With one
// account in the pool no order of addition blurs anything: step of the hit, notional, bad debt and
// fees must have the same bits on every path.
import { describe, expect, test } from "vitest";
import type { PoolDocument } from "../../src/index.ts";
import type { LiquidationMarket, LiquidationTerms } from "../../src/terms/index.ts";
import { freshKernel } from "../support/kernel.ts";
import {
  FULL,
  isolated,
  liquidationPool,
  marketFor,
  marketsOf,
  PACED,
} from "../support/liquidation-pool.ts";
import { columnsOf, hitStepsOf, layMarginRun, returnsOf, type Way } from "../support/margin-run.ts";
import {
  type Outcome,
  ratesOf,
  trailOf,
  valueNow,
  type WalkAccount,
  walk,
  walkAccounts,
} from "../support/margin-walk.ts";

const PATHS = 10_000;
// 50 steps: three blocks of the kernel and a part of one.
const WAY: Way = { days: 10, stepDays: 0.2 };
const { kernels } = freshKernel();

/** What a pool of one account must have shown, so that nothing is proved by nothing happening. */
interface Seen {
  hits: number;
  partial: number;
  badDebts: number;
  fees: number;
  /** Accounts that fell below maintenance, and were above it again before they were closed. */
  late: number;
}

/** Walks the only account of a pool along every path; the first difference from the kernel fails. */
function agree(document: PoolDocument, way: Way = WAY, paths = PATHS, base?: PoolDocument): Seen {
  const run = layMarginRun(kernels, document, way);
  expect(run.items.length).toBe(1);
  const [losses, counts, notionals, badDebts, fees] = columnsOf(run, paths);
  const steps = hitStepsOf(run, paths);
  const x = returnsOf(run, paths);
  const others = base ? columnsOf(layMarginRun(kernels, base, way), paths)[0]! : null;
  const [account] = walkAccounts(document);
  const rates = ratesOf(document);
  const seen: Seen = { hits: 0, partial: 0, badDebts: 0, fees: 0, late: 0 };
  const end = (run.times.length - 1) * run.assets;
  for (let p = 0; p < paths; p++) {
    const trail = trailOf(x, p * run.times.length * run.assets, run.times, rates);
    const own = walk(account!, document.liquidation!, run.times, trail);
    const kernel = [steps[p], counts![p], notionals![p], badDebts![p], fees![p]];
    const dated = own.hit < 0 ? -1 : own.breached;
    const rules = [dated, own.hit < 0 ? 0 : 1, own.notional, own.badDebt, own.fees];
    const loss = losses![p]! - (others ? others[p]! : 0);
    const size = account!.legs.reduce(
      (sum, { constant, slope, asset }) =>
        sum + Math.abs(constant) + Math.abs(slope) * trail.prices[end + asset]!,
      0,
    );
    if (kernel.some((value, i) => value !== rules[i])) expect({ p, kernel }).toEqual({ p, rules });
    if (!(Math.abs(loss - own.loss) <= 1e-9 * size)) expect({ p, loss }).toEqual({ p, own });
    if (account!.coins.length === 0) checkWealth(account!, own, 1e-9 * size);
    if (own.hit >= 0) seen.hits++;
    if (own.closings > 1 || (own.closed > 0 && own.closed < 1)) seen.partial++;
    if (own.badDebt > 0) seen.badDebts++;
    if (own.fees > 0) seen.fees++;
    if (own.breached !== own.hit) seen.late++;
  }
  return seen;
}

/** What the pool loses the account gains, less the costs of closing, and it never owes at the end. */
function checkWealth(account: WalkAccount, own: Outcome, tolerance: number): void {
  const { value, equity } = valueNow(account);
  const gained = own.loss + value + Math.max(0, -equity);
  const remains = account.money + gained - own.costs;
  if (Math.abs(remains - own.remains) <= tolerance && own.remains >= -tolerance) return;
  expect({ remains, least: 0 }).toEqual({ remains: own.remains, least: own.remains });
}

/** A pool of one perpetual or one cross account over three assets. */
function poolOf(kind: string, terms: LiquidationTerms, count = 3): PoolDocument {
  if (kind === "cross") {
    const cross = (id: string, asset: string, side: "long" | "short", coins: number) => ({
      ...isolated(id, asset, side, asset === "A" ? "inverse" : "linear", 1, coins),
      participant: "x",
    });
    return liquidationPool(count, terms, {
      participants: [
        {
          id: "x",
          margin: "cross",
          collateral: [
            { asset: "USD", amount: "120.00" },
            { asset: "B", amount: "9" },
          ],
        },
      ],
      perpetuals: [
        cross("1", "A", "long", 10),
        cross("2", "B", "short", 60),
        cross("3", "C", "long", 500),
      ].map(({ collateral: _, ...one }) => one),
    });
  }
  const [side, settlement] = kind.split(" ") as ["long" | "short", "linear" | "inverse"];
  return liquidationPool(count, terms, {
    perpetuals: [isolated("p", "A", side, settlement, 8)],
  });
}

const KINDS = ["long linear", "short linear", "long inverse", "short inverse", "cross"];
const FUNDING: readonly [string, number | undefined][] = [
  ["without funding", undefined],
  ["with funding of 150 %", 1.5],
  ["with funding of -250 %", -2.5],
];

describe.each([
  ["at once", FULL],
  ["at a pace", PACED],
] as const)("closing %s", (_, terms) => {
  describe.each(FUNDING)("%s", (__, fundingRate) => {
    const markets = marketsOf(3, fundingRate === undefined ? {} : { fundingRate });
    test.each(KINDS)("visit: agrees with the rules on a %s account", (kind) => {
      const seen = agree(poolOf(kind, { ...terms, markets }));
      expect(seen.hits).toBeGreaterThan(PATHS / 50);
      expect(seen.hits).toBeLessThan(PATHS);
      expect(seen.badDebts).toBeGreaterThan(20);
      expect(seen.fees).toBeGreaterThan(20);
      if (terms.mode === "paced") expect(seen.partial).toBeGreaterThan(PATHS / 50);
    });
  });
});

describe("what changes when an account is closed", () => {
  const long = (more: Partial<PoolDocument["perpetuals"][number]> = {}, leverage = 8) => ({
    perpetuals: [isolated("p", "A", "long", "linear", leverage, 10, more)],
  });
  const market = (more: Partial<LiquidationMarket>) => ({ ...FULL, markets: marketsOf(3, more) });

  test.each<[string, LiquidationTerms, number]>([
    ["with its size", market({ sizeFactor: 0.02 }), 0.8 * 0.02 + 0.02 * Math.sqrt(10)],
    [
      "with open interest",
      market({ openInterest: { initialRatio: 0.05, lower: "500", upper: "10500.00" } }),
      (0.02 * (0.05 + 0.05 * 0.95)) / 0.05,
    ],
    [
      "with both, the larger counting",
      market({
        sizeFactor: 0.001,
        openInterest: { initialRatio: 0.05, lower: "500", upper: "1000.00" },
      }),
      0.02 / 0.05,
    ],
  ])("maintenanceRatio: grows %s", (_, terms, ratio) => {
    const document = liquidationPool(3, terms, long({}, 4));
    const [account] = walkAccounts(document);
    expect(account!.legs[0]!.maintenance).toBeCloseTo(ratio, 14);
    expect(agree(document).hits).toBeGreaterThan(50);
  });

  test.each<[string, LiquidationTerms]>([
    ["no fees", { ...FULL, liquidatorFee: 0, insuranceFee: 0 }],
    ["no costs", { ...FULL, liquidatorFee: 0, insuranceFee: 0, markets: [] }],
    [
      "a market that swallows the whole price",
      market({ halfSpread: 0.3, impact: 0.9, depth: "9" }),
    ],
    ["fees beyond the margin", { ...FULL, liquidatorFee: 0.5, insuranceFee: 0.5 }],
  ])("visit: agrees with the rules under %s", (_, terms) => {
    for (const mode of [terms, { ...PACED, ...terms, mode: "paced" as const }]) {
      expect(agree(poolOf("short linear", mode)).hits).toBeGreaterThan(PATHS / 50);
    }
  });

  test.each<[string, LiquidationTerms["pace"]]>([
    ["nothing at first", { initialShare: 0, minutes: 2880 }],
    ["small shortages at once", { initialShare: 0.05, minutes: 5000, smallShortage: "30.00" }],
    ["all that is missing at once", { initialShare: 1, minutes: 1 }],
  ])("visit: agrees with the rules at a pace of %s", (name, pace) => {
    const seen = KINDS.map((kind) => agree(poolOf(kind, { ...PACED, pace: pace! })));
    for (const { hits, partial } of seen) expect(Math.min(hits, partial)).toBeGreaterThan(100);
    // Who recovers before anything may be closed is never liquidated.
    const late = seen.reduce((sum, one) => sum + one.late, 0);
    if (name === "nothing at first") expect(late).toBeGreaterThan(100);
  });

  test("visit: an account below maintenance today is closed at the first look that finds it so", () => {
    for (const terms of [FULL, PACED, { ...FULL, markets: marketsOf(3, { fundingRate: 0.5 }) }]) {
      const { hits } = agree(liquidationPool(3, terms, long({}, 60)));
      expect(hits).toBeGreaterThan(0.9 * PATHS);
    }
  });

  test("visit: a debt of today is not counted again", () => {
    const document = liquidationPool(3, FULL, long({ entry: 120 }));
    const [account] = walkAccounts(document);
    expect(valueNow(account!).equity).toBe(-75);
    expect(agree(document).badDebts).toBeGreaterThan(0.5 * PATHS);
    agree(liquidationPool(3, PACED, long({ entry: 120 })));
    const cross = poolOf("cross", FULL);
    const owed = {
      ...cross,
      perpetuals: cross.perpetuals.map((one) => (one.id === "3" ? { ...one, entry: 4.5 } : one)),
    };
    expect(valueNow(walkAccounts(owed)[0]!).equity).toBeLessThan(-200);
    expect(agree(owed).badDebts).toBeGreaterThan(0.5 * PATHS);
  });

  test("visit: a long with more collateral than it can lose is never closed", () => {
    expect(agree(liquidationPool(3, FULL, long({ collateral: "1000.01" }))).hits).toBe(0);
  });

  test("visit: coins that hedge their own contract leave funding to decide, on the same step of every path", () => {
    const markets = marketsOf(3, { fundingRate: -20 });
    const hedged = { perpetuals: [isolated("p", "A", "short", "inverse", 1)] };
    for (const terms of [FULL, PACED]) {
      const document = liquidationPool(3, { ...terms, markets }, hedged);
      const seen = agree(document, { days: 30, stepDays: 1 }, 1000);
      expect(seen.hits).toBe(1000);
    }
    // Nearly hedged: a level that moves much faster with funding than the others'.
    const nearly = { perpetuals: [isolated("p", "A", "short", "inverse", 1.01)] };
    agree(liquidationPool(3, { ...FULL, markets }, nearly), { days: 30, stepDays: 1 });
  });

  test.each([
    ["at maintenance", "25", 1],
    ["a hundredth of a millionth above it", "25.00000001", 0],
  ])("visit: an account that stays %s is closed %s %i times", (_, collateral, times) => {
    const still = { market: marketFor(3, { volatility: [0, 0, 0] }) };
    const terms = { ...FULL, markets: [] };
    const one = isolated("p", "A", "long", "linear", 1, 1, { maintenanceRatio: 0.25, collateral });
    const { collateral: __, ...crossed } = { ...one, participant: "x" };
    const cross = {
      participants: [
        { id: "x", margin: "cross" as const, collateral: [{ asset: "USD", amount: collateral }] },
      ],
      perpetuals: [crossed],
    };
    for (const parts of [{ perpetuals: [one] }, cross]) {
      const document = liquidationPool(3, terms, { ...parts, ...still });
      const [, counts] = columnsOf(layMarginRun(kernels, document, WAY), 8);
      expect(Array.from(counts!)).toEqual(new Array(8).fill(times));
      agree(document, WAY, 8);
    }
  });
});

describe("how prices move", () => {
  test.each(KINDS)(
    "visit: agrees with the rules on a %s account under student-t with drift",
    (kind) => {
      const market = marketFor(3, {
        model: "student-t",
        degreesOfFreedom: 4,
        drift: [-0.8, 0.9, 0.3],
      });
      const terms = { ...FULL, markets: marketsOf(3, { fundingRate: 0.4 }) };
      expect(agree({ ...poolOf(kind, terms), market }).hits).toBeGreaterThan(100);
    },
  );

  test.each([1, 2, 4, 5])("visit: agrees with the rules in a pool of %i assets", (count) => {
    for (const terms of [FULL, PACED]) {
      const asset = "ABCDE"[count - 1]!;
      const perpetuals = [isolated("p", asset, "short", "linear", 8, 1000)];
      expect(agree(liquidationPool(count, terms, { perpetuals })).hits).toBeGreaterThan(100);
    }
  });

  test.each([1, 15, 16, 17, 33])("visit: agrees with the rules in %i steps", (steps) => {
    const way = { days: 10, stepDays: 10 / steps };
    for (const terms of [FULL, { ...PACED, markets: marketsOf(3, { fundingRate: 1.5 }) }]) {
      for (const kind of ["cross", "short linear"]) {
        expect(agree(poolOf(kind, terms), way).hits).toBeGreaterThan(100);
      }
    }
  });

  test.each(["short linear", "cross"])(
    "visit: agrees with the rules on a %s account where options expire between steps",
    (kind) => {
      const option = (id: string, expiry: string) => ({
        id,
        participant: "holder",
        asset: "A",
        type: "put" as const,
        side: "long" as const,
        strike: 95,
        expiry,
        quantity: 3,
        impliedVolatility: 0.8,
        settlement: "linear" as const,
      });
      const options = [
        option("o1", "2026-01-01T00:07:00Z"),
        option("o2", "2026-01-04T11:00:00Z"),
        option("o3", "2026-01-05T00:00:00Z"),
        option("o4", "2026-02-05T00:00:00Z"),
      ];
      const terms = { ...FULL, markets: marketsOf(3, { fundingRate: 1.5 }) };
      const plain = poolOf(kind, terms);
      const participants = [...plain.participants, { id: "holder", margin: "isolated" as const }];
      const document = { ...plain, participants, options };
      const run = layMarginRun(kernels, document, WAY);
      // Two dates of their own and one that is a step anyway.
      expect(run.times.length).toBe(52);
      expect(agree(document, WAY, PATHS, { ...document, perpetuals: [] }).hits).toBeGreaterThan(
        100,
      );
    },
  );
});
