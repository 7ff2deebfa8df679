// Method: a whole pool of margined options, perpetuals and cross accounts against the sum of their
// walks; everyone's contribution from the same walks; and full revaluation against the profiles,
// which must change losses by no more than profiles may be off, and liquidations by nothing.
import { describe, expect, test } from "vitest";
import { loadSync, type PoolDocument, type Valuation } from "../../src/index.ts";
import { freshKernel } from "../support/kernel.ts";
import { SPOT } from "../support/liquidation-pool.ts";
import {
  changesOf,
  columnsOf,
  layMarginRun,
  returnsOf,
  stepSumsOf,
  type Way,
} from "../support/margin-run.ts";
import { ratesOf, trailOf, walk, walkAccounts } from "../support/margin-walk.ts";
import { mixedOptionPool, OPTION_TERMS } from "../support/option-pool.ts";
import { optionOf, optionWorth, shortOptionsOf, walkOption } from "../support/option-walk.ts";

const PATHS = 1000;
const WAY: Way = { days: 10, stepDays: 0.2 };
/** What the pool's accounts are about worth, all in all. */
const SIZE = 1e5;

/** What a walk tells about an account on a path, whatever the account is. */
interface Walked {
  readonly id: string;
  readonly participant: string;
  readonly breached: number;
  readonly isClosed: boolean;
  readonly notional: number;
  readonly badDebt: number;
  readonly fees: number;
  readonly loss: number;
  /** The part of it that is there because it was closed. */
  readonly change: number;
}

/** Every account of a pool on every path; long options have a loss only. */
function walksOf(
  document: PoolDocument,
  times: readonly number[],
  x: Float64Array,
  paths: number,
): Walked[][] {
  const terms = document.liquidation!;
  const perpetuals = walkAccounts(document);
  const shorts = shortOptionsOf(document);
  const longs = document.options.filter(({ side }) => side === "long");
  const rates = ratesOf(document);
  const width = times.length * rates.length;
  const none = { breached: -1, isClosed: false, notional: 0, badDebt: 0, fees: 0, change: 0 };
  return Array.from({ length: paths }, (_, p) => {
    const trail = trailOf(x, p * width, times, rates);
    const pricesOf = (asset: string) =>
      times.map((__, t) => {
        const place = p * width + t * rates.length + "ABC".indexOf(asset);
        return SPOT[asset]! * Math.exp(x[place]!);
      });
    const prices = new Map(document.assets.map(({ id }) => [id, pricesOf(id)]));
    return [
      ...perpetuals.map(({ id, participant }, a): Walked => {
        const own = walk(perpetuals[a]!, terms, times, trail);
        return { ...own, id, participant, isClosed: own.hit >= 0 };
      }),
      ...shorts.map((option): Walked => {
        const own = walkOption(option, terms, times, prices.get(option.asset)!);
        return { ...own, id: option.id, participant: option.participant, isClosed: own.hit >= 0 };
      }),
      ...longs.map((one): Walked => {
        const option = optionOf(document, one);
        const last = times.filter((time) => time <= option.expiry).length - 1;
        const then = optionWorth(option, times[last]!, prices.get(one.asset)![last]!);
        const loss = then - optionWorth(option, 0, option.spot);
        return { ...none, id: one.id, participant: one.participant, loss };
      }),
    ];
  });
}

describe.each(OPTION_TERMS)("a pool of options and perpetuals closed %s", (_, terms) => {
  const document = mixedOptionPool(terms);
  const run = layMarginRun(freshKernel().kernels, document, WAY);
  const { times } = run;
  const walks = walksOf(document, times, returnsOf(run, PATHS), PATHS);
  const columns = columnsOf(run, PATHS);

  test("scan: finds every account on every path, none twice, none that is healthy", () => {
    const known = new Map(
      walks.flatMap((list, p) =>
        list.flatMap(({ id, isClosed, change }) => (isClosed ? [[`${p} ${id}`, change]] : [])),
      ) as [string, number][],
    );
    const changes = changesOf(run, PATHS);
    expect(changes.length).toBe(known.size);
    expect(known.size).toBeGreaterThan(10 * PATHS);
    for (const { path, id, amount } of changes) {
      const expected = known.get(`${path} ${id}`);
      const far = expected === undefined || Math.abs(amount - expected) > 1e-9 * 1e4;
      if (far) expect({ path, id, amount }).toEqual({ path, id, amount: expected });
    }
    // All but options that stay far from their margin.
    const options = new Set(changes.flatMap(({ id }) => (id.startsWith("o") ? [id] : [])));
    expect(options.size).toBeGreaterThan(40);
  });

  test("columns: hold the sums of the walks, and losses to what profiles allow", () => {
    walks.forEach((list, p) => {
      const sum = (of: (one: Walked) => number) => list.reduce((total, one) => total + of(one), 0);
      const known = [
        sum(({ loss }) => loss),
        sum(({ isClosed }) => (isClosed ? 1 : 0)),
        sum(({ notional }) => notional),
        sum(({ badDebt }) => badDebt),
        sum(({ fees }) => fees),
      ];
      const sizes = [SIZE, 0, known[2]!, known[3]! + 1, known[4]!];
      known.forEach((value, c) => {
        const found = columns[c]![p]!;
        if (!(Math.abs(found - value) <= 1e-9 * sizes[c]!)) {
          expect({ p, c, found }).toEqual({ p, c, found: value });
        }
      });
    });
    expect(Math.max(...columns[3]!)).toBeGreaterThan(100);
  });

  test("stepSums: date every liquidation by the first fall below maintenance", () => {
    const sums = Array.from({ length: 3 }, () => new Float64Array(times.length));
    for (const { isClosed, breached, notional, badDebt } of walks.flat()) {
      if (!isClosed) continue;
      sums[0]![breached]! += 1;
      sums[1]![breached]! += notional;
      sums[2]![breached]! += badDebt;
    }
    const paths = Array.from({ length: PATHS }, (__, p) => p);
    const found = stepSumsOf(run, paths, new Float64Array(PATHS).fill(1));
    expect(Array.from(found[0]!)).toEqual(Array.from(sums[0]!));
    for (const row of [1, 2]) {
      sums[row]!.forEach((value, t) => {
        const far = Math.abs(found[row]![t]! - value);
        expect(far, `row ${row}, step ${t}`).toBeLessThanOrEqual(1e-9 * (value + 1));
      });
    }
  });

  test("audit: full revaluation gives the losses of the profiles and the same liquidations", () => {
    const audit = layMarginRun(freshKernel().kernels, document, { ...WAY, mode: "audit" });
    const [audited, ...statistics] = columnsOf(audit, PATHS);
    const [losses, ...profiled] = columns;
    expect(statistics).toEqual(profiled);
    let differing = 0;
    audited!.forEach((loss, p) => {
      expect(Math.abs(loss - losses![p]!)).toBeLessThan(1e-9 * SIZE);
      if (loss !== losses![p]) differing++;
    });
    // Two ways to the losses, not one.
    expect(differing).toBeGreaterThan(PATHS / 2);
    expect(changesOf(audit, 200)).toEqual(changesOf(run, 200));
  });

  test("value: an audit changes no figure of liquidation and no contribution", async () => {
    const engine = loadSync();
    const options = { scenarios: 10_000, seed: 7n, horizon: 10, step: 0.5, levels: [0.95] };
    const profile = await engine.value(document, options);
    const audit = await engine.value(document, { ...options, audit: true });
    expect(audit.liquidation).toEqual(profile.liquidation);
    // Shares are parts of an ES that is the audit's own.
    const rowsOf = ({ contributions }: Valuation) =>
      contributions.rows.map(({ share: _share, ...row }) => row);
    expect(rowsOf(audit)).toEqual(rowsOf(profile));
    expect(audit.receipt.losses).not.toBe(profile.receipt.losses);
    const [found, known] = [audit.risk.levels[0]!, profile.risk.levels[0]!];
    for (const name of ["valueAtRisk", "expectedShortfall"] as const) {
      expect(Math.abs(found[name].value / known[name].value - 1), name).toBeLessThan(1e-8);
    }
    const { expectedLoss } = profile.risk;
    expect(Math.abs(audit.risk.expectedLoss.value - expectedLoss.value)).toBeLessThan(1e-9 * SIZE);
    expect(profile.liquidation!.badDebt.value).toBeGreaterThan(1);
  });
});

test.each(OPTION_TERMS)(
  "contributionsOf: gives everyone the average of the worst paths of the walks closed %s",
  async (_, terms) => {
    const scenarios = 2000;
    const way = { days: 10, stepDays: 0.5, seed: 7n };
    const document = mixedOptionPool(terms);
    const run = layMarginRun(freshKernel().kernels, document, way);
    const walks = walksOf(document, run.times, returnsOf(run, scenarios), scenarios);
    const totals = walks.map((list) => list.reduce((sum, { loss }) => sum + loss, 0));
    const tail = Array.from(totals.keys())
      .sort((a, b) => totals[b]! - totals[a]!)
      .slice(0, scenarios * 0.05);
    const { contributions, liquidation } = await loadSync().value(document, {
      scenarios,
      seed: way.seed,
      horizon: way.days,
      step: way.stepDays,
      confidence: 0.95,
      levels: [0.95],
    });
    const averageOf = (id: string, paths: readonly number[]) => {
      const own = paths.flatMap((p) => walks[p]!.filter(({ participant }) => participant === id));
      return own.reduce((sum, { loss }) => sum + loss, 0) / paths.length;
    };
    const every = Array.from(totals.keys());
    for (const { id, contribution, expectedLoss } of contributions.rows) {
      if (id.startsWith("(")) continue;
      expect(Math.abs(contribution.value - averageOf(id, tail)), id).toBeLessThan(1e-9 * SIZE);
      expect(Math.abs(expectedLoss!.value - averageOf(id, every)), id).toBeLessThan(1e-9 * SIZE);
    }
    const closed = walks.flat().filter(({ isClosed }) => isClosed);
    expect(liquidation!.liquidations.value).toBe(closed.length / scenarios);
    const debts = closed.reduce((sum, { badDebt }) => sum + badDebt, 0) / scenarios;
    expect(liquidation!.badDebt.value / debts).toBeCloseTo(1, 9);
  },
);
