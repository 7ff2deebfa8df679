// Method: least values of random cubics against the cubics themselves at many points, and the losses
// of a pool whose accounts are screened against those of the same pool with a screen that passes
// nobody.
import { describe, expect, test } from "vitest";
import { marketModel } from "../../src/market/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { accountsOf } from "../../src/risk/account.ts";
import { cubicsOf, minimaOf } from "../../src/risk/hermite.ts";
import { layPool } from "../../src/risk/layout.ts";
import { examplePool } from "../support/example-pool.ts";
import { freshKernel, seeded } from "../support/kernel.ts";

describe("minimaOf", () => {
  test.each([0, 7, 19, 20])("no value between cell %i and a cell is below the cell's", (middle) => {
    const random = seeded(5);
    const cells = Float64Array.from({ length: 80 }, () => 200 * random() - 100);
    const minima = minimaOf(cells, middle);
    const cubics = cubicsOf(cells);
    const centre = Math.min(middle, 19);
    for (let c = 0; c < 20; c++) {
      let least = Number.POSITIVE_INFINITY;
      for (let k = Math.min(c, centre); k <= Math.max(c, centre); k++) {
        const [c0, c2, c1, c3] = cubics.subarray(4 * k, 4 * k + 4);
        for (let t = 0; t <= 1; t += 1 / 64) {
          least = Math.min(least, c0! + t * (c1! + t * (c2! + t * c3!)));
        }
      }
      expect(minima[c]).toBeLessThanOrEqual(least);
      // Bézier points of slopes up to 100 lie within 2/3 of 100 of the curve's ends.
      expect(minima[c]).toBeGreaterThan(least - 67);
    }
  });

  test("is tight where nothing bends", () => {
    const cells = Float64Array.of(5, 4, -1, -1, 4, 3, -1, -1, 3, 2, -1, -1);
    const minima = minimaOf(cells, 1);
    for (const [c, least] of [3, 3, 2].entries()) expect(minima[c]).toBeCloseTo(least, 10);
  });
});

describe("accounts over several nodes", () => {
  const { liquidation: _, ...document } = examplePool();
  const pool = readPool(document);
  const assets = [...pool.document.assets].map(({ id }) => id).sort();
  const parameters = pool.document.market!;
  const index = assets.map((id) => parameters.assets.indexOf(id));
  const model = marketModel({
    ...parameters,
    assets,
    volatility: index.map((i) => 2 * parameters.volatility[i]!),
    correlation: index.map((i) => index.map((j) => parameters.correlation[i]![j]!)),
  });

  function losses(isScreened: boolean) {
    const { kernels } = freshKernel();
    const laid = layPool(kernels, {
      accounts: accountsOf(pool.document, 10 / 365, 0),
      covers: [],
      asOfMs: pool.asOfMs,
      model,
      seed: 3n,
      mode: "profile",
    });
    const { simulation, joint, grids } = laid;
    const { arena } = simulation;
    for (const { tables } of isScreened ? [] : joint) {
      for (const { node, minima } of tables) {
        arena.f64(minima, grids[node]!.cells).fill(Number.NEGATIVE_INFINITY);
      }
    }
    simulation.withMoments = true;
    const all: number[] = [];
    for (let first = 0; first < 40_000; first += 1000) {
      all.push(...simulation.runRange(first, 1000));
    }
    const sums = simulation.takeMoments().sums.slice(0, -1);
    return { all, sums, joint };
  }

  test("screened or not, losses and sums are the same bits, and some fall short", () => {
    const screened = losses(true);
    const walked = losses(false);
    expect(screened.all).toEqual(walked.all);
    expect(screened.sums).toEqual(walked.sums);
    expect(screened.sums.some((sum) => sum > 0)).toBe(true);
    // The screen has something to pass: most accounts lose nobody anything.
    const untouched = screened.sums.filter((sum) => sum === 0).length;
    expect(untouched).toBeGreaterThan(screened.joint.length / 4);
  });
});
