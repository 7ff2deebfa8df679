// Method: the book revalued position by position with Black's formula written out, the put not by
// parity, and recourse as the README states it; and shocks whose loss can be worked by hand.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  loadSync,
  type PoolDocument,
  PoolError,
  type PriceShock,
  readPool,
  shockLosses,
} from "../../src/index.ts";
import { normalCdf } from "../support/normal-cdf.ts";

const read = (name: string): PoolDocument =>
  readPool(readFileSync(new URL(`../../examples/${name}`, import.meta.url), "utf8")).document;
const example = read("pool.json");
const small = read("small-pool.json");
const RATE = 0.03;
const YEAR_MS = 365 * 86_400_000;

type Option = PoolDocument["options"][number];

/** Value of one option to its owner, pool currency. */
function optionValue(option: Option, asOf: string, spot: number, factor: number): number {
  const years = (Date.parse(option.expiry) - Date.parse(asOf)) / YEAR_MS;
  const forward = option.forward === undefined ? spot : option.forward * factor;
  const deviation = option.impliedVolatility * Math.sqrt(years);
  const d1 = Math.log(forward / option.strike) / deviation + deviation / 2;
  const d2 = d1 - deviation;
  const undiscounted =
    option.type === "call"
      ? forward * normalCdf(d1) - option.strike * normalCdf(d2)
      : option.strike * normalCdf(-d2) - forward * normalCdf(-d1);
  // An inverse option pays coins: Black over the forward, times the spot.
  const discount = option.settlement === "inverse" ? spot / forward : Math.exp(-RATE * years);
  const coins = option.quantity * (option.quantityUnit === "contract" ? option.multiplier! : 1);
  return (option.side === "long" ? 1 : -1) * coins * undiscounted * discount;
}

interface Standing {
  value: number;
  collateral: number;
  canOwe: boolean;
}

/** Value of the book to its owners less what they will not pay. */
function owed(document: PoolDocument, shock: Readonly<Record<string, number | undefined>>): number {
  const factor = (asset: string) => 1 + (shock[asset] ?? 0);
  const spotOf = (asset: string) =>
    document.assets.find(({ id }) => id === asset)!.spot * factor(asset);
  const standings = new Map<string, Standing>();
  const standing = (key: string, collateral = 0): Standing => {
    const known = standings.get(key) ?? { value: 0, collateral, canOwe: false };
    standings.set(key, known);
    return known;
  };
  const cross = new Set<string>();
  for (const { id, margin, collateral = [] } of document.participants) {
    if (margin !== "cross") continue;
    cross.add(id);
    const worth = collateral.reduce(
      (sum, { asset, amount }) =>
        sum + Number(amount) * (asset === document.currency.code ? 1 : spotOf(asset)),
      0,
    );
    standing(`cross ${id}`, worth);
  }
  const add = (
    position: Option | PoolDocument["perpetuals"][number],
    value: number,
    canOwe: boolean,
  ) => {
    const { participant, collateral = "0", settlement, asset, id } = position;
    const own = Number(collateral) * (settlement === "inverse" ? spotOf(asset) : 1);
    const account = cross.has(participant) ? standing(`cross ${participant}`) : standing(id, own);
    account.value += value;
    account.canOwe ||= canOwe;
  };
  for (const option of document.options) {
    const { asset, side } = option;
    const value = optionValue(option, document.asOf, spotOf(asset), factor(asset));
    add(option, value, side === "short");
  }
  for (const perpetual of document.perpetuals) {
    const { asset, entry, size, side, settlement } = perpetual;
    const spot = spotOf(asset);
    const gain = settlement === "inverse" ? size * (spot / entry - 1) : size * (spot - entry);
    add(perpetual, side === "long" ? gain : -gain, true);
  }
  const holdings = document.holdings.reduce(
    (sum, { asset, amount }) => sum + Number(amount) * spotOf(asset),
    0,
  );
  return [...standings.values()].reduce(
    (sum, { value, collateral, canOwe }) => sum + (canOwe ? Math.max(value, -collateral) : value),
    -holdings,
  );
}

const market = { discountRate: RATE };

describe("shockLosses: against the book revalued by hand", () => {
  test.each([
    ["small", small],
    ["example", example],
  ] as const)("shockLosses: any prices, %s pool", async (_, document) => {
    const pool = readPool(document);
    const change = fc.double({ min: -0.95, max: 3, noNaN: true });
    const keys = Object.fromEntries(document.assets.map(({ id }) => [id, change]));
    await fc.assert(
      fc.asyncProperty(fc.record(keys, { requiredKeys: [] }), async (shock) => {
        const [found] = await shockLosses(pool, [shock as PriceShock], { market });
        const expected = owed(document, shock) - owed(document, {});
        const size = Math.max(Math.abs(owed(document, shock)), Math.abs(owed(document, {})));
        expect(Math.abs(found!.loss - expected)).toBeLessThan(1e-9 * size);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test("shockLosses: what an account cannot pay is the pool's, and is told apart", async () => {
    const perpetuals = small.perpetuals.filter(({ id }) => id === "perp-orb");
    const alone = { ...small, options: [], perpetuals, holdings: [], covers: [] };
    const [mild, hard] = await shockLosses(alone, [{ ORB: -0.1 }, { ORB: -0.5 }]);
    // 1.5 coins from 40,000: the pool gains what the long loses, as far as 9,000 and 750 of gains reach.
    expect(mild).toEqual({ loss: -6000, shortfall: 0 });
    expect(hard).toEqual({ loss: -9750, shortfall: 20_250 });
  });
});

test("shockLosses: a barrier beyond which the price lies is touched", async () => {
  const barrier = (kind: "knock-out" | "one-touch", rest: object) => ({
    ...{ id: kind, participant: "ada", asset: "ORB", kind, direction: "down", side: "long" },
    ...{ barrier: 30_000, quantity: 1, impliedVolatility: 0.5, expiry: "2025-11-28T08:00Z" },
    settlement: "linear",
    ...rest,
  });
  const pool = {
    ...{ ...small, options: [], perpetuals: [], holdings: [], covers: [] },
    barriers: [
      barrier("knock-out", { type: "call", strike: 40_000 }),
      barrier("one-touch", { cash: "100.00" }),
    ],
  };
  const years = (Date.parse("2025-11-28T08:00Z") - Date.parse(small.asOf)) / YEAR_MS;
  const one = (id: string) => ({
    ...pool,
    barriers: pool.barriers.filter((each) => each.id === id),
  });
  const worth = async (id: string): Promise<number> => {
    const { pool } = await loadSync().value(one(id), {
      ...{ scenarios: 1000, levels: [0.9], confidence: 0.9 },
      market: { ...small.market!, discountRate: RATE },
    });
    return pool.markToMarket;
  };
  const fall = async (id: string) =>
    (await shockLosses(one(id), [{ ORB: -0.3 }], { market }))[0]!.loss;
  expect(await fall("knock-out")).toBeCloseTo(-(await worth("knock-out")), 8);
  expect(await fall("one-touch")).toBeCloseTo(
    100 * Math.exp(-RATE * years) - (await worth("one-touch")),
    8,
  );
});

test("shockLosses: a barrier's forward moves along, and its writer pays what stands behind it", async () => {
  const position = {
    ...{ id: "touch", participant: "ada", asset: "ORB", kind: "one-touch", direction: "up" },
    ...{ side: "short", barrier: 50_000, cash: "900.00", quantity: 1, impliedVolatility: 0.5 },
    ...{ expiry: "2025-11-28T08:00Z", settlement: "linear", collateral: "400.00" },
  };
  const bare = { ...small, options: [], perpetuals: [], holdings: [], covers: [] };
  const worth = async (spot: number, forward: number): Promise<number> => {
    const assets = [{ id: "ORB", spot }, small.assets[1]!];
    // Long, so that its worth is not cut at any collateral.
    const { collateral, ...free } = { ...position, side: "long", forward };
    expect(collateral).toBe("400.00");
    const run = { scenarios: 1000, levels: [0.9], confidence: 0.9 };
    const { pool } = await loadSync().value({ ...bare, assets, barriers: [free] }, run);
    return pool.markToMarket;
  };
  const pool = { ...bare, barriers: [{ ...position, forward: 40_400 }] };
  const [mild, hard] = await shockLosses(pool, [{ ORB: 0.05 }, { ORB: 0.3 }]);
  const before = await worth(40_000, 40_400);
  expect(mild!.loss).toBeCloseTo(-((await worth(42_000, 42_420)) - before), 8);
  expect(mild!.shortfall).toBe(0);
  // Touched, it owes 900, of which 500 are not there.
  expect(hard!.loss).toBeCloseTo(-(400 - before), 8);
  expect(hard!.shortfall).toBeCloseTo(500, 8);
});

test("shockLosses: no shock costs nothing, and none gives none", async () => {
  expect(await shockLosses(example, [{}, { ORB: 0 }])).toEqual([
    { loss: 0, shortfall: 0 },
    { loss: 0, shortfall: 0 },
  ]);
  expect(await shockLosses(example, [])).toEqual([]);
});

test("shockLosses: every problem of the shocks at once", async () => {
  const refused = shockLosses(small, [{ ORB: -1 }, { NOT: 0.1 }, null, { ETA: "x" }] as never);
  await expect(refused).rejects.toThrow(PoolError);
  const error = await refused.catch((each: PoolError) => each);
  const issues = (error as PoolError).issues.map(({ code, pointer }) => [code, pointer]);
  expect(issues).toEqual([
    ["NUMBER_RANGE", "/shocks/0/ORB"],
    ["REFERENCE_UNKNOWN", "/shocks/1/NOT"],
    ["TYPE", "/shocks/2"],
    ["NUMBER_RANGE", "/shocks/3/ETA"],
  ]);
  await expect(shockLosses(small, {} as never)).rejects.toThrow(/TYPE: \/shocks/);
});
