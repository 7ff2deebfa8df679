import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { PoolError } from "../../src/basics/index.ts";
import { poolJsonSchema, readPool } from "../../src/pool/index.ts";
import { copyOf, type Loose } from "../support/refusal.ts";
import { barrierPool, samplePool } from "../support/sample-pool.ts";

const accepts = new Ajv({ strict: true, allErrors: false }).compile(poolJsonSchema());

test("poolJsonSchema: is what the repository publishes", () => {
  const file = new URL("../../schema/pool.json", import.meta.url);
  const written = `${JSON.stringify(poolJsonSchema(), null, 2)}\n`;
  expect(readFileSync(file, "utf8")).toBe(written);
});

test("poolJsonSchema: accepts the sample pool, with and without barriers", () => {
  expect(accepts(samplePool())).toBe(true);
  expect(accepts(barrierPool())).toBe(true);
});

test.each([
  ["an unknown key", (pool: Loose) => Object.assign(pool["assets"][0], { sopt: 1 })],
  ["a missing key", (pool: Loose) => delete pool["options"][0].strike],
  ["money as a number", (pool: Loose) => Object.assign(pool["holdings"][0], { amount: 3.25 })],
  ["negative money", (pool: Loose) => Object.assign(pool["holdings"][0], { amount: "-3.25" })],
  [
    "a volatility in percent",
    (pool: Loose) => Object.assign(pool["options"][0], { impliedVolatility: 80 }),
  ],
  ["a spot of 0", (pool: Loose) => Object.assign(pool["assets"][0], { spot: 0 })],
  ["a rate in percent", (pool: Loose) => Object.assign(pool["market"], { discountRate: -5 })],
  [
    "two degrees of freedom",
    (pool: Loose) => Object.assign(pool["market"], { degreesOfFreedom: 2 }),
  ],
  ["a coinsurance of 1", (pool: Loose) => Object.assign(pool["covers"][0], { coinsurance: 1 })],
  ["a Pareto shape of 1", (pool: Loose) => Object.assign(pool["covers"][1].severity, { shape: 1 })],
  [
    "a severity of no kind",
    (pool: Loose) => Object.assign(pool["covers"][1].severity, { kind: "?" }),
  ],
  ["a kind of no barrier", (pool: Loose) => Object.assign(pool["barriers"][0], { kind: "knock" })],
  [
    "a barrier in coin",
    (pool: Loose) => Object.assign(pool["barriers"][0], { settlement: "inverse" }),
  ],
  ["a barrier of 0", (pool: Loose) => Object.assign(pool["barriers"][0], { barrier: 0 })],
  ["a rebate", (pool: Loose) => Object.assign(pool["barriers"][0], { rebate: 5 })],
  ["an id with a slash", (pool: Loose) => Object.assign(pool["assets"][0], { id: "a/b" })],
  ["a time without zone", (pool: Loose) => Object.assign(pool, { asOf: "2026-02-05T21:29:37" })],
  ["another version", (pool: Loose) => Object.assign(pool, { version: 2 })],
  ["65 layers", (pool: Loose) => Object.assign(pool["waterfall"], { layers: Array(65).fill({}) })],
  ["an order of 0", (pool: Loose) => Object.assign(pool["waterfall"].layers[0], { order: 0 })],
  ["a fraction of decimals", (pool: Loose) => Object.assign(pool["currency"], { decimals: 2.5 })],
])("poolJsonSchema: refuses %s", (_, spoil) => {
  const pool = copyOf(barrierPool());
  spoil(pool);
  expect(accepts(pool)).toBe(false);
});

// The reader may know more than the schema can say, never less.
test("poolJsonSchema: refuses nothing that the reader accepts", () => {
  const junk = [
    null,
    false,
    -1,
    0,
    0.5,
    1,
    3,
    "",
    "x",
    "0",
    "-0",
    "1.5",
    "BTC",
    [],
    {},
    "2030-01-01T00:00Z",
  ];
  const document = barrierPool();
  let read = 0;
  const visit = (at: unknown, put: (by: unknown) => unknown): void => {
    for (const by of junk) {
      const candidate = put(by);
      try {
        readPool(candidate);
      } catch (error) {
        if (error instanceof PoolError) continue;
        throw error;
      }
      read++;
      if (!accepts(candidate)) expect({ candidate, errors: accepts.errors }).toBe("accepted");
    }
    if (typeof at !== "object" || at === null) return;
    for (const [key, inner] of Object.entries(at)) {
      visit(inner, (by) =>
        put(
          Array.isArray(at)
            ? at.map((item, i) => (i === Number(key) ? by : item))
            : { ...at, [key]: by },
        ),
      );
    }
  };
  visit(document, (by) => by);
  expect(read).toBeGreaterThan(100);
});
