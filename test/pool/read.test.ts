import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { canonicalJson, ISSUES_MAX, PoolError } from "../../src/basics/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { copyOf, type Loose, refusal, refusals } from "../support/refusal.ts";
import { barrierPool, samplePool } from "../support/sample-pool.ts";

function everyPart(value: unknown, visit: (part: object) => void): void {
  if (typeof value !== "object" || value === null) return;
  visit(value);
  for (const inner of Object.values(value)) everyPart(inner, visit);
}

const hash = (value: unknown) => createHash("sha256").update(canonicalJson(value)).digest("hex");

/** A document's name: the hash of its keys with the hashes of all parts that are no plain value. */
function nameOf(document: object): string {
  const parts = Object.entries(document).map(([key, part]) => [
    key,
    typeof part === "object" ? hash(part) : part,
  ]);
  return hash(Object.fromEntries(parts));
}

test("readPool: gives the same frozen copy for objects, text and bytes", () => {
  const document = samplePool();
  const text = JSON.stringify(document);
  for (const source of [document, text, new TextEncoder().encode(text)]) {
    const pool = readPool(source);
    expect(pool.document).toEqual(document);
    expect(pool.asOfMs).toBe(Date.UTC(2026, 1, 5, 21, 29, 37));
    expect(pool.digest).toBe(nameOf(document));
    everyPart(pool, (part) => expect(Object.isFrozen(part)).toBe(true));
  }
  everyPart(document, (part) => expect(Object.isFrozen(part)).toBe(false));
});

test("readPool: leaves out the barriers of a pool that has none", () => {
  expect(Object.hasOwn(readPool(samplePool()).document, "barriers")).toBe(false);
  const document = barrierPool();
  expect(readPool(document).document).toEqual(document);
  expect(readPool({ ...document, barriers: undefined })).toEqual(readPool(samplePool()));
});

test("readPool: names a document by what it says, not by how its keys are ordered", () => {
  const reversed = Object.fromEntries(Object.entries(samplePool()).reverse());
  expect(readPool(reversed).digest).toBe(readPool(samplePool()).digest);
  expect(readPool({ ...samplePool(), name: "Other" }).digest).not.toBe(
    readPool(samplePool()).digest,
  );
});

test("readPool: takes over the parts of a checked document that did not change, and looks at the rest", () => {
  const base = readPool(samplePool());
  const { waterfall } = base.document;
  const layers = waterfall.layers.map((layer) => ({ ...layer, size: "70000.00" }));
  const changed = readPool({ ...base.document, waterfall: { ...waterfall, layers } });
  for (const [key, part] of Object.entries(changed.document)) {
    const before = base.document[key as keyof typeof base.document];
    if (key === "waterfall") expect(part).not.toBe(before);
    else expect(part).toBe(before);
  }
  expect(changed).toEqual(readPool(JSON.stringify(changed.document)));
  // A reference of a part that is as it was to one that is not.
  const fewer = { ...base.document, participants: base.document.participants.slice(1) };
  const codes = (source: unknown) => {
    try {
      return readPool(source);
    } catch (error) {
      return (error as PoolError).issues.map(({ code, pointer }) => `${code} ${pointer}`);
    }
  };
  expect(codes(fewer)).toEqual(codes(JSON.stringify(fewer)));
  expect(codes(fewer)).toContain("REFERENCE_UNKNOWN /options/0/participant");
  const later = { ...base.document, asOf: "2036-02-05T21:29:37Z" };
  expect(codes(later)).toEqual(codes(JSON.stringify(later)));
});

test("readPool: reads back what it wrote", () => {
  const pool = readPool(samplePool());
  expect(readPool(pool.document)).toEqual(pool);
  expect(readPool(canonicalJson(pool.document))).toEqual(pool);
});

test("readPool: reports problems of form and of meaning together, sorted by pointer", () => {
  const pool = copyOf(samplePool());
  pool["options"][0].strike = "60000";
  pool["options"][0].participant = "mallory";
  pool["options"][2].expiry = "2020-01-01T00:00:00Z";
  pool["covers"][0].peril = "flood";
  pool["waterfall"].layers[1].shares[0].share = 0.2;
  pool["market"].correlation[0][1] = 0.8;
  pool["nmae"] = pool["name"];
  delete pool["name"];
  const error = refusal(() => readPool(pool));
  expect(error.code).toBe("INVALID_INPUT");
  expect(error.message).toContain("The pool document has 8 problems");
  expect(error.issues.map(({ code, pointer }) => `${code} ${pointer}`)).toEqual([
    "ENUM /covers/0/peril",
    "MATRIX_SYMMETRY /market/correlation/0/1",
    "KEY_MISSING /name",
    "KEY_UNKNOWN /nmae",
    "REFERENCE_UNKNOWN /options/0/participant",
    "TYPE /options/0/strike",
    "TIME_ORDER /options/2/expiry",
    "WEIGHTS_SUM /waterfall/layers/1/shares",
  ]);
});

test("readPool: lists a hundred problems and says that there are more", () => {
  const pool = copyOf(samplePool());
  const [option] = pool["options"];
  pool["options"] = Array.from({ length: 5_000 }, (_, i) => ({
    ...option,
    id: `o${i}`,
    strike: 0,
  }));
  const error = refusal(() => readPool(pool));
  expect(error.issues).toHaveLength(ISSUES_MAX);
  expect(error.truncated).toBe(true);
  expect(error.message).toContain("more than 100 problems");
});

test("readPool: lists exactly a hundred problems without calling them truncated", () => {
  const pool = copyOf(samplePool());
  const [option] = pool["options"];
  pool["options"] = Array.from({ length: 100 }, (_, i) => ({ ...option, id: `o${i}`, strike: 0 }));
  const error = refusal(() => readPool(pool));
  expect(error.issues).toHaveLength(100);
  expect(error.truncated).toBe(false);
});

test("readPool: stays linear when everything in a rule is wrong", () => {
  const pool = copyOf(samplePool());
  let reads = 0;
  pool["holdings"] = Array.from({ length: 64 }, () => ({ asset: "DOGE", amount: "1" }));
  pool["options"] = Array.from({ length: 50_000 }, (_, i) => ({
    ...pool["options"][0],
    id: "same",
    get strike(): number {
      reads++;
      return 1 + i;
    },
    participant: "nobody",
  }));
  const error = refusal(() => readPool(pool));
  expect(error.issues).toHaveLength(ISSUES_MAX);
  expect(reads).toBe(50_000);
});

test("readPool: changes no prototype, whatever keys it is given", () => {
  const names = Reflect.ownKeys(Object.prototype).length;
  const poison = '{"polluted":true}';
  for (const key of ["__proto__", "constructor", "prototype"]) {
    const texts = [
      `{"${key}":${poison}}`,
      JSON.stringify(samplePool()).replace('"id":', `"${key}":${poison},"id":`),
      JSON.stringify(samplePool()).replace('"severity":{', `"severity":{"${key}":${poison},`),
    ];
    for (const text of texts) {
      expect(
        refusal(() => readPool(text)).issues.some(({ code }) => code === "KEY_FORBIDDEN"),
      ).toBe(true);
      const parsed: unknown = JSON.parse(text);
      expect(
        refusal(() => readPool(parsed)).issues.some(({ code }) => code === "KEY_FORBIDDEN"),
      ).toBe(true);
    }
  }
  expect(({} as Loose)["polluted"]).toBeUndefined();
  expect(Reflect.ownKeys(Object.prototype)).toHaveLength(names);
});

// A pool at every path of which something hostile stands: only typed errors may come out.
const hostile: readonly unknown[] = [
  undefined,
  null,
  true,
  -1,
  0,
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  5n,
  "",
  "x",
  "-1",
  "\ud800",
  "toString",
  [],
  [null],
  [[[]]],
  {},
  { kind: "beta" },
  { id: {} },
  new Map(),
  () => 1,
  Symbol("s"),
  new Float64Array(3),
  Object.create(null),
  new Proxy([], {
    get: () => {
      throw new Error("no");
    },
  }),
  new Proxy(
    {},
    {
      getPrototypeOf: () => {
        throw new Error("no");
      },
    },
  ),
];

function* paths(
  value: unknown,
  path: readonly (string | number)[] = [],
): Generator<(string | number)[]> {
  yield [...path];
  if (typeof value !== "object" || value === null) return;
  for (const key of Object.keys(value)) yield* paths((value as Loose)[key], [...path, key]);
}

function replaced(value: unknown, path: readonly (string | number)[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  const inner = replaced((value as Loose)[key], rest, by);
  if (Array.isArray(value)) return value.map((item, i) => (i === Number(key) ? inner : item));
  return { ...(value as object), [key]: inner };
}

test("readPool: lets nothing but a typed error out, whatever stands at whatever place", () => {
  const document = barrierPool();
  let refused = 0;
  let read = 0;
  for (const path of paths(document)) {
    for (const junk of hostile) {
      try {
        readPool(replaced(document, path, junk));
        read++;
      } catch (error) {
        if (!(error instanceof PoolError)) throw error;
        for (const issue of error.issues) expect(issue.code).toMatch(/^[A-Z][A-Z_]+$/);
        refused++;
      }
    }
  }
  expect(refused).toBeGreaterThan(5_000);
  // Optional fields left out, a volatility of 0, another name: few changes leave it valid.
  expect(read).toBeLessThan(refused / 10);
});

test("readPool: reports one wrong field once, without consequences", () => {
  const pool = copyOf(samplePool());
  pool["options"][1].collateral = 30_000;
  pool["perpetuals"][0].collateral = 15_000;
  pool["waterfall"].layers[1].shares = "equal";
  pool["waterfall"].lastResort.weights = "equal";
  pool["assets"][0].id = 7;
  pool["market"].assets[0] = 7;
  pool["currency"].code = 7;
  expect(refusals(() => readPool(pool))).toEqual([
    "TYPE /assets/0/id",
    "TYPE /currency/code",
    "TYPE /market/assets/0",
    "MONEY_MUST_BE_STRING /options/1/collateral",
    "MONEY_MUST_BE_STRING /perpetuals/0/collateral",
    "TYPE /waterfall/lastResort/weights",
    "TYPE /waterfall/layers/1/shares",
  ]);
});
