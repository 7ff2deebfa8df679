// Method: the same words, numbers and covers on both backends, bit for bit.
import { expect, test } from "vitest";
import { loadSync } from "../../../src/index.ts";
import { normalCdf } from "../../../src/numeric/index.ts";
import { samplePool } from "../../support/sample-pool.ts";
import { bothKernels, column, expectSameBits, wordsOf } from "../../support/twin.ts";

test("exponential: any two words", () => {
  const words = wordsOf(31, 2000);
  expectSameBits((arena, kernels) => {
    const at = arena.take(words.length * 4);
    arena.u32(at, words.length).set(words);
    return [Float64Array.from({ length: 1000 }, (_, i) => kernels.exponential(at + 8 * i))];
  });
});

test("normalCdf: both tails, with the bits of the host's", () => {
  const { wasm, js } = bothKernels();
  for (const scale of [1, 8, 45]) {
    for (const x of column(32, 2000, scale)) {
      expect(js.normalCdf(x)).toBe(wasm.normalCdf(x));
      // The kernel says 0 where the host still has a subnormal.
      if (x >= -37) expect(js.normalCdf(x)).toBe(normalCdf(x));
    }
  }
});

test("value: a pool of many likely covers gives one result on both backends", async () => {
  const pool = samplePool();
  const covers = Array.from({ length: 300 }, (_, i) => ({
    ...pool.covers[i % pool.covers.length]!,
    id: `many-${i}`,
    annualProbability: [0.001, 0.2, 0.9, 0.9999][i % 4]!,
    systemicLoading: [0, 0.3, 0.95][i % 3]!,
  }));
  const market = { ...pool.market!, systemicLoading: 0.5 };
  const options = { scenarios: 4000, horizon: 30, levels: [0.95] };
  const [wasm, js] = await Promise.all(
    (["wasm", "js"] as const).map((backend) =>
      loadSync({ backend }).value({ ...pool, covers, market }, options),
    ),
  );
  expect(JSON.stringify(js)).toBe(JSON.stringify(wasm));
});
