// Method: the events of simulated covers against closed forms and published values of the
// one-factor Gaussian copula, and single paths against the words they are drawn from.
import { describe, expect, test } from "vitest";
import type { Cover } from "../../src/book/index.ts";
import type { MarketModel } from "../../src/market/index.ts";
import { expm1, log1p, normalCdf, normalQuantile } from "../../src/numeric/index.ts";
import { coverLosses, coverOf, coversOf, deviations, layCoversAlone } from "../support/cover.ts";
import { freshKernel, seeded } from "../support/kernel.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { lossesInOrder } from "../support/simulation.ts";

const SCENARIOS = 200_704;

/** The same market with a factor of another spread, so that it leaves the buckets at both ends. */
const stretched =
  (by: number) =>
  (model: MarketModel): MarketModel => ({
    ...model,
    columns(times) {
      const columns = model.columns(times);
      return { ...columns, marketFactor: columns.marketFactor.map((weight) => by * weight) };
    },
  });

/** Expects a known quantile between the order statistics 4 standard errors either side. */
function expectAtRank(sorted: Float64Array, level: number, known: number): void {
  const rank = level * sorted.length;
  const reach = 4 * Math.sqrt((1 - level) * rank);
  expect(known).toBeGreaterThanOrEqual(sorted[Math.floor(rank - reach)]!);
  expect(known).toBeLessThanOrEqual(sorted[Math.ceil(rank + reach)]!);
}

describe("frequency", () => {
  test.each([
    [1e-6, 10_000, 0.3],
    [1e-6, 10_000, 0],
    [1e-5, 10, 0.9],
    [1e-4, 1000, 0.2],
    [0.01, 50, 0.999],
    [0.1, 20, 0.5],
    [0.5, 5, 0.3],
    [0.9, 5, 0.3],
    [0.99, 5, 0.7],
  ])(
    "cover: events of probability %f come that often (%i of them, loading %f)",
    (p, count, rho) => {
      const covers = coversOf(count, () => ({ annualProbability: p, systemicLoading: rho }));
      // Few of the rarest at a strong loading: where thousands fail together a mean has no error bar.
      const scenarios = p * count < 1e-3 ? 4_194_304 : SCENARIOS;
      const found = coverLosses(covers, scenarios, { systemicLoading: 0.6 });
      expect(deviations(found, p * count)).toBeLessThan(4);
    },
  );

  // The factor is normal with a spread: 1 in every model, more to leave the buckets at both ends.
  test.each([1, 4])(
    "cover: each of many kinds comes as often as it should, and once at most (%i)",
    (spread) => {
      // Loss in binary: cover i pays 2^i, so that a loss tells who has paid, and nobody can twice.
      const chances = [1e-3, 0.9, 0.02, 0.3, 0.05, 0.99, 1e-4, 0.6];
      const covers = coversOf(24, (i) => ({
        sumInsured: `${2 ** i}.00`,
        annualProbability: chances[i % 8]!,
        systemicLoading: [0, 0.1, 0.8][Math.floor(i / 8)]!,
      }));
      const run = { systemicLoading: spread === 1 ? -0.4 : 1, model: stretched(spread) };
      const found = coverLosses(covers, SCENARIOS, run);
      for (const [i, { annualProbability, systemicLoading: rho }] of covers.entries()) {
        const events = found.map((loss) => (loss >> i) & 1);
        const latent = Math.sqrt(rho * spread * spread + 1 - rho);
        const known = normalCdf(normalQuantile(annualProbability) / latent);
        expect(deviations(events, known), `cover ${i}`).toBeLessThan(4);
      }
      expect(Math.max(...found.subarray(0, 50_000))).toBeLessThan(2 ** 24);
    },
  );

  test.each([
    [0.02, 0.3, 3],
    [0.02, 0.3, 6],
    [1e-4, 0.1, 4],
  ])("cover: a factor far outside the buckets is as exact (%f, %f, %i times)", (p, rho, by) => {
    const covers = coversOf(40, () => ({ annualProbability: p, systemicLoading: rho }));
    const run = { systemicLoading: 1, model: stretched(by) };
    const found = coverLosses(covers, SCENARIOS, run);
    const latent = Math.sqrt(rho * by * by + 1 - rho);
    expect(deviations(found, 40 * normalCdf(normalQuantile(p) / latent))).toBeLessThan(4);
  });
});

describe("dependence", () => {
  const { tolerance } = reference("sf.bivariate-normal-cdf");
  test.each(referenceCases<[number, number, number], number>("sf.bivariate-normal-cdf"))(
    "cover: pairs come together as the bivariate normal says (%j: %f)",
    ([a, b, r], known) => {
      expect(tolerance.abs).toBeLessThan(1e-9);
      // Few of the rarest on many paths: where all fail together a mean has no error bar.
      const [count, scenarios] =
        known < 1e-6 ? [20, 2_097_152] : [known < 1e-4 ? 400 : 4, SCENARIOS];
      const kinds = [a, b].map((x, side) =>
        coversOf(count, (i) => ({
          id: `${side}-${i}`,
          annualProbability: normalCdf(x),
          systemicLoading: r,
          sumInsured: side === 0 ? "1.00" : "1000.00",
        })),
      );
      const found = coverLosses(kinds.flat(), scenarios, { systemicLoading: 0.5 });
      const pairs = found.map((loss) => (loss % 1000) * Math.floor(loss / 1000));
      expect(deviations(pairs, count * count * known)).toBeLessThan(4);
    },
  );

  interface Pool {
    readonly "P0..P5": readonly number[];
    readonly VaR_ES: { readonly [level: string]: readonly [number, number] };
    readonly var: number;
  }
  test.each(referenceCases<[number, number, number], Pool>("credit.one-factor-binomial-pool"))(
    "cover: the number of events of a uniform pool is distributed as known (%j)",
    (pool, known) => {
      const [count, p, rho] = pool;
      const covers = coversOf(count, () => ({ annualProbability: p, systemicLoading: rho }));
      const found = coverLosses(covers, SCENARIOS, { systemicLoading: 0.5 });
      for (const [k, chance] of known["P0..P5"].entries()) {
        expect(
          deviations(
            found.map((loss) => (loss === k ? 1 : 0)),
            chance,
          ),
        ).toBeLessThan(4);
      }
      const squares = found.map((loss) => (loss - count * p) ** 2);
      expect(deviations(squares, known.var)).toBeLessThan(4);
      const sorted = found.slice().sort();
      for (const [level, [valueAtRisk, shortfall]] of Object.entries(known.VaR_ES)) {
        expectAtRank(sorted, Number(level), valueAtRisk);
        // ES = VaR + E[excess] / (1 - level)
        const rest = 1 - Number(level);
        const excess = found.map((loss) => valueAtRisk + Math.max(0, loss - valueAtRisk) / rest);
        expect(deviations(excess, shortfall)).toBeLessThan(4);
      }
    },
  );

  test.each(referenceCases<[number, number, number], [number, number]>("credit.vasicek-lhp"))(
    "cover: a large uniform pool loses as Vasicek's limit (%j)",
    ([p, rho, level], known) => {
      const [count, scenarios] = [2000, 8192];
      const covers = coversOf(count, () => ({ annualProbability: p, systemicLoading: rho }));
      const found = coverLosses(covers, scenarios).map((loss) => loss / count);
      const sorted = found.slice().sort();
      const [valueAtRisk, shortfall] = known;
      expectAtRank(sorted, level, valueAtRisk);
      const excess = found.map((x) => valueAtRisk + Math.max(0, x - valueAtRisk) / (1 - level));
      expect(deviations(excess, shortfall)).toBeLessThan(4);
    },
  );

  interface Basket {
    readonly names: number;
    readonly hazard: number;
    readonly maturity: number;
    readonly r: number;
    readonly recovery: number;
    readonly rho: number;
  }
  test.each(["credit.nth-to-default.hw.rho0.0", "credit.nth-to-default.hw.rho0.6"])(
    "cover: the first and the n-th of ten events cost what Hull and White publish (%s)",
    (id) => {
      type Spreads = { readonly "spread_bp_rank1..10": readonly number[] };
      const { inputs, expected } = reference<Basket, Spreads>(id);
      const { names, hazard, maturity, r, recovery, rho } = inputs;
      const covers = coversOf(names, () => ({
        annualProbability: -expm1(-hazard),
        systemicLoading: rho,
      }));
      const quarters = 4 * maturity;
      // P(at least k events by the end of each quarter).
      const reached = Array.from({ length: quarters }, (_, q) => {
        const found = coverLosses(covers, SCENARIOS, { horizonYears: (q + 1) / 4 });
        return Array.from(
          { length: names },
          (_, k) => found.reduce((sum, loss) => sum + (loss > k ? 1 : 0), 0) / SCENARIOS,
        );
      });
      for (const [k, known] of expected["spread_bp_rank1..10"].entries()) {
        let [paid, premium] = [0, 0];
        for (let q = 0; q < quarters; q++) {
          const before = q === 0 ? 0 : reached[q - 1]![k]!;
          const within = reached[q]![k]! - before;
          const middle = Math.exp((-r * (q + 0.5)) / 4);
          paid += (1 - recovery) * middle * within;
          premium += 0.25 * Math.exp((-r * (q + 1)) / 4) * (1 - reached[q]![k]!);
          premium += 0.125 * middle * within;
        }
        const spread = (1e4 * paid) / premium;
        const chance = reached[quarters - 1]![k]!;
        const error = spread * Math.sqrt(1 / Math.max(1, chance * SCENARIOS));
        expectClose(spread, known, { abs: Math.max(1, 0.015 * known) + 4 * error });
      }
    },
  );
});

describe("addressing", () => {
  const crowd: readonly Cover[] = coversOf(300, (i) => ({
    annualProbability: [1e-4, 0.01, 0.3, 0.95][i % 4]!,
    systemicLoading: [0, 0.5, 0.9][i % 3]!,
    severity: { kind: "beta", alpha: 2, beta: 3 },
  }));

  test("cover: any list of paths in any order gives each path its own events", () => {
    const { simulation } = layCoversAlone(crowd, { systemicLoading: 0.5 });
    const whole = coverLosses(crowd, 4096, { systemicLoading: 0.5 });
    const random = seeded(33);
    const list = Array.from({ length: 3000 }, () => Math.floor(random() * 4096));
    const inOrder = lossesInOrder(simulation, list);
    list.forEach((path, i) => {
      expect(inOrder[i]).toBe(whole[path]);
    });
  });

  test("cover: a probability far below 2^-32 of resolution decides a path exactly", () => {
    // Of many paths the one whose first point is lowest: a single cover without loading happens on
    // it if and only if the point, with all its 64 bits, is below the cover's hazard.
    const { kernels, arena } = freshKernel();
    const [keys, words] = [arena.take(320), arena.take(16)];
    kernels.schedule(keys, 11, 0);
    let [best, lowest] = [0, 1];
    for (let path = 0; path < 1 << 18; path++) {
      kernels.philox(words, keys, path, 0, 1, 0);
      const point = kernels.exponential(words + 8);
      if (point < lowest) [best, lowest] = [path, point];
    }
    expect(lowest).toBeLessThan(1e-4);
    const happens = (hazard: number) => {
      const one = coverOf({ annualProbability: -expm1(-hazard), systemicLoading: 0 });
      return layCoversAlone([one]).simulation.runRange(best, 8)[0] === 1;
    };
    expect(happens(lowest * (1 + 1e-12))).toBe(true);
    expect(happens(lowest * (1 - 1e-12))).toBe(false);
    expect(lowest * 1e-12).toBeLessThan(2 ** -32);
    expect(-log1p(expm1(-lowest))).toBeCloseTo(lowest, 18);
  });
});
