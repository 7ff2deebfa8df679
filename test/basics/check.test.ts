import fc from "fast-check";
import { expect, test } from "vitest";
import {
  array,
  type Check,
  choice,
  constant,
  Findings,
  flag,
  id,
  instant,
  integer,
  money,
  number,
  object,
  optional,
  required,
  text,
  variant,
} from "../../src/basics/index.ts";

interface Leg {
  readonly name: string;
  readonly ratio: number;
  readonly note?: string;
}

const leg = object<Leg>({
  name: id(),
  ratio: number({ min: 0, max: 1, unit: "fraction" }),
  note: optional(text(5)),
});

function run<T>(check: Check<T>, value: unknown): { value: unknown; issues: string[] } {
  const found = new Findings();
  const result = check.check(value, null, found);
  return { value: result, issues: found.issues.map(({ code, pointer }) => `${code} ${pointer}`) };
}

test("object: gives a frozen copy that shares nothing with what it read", () => {
  const source = { name: "a", ratio: -0, note: undefined };
  const { value, issues } = run(leg, source);
  expect(issues).toEqual([]);
  expect(value).toEqual({ name: "a", ratio: 0 });
  expect(Object.keys(value as object)).toEqual(["name", "ratio"]);
  expect(Object.isFrozen(value)).toBe(true);
  expect(value).not.toBe(source);
});

test("object: leaves out exactly the wrong parts and names them all", () => {
  const { value, issues } = run(leg, { name: "a", ratio: 2, nte: "x", note: "too long" });
  expect(value).toEqual({ name: "a" });
  expect(issues).toEqual(["KEY_UNKNOWN /nte", "NUMBER_RANGE /ratio", "TEXT_LENGTH /note"]);
});

test("object: finds the same whatever the order of keys", () => {
  const entries: [string, unknown][] = [
    ["name", "a"],
    ["ratio", 0.5],
    ["note", "b"],
    ["nte", 1],
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(entries), (some) => {
      const has = (key: string) => some.some(([name]) => name === key);
      const expected = [
        ...(has("nte") ? ["KEY_UNKNOWN /nte"] : []),
        ...["name", "ratio"].filter((key) => !has(key)).map((key) => `KEY_MISSING /${key}`),
      ];
      const { value, issues } = run(leg, Object.fromEntries(some));
      expect(issues).toEqual(expected);
      const known = entries.slice(0, 3).filter(([key]) => has(key));
      expect(value).toEqual(Object.fromEntries(known));
    }),
    { seed: 3, numRuns: 300 },
  );
});

test.each([
  [{ min: 0, max: 1 }, [0, 1], [-1e-300, 1 + 2 ** -52]],
  [{ exclusiveMin: 0, exclusiveMax: 1 }, [5e-324, 1 - 2 ** -53], [0, 1]],
])("number: holds to bounds %j to the last bit", (bounds, right, wrong) => {
  const check = number({ ...bounds, unit: "fraction" });
  for (const value of right) expect(run(check, value)).toEqual({ value, issues: [] });
  for (const value of wrong) expect(run(check, value).issues).toEqual(["NUMBER_RANGE "]);
});

test.each([
  [{ suspectAbove: 10, suspectBelow: -10 }, [10, -10], [10.5, -10.5]],
  [{ min: 0, suspectFrom: 1 }, [0, 0.99], [1, 5]],
  [{ exclusiveMin: 0, suspectAbove: 50 }, [50, 1e-9], [51]],
])("number: doubts the unit beyond %j", (bounds, right, wrong) => {
  const check = number({ ...bounds, unit: "per year" });
  for (const value of right) expect(run(check, value)).toEqual({ value, issues: [] });
  for (const value of wrong) expect(run(check, value).issues).toEqual(["UNIT_SUSPECT "]);
  for (const value of [Number.NaN, Infinity, -Infinity]) {
    expect(run(check, value).issues).toEqual(["NUMBER_NOT_FINITE "]);
  }
});

const revoked = (target: object): unknown => {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
};
const throwing = {
  name: "a",
  get ratio(): number {
    throw new Error("no");
  },
};

class LegOfClass {
  name = "a";
  ratio = 0.5;
}

test.each([
  ["an instance of a class", new LegOfClass(), ["TYPE "]],
  ["a map", new Map([["name", "a"]]), ["TYPE "]],
  ["a date", new Date(0), ["TYPE "]],
  ["a list", [], ["TYPE "]],
  ["a function", () => leg, ["TYPE "]],
  ["null", null, ["TYPE "]],
  ["a symbol", Symbol("x"), ["TYPE "]],
  ["a revoked proxy", revoked({}), ["TYPE "]],
  ["a revoked proxy of a function", revoked(() => 1), ["TYPE "]],
  ["a getter that throws", throwing, ["TYPE /ratio"]],
  ["inherited fields", Object.create({ name: "a", ratio: 1 }), ["TYPE "]],
  ["a symbol key", { name: "a", ratio: 1, [Symbol("s")]: 1 }, ["KEY_UNKNOWN /Symbol(s)"]],
  ["a key with a slash", { name: "a", ratio: 1, "x/~": 1 }, ["KEY_UNKNOWN /x~1~0"]],
  [
    "a proxy whose keys throw",
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error("no");
        },
      },
    ),
    ["TYPE "],
  ],
])("object: gives typed issues for %s", (_, value, issues) => {
  expect(run(leg, value).issues).toEqual(issues);
});

test("object: accepts records without a prototype and honest proxies", () => {
  const bare = Object.assign(Object.create(null), { name: "a", ratio: 1 });
  expect(run(leg, bare).issues).toEqual([]);
  expect(run(leg, new Proxy({ name: "a", ratio: 1 }, {})).issues).toEqual([]);
});

test("object: reads every field once, so what was checked is what is kept", () => {
  let reads = 0;
  const fickle = {
    name: "a",
    get ratio(): number {
      return ++reads === 1 ? 0.5 : 99;
    },
  };
  expect(run(leg, fickle).value).toEqual({ name: "a", ratio: 0.5 });
});

test("array: names holes, wrong lengths and wrong types by index", () => {
  const list = array(integer({ min: 0, unit: "pieces" }), { min: 1, max: 3 });
  // biome-ignore lint/suspicious/noSparseArray: the hole is the subject
  expect(run(list, [1, , "2"]).issues).toEqual(["TYPE /1", "TYPE /2"]);
  expect(run(list, []).issues).toEqual(["TOO_FEW_ITEMS "]);
  expect(run(list, [1, 2, 3, 4]).issues).toEqual(["TOO_MANY_ITEMS "]);
  expect(run(list, new Array(4_000_000_000)).issues).toEqual(["TOO_MANY_ITEMS "]);
  expect(run(list, new Float64Array(2)).issues).toEqual(["TYPE "]);
  expect(run(list, { length: 1, 0: 1 }).issues).toEqual(["TYPE "]);
});

test.each([
  [0.5, []],
  [0, ["NUMBER_RANGE "]],
  [1, ["UNIT_SUSPECT "]],
  [-1, ["NUMBER_RANGE "]],
  [Number.NaN, ["NUMBER_NOT_FINITE "]],
  [Number.NEGATIVE_INFINITY, ["NUMBER_NOT_FINITE "]],
  ["0.5", ["TYPE "]],
  [5n, ["TYPE "]],
  [new Number(0.5), ["TYPE "]],
])("number: keeps to its bounds (%#)", (value, issues) => {
  const ratio = number({ exclusiveMin: 0, suspectFrom: 1, unit: "fraction of notional" });
  expect(run(ratio, value).issues).toEqual(issues);
});

test("integer: says first that a value is out of bounds, then that it is no whole number", () => {
  const count = integer({ min: 1, max: 10, unit: "pieces" });
  expect(run(count, 3.5).issues).toEqual(["INTEGER "]);
  expect(run(count, 10.5).issues).toEqual(["NUMBER_RANGE "]);
  expect(run(integer({ unit: "any" }), 2 ** 53).issues).toEqual(["INTEGER "]);
});

test("money: passes an amount that is large in few decimals", () => {
  expect(run(money("USD"), "1000000000000000000000000000000.00").issues).toEqual([]);
  expect(run(money("USD"), "0.0000000000000000001").issues).toEqual(["MONEY_TOO_PRECISE "]);
  expect(run(money("USD", "WATERFALL_CAP"), "-1").issues).toEqual(["WATERFALL_CAP "]);
});

test("choice, constant, flag, text and instant: give their own codes", () => {
  expect(run(choice(["a", "b"]), "c").issues).toEqual(["ENUM "]);
  expect(run(choice(["a"], { code: "X" }), "c").issues).toEqual(["X "]);
  expect(run(choice(["a"]), ["a"]).issues).toEqual(["TYPE "]);
  expect(run(constant(1, { code: "VERSION", hint: "h" }), "1").issues).toEqual(["VERSION "]);
  expect(run(flag(), 0).issues).toEqual(["TYPE "]);
  expect(run(text(5), "a\u0000").issues).toEqual(["TEXT_INVALID "]);
  expect(run(text(5), "\ud800").issues).toEqual(["TEXT_INVALID "]);
  expect(run(text(5), "").issues).toEqual(["TEXT_LENGTH "]);
  expect(run(instant(), "2026-02-30T00:00Z").issues).toEqual(["TIME_SYNTAX "]);
});

test("required: replaces the code of a missing field only", () => {
  const form = object<{ kind: string }>({ kind: required(choice(["a"]), "LACKING", "say it") });
  expect(run(form, {}).issues).toEqual(["LACKING /kind"]);
  expect(run(form, { kind: "b" }).issues).toEqual(["ENUM /kind"]);
});

type Shape = { readonly kind: "dot" } | { readonly kind: "disc"; readonly radius: number };

test("variant: checks the form that the kind names", () => {
  const shape = variant<Shape>({
    dot: object<{ kind: "dot" }>({ kind: choice(["dot"]) }),
    disc: object<{ kind: "disc"; radius: number }>({
      kind: choice(["disc"]),
      radius: number({ exclusiveMin: 0, unit: "m" }),
    }),
  });
  expect(run(shape, { kind: "disc", radius: 2 })).toEqual({
    value: { kind: "disc", radius: 2 },
    issues: [],
  });
  expect(run(shape, { kind: "disc" }).issues).toEqual(["KEY_MISSING /radius"]);
  expect(run(shape, { kind: "dot", radius: 2 }).issues).toEqual(["KEY_UNKNOWN /radius"]);
  expect(run(shape, { kind: "toString" }).issues).toEqual(["ENUM /kind"]);
  expect(run(shape, {}).issues).toEqual(["KEY_MISSING /kind"]);
  expect(run(shape, "dot").issues).toEqual(["TYPE "]);
});

test("Findings: stops gathering one past what is listed, so that cost stays linear", () => {
  let reads = 0;
  const counting = new Proxy(new Array(1_000_000).fill("x"), {
    get: (target, key, self) => {
      reads++;
      return Reflect.get(target, key, self);
    },
  });
  const list = array(integer({ unit: "pieces" }), { max: 2_000_000 });
  expect(run(list, counting).issues).toHaveLength(101);
  expect(reads).toBeLessThan(120);
});
