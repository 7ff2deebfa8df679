import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson, JSON_VALUES_MAX, PoolError, readJson } from "../../src/basics/index.ts";
import { refusal, refusals } from "../support/refusal.ts";

/** What was read, or every issue as "CODE pointer". */
function attempt(read: () => unknown): { readonly value: unknown; readonly issues: string[] } {
  try {
    return { value: read(), issues: [] };
  } catch (error) {
    if (!(error instanceof PoolError)) return { value: null, issues: ["OTHER "] };
    return { value: null, issues: error.issues.map(({ code, pointer }) => `${code} ${pointer}`) };
  }
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test("readJson: reads what JSON.parse reads, from text and from bytes", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), fc.nat(3), (value, space) => {
      const text = JSON.stringify(value, null, space);
      if (/"(__proto__|constructor|prototype)"/.test(text)) return;
      expect(readJson(text)).toEqual(JSON.parse(text));
      expect(readJson(utf8(text))).toEqual(JSON.parse(text));
    }),
    { seed: 11, numRuns: 500 },
  );
});

test("readJson: accepts a text exactly when JSON.parse does, unless it names the reason", () => {
  const stricter = new Set([
    "JSON_DUPLICATE_KEY",
    "KEY_FORBIDDEN",
    "NUMBER_NOT_FINITE",
    "NUMBER_UNDERFLOW",
    "TEXT_INVALID",
  ]);
  const piece = fc.constantFrom(
    ...'{}[]:,"\\'.split(""),
    "1",
    "-",
    "0",
    ".5",
    "e",
    "E+2",
    "true",
    "nul",
    "null",
    '"a"',
    " ",
    "\n",
    "\\u00e9",
    "\\ud800",
    "/",
    "'",
    "\u0001",
    "NaN",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
      const text = pieces.join("");
      let parsed: { value: unknown } | undefined;
      try {
        parsed = { value: JSON.parse(text) };
      } catch {
        parsed = undefined;
      }
      if (parsed === undefined) {
        const { code } = refusal(() => readJson(text));
        expect(["JSON_SYNTAX", "BODY_EMPTY"]).toContain(code);
        return;
      }
      let read: unknown;
      try {
        read = readJson(text);
      } catch (error) {
        const { issues } = error as { issues: { code: string }[] };
        for (const { code } of issues) expect(stricter).toContain(code);
        return;
      }
      expect(read).toEqual(parsed.value);
    }),
    { seed: 12, numRuns: 20_000 },
  );
});

test.each([
  ["an unclosed object", '{"a":1', "1:7"],
  ["a trailing comma", '{\n  "a": 1,\n}', "3:1"],
  ["a comment", "{ // no\n}", "1:3"],
  ["single quotes", "{'a':1}", "1:2"],
  ["a bare NaN", '{"a":\n NaN}', "2:2"],
  ["a leading zero", "[01]", "1:3"],
  ["a raw control character", '["a\tb"]', "1:4"],
  ["a second document", "{} {}", "1:4"],
  ["a later key without its first quote", '[{"a":1},{xa":2}]', "1:11"],
  ["a later key without its second quote", '[{"a":1},{"a:2}]', "1:17"],
  ["a later key without its colon", '[{"a":1},{"a"=2}]', "1:14"],
])("readJson: says at which line and column %s stands", (_, text, position) => {
  const error = refusal(() => readJson(text));
  expect(error.code).toBe("JSON_SYNTAX");
  expect(error.issues[0]!.detail).toContain(`line:column ${position} `);
});

test("readJson: ignores a byte order mark in front, but only there", () => {
  expect(readJson('\ufeff{"a":1}')).toEqual({ a: 1 });
  expect(readJson(Uint8Array.of(0xef, 0xbb, 0xbf, 0x31))).toBe(1);
  expect(refusals(() => readJson("\ufeff\ufeff1"))).toEqual(["JSON_SYNTAX "]);
  expect(refusals(() => readJson("\ufeff"))).toEqual(["BODY_EMPTY "]);
});

test("readJson: counts the limit in bytes of UTF-8, whatever form the text comes in", () => {
  const text = '"é€😀"'; // 2 quotes + 2 + 3 + 4 bytes
  expect(readJson(text, { bytesMax: 11 })).toBe("é€😀");
  expect(readJson(utf8(text), { bytesMax: 11 })).toBe("é€😀");
  expect(refusals(() => readJson(text, { bytesMax: 10 }))).toEqual(["BODY_TOO_LARGE "]);
  expect(refusals(() => readJson(utf8(text), { bytesMax: 10 }))).toEqual(["BODY_TOO_LARGE "]);
});

test("readJson: nests 32 levels and refuses the 33rd, however deep the text goes on", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  expect(JSON.stringify(readJson(nested(32)))).toBe(nested(32));
  expect(refusal(() => readJson(nested(33))).code).toBe("JSON_TOO_DEEP");
  expect(refusal(() => readJson("[".repeat(1_000_000))).code).toBe("JSON_TOO_DEEP");
});

test("readJson: reads five million values and refuses one more", () => {
  const list = (count: number): string => `[${"0,".repeat(count - 1)}0]`;
  expect(readJson(list(JSON_VALUES_MAX - 1))).toHaveLength(JSON_VALUES_MAX - 1);
  expect(refusal(() => readJson(list(JSON_VALUES_MAX))).code).toBe("TOO_MANY_ITEMS");
});

test("readJson: reports duplicates, forbidden keys and impossible numbers together", () => {
  const text =
    '{"a":1,"a":2,"b":[1e400,-1e400,1e-400,0e-999],"c":{"__proto__":{}},"d~/":"\\ud800"}';
  expect(refusals(() => readJson(text))).toEqual([
    "JSON_DUPLICATE_KEY /a",
    "NUMBER_NOT_FINITE /b/0",
    "NUMBER_NOT_FINITE /b/1",
    "NUMBER_UNDERFLOW /b/2",
    "KEY_FORBIDDEN /c/__proto__",
    "TEXT_INVALID /d~0~1",
  ]);
});

test("readJson: reads an object of a list as it reads it alone, whatever the ones before it hold", () => {
  const key = fc.constantFrom(
    ...[
      '"a"',
      '"ab"',
      '"b"',
      '""',
      '"\\u0061"',
      '"a\\""',
      '"é"',
      '"\\ud800"',
      '"\ud800"',
      '"constructor"',
    ],
  );
  // Unequal weights: objects that share their first keys, and one that breaks off or is broken.
  const entry = fc.tuple(key, fc.constantFrom("1", "[]", '{"a":1}', '[{"b":1},{"b":2}]', '"a"'));
  const object = fc.array(entry, { maxLength: 4 }).map((entries) => {
    return `{${entries.map(([name, value]) => `${name}:${value}`).join(",")}}`;
  });
  const broken = fc.constantFrom(
    '{"a"b":1}',
    '{"a"":1}',
    '{"a":1',
    '{"a" 1}',
    '{"ab:1}',
    "1",
    "[]",
  );
  const item = fc.oneof({ weight: 9, arbitrary: object }, { weight: 1, arbitrary: broken });
  const whole = fc.array(item, { maxLength: 5 });
  const repeated = fc.tuple(object, whole).map(([first, rest]) => [first, first, ...rest]);
  fc.assert(
    fc.property(fc.oneof(whole, repeated), (items) => {
      const text = `[${items.join(",")}]`;
      const alone = items.map((each) => attempt(() => readJson(each)));
      const together = attempt(() => readJson(text));
      if (alone.some(({ issues }) => issues.some((issue) => issue.startsWith("JSON_SYNTAX")))) {
        // Broken items may make a whole together; that is for the platform's reader to say.
        const isWhole = attempt(() => JSON.parse(text)).issues.length === 0;
        const isSyntax = together.issues.some((issue) => issue.startsWith("JSON_SYNTAX"));
        expect(isSyntax).toBe(!isWhole);
        return;
      }
      const issues = alone.flatMap(({ issues: own }, i) =>
        own.map((issue) => issue.replace(" ", ` /${i}`)),
      );
      expect(together.issues).toEqual(issues);
      if (issues.length === 0) expect(together.value).toEqual(alone.map(({ value }) => value));
    }),
    { seed: 17, numRuns: 3000 },
  );
});

test("readJson: finds a duplicate that is spelled with an escape", () => {
  expect(refusals(() => readJson('{"a":1,"\\u0061":2}'))).toEqual(["JSON_DUPLICATE_KEY /a"]);
});

test("readJson: refuses bytes that are not UTF-8", () => {
  expect(refusals(() => readJson(Uint8Array.of(0x22, 0xff, 0x22)))).toEqual(["TEXT_INVALID "]);
  expect(refusals(() => readJson(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22)))).toEqual([
    "TEXT_INVALID ",
  ]);
  expect(refusals(() => readJson(7 as unknown as string))).toEqual(["TYPE "]);
});

// The input and output of RFC 8785, section 3.2.2 and 3.2.3.
test("canonicalJson: writes the example of RFC 8785", () => {
  const value = {
    numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
    literals: [null, true, false],
  };
  expect(canonicalJson(value)).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
  const keys = {
    "\u20ac": 1,
    "\r": 2,
    "\ufb33": 3,
    "1": 4,
    "\u{1f600}": 5,
    "\u0080": 6,
    "\u00f6": 7,
  };
  expect(Object.values(JSON.parse(`{"k":${canonicalJson(keys)}}`).k).length).toBe(7);
  expect([...canonicalJson(keys).matchAll(/:(\d)/g)].map((match) => match[1]).join("")).toBe(
    "2467153",
  );
});

test("canonicalJson: writes bigint as digits, drops undefined keys and forgets the sign of zero", () => {
  expect(canonicalJson({ b: -0, a: 12345678901234567890n, c: undefined })).toBe(
    '{"a":"12345678901234567890","b":0}',
  );
});

test.each([
  ["NaN", { a: [Number.NaN] }, "NUMBER_NOT_FINITE /a/0"],
  ["a lone surrogate", { a: "\ud800" }, "TEXT_INVALID /a"],
  ["a hole", { a: [1, undefined] }, "TYPE /a/1"],
  ["a map", { a: new Map() }, "TYPE /a"],
  ["a typed array", { a: new Float64Array(2) }, "TYPE /a"],
])("canonicalJson: refuses %s", (_, value, expected) => {
  expect(refusals(() => canonicalJson(value))).toEqual([expected]);
});

test("canonicalJson: refuses a value that contains itself", () => {
  const loop: unknown[] = [];
  loop.push(loop);
  expect(refusal(() => canonicalJson(loop)).code).toBe("JSON_TOO_DEEP");
});
