// Method: batches against single valuations by a fresh engine, bit for bit; faulty items among sound
// ones; how many paths are run is told by what a run has to report.
import { describe, expect, test, vi } from "vitest";
import {
  type AnyAnswer,
  type BatchItem,
  type Change,
  loadSync,
  type PoolError,
  readPool,
  type ValueOptions,
} from "../../src/index.ts";
import { workerPool } from "../../src/node.ts";
import { samplePool } from "../support/sample-pool.ts";

const SHARED = { scenarios: 10_000, seed: 5n } as const;
const base = readPool(samplePool());

async function all(answers: AsyncIterable<AnyAnswer>): Promise<AnyAnswer[]> {
  const list: AnyAnswer[] = [];
  for await (const answer of answers) list.push(answer);
  return list;
}

const size = (value: string): Change => ({
  op: "replace",
  path: "/waterfall/layers/0/size",
  value,
});
const spot = (value: number): Change => ({ op: "replace", path: "/assets/ETH/spot", value });
const variants: BatchItem<ValueOptions>[] = [
  { pool: base },
  { pool: base, changes: [size("45000.00")], id: "smaller" },
  { pool: base, changes: [size("60000.00")], options: { confidence: 0.95 } },
  { pool: base, changes: [spot(1700), size("60000.00")] },
  { pool: base, options: { seed: 6 } },
  { pool: JSON.stringify(samplePool()), changes: [{ op: "remove", path: "/covers/0" }] },
];

describe("valueMany", () => {
  test.each(["value", "measure"] as const)(
    "%s: every answer is that of a single call, bit for bit",
    async (figures) => {
      const answers = await all(loadSync().valueMany(variants, { ...SHARED, figures }));
      expect(answers.map(({ index, id, error }) => [index, id, error])).toEqual(
        variants.map(({ id }, i) => [i, id ?? null, null]),
      );
      const documents = [
        samplePool(),
        changedLayers("45000.00"),
        changedLayers("60000.00"),
        {
          ...changedLayers("60000.00"),
          assets: [samplePool().assets[0]!, { id: "ETH", spot: 1700 }],
        },
        samplePool(),
        { ...samplePool(), covers: samplePool().covers.slice(1) },
      ];
      for (const [i, document] of documents.entries()) {
        const single = await loadSync()[figures](document, { ...SHARED, ...variants[i]!.options });
        expect(answers[i]!.valuation).toEqual(single);
      }
    },
  );

  test("measure: terms and levels change without a simulation", async () => {
    // A run that is kept has nothing to estimate.
    const runs = new Set<number>();
    const options = { ...SHARED, figures: "measure" as const };
    const heard = (i: number): ValueOptions => ({
      onProgress: ({ estimate }) => {
        if (estimate) runs.add(i);
      },
    });
    const sizes = Array.from({ length: 20 }, (_, i) => ({
      pool: base,
      changes: [size(`${41 + i}000`)],
      options: heard(i),
    }));
    const answers = await all(loadSync().valueMany(sizes, options));
    expect([...runs]).toEqual([0]);
    const exhausted = answers.map(({ valuation }) => valuation!.waterfall.layers[0]!.capacity);
    expect(new Set(exhausted).size).toBe(1);
    const attachments = answers.map(({ valuation }) => valuation!.receipt.pool);
    expect(new Set(attachments).size).toBe(20);
  });

  test("a faulty item is answered with its fault and spoils no other", async () => {
    const items: unknown[] = [
      samplePool(),
      "{ not json",
      { pool: base, changes: [{ op: "replace", path: "/nowhere", value: 1 }] },
      { pool: base, change: [] },
      { pool: base, options: { scenarios: 1 } },
      { pool: base, changes: [spot(-1)], id: "no price" },
      null,
      base,
    ];
    const answers = await all(loadSync().valueMany(items, SHARED));
    expect(answers.map(({ error }) => error?.issues[0]?.code ?? null)).toEqual([
      null,
      "JSON_SYNTAX",
      "CHANGE_PATH",
      "KEY_UNKNOWN",
      "NUMBER_RANGE",
      "MODEL_DOMAIN",
      "TYPE",
      null,
    ]);
    expect(answers[5]!.id).toBe("no price");
    expect(answers[7]!.valuation).toEqual(answers[0]!.valuation);
  });

  test("a fault of what is shared ends the batch before it begins", async () => {
    const engine = loadSync();
    let taken = 0;
    function* source() {
      taken++;
      yield base;
    }
    const refused = async (options: object): Promise<string[]> => {
      const error: PoolError = await all(engine.valueMany(source(), options)).then(
        () => expect.unreachable(),
        (reason) => reason,
      );
      return error.issues.map(({ code, pointer }) => `${code} ${pointer}`);
    };
    expect(await refused({ scenarios: 1, seed: -1 })).toEqual([
      "NUMBER_RANGE /options/scenarios",
      "SEED_RANGE /options/seed",
    ]);
    expect(await refused({ figures: "all", order: "any", ahead: 0 })).toEqual([
      "NUMBER_RANGE /options/ahead",
      "ENUM /options/figures",
      "ENUM /options/order",
    ]);
    expect(await refused({ market: { model: "gbm" } })).toContain("KEY_MISSING /market/assets");
    expect(taken).toBe(0);
  });

  test("nobody listens to the caller's signal any more when it is over", async () => {
    const { signal } = new AbortController();
    const listens = vi.spyOn(signal, "addEventListener");
    const leaves = vi.spyOn(signal, "removeEventListener");
    expect(await all(loadSync().valueMany([base, base], { ...SHARED, signal }))).toHaveLength(2);
    expect(listens.mock.calls.length).toBeGreaterThan(0);
    expect(leaves.mock.calls.length).toBe(listens.mock.calls.length);
  });

  test("an abort ends it with its reason, a disposal with DISPOSED", async () => {
    const control = new AbortController();
    const engine = loadSync();
    const answers = engine.valueMany([base, base], { ...SHARED, signal: control.signal });
    expect((await answers.next()).value!.error).toBeNull();
    control.abort("enough");
    await expect(answers.next()).rejects.toBe("enough");
    const later = engine.valueMany([base, base], SHARED);
    await later.next();
    await engine.dispose();
    await expect(later.next()).rejects.toMatchObject({ code: "DISPOSED" });
  });

  test("on workers, several at a time: the same answers", async () => {
    const engine = loadSync({ executor: workerPool({ workers: 2 }) });
    const own = await all(loadSync().valueMany(variants, SHARED));
    for (const order of ["input", "completed"] as const) {
      const answers = await all(engine.valueMany(variants, { ...SHARED, order, ahead: 3 }));
      expect(answers.sort((a, b) => a.index - b.index)).toEqual(own);
    }
    await engine.dispose();
  });
});

function changedLayers(first: string) {
  const document = samplePool();
  const [operator, ...others] = document.waterfall.layers;
  const layers = [{ ...operator!, size: first }, ...others];
  return { ...document, waterfall: { ...document.waterfall, layers } };
}
