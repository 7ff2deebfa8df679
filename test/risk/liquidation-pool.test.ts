// Method: whole pools of isolated and cross-margined accounts against the sum of their walks; the
// same paths in other batches and orders, bit for bit; the normals behind the steps.
import { describe, expect, test } from "vitest";
import type { LiquidationTerms } from "../../src/terms/index.ts";
import { freshKernel, seeded } from "../support/kernel.ts";
import {
  FULL,
  isolated,
  liquidationPool,
  marketFor,
  marketsOf,
  mixedPool,
  PACED,
} from "../support/liquidation-pool.ts";
import {
  changesOf,
  columnsOf,
  layMarginRun,
  type MarginRun,
  returnsOf,
  stepSumsOf,
  type Way,
} from "../support/margin-run.ts";
import { ratesOf, trailOf, walk, walkAccounts } from "../support/margin-walk.ts";

const PATHS = 2048;
const WAY: Way = { days: 10, stepDays: 0.2 };

const funded = marketsOf(3).map((market, u) => ({
  ...market,
  sizeFactor: 0.0005,
  ...(u < 2 ? { fundingRate: u === 0 ? 2 : -3 } : {}),
}));

const POOLS: readonly [string, LiquidationTerms][] = [
  ["at once", FULL],
  ["at a pace", PACED],
  ["at once with funding", { ...FULL, markets: funded }],
  ["at a pace with funding", { ...PACED, markets: funded }],
];

describe.each(POOLS)("a pool of 60 accounts closed %s", (_, terms) => {
  const document = mixedPool(terms, 45, 15);
  // An instance of its own: laying another pool in it would write over this one.
  const run = layMarginRun(freshKernel().kernels, document, WAY);
  const accounts = walkAccounts(document);
  const [T, U] = [run.times.length, run.assets];
  const x = returnsOf(run, PATHS);
  const trails = Array.from({ length: PATHS }, (__, p) =>
    trailOf(x, p * T * U, run.times, ratesOf(document)),
  );
  const walks = trails.map((trail) => accounts.map((one) => walk(one, terms, run.times, trail)));

  test("scan: finds every account on every path, none twice, none that is healthy", () => {
    expect(new Set(run.items)).toEqual(new Set(accounts.map(({ id }) => id)));
    const known = new Map<string, number>();
    walks.forEach((list, p) => {
      list.forEach(({ closed, change }, a) => {
        if (closed > 0) known.set(`${p} ${accounts[a]!.id}`, change);
      });
    });
    const changes = changesOf(run, PATHS);
    expect(changes.length).toBe(known.size);
    expect(changes.length).toBeGreaterThan(10 * PATHS);
    for (const { path, id, amount } of changes) {
      const expected = known.get(`${path} ${id}`);
      const far = expected === undefined || Math.abs(amount - expected) > 1e-9 * 1e4;
      if (far) expect({ path, id, amount }).toEqual({ path, id, amount: expected });
    }
  });

  test("columns: hold the sums of the walks, and losses to 1e-9", () => {
    const [losses, counts, notionals, badDebts, fees] = columnsOf(run, PATHS);
    walks.forEach((list, p) => {
      const sum = (of: (one: (typeof list)[number]) => number) =>
        list.reduce((total, one) => total + of(one), 0);
      const known = [
        sum(({ loss }) => loss),
        sum(({ notional }) => notional),
        sum(({ badDebt }) => badDebt),
        sum((one) => one.fees),
      ];
      const found = [losses, notionals, badDebts, fees].map((column) => column![p]!);
      expect(counts![p]).toBe(sum(({ closed }) => (closed > 0 ? 1 : 0)));
      found.forEach((value, i) => {
        const size = i === 0 ? 1e5 : Math.max(1, known[i]!);
        if (!(Math.abs(value - known[i]!) <= 1e-9 * size))
          expect(found, `path ${p}`).toEqual(known);
      });
    });
    // The bound of the losses is 1e-9 of the accounts' size, about 1,000 each way for 90 legs.
    expect(Math.max(...badDebts!)).toBeGreaterThan(100);
  });

  test("stepSums: date every liquidation by the first fall below maintenance", () => {
    const [counts, notionals, badDebts] = [0, 1, 2].map(() => new Float64Array(T));
    walks.flat().forEach((one) => {
      if (one.closed === 0) return;
      counts![one.breached]! += 1;
      notionals![one.breached]! += one.notional;
      badDebts![one.breached]! += one.badDebt;
    });
    const paths = Array.from({ length: PATHS }, (__, p) => p);
    const sums = stepSumsOf(run, paths, new Float64Array(PATHS).fill(1));
    expect(Array.from(sums[0]!)).toEqual(Array.from(counts!));
    for (const [found, known] of [
      [sums[1]!, notionals!],
      [sums[2]!, badDebts!],
    ] as const) {
      known.forEach((value, t) => {
        expect(Math.abs(found[t]! - value)).toBeLessThanOrEqual(1e-11 * value);
      });
    }
  });

  test("simulate: any split gives the same bits, moments and sums included", () => {
    const whole = gathered(run, 1000, [1000]);
    const random = seeded(31);
    for (let round = 0; round < 5; round++) {
      const sizes = Array.from({ length: 200 }, () => 1 + Math.floor(random() * 300));
      expect(gathered(run, 1000, sizes), `batches of ${sizes.slice(0, 4)} …`).toEqual(whole);
    }
  });

  test("simulate: a path is the same in any company", () => {
    const columns = columnsOf(run, PATHS);
    const random = seeded(32);
    const list = Array.from({ length: 999 }, () => Math.floor(random() * PATHS));
    run.laid.simulation.withMoments = false;
    run.laid.simulation.runList(list, new Float64Array(999), 0, 999);
    run.laid.simulation.columns(999).forEach((column, c) => {
      expect(Array.from(column)).toEqual(list.map((path) => columns[c]![path]));
    });
  });

  test("audit: full revaluation gives the losses of the profiles", () => {
    const audit = layMarginRun(freshKernel().kernels, document, { ...WAY, mode: "audit" });
    const [audited, ...statistics] = columnsOf(audit, 512);
    const [losses, ...profiled] = columnsOf(run, 512);
    expect(statistics).toEqual(profiled);
    audited!.forEach((loss, p) => {
      expect(Math.abs(loss - losses![p]!)).toBeLessThan(1e-9 * 1e5);
    });
  });
});

test.each([4, -4])("scan: finds accounts whose levels funding of %i moves apart", (fundingRate) => {
  // The larger the maintenance, the slower funding moves the level: the list is in no fixed order.
  const perpetuals = [0.005, 0.1, 0.25, 0.4].flatMap((maintenanceRatio, i) =>
    (["long", "short"] as const).flatMap((side) =>
      (["linear", "inverse"] as const).map((settlement) =>
        isolated(`${side}-${settlement}-${i}`, "A", side, settlement, 1, 10, {
          maintenanceRatio,
          collateral: (
            (maintenanceRatio + 0.06 + 0.02 * i) *
            (settlement === "linear" ? 1000 : 10)
          ).toFixed(8),
        }),
      ),
    ),
  );
  for (const terms of [FULL, PACED]) {
    const markets = marketsOf(1, { fundingRate });
    const document = liquidationPool(
      1,
      { ...terms, markets },
      { perpetuals, market: marketFor(1) },
    );
    const run = layMarginRun(freshKernel().kernels, document, WAY);
    const x = returnsOf(run, PATHS);
    const found = changesOf(run, PATHS).map(({ path, id }) => `${path} ${id}`);
    const known = Array.from({ length: PATHS }, (_, p) => {
      const trail = trailOf(x, p * run.times.length, run.times, ratesOf(document));
      return walkAccounts(document).flatMap((one) =>
        walk(one, document.liquidation!, run.times, trail).closed > 0 ? [`${p} ${one.id}`] : [],
      );
    }).flat();
    expect(known.length).toBeGreaterThan(4 * PATHS);
    expect(found.sort()).toEqual(known.sort());
  }
});

/** Columns and moments of [0, count), in batches of given sizes. */
function gathered({ laid }: MarginRun, count: number, sizes: readonly number[]) {
  const columns = Array.from({ length: 5 }, () => new Float64Array(count));
  laid.simulation.withMoments = true;
  laid.simulation.takeMoments();
  let from = 0;
  for (const wanted of sizes) {
    const size = Math.min(wanted, count - from);
    if (size === 0) break;
    laid.simulation.runRange(from, size);
    laid.simulation.columns(size).forEach((column, c) => {
      columns[c]!.set(column, from);
    });
    from += size;
  }
  const moments = laid.simulation.takeMoments();
  laid.simulation.withMoments = false;
  expect(from).toBe(count);
  return { columns, moments };
}

describe("normals of many steps", () => {
  test.each([1, 2, 3, 4, 5])(
    "simulate: draws every normal of %i assets once, in a fixed place",
    (count) => {
      const steps = 11;
      const independent = marketFor(count, {
        volatility: new Array(count).fill(1),
        correlation: Array.from({ length: count }, (_, i) =>
          Array.from({ length: count }, (__, j) => (i === j ? 1 : 0)),
        ),
      });
      const perpetuals = mixedPool(FULL, 1, 0).perpetuals;
      const document = liquidationPool(count, FULL, {
        participants: [{ id: "iso0", margin: "isolated" }],
        perpetuals,
        market: independent,
      });
      const run = layMarginRun(freshKernel().kernels, document, { days: 11, stepDays: 1 });
      const x = returnsOf(run, 16);
      const at = (p: number, t: number, u: number) => (t < 0 ? 0 : x[(p * steps + t) * count + u]!);
      const drawn = normalsOf(run, 16, Math.ceil((steps * count) / 4));
      const seen = new Set<number>();
      for (let p = 0; p < 16; p++) {
        for (let t = 0; t < steps; t++) {
          const years = run.times[t]! - (t > 0 ? run.times[t - 1]! : 0);
          for (let u = 0; u < count; u++) {
            const normal = (at(p, t, u) - at(p, t - 1, u)) / Math.sqrt(years);
            const known = drawn[(t * count + u) * 16 + p]!;
            expect(Math.abs(normal - known)).toBeLessThan(1e-12);
            seen.add(known);
          }
        }
      }
      expect(seen.size).toBe(16 * steps * count);
    },
  );
});

/** Normal n of path p from the generator itself: [4·blocks × paths]. */
function normalsOf({ laid }: MarginRun, paths: number, blocks: number): Float64Array {
  const { arena, kernels: k } = laid.simulation;
  const numbers = arena.take(paths * 4);
  arena.u32(numbers, paths).set(Array.from({ length: paths }, (_, p) => p));
  const keys = arena.take(320);
  k.schedule(keys, 7, 0);
  const out = arena.take(4 * blocks * paths * 8);
  k.normals(out, numbers, paths, paths, keys, 0, 0, blocks);
  return arena.f64(out, 4 * blocks * paths).slice();
}
