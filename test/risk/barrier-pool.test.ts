// Method: whole valuations of pools with barriers. In the positions' own model value is a
// martingale, so mean losses are known; path by path the tables must give the full revaluation of
// a path that is walked here; what is shared out must be the tail average of everyone's own.
import { describe, expect, test } from "vitest";
import { loadSync, type Valuation, type ValueOptions } from "../../src/index.ts";
import { barrierOption, touchOption } from "../../src/numeric/index.ts";
import {
  bookOf,
  daysOn,
  everyKind,
  legsOf,
  marketOf,
  position,
  randomBook,
  SPOT,
  VOLATILITY,
  walkedLosses,
} from "../support/barrier-book.ts";
import { reference } from "../support/reference.ts";

const engine = loadSync();

/** A thousand paths with everything about each of them. */
const LOOKED_AT: ValueOptions = {
  scenarios: 1000,
  samplePaths: 1000,
  confidence: 0.9,
  levels: [0.9],
  seed: 5n,
};

const rowOf = (valuation: Valuation, id: string) =>
  valuation.contributions.rows.find((row) => row.id === id)!;

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe("martingales", () => {
  const continuous = { scenarios: 200_000, seed: 3n, monitoring: "continuous" } as const;

  test("value: without rates nobody's contract gains or loses on average, watched without a break", async () => {
    const barriers = everyKind([4, 10, 10.1, 45]);
    const options = { ...continuous, horizon: 10, step: 1 };
    const { contributions, pool } = await engine.value(bookOf(barriers), options);
    expect(contributions.rows).toHaveLength(barriers.length + 1);
    for (const { id, expectedLoss } of contributions.rows) {
      const { value, standardError } = expectedLoss!;
      expect(Math.abs(value), id).toBeLessThanOrEqual(4 * standardError);
    }
    expect(pool.barriers).toBe(48);
    // Seen once a day only, contracts that a touch ends are worth more, and their opposites less.
    const discrete = { ...options, monitoring: "discrete" } as const;
    const stepped = await engine.value(bookOf(barriers), discrete);
    for (const [kind, sign] of [
      ["knock-out-up-call-10", 1],
      ["no-touch-up-45", 1],
      ["no-touch-down-4", 1],
      ["one-touch-down-10", -1],
      ["knock-in-down-put-10.1", -1],
    ] as const) {
      const { value, standardError } = rowOf(stepped, kind).expectedLoss!;
      expect((sign * value) / standardError, kind).toBeGreaterThan(8);
    }
  });

  test("value: with rate and carry the mean loss is the interest on today's value", async () => {
    const [rate, carry, horizon] = [0.3, 0.2, 10];
    const expiries = [4, 10, 45];
    const barriers = expiries.flatMap((days) =>
      everyKind([days], { forward: 100 * Math.exp((carry * days) / 365) }),
    );
    const drift = carry - 0.5 * VOLATILITY ** 2;
    const market = marketOf({ drift: [drift, drift], discountRate: rate });
    const options = { ...continuous, horizon, step: 1 };
    const valuation = await engine.value(bookOf(barriers, { market }), options);
    for (const one of barriers) {
      const { kind, direction, barrier, type, strike } = one;
      const years = (Date.parse(one.expiry) - Date.parse("2026-01-01")) / (365 * 86_400_000);
      const common = { spot: 100, volatility: VOLATILITY, years, rate, carry, direction, barrier };
      const now =
        kind === "one-touch" || kind === "no-touch"
          ? touchOption({ ...common, kind, cash: 10 })
          : barrierOption({ ...common, kind, type: type!, strike: strike! });
      const interest = now * (Math.exp(rate * Math.min(years, horizon / 365)) - 1);
      const { value, standardError } = rowOf(valuation, one.id).expectedLoss!;
      expect(Math.abs(value - interest), one.id).toBeLessThanOrEqual(4 * standardError);
    }
  });

  test("value: what an isolated short cannot pay is the pool's loss", async () => {
    const terms = { kind: "one-touch", direction: "down", barrier: 92, side: "short" } as const;
    const rich = position("rich", { ...terms, collateral: "1000000" });
    const poor = position("poor", { ...terms, collateral: "3" });
    const options = { ...continuous, horizon: 30, step: 1 };
    const valuation = await engine.value(bookOf([rich, poor]), options);
    const owed = legsOf(bookOf([rich]), 30)[0]!.leg.valueNow;
    const chance = -owed / 10;
    expect(Math.abs(owed)).toBeGreaterThan(3);
    // It owes more than its 3 today already; that loss is not counted again.
    const { value, standardError } = rowOf(valuation, "poor").expectedLoss!;
    expect(Math.abs(value - 3 * (1 - chance)) / standardError).toBeLessThan(4);
    const { expectedLoss } = rowOf(valuation, "rich");
    expect(Math.abs(expectedLoss!.value) / expectedLoss!.standardError).toBeLessThan(4);
    expect(valuation.warnings.map(({ code }) => code)).toEqual(["ACCOUNT_INSOLVENT"]);
    expect(valuation.pool.markToMarket).toBeCloseTo(2 * owed, 9);
  });
});

test("value: barriers watched fifty times give the discretely monitored values (Broadie, Glasserman & Kou)", async () => {
  const { inputs, expected } = reference<
    { readonly cases: readonly (readonly [number])[] },
    { readonly values: readonly (readonly [number, number, number])[] }
  >("px.barrier.discrete-bgk");
  const [rate, sigma, days] = [0.1, 0.3, 73];
  const barriers = inputs.cases.map(([barrier]) =>
    position(`H${barrier}`, {
      ...{ kind: "knock-out", direction: "down", barrier, type: "call", strike: 100 },
      ...{ expiry: daysOn(days), impliedVolatility: sigma, forward: 100 * Math.exp(rate * 0.2) },
    }),
  );
  const drift = rate - 0.5 * sigma ** 2;
  const market = marketOf({
    ...{ volatility: [sigma, sigma], drift: [drift, drift], discountRate: rate },
  });
  const document = bookOf(barriers, { market });
  for (const [column, monitoring] of [
    [0, "continuous"],
    [2, "discrete"],
  ] as const) {
    const options = { scenarios: 1_000_000, seed: 8n, horizon: days, step: days / 50, monitoring };
    const valuation = await engine.value(document, options);
    expected.values.forEach((values, i) => {
      const { value, standardError } = rowOf(valuation, `H${inputs.cases[i]![0]}`).expectedLoss!;
      // Today's value is that of a barrier watched without a break, whatever the paths are.
      const paid = Math.exp(-rate * 0.2) * (value + values[0]);
      expect(Math.abs(paid - values[column]!) / standardError, monitoring).toBeLessThan(4);
    });
    const { value, standardError } = rowOf(valuation, "H99").expectedLoss!;
    if (monitoring === "discrete") expect(value / standardError).toBeGreaterThan(80);
  }
}, 400_000);

describe("path by path", () => {
  const expiries = [2, 5.5, 7, 7.2, 20];

  test.each([
    ["an hour", 1 / 24],
    ["a step of its own and the expiries", 3],
  ])("value: losses are those of walked paths, looked at after %s", async (_, step) => {
    const document = bookOf(randomBook(80, 11, expiries));
    const valuation = await engine.value(document, { ...LOOKED_AT, horizon: 7, step });
    const walked = walkedLosses(document, valuation);
    const size = sumOf(document.barriers!.map(({ quantity, asset }) => quantity * SPOT[asset]!));
    const worst = Math.max(
      ...valuation.samplePaths!.losses.map((loss, p) =>
        Math.abs(loss - sumOf(walked.map((of) => of[p]!))),
      ),
    );
    expect(worst / size).toBeLessThan(1e-9);
    expect(valuation.risk.standardDeviation / size).toBeGreaterThan(0.01);
    expect(valuation.liquidation).toBeNull();
  });

  test("value: contributions, means and stand-alone figures are those of walked paths", async () => {
    const document = bookOf(randomBook(60, 12, expiries));
    const valuation = await engine.value(document, { ...LOOKED_AT, horizon: 7 });
    const walked = walkedLosses(document, valuation);
    const { losses } = valuation.samplePaths!;
    const worstOf = (values: readonly number[]) =>
      [...values.keys()].sort((a, b) => values[b]! - values[a]!).slice(0, 100);
    const tail = worstOf(losses);
    const { rows, total } = valuation.contributions;
    for (const { id, contribution, expectedLoss, standAlone } of rows) {
      const mine = walked.filter((_, i) => document.barriers![i]!.participant === id);
      const own = losses.map((__, p) => sumOf(mine.map((of) => of[p]!)));
      expect(contribution.value).toBeCloseTo(sumOf(tail.map((p) => own[p]!)) / 100, 5);
      expect(expectedLoss!.value).toBeCloseTo(sumOf(own) / 1000, 5);
      expect(standAlone!.value).toBeCloseTo(sumOf(worstOf(own).map((p) => own[p]!)) / 100, 5);
    }
    expect(rows.filter(({ contribution }) => contribution.value !== 0)).toHaveLength(4);
    const shared = sumOf(rows.map(({ contribution }) => contribution.value));
    expect(Math.abs(shared / total.value - 1)).toBeLessThan(1e-12);
  });

  test("value: a path watched in between has the touch of its bridges", async () => {
    const kinds = [
      position("up", { kind: "one-touch", direction: "up", barrier: 104, expiry: daysOn(7) }),
      position("down", { kind: "no-touch", direction: "down", barrier: 96, expiry: daysOn(12) }),
    ];
    for (const one of kinds) {
      const document = bookOf([one]);
      const options = { ...LOOKED_AT, horizon: 7, step: 1, monitoring: "continuous" } as const;
      const valuation = await engine.value(document, options);
      const { prices, losses, days } = valuation.samplePaths!;
      const { leg } = legsOf(document, 7)[0]!;
      const seen = walkedLosses(document, valuation)[0]!;
      let [expected, spread, found] = [0, 0, 0];
      prices.forEach(([path], p) => {
        const x = [0, ...path!.map((price) => Math.log(price / 100))];
        let alive = 1;
        for (let t = 1; t < x.length; t++) {
          const variance = VOLATILITY ** 2 * ((days[t - 1]! - (days[t - 2] ?? 0)) / 365);
          const gap = (leg.barrier.at - x[t - 1]!) * (leg.barrier.at - x[t]!);
          alive *= gap > 0 ? 1 - Math.exp((-2 * gap) / variance) : 0;
        }
        // Seen at a step: then it is certain, and the loss is the walked one.
        if (alive === 0) expect(losses[p]!).toBeCloseTo(seen[p]!, 7);
        expected += 1 - alive;
        spread += alive * (1 - alive);
        if (Math.abs(losses[p]! - seen[p]!) > 1e-7 || alive === 0) found++;
      });
      expect(Math.abs(found - expected) / Math.sqrt(spread)).toBeLessThan(4);
      expect(Math.sqrt(spread)).toBeGreaterThan(5);
    }
  });
});
