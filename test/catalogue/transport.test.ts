import { expect, test } from "vitest";
import { readPool } from "../../src/pool/index.ts";
import { refusal } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";
import { catalogue } from "./row.ts";

const text = JSON.stringify(samplePool());
const spoilt = (from: string, to: string): string => {
  expect(text).toContain(from);
  return text.replace(from, to);
};
const atFirst = (bytes: readonly number[]): Uint8Array => {
  const copy = new TextEncoder().encode(text);
  copy.set(bytes, text.indexOf("alice"));
  return copy;
};

test.each([
  ["1 nothing at all", "", "BODY_EMPTY", ""],
  ["1 nothing but space", " \n\t ", "BODY_EMPTY", ""],
  ["2 an object that does not end", '{"a":1', "JSON_SYNTAX", ""],
  ["3 a trailing comma", spoilt('"market":', ',"market":'), "JSON_SYNTAX", ""],
  ["3 a comment", `// pool\n${text}`, "JSON_SYNTAX", ""],
  ["3 single quotes", text.replaceAll('"', "'"), "JSON_SYNTAX", ""],
  ["5 bytes that are not UTF-8", atFirst([0xc3, 0x28]), "TEXT_INVALID", ""],
  [
    "5 half a character in an id",
    spoilt('"alice"', '"\\ud800"'),
    "TEXT_INVALID",
    "/participants/0/id",
  ],
  ["6 too many bytes", new Uint8Array(64 * 1024 * 1024 + 1), "BODY_TOO_LARGE", ""],
  ["8 a million arrays in each other", "[".repeat(1_000_000), "JSON_TOO_DEEP", "/0".repeat(32)],
  ["10 a key twice", spoilt('"name":', '"version":1,"name":'), "JSON_DUPLICATE_KEY", "/version"],
  [
    "11 a key __proto__",
    spoilt('"name":', '"__proto__":{"x":1},"name":'),
    "KEY_FORBIDDEN",
    "/__proto__",
  ],
  [
    "12 a path constructor.prototype",
    spoilt('"name":', '"constructor":{"prototype":{"x":1}},"name":'),
    "INVALID_INPUT|KEY_FORBIDDEN",
    "/constructor",
  ],
  [
    "19 a number beyond doubles",
    spoilt('"spot":62800', '"spot":1e400'),
    "NUMBER_NOT_FINITE",
    "/assets/0/spot",
  ],
  [
    "19 a negative number beyond doubles",
    spoilt('"spot":62800', '"spot":-1e400'),
    "NUMBER_NOT_FINITE",
    "/assets/0/spot",
  ],
  ["20 a bare NaN", spoilt('"spot":62800', '"spot":NaN'), "JSON_SYNTAX", ""],
  ["20 a bare Infinity", spoilt('"spot":62800', '"spot":Infinity'), "JSON_SYNTAX", ""],
  [
    "22 a number that would become 0",
    spoilt('"spot":62800', '"spot":1e-400'),
    "NUMBER_UNDERFLOW",
    "/assets/0/spot",
  ],
] as const)("catalogue A: row %s", (_, source, code, pointer) => {
  const error = refusal(() => readPool(source));
  expect(code.split("|")).toContain(error.code);
  expect(error.issues[0]!.pointer).toBe(pointer);
});

test("catalogue A: row 4, a byte order mark in front of a file, is read over", () => {
  const plain = readPool(text);
  expect(readPool(`\ufeff${text}`).digest).toBe(plain.digest);
  expect(readPool(new TextEncoder().encode(`\ufeff${text}`)).digest).toBe(plain.digest);
});

test("catalogue A: row 9, a list of ten million, is refused before it is checked", () => {
  const error = refusal(() => readPool(`{"options":[${"0,".repeat(5_000_001)}0]}`));
  expect(error.code).toBe("TOO_MANY_ITEMS");
});

test("catalogue A: row 9, an object of a million keys, costs a hundred issues", () => {
  const keys = Object.fromEntries(Array.from({ length: 1_000_000 }, (_, i) => [`k${i}`, i]));
  const error = refusal(() => readPool(keys));
  expect(error.issues).toHaveLength(100);
  expect(error.truncated).toBe(true);
});

catalogue("A", [
  {
    name: "13 an unknown key near a known one",
    spoil: (pool) => {
      pool["market"].volatilty = pool["market"].volatility;
    },
    expected: ["KEY_UNKNOWN /market/volatilty"],
    says: "did you mean volatility?",
  },
  {
    name: "13 a misspelt key is unknown and the right one missing",
    spoil: (pool) => {
      pool["options"][0].stike = pool["options"][0].strike;
      delete pool["options"][0].strike;
    },
    expected: ["KEY_UNKNOWN /options/0/stike", "KEY_MISSING /options/0/strike"],
    says: "did you mean strike?",
  },
  {
    name: "15 a list where a record is expected",
    spoil: (pool) => {
      pool["waterfall"] = [];
    },
    expected: ["TYPE /waterfall"],
  },
  {
    name: "15 a record where a list is expected",
    spoil: (pool) => {
      pool["assets"] = {};
    },
    expected: ["TYPE /assets"],
  },
  {
    name: "11 an own key __proto__ in a JS object",
    spoil: (pool) => {
      Object.defineProperty(pool["assets"][0], "__proto__", { value: { x: 1 }, enumerable: true });
    },
    expected: ["KEY_FORBIDDEN /assets/0/__proto__"],
  },
]);

test.each([[null], [[]], ["null"], ["[]"], ["7"], [undefined], [7], [() => 1], [new Map()]])(
  "catalogue A: row 15, a root that is no record, is of the wrong type (%#)",
  (source) => {
    const error = refusal(() => readPool(source));
    expect(error.issues.map(({ code, pointer }) => [code, pointer])).toEqual([["TYPE", ""]]);
  },
);
