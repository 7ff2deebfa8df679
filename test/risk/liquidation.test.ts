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
import { ratesOf, trailOf, walk, walkAccounts } from "../support/margin-walk.ts";

const PATHS = 10_000;
const WAY: Way = { days: 10, stepDays: 10 / 48 };
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
  const size = account!.legs.reduce((sum, leg) => sum + Math.abs(leg.constant), 0);
  for (let p = 0; p < paths; p++) {
    const trail = trailOf(x, p * run.times.length * run.assets, run.times, rates);
    const own = walk(account!, document.liquidation!, run.times, trail);
    const kernel = [steps[p], counts![p], notionals![p], badDebts![p], fees![p]];
    const rules = [own.hit, own.hit < 0 ? 0 : 1, own.notional, own.badDebt, own.fees];
    const loss = losses![p]! - (others ? others[p]! : 0);
    if (kernel.some((value, i) => value !== rules[i])) expect({ p, kernel }).toEqual({ p, rules });
    if (!(Math.abs(loss - own.loss) <= 1e-9 * size)) expect({ p, loss }).toEqual({ p, own });
    if (own.hit >= 0) seen.hits++;
    if (own.closings > 1 || (own.closed > 0 && own.closed < 1)) seen.partial++;
    if (own.badDebt > 0) seen.badDebts++;
    if (own.fees > 0) seen.fees++;
    if (own.breached !== own.hit) seen.late++;
  }
  return seen;
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
