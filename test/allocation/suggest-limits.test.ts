// Method: a normal return has a known quantile, and open interest at its bound loses the share of the
// capital that the policy says; what is suggested is a valid part of the document and lets in what fits.
import { beforeAll, expect, test } from "vitest";
import { type Engine, load, readPool } from "../../src/index.ts";
import type { PoolDocument } from "../../src/pool/index.ts";
import { refusal } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await load();
});

const OPTIONS = { scenarios: 200_000, horizon: 1, seed: 2 };
const CAPITAL = 440_000;

test("suggestLimits: an extreme simulated move costs the share of the capital", async () => {
  const { bounds } = await engine.suggestLimits(samplePool(), { moveLevel: 0.99 }, OPTIONS);
  const limit = (asset: string) => Number(bounds.find((one) => one.of === asset)!.max);
  // |x| of a normal x stays below 2.5758 deviations in 99 % of scenarios; up a bit more, down less.
  for (const [asset, volatility] of [
    ["BTC", 0.55],
    ["ETH", 0.75],
  ] as const) {
    const move = (0.3 * CAPITAL) / limit(asset);
    expect(move / (2.5758 * volatility * Math.sqrt(1 / 365))).toBeCloseTo(1, 1);
  }
  const { contributions } = await engine.value(samplePool(), OPTIONS);
  const each = bounds.find(({ scope }) => scope === "participant")!;
  expect(Number(each.max)).toBeCloseTo(0.25 * contributions.total.value, 5);
});

test("suggestLimits: a thin market bounds open interest by what moving its price would gain", async () => {
  const pool: PoolDocument = {
    ...samplePool(),
    liquidation: {
      mode: "full",
      liquidatorFee: 0.005,
      insuranceFee: 0.005,
      markets: [{ asset: "ETH", depth: "100000.00", impact: 0.05 }],
    },
  };
  const options = { ...OPTIONS, scenarios: 20_000 };
  const limit = async (policy: object) => {
    const { bounds } = await engine.suggestLimits(pool, policy, options);
    return Number(bounds.find(({ of }) => of === "ETH")!.max);
  };
  expect(await limit({ attackerCapital: "0.00" })).toBe(100_000);
  expect(await limit({ attackerCapital: "0.00", depthShare: 3 })).toBe(300_000);
  // 1 % of 440,000 is 4,400: OI with (2/3) · 0.05 · OI · √(OI / 200,000) = 4,400.
  const wanted = (((4400 * 3) / 2 / 0.05) * Math.sqrt(200_000)) ** (2 / 3);
  const bound = await limit({ attackerCapital: "1000000.00", gainShare: 0.01, depthShare: 9 });
  expect(bound / wanted).toBeCloseTo(1, 9);
});

test("suggestLimits: makes terms that a document may hold, and quotes are held against", async () => {
  const limits = await engine.suggestLimits(samplePool(), {}, { ...OPTIONS, scenarios: 20_000 });
  const pool = readPool({ ...samplePool(), limits });
  const option = { ...samplePool().options[0]!, id: "new" };
  const options = { ...OPTIONS, scenarios: 20_000 };
  const small = await engine.quote(pool, { option: { ...option, quantity: 0.01 } }, options);
  const large = await engine.quote(pool, { option: { ...option, quantity: 1000 } }, options);
  expect(large.isAllowed).toBe(false);
  expect(small.limits.map(({ id }) => id)).toEqual(["open-interest-BTC", "shortfall-of-each"]);
});

test("suggestLimits: every problem of the policy is reported at once", async () => {
  const policy = { moveLevel: 99, lossShare: 0, attackerCapital: "1.0000001", other: 1 };
  const error: unknown = await engine
    .suggestLimits(samplePool(), policy as never, OPTIONS)
    .catch((reason: unknown) => reason);
  const { issues } = refusal(() => {
    throw error;
  });
  expect(issues.map(({ code, pointer }) => `${code} ${pointer}`).sort()).toEqual([
    "KEY_UNKNOWN /policy/other",
    "MONEY_TOO_PRECISE /policy/attackerCapital",
    "NUMBER_RANGE /policy/lossShare",
    "NUMBER_RANGE /policy/moveLevel",
  ]);
});
