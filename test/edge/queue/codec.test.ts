import fc from "fast-check";
import { expect, test } from "vitest";
import { decoded, encoded } from "../../../src/edge/queue/codec.ts";
import { readPool } from "../../../src/index.ts";
import { samplePool } from "../../support/sample-pool.ts";

test("codec: whatever is plain comes back as it was, bit for bit", () => {
  const plain = fc.anything({ withBigInt: true, withNullPrototype: false, withObjectString: true });
  fc.assert(
    fc.property(plain, (value) => {
      expect(decoded(encoded(value))).toStrictEqual(value);
    }),
    { numRuns: 500 },
  );
});

test("codec: what JSON has no word for", () => {
  const odd = [-0, Number.NaN, -Infinity, 2n ** 64n - 1n, -7n, undefined, { $: "-0" }, { $: [1] }];
  expect(decoded(encoded(odd))).toStrictEqual(odd);
  expect(Object.is(decoded<{ a: number }>(encoded({ a: -0 })).a, -0)).toBe(true);
  const holes: unknown[] = [1];
  holes[2] = 2;
  expect(decoded(encoded(holes))).toStrictEqual([1, undefined, 2]);
  const made = decoded<object>(encoded(JSON.parse('{"__proto__":{"polluted":1}}')));
  expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
});

test("codec: a pool is the same pool", () => {
  const pool = readPool(samplePool());
  expect(readPool(decoded(encoded(pool.document))).digest).toBe(pool.digest);
});

test.each([
  ["a function", () => 1],
  ["a symbol", Symbol("s")],
  ["an instance", new Map()],
  ["a date", new Date(0)],
])("codec: %s cannot be sent", (_, value) => {
  expect(() => encoded({ deep: [value] })).toThrow(
    expect.objectContaining({ name: "DataCloneError" }),
  );
});

test("codec: a circle cannot be sent", () => {
  const circle: { self?: unknown } = {};
  circle.self = circle;
  expect(() => encoded(circle)).toThrow(expect.objectContaining({ name: "DataCloneError" }));
});
