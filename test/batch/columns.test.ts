// Method: columns of answers against the answers themselves, one by one.
import { expect, test } from "vitest";
import { columnsOf, loadSync } from "../../src/index.ts";
import { samplePool } from "../support/sample-pool.ts";

const engine = loadSync();
const run = {
  scenarios: 2_000,
  confidence: 0.95,
  levels: [0.9, 0.95],
  figures: "measure" as const,
};
const SIZE = "/waterfall/layers/members-fund/size";
const items = [
  { id: "a", pool: samplePool(), changes: [] },
  { id: "b", pool: samplePool(), changes: [{ op: "replace", path: SIZE, value: "1.00" }] },
  { id: "c", pool: samplePool(), changes: [{ op: "replace", path: "/nowhere", value: 1 }] },
  JSON.stringify(samplePool()),
];

test("columnsOf: a Float64Array for each figure, an array for each text", async () => {
  const answers = [];
  for await (const answer of engine.valueMany(items, run)) answers.push(answer);
  const { rows, texts, numbers } = await columnsOf(answers);
  expect(rows).toBe(4);
  expect(texts["id"]).toEqual(["a", "b", "c", null]);
  expect(texts["status"]).toEqual(["ok", "ok", "error", "ok"]);
  expect(texts["error_code"]).toEqual([null, null, "CHANGE_PATH", null]);
  expect(numbers["index"]).toEqual(Float64Array.of(0, 1, 2, 3));
  for (const column of Object.values(numbers)) {
    expect(column).toBeInstanceOf(Float64Array);
    expect(column).toHaveLength(4);
  }
  for (const [row, { valuation }] of answers.entries()) {
    const at = (name: string) => numbers[name]![row];
    const expected = (value: number | undefined) => value ?? Number.NaN;
    const { risk, waterfall } = valuation ?? {};
    expect(at("expected_loss_in_currency")).toBe(expected(risk?.expectedLoss.value));
    expect(at("expected_loss_se_in_currency")).toBe(expected(risk?.expectedLoss.standardError));
    for (const [i, level] of run.levels.entries()) {
      const found = risk?.levels[i];
      expect(at(`var_${level}_in_currency`)).toBe(expected(found?.valueAtRisk.value));
      expect(at(`es_${level}_se_in_currency`)).toBe(
        expected(found?.expectedShortfall.standardError),
      );
    }
    const layer = waterfall?.layers.find(({ id }) => id === "members-fund");
    expect(at("layer_members-fund_tail_loss_in_currency")).toBe(expected(layer?.tailLoss.value));
    const socialised = waterfall?.socialised.probability.value;
    expect(at("socialised_probability")).toBe(expected(socialised));
    expect(texts["pool_sha256"]![row]).toBe(valuation?.receipt.pool ?? null);
  }
});

test("columnsOf: takes answers as they come, and none at all", async () => {
  const { rows, numbers } = await columnsOf(engine.valueMany(items.slice(0, 2), run));
  expect(rows).toBe(2);
  expect(numbers["required_capital_in_currency"]![0]).toBeGreaterThan(0);
  const none = await columnsOf([]);
  expect(none.rows).toBe(0);
  expect(Object.values(none.numbers).every(({ length }) => length === 0)).toBe(true);
});
