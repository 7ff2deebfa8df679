// Method: a quote is a derivative: the pool with a thousandth of the position, valued anew on the same
// scenarios, must differ by a thousandth of it. Prices and limits by hand.
import { beforeAll, describe, expect, test } from "vitest";
import { type Engine, load, type Proposal, readPool } from "../../src/index.ts";
import type { PoolDocument } from "../../src/pool/index.ts";
import type { PremiumTerms } from "../../src/terms/index.ts";
import { FULL, liquidationPool, marketFor, marketsOf } from "../support/liquidation-pool.ts";
import { refusal, refusals } from "../support/refusal.ts";
import { barrierPool, samplePool } from "../support/sample-pool.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await load();
});

const OPTIONS = { scenarios: 20_000, horizon: 10, seed: 5 };
const PART = 0.001;

type Position = { readonly quantity: number } | { readonly size: number };

/** The position, a thousandth of it. */
function little(position: Position & { readonly collateral?: string }): object {
  return {
    ...position,
    ...("size" in position
      ? { size: position.size * PART }
      : { quantity: position.quantity * PART }),
    ...(position.collateral && { collateral: (Number(position.collateral) * PART).toFixed(6) }),
  };
}

function littleOf(position: Proposal): Proposal {
  const [[kind, own]] = Object.entries(position) as [[string, Position]];
  return { [kind]: little(own) } as unknown as Proposal;
}

/** What a thousandth of the position changes, a thousand times: ES and expected loss. */
async function difference(document: PoolDocument, position: Proposal, options: object) {
  const [kind, own] = Object.entries(position)[0] as ["option", Position];
  const list = `${kind}s` as "options";
  const grown = { ...document, [list]: [...(document[list] ?? []), little(own)] };
  const [before, after] = await Promise.all(
    [document, grown].map((pool) => engine.value(pool, { ...OPTIONS, ...options })),
  );
  return {
    shortfall: (after!.contributions.total.value - before!.contributions.total.value) / PART,
    mean: (after!.risk.expectedLoss.value - before!.risk.expectedLoss.value) / PART,
  };
}

function liquidated(): PoolDocument {
  const perpetual = (id: string, participant: string, asset: string, size: number) => ({
    ...{ id, participant, asset, size, side: "long" as const },
    ...{ entry: asset === "A" ? 100 : 20, maintenanceRatio: 0.05, settlement: "linear" as const },
    ...(participant === "iso" && { collateral: "300.00" }),
  });
  return {
    ...liquidationPool(
      2,
      { ...FULL, markets: marketsOf(2) },
      {
        participants: [
          { id: "iso", margin: "isolated" },
          { id: "both", margin: "cross", collateral: [{ asset: "USD", amount: "900.00" }] },
        ],
        perpetuals: [perpetual("p1", "iso", "A", 30), perpetual("p2", "both", "B", 200)],
      },
    ),
    market: marketFor(2),
  };
}

const sample = samplePool();
const barriers = barrierPool();
const paced = liquidated();
const NEW = { id: "new" };

describe("quote: is what a little of the position changes", () => {
  const cases: readonly [string, PoolDocument, Proposal, "adjoint" | "replay", object?][] = [
    ["long put", sample, { option: { ...sample.options[0]!, ...NEW } }, "adjoint"],
    ["isolated short call", sample, { option: { ...sample.options[1]!, ...NEW } }, "adjoint"],
    [
      "inverse call in a cross account",
      sample,
      {
        option: { ...sample.options[2]!, ...NEW },
      },
      "adjoint",
    ],
    [
      "short put in a cross account that may fail",
      sample,
      {
        option: { ...sample.options[3]!, ...NEW },
      },
      "replay",
    ],
    ["isolated perpetual", sample, { perpetual: { ...sample.perpetuals[0]!, ...NEW } }, "adjoint"],
    [
      "inverse perpetual in a cross account",
      sample,
      {
        perpetual: { ...sample.perpetuals[1]!, ...NEW },
      },
      "replay",
    ],
    [
      "knock-out",
      barriers,
      { barrier: { ...barriers.barriers[0]!, ...NEW } },
      "replay",
      {
        step: "6h",
      },
    ],
    [
      "isolated perpetual that is liquidated",
      paced,
      {
        perpetual: { ...paced.perpetuals[0]!, ...NEW },
      },
      "replay",
      { step: "12h" },
    ],
    [
      "perpetual of a cross account that is liquidated",
      paced,
      {
        perpetual: { ...paced.perpetuals[1]!, ...NEW },
      },
      "replay",
      { step: "12h" },
    ],
  ];

  test.each(cases)("quote: %s", async (_, document, position, method, options = {}) => {
    // What liquidation does to a whole account is no derivative: there a little is quoted as well.
    const scale = document === paced ? PART : 1;
    const proposed = scale === 1 ? position : littleOf(position);
    const quote = await engine.quote(document, proposed, { ...OPTIONS, ...options });
    const wanted = await difference(document, position, options);
    expect(quote.method).toBe(method);
    const { marginalShortfall, expectedLoss } = quote;
    const apart = Math.abs(marginalShortfall.value / scale - wanted.shortfall);
    const size = Math.abs(wanted.shortfall);
    expect(apart).toBeLessThan(scale === 1 ? 1e-6 * size : 1e-3 * size);
    expect(marginalShortfall.standardError).toBeGreaterThan(0);
    if (method === "adjoint") {
      expect(Math.abs(expectedLoss.value / wanted.mean - 1)).toBeLessThan(1e-6);
    } else {
      const errors =
        Math.abs(expectedLoss.value / scale - wanted.mean) / (expectedLoss.standardError / scale);
      expect(errors).toBeLessThan(4);
    }
  });
});

test("quote: a second position of a participant alone in the pool has its contribution", async () => {
  const pool = readPool(sample);
  const { contributions } = await engine.value(pool, OPTIONS);
  const alice = contributions.rows.find(({ id }) => id === "alice")!;
  const quote = await engine.quote(pool, { option: { ...sample.options[0]!, ...NEW } }, OPTIONS);
  // Of alice's put and cover the put alone.
  const { before, after } = quote.contribution;
  expect(before).toEqual(alice.contribution);
  expect(after.value).toBe(before.value + quote.marginalShortfall.value);
});

test("quote: the only position of a participant is worth the participant's own figures", async () => {
  const document: PoolDocument = { ...sample, covers: [] };
  const { contributions } = await engine.value(document, OPTIONS);
  const alice = contributions.rows.find(({ id }) => id === "alice")!;
  const quote = await engine.quote(
    document,
    { option: { ...sample.options[0]!, ...NEW } },
    OPTIONS,
  );
  const { marginalShortfall, expectedLoss } = quote;
  const apart = (a: number, b: number) => Math.abs(a / b - 1);
  expect(apart(marginalShortfall.value, alice.contribution.value)).toBeLessThan(1e-10);
  expect(apart(expectedLoss.value, alice.expectedLoss!.value)).toBeLessThan(1e-8);
  // Errors are made of straight lines between the edges of cells.
  const { standardError } = alice.contribution;
  expect(apart(marginalShortfall.standardError, standardError)).toBeLessThan(1e-3);
  expect(apart(expectedLoss.standardError, alice.expectedLoss!.standardError)).toBeLessThan(1e-2);
});

test("quote: standard errors are as wide as what seeds make of it", async () => {
  const position = { option: { ...sample.options[0]!, ...NEW } };
  const tails: number[] = [];
  const errors: number[] = [];
  for (let seed = 1; seed <= 24; seed++) {
    const quote = await engine.quote(sample, position, { ...OPTIONS, seed });
    tails.push(quote.marginalShortfall.value);
    errors.push(quote.marginalShortfall.standardError);
  }
  const mean = tails.reduce((sum, value) => sum + value, 0) / tails.length;
  const spread = Math.sqrt(
    tails.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (tails.length - 1),
  );
  const claimed = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
  expect(claimed / spread).toBeGreaterThan(0.6);
  expect(claimed / spread).toBeLessThan(1.7);
});

describe("price and limits", () => {
  const document: PoolDocument = {
    ...sample,
    pricing: {
      costOfCapital: 0.2,
      expenseRate: 0.001,
      inventoryAversion: 2,
      stress: { slope: 0, kink: 0, jump: 1, highest: 1.5 },
    },
    limits: {
      bounds: [
        { id: "each", scope: "participant", measure: "exposure", max: "1000000.00" },
        { id: "alice", scope: "participant", of: "alice", measure: "shortfall", max: "1.00" },
        { id: "bob", scope: "participant", of: "bob", measure: "exposure", max: "1.00" },
        { id: "net", scope: "asset", measure: "net-exposure", max: "0.00", action: "warn" },
        { id: "both", scope: "group", of: "family", measure: "exposure", max: "2000000.00" },
        { id: "calls", scope: "instrument", of: "option", measure: "exposure", max: "1.00" },
      ],
      groups: [{ id: "family", participants: ["alice", "bob"] }],
    },
  };

  test("quote: premium is expected loss, cost of capital and expenses", async () => {
    const quote = await engine.quote(
      document,
      { option: { ...sample.options[0]!, ...NEW } },
      OPTIONS,
    );
    const { price, expectedLoss, marginalShortfall } = quote;
    const charge = (0.2 * 10) / 365;
    const premium =
      expectedLoss.value * (1 - charge) + charge * marginalShortfall.value + 0.001 * 12 * 62_800;
    expect(price!.premium.value).toBeCloseTo(premium, 8);
    const { contributions } = await engine.value(document, OPTIONS);
    const stress = contributions.total.value / 440_000;
    expect(price!.stressMultiplier).toBeCloseTo(Math.min(1.5, 1 + stress), 12);
    const paid = premium + price!.skewFee * (price!.skewFee > 0 ? price!.stressMultiplier : 1);
    expect(Number(price!.amount)).toBeGreaterThanOrEqual(paid - 1e-9);
    expect(Number(price!.amount) - paid).toBeLessThan(1.1e-6);
    const none = await engine.quote(sample, { option: { ...sample.options[0]!, ...NEW } }, OPTIONS);
    expect(none.price).toBeNull();
  });

  test("quote: a premium by a principle is that of the position's own losses", async () => {
    const put = { ...sample.options[0]!, ...NEW };
    const short = { ...sample.options[3]!, ...NEW };
    const premiums = async (principle: PremiumTerms, option: object) => {
      const pricing = { principle, expenseRate: 0.001 };
      const proposal = { option } as unknown as Proposal;
      const quote = await engine.quote({ ...sample, pricing }, proposal, OPTIONS);
      return { quote, premium: quote.price!.premium };
    };
    for (const option of [put, short]) {
      const fair = await premiums({ kind: "expected-value", loading: 0 }, option);
      const { expectedLoss, exposure } = fair.quote;
      const expense = 0.001 * exposure;
      expect(fair.premium.value).toBeCloseTo(expectedLoss.value + expense, 6);
      expect(fair.premium.standardError / expectedLoss.standardError).toBeCloseTo(1, 0);
      const more = await premiums({ kind: "standard-deviation", loading: 1 }, option);
      const deviation = more.premium.value - fair.premium.value;
      // Of the mean of so many scenarios the standard error is the deviation over their root.
      const scenarios = fair.quote.method === "replay" ? 4096 : OPTIONS.scenarios;
      expect(deviation / Math.sqrt(scenarios) / fair.premium.standardError).toBeCloseTo(1, 2);
      const twice = await premiums({ kind: "variance", loading: 2 / deviation }, option);
      expect(twice.premium.value - fair.premium.value).toBeCloseTo(2 * deviation, 4);
      const wang = await premiums({ kind: "wang", shift: 0.3 }, option);
      expect(wang.premium.value).toBeGreaterThan(fair.premium.value);
    }
  });

  test("quote: pricing terms name the cost of capital or a principle", () => {
    const principle = { kind: "wang", shift: 0.1 };
    const codes = (pricing: object) => refusals(() => readPool({ ...sample, pricing }));
    expect(codes({})).toEqual(["KEY_MISSING /pricing"]);
    expect(codes({ costOfCapital: 0.1, principle })).toEqual(["KEY_UNKNOWN /pricing/principle"]);
    expect(codes({ costOfCapital: 10 })).toEqual(["UNIT_SUSPECT /pricing/costOfCapital"]);
    expect(codes({ principle: { kind: "esscher", riskAversion: 0 } })).toEqual([
      "NUMBER_RANGE /pricing/principle/riskAversion",
    ]);
    expect(codes({ principle: { kind: "gut" } })).toEqual(["ENUM /pricing/principle/kind"]);
  });

  test("limits: all that is wrong with them is said at once", () => {
    const limits = {
      bounds: [
        { id: "a", scope: "asset", of: "DOGE", measure: "exposure", max: "1.00" },
        { id: "a", scope: "participant", measure: "net-exposure", max: "1.0000001" },
        { id: "b", scope: "group", of: "nobody", measure: "shortfall", max: "1.00" },
        { id: "c", scope: "pool", of: "pool", measure: "exposure", max: "1.00" },
        { id: "d", scope: "instrument", of: "future", measure: "shortfall", max: "1.00" },
      ],
      groups: [{ id: "g", participants: ["eve"] }],
    };
    expect(refusals(() => readPool({ ...sample, limits })).sort()).toEqual([
      "ENUM /limits/bounds/1/measure",
      "ENUM /limits/bounds/4/measure",
      "ID_DUPLICATE /limits/bounds/1/id",
      "KEY_UNKNOWN /limits/bounds/3/of",
      "MONEY_TOO_PRECISE /limits/bounds/1/max",
      "REFERENCE_UNKNOWN /limits/bounds/0/of",
      "REFERENCE_UNKNOWN /limits/bounds/2/of",
      "REFERENCE_UNKNOWN /limits/bounds/4/of",
      "REFERENCE_UNKNOWN /limits/groups/0/participants/0",
    ]);
  });

  test("quote: the skew fee has the sign of what the trade does to the inventory", async () => {
    const put = { ...sample.options[0]!, ...NEW };
    const more = await engine.quote(document, { option: put }, OPTIONS);
    const less = await engine.quote(
      document,
      { option: { ...put, side: "short", collateral: "500000.00" } },
      OPTIONS,
    );
    const { exposures } = await engine.value(document, OPTIONS);
    const held = exposures[0]!.deltaCoins * 62_800;
    // ½·γ·(e′ᵀΣe′ − eᵀΣe) over what the layers can pay, with the delta of the put alone.
    const put12 = await engine.value(
      { ...document, options: [...document.options, put] } as PoolDocument,
      OPTIONS,
    );
    const [btc, eth] = exposures.map(({ deltaCoins, spot }) => deltaCoins * spot) as [
      number,
      number,
    ];
    const traded = put12.exposures[0]!.deltaCoins * 62_800 - btc;
    const [a, b, rho] = [0.55, 0.75, 0.85];
    const grown = a * a * (2 * btc + traded) + 2 * rho * a * b * eth;
    const wanted = (0.5 * 2 * traded * grown * (10 / 365)) / 440_000;
    expect(more.price!.skewFee / wanted).toBeCloseTo(1, 9);
    // One coin more of a delta of the same sign costs, of the other sign pays, to first order.
    expect(Math.sign(more.price!.skewFee)).toBe(Math.sign(held));
    expect(less.price!.skewFee).toBeLessThan(more.price!.skewFee + Math.abs(held));
    expect(more.price!.skewFee).not.toBe(0);
  });

  test("quote: every bound that counts the position is shown, with what it would become", async () => {
    const quote = await engine.quote(
      document,
      { option: { ...sample.options[0]!, ...NEW } },
      OPTIONS,
    );
    const rows = quote.limits.map(({ id, of, before, after, isBroken }) => ({
      ...{ id, of, isBroken, before, added: after - before },
    }));
    const coins = 12 * 62_800;
    expect(rows.map(({ id, of, isBroken }) => [id, of, isBroken])).toEqual([
      ["each", "alice", true],
      ["alice", "alice", true],
      ["net", "BTC", true],
      ["both", "family", false],
      ["calls", "option", true],
    ]);
    expect(rows[0]).toMatchObject({ before: coins + 50_000, added: coins });
    expect(rows[1]!.added).toBeCloseTo(quote.marginalShortfall.value, 6);
    expect(rows[3]).toMatchObject({ before: coins + 50_000 + 50 * 1840 + 2 * 62_800 });
    expect(quote.isAllowed).toBe(false);
  });

  test("quote: what only warns is allowed, and what takes off risk breaks nothing", async () => {
    const eth = { ...sample.options[3]!, ...NEW, quantity: 1 };
    const only = { ...document, limits: { bounds: [document.limits!.bounds[3]!] } };
    const quotes = await Promise.all(
      (["long", "short"] as const).map((side) =>
        engine.quote(only, { option: { ...eth, side } }, OPTIONS),
      ),
    );
    expect(quotes.every(({ isAllowed }) => isAllowed)).toBe(true);
    expect(quotes.map(({ limits }) => limits[0]!.isBroken).sort()).toEqual([false, true]);
  });
});

describe("what cannot be quoted", () => {
  const put = sample.options[0]!;
  const cases: readonly [string, unknown, string][] = [
    ["nothing", {}, "KEY_MISSING /position"],
    ["a list", [], "TYPE /position"],
    ["two at once", { option: put, perpetual: sample.perpetuals[0] }, "KEY_MISSING /position"],
    ["an id of the pool's", { option: put }, "ID_DUPLICATE /position/option/id"],
    [
      "nobody",
      { option: { ...put, ...NEW, participant: "eve" } },
      "REFERENCE_UNKNOWN /position/option/participant",
    ],
    [
      "a negative strike",
      { option: { ...put, ...NEW, strike: -1 } },
      "CONTRACT_TERMS /position/option/strike",
    ],
    ["a word too many", { option: { ...put, ...NEW }, size: 1 }, "KEY_UNKNOWN /position/size"],
    [
      "what is too large to be measured",
      { option: { ...put, ...NEW, quantity: 1e300 } },
      "NUMBER_RANGE /position/option",
    ],
    [
      "an end that no path looks at",
      { option: { ...put, ...NEW, expiry: "2026-02-09T08:00:00Z" } },
      "QUOTE_GRID /position/option/expiry",
    ],
  ];

  test.each(cases)("quote: %s is refused", async (_, position, wanted) => {
    const error: unknown = await engine
      .quote(sample, position as Proposal, OPTIONS)
      .catch((reason: unknown) => reason);
    const { issues } = refusal(() => {
      throw error;
    });
    expect(issues.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([wanted]);
  });

  test("quote: every problem of a position is reported at once", async () => {
    const position = {
      option: { ...put, participant: "eve", strike: -1, side: "up" },
      participants: [],
    };
    const codes = async (given: unknown) => {
      const error: unknown = await engine
        .quote(sample, given as Proposal, OPTIONS)
        .catch((reason: unknown) => reason);
      return refusal(() => {
        throw error;
      }).issues.map(({ code, pointer }) => `${code} ${pointer}`);
    };
    expect((await codes(position)).sort()).toEqual([
      "CONTRACT_TERMS /position/option/side",
      "CONTRACT_TERMS /position/option/strike",
      "KEY_UNKNOWN /position/participants",
      "REFERENCE_UNKNOWN /position/option/participant",
    ]);
    const brought = { option: { ...put, ...NEW }, participant: { id: "alice", margin: "all" } };
    expect((await codes(brought)).sort()).toEqual([
      "ENUM /position/participant/margin",
      "ID_DUPLICATE /position/participant",
    ]);
    expect((await codes({ option: {} })).length).toBeGreaterThan(5);
  });

  test("quote: somebody new says who it is", async () => {
    const position: Proposal = {
      option: { ...put, ...NEW, participant: "eve" },
      participant: { id: "eve", margin: "isolated" },
    };
    const quote = await engine.quote(sample, position, OPTIONS);
    const known = await engine.quote(sample, { option: { ...put, ...NEW } }, OPTIONS);
    expect(quote.marginalShortfall).toEqual(known.marginalShortfall);
    expect(quote.contribution.before).toEqual({ value: 0, standardError: 0 });
  });
});
