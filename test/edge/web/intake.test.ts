// Method: files as a visitor drops them, sound and broken in every way of the catalogue; what a chain
// becomes is compared with what the command line's core makes of it.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { localCore } from "../../../src/edge/cli/local-core.ts";
import { controlOf, readTyped } from "../../../src/edge/web/field-error.ts";
import { openFiles, Refusal } from "../../../src/edge/web/intake.ts";
import { excerpts } from "../../../src/edge/web/locate.ts";
import { readPool } from "../../../src/index.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../examples/${name}`, import.meta.url), "utf8");
const small = read("small-pool.json");
const prices = read("prices.csv");
const chain = `ts_utc,instrument_name,futures_price,mark_iv_pct,open_interest,index_price
2025-10-30T23:00:00Z,ORB-27MAR26-60000-P,26400,55,120,26377
2025-10-30T23:00:00Z,ORB-27MAR26-20000-C,26400,58,30.5,26377
2025-10-30T23:00:00Z,ETA-27MAR26-1500-C,1460,70,900,1450.8
`;

const open = (...files: (readonly [string, BlobPart])[]) =>
  openFiles(
    files.map(([name, content]) => new File([content], name)),
    null,
  );
const refusalOf = async (...files: (readonly [string, BlobPart])[]): Promise<Refusal> => {
  const error = await open(...files).catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(Refusal);
  return error as Refusal;
};
/** Code, pointer, line and what is marked in it, of every issue. */
const told = ({ issues, excerpts }: Refusal) =>
  issues.map(({ code, pointer }, i) => {
    const place = excerpts[i];
    const mark = place ? ` ${place.line}:${place.text.slice(place.from, place.to)}` : "";
    return `${code} ${pointer}${mark}`;
  });

test("intake: a pool, a pool with prices, a byte order mark, CRLF", async () => {
  expect((await open(["pool.json", small])).pool).toEqual(readPool(small).document);
  const marked = await open(["pool.json", `\ufeff${small.replaceAll("\n", "\r\n")}`]);
  expect(marked.pool).toEqual(readPool(small).document);
  const both = await open(["p.csv", `\ufeff${prices.replaceAll("\n", "\r\n")}`], ["b.json", small]);
  const fitted = await localCore.priced({ pool: small, prices, calibration: {} });
  expect(both.pool).toEqual(fitted.pool);
  expect(both.name).toBe("p.csv, b.json");
});

test("intake: an option chain becomes the pool of `riskpool import-chain`", async () => {
  const made = await localCore.importChain({ chain, share: 0.05, participants: 200 });
  const bare = await refusalOf(["chain.csv", chain]);
  expect(told(bare)).toEqual(["MARKET_MISSING /market"]);
  expect(bare.unpriced?.source).toBe(`${JSON.stringify(made.pool, null, 2)}\n`);
  const { pool, notes } = await open(["chain.csv", chain], ["prices.csv", prices]);
  const { market, ...rest } = pool;
  expect(rest).toEqual(made.pool);
  expect(market.assets).toEqual(["ETA", "ORB"]);
  expect(notes.slice(0, made.notices.length)).toEqual(made.notices.map(({ detail }) => detail));
  // Prices that come afterwards belong to it.
  const later = await openFiles([new File([prices], "prices.csv")], bare.unpriced);
  expect(later.pool).toEqual(pool);
});

test("intake: every broken file is answered with a code, a place and the line", async () => {
  const cut = small.indexOf('"participants"');
  const cases: readonly (readonly [readonly [string, BlobPart], readonly string[]])[] = [
    [["a.json", ""], ["BODY_EMPTY "]],
    [["a.csv", ""], ["BODY_EMPTY "]],
    [["a.json", " \n"], ["BODY_EMPTY "]],
    [["a.json", small.slice(0, cut)], ["JSON_SYNTAX  10:,"]],
    [["a.json", '{"a": 1,}'], ["JSON_SYNTAX  1:}"]],
    [["a.json", "{\n  'a': 1}"], ["JSON_SYNTAX  2:'"]],
    [["a.json", new Uint8Array([0xff, 0xfe, 0x7b, 0])], ["TEXT_INVALID "]],
    [["a.json", new Uint8Array([0x7b, 0x22, 0xe4, 0x22, 0x7d])], ["TEXT_INVALID "]],
    [["a.json", "[".repeat(40)], ["JSON_TOO_DEEP"]],
    [
      ["a.json", small.replace('"spot": 2000', '"spot": -1').replace("2025-11-28", "2025-13-28")],
      ["MODEL_DOMAIN /assets/1/spot 9:-1", 'TIME_SYNTAX /options/0/expiry 19:"2025-13-28T08:00Z"'],
    ],
    [["p.csv", "time,ORB\n2025-01-01,1\n2025-01-02,x\n"], ["NUMBER_SYNTAX /rows/3/ORB 3:x"]],
    [
      ["p.csv", "time;ORB\r\n2025-01-02;1\r\n2025-01-01;2\r\n"],
      ["TIME_ORDER /rows/3/time 3:2025-01-01"],
    ],
    [["p.csv", "when,ORB\n1,2\n"], ["COLUMN_MISSING /header 1:when,ORB"]],
    [["p.csv", "time,ORB\n2025-01-01\n"], ["CSV_SYNTAX /rows/2 2:2025-01-01"]],
    [
      ["c.csv", chain.replace("ORB-27MAR26-20000-C", "ORB-PERP")],
      ["INSTRUMENT_NAME /rows/3/instrument_name 3:ORB-PERP"],
    ],
  ];
  for (const [file, expected] of cases) {
    const files = file[0] === "p.csv" ? [["b.json", small] as const, file] : [file];
    const answers = told(await refusalOf(...files));
    expect(answers.length, file[0]).toBe(expected.length);
    for (const [i, each] of expected.entries()) expect(answers[i]).toContain(each);
  }
  const wrong = await refusalOf(["a.json", new Uint8Array([0x7b, 0x22, 0xe4, 0x22, 0x7d])]);
  expect(wrong.issues[0]?.detail).toContain("from byte 3 on");
});

test("intake: a file that is too large is not read", async () => {
  const file = new File(["{}"], "huge.json");
  Object.defineProperty(file, "size", { value: 2 ** 30 });
  const read = () => Promise.reject(new Error("was read"));
  Object.defineProperty(file, "arrayBuffer", { value: read });
  const error = (await openFiles([file], null).catch((caught: unknown) => caught)) as Refusal;
  expect(told(error)).toEqual(["BODY_TOO_LARGE "]);
  const lines = await refusalOf(["p.csv", `time,ORB\n${"\n".repeat(1_000_001)}`]);
  expect(told(lines)).toEqual(["TOO_MANY_ITEMS "]);
});

test("intake: a long file is answered without a stack that overflows", async () => {
  const quoted = await refusalOf(["a.json", `{"format": "${"\\\\".repeat(2e6)}`]);
  expect(told(quoted)[0]).toMatch(/^JSON_SYNTAX /);
  const many = `{"format":"riskpool","x":"${"y".repeat(4e6)}","options":[{"id":5}]}`;
  expect(told(await refusalOf(["a.json", many]))).toContain("TYPE /options/0/id 1:5");
});

test("intake: prices with gaps stay gaps; two pools, or prices alone, are refused", async () => {
  const lines = prices.split("\n");
  lines[5] = lines[5]!.replace(/,[\d.]+$/, ",");
  const { pool } = await open(["b.json", small], ["p.csv", lines.join("\n")]);
  const fitted = await localCore.priced({ pool: small, prices: lines.join("\n"), calibration: {} });
  expect(pool.market).toEqual(fitted.pool.market);
  expect(told(await refusalOf(["a.json", small], ["b.json", small]))).toEqual(["FILE_REPEATED "]);
  expect(told(await refusalOf(["a.json", small], ["c.csv", chain]))).toEqual(["FILE_REPEATED "]);
  expect(told(await refusalOf(["p.csv", prices]))).toEqual(["POOL_MISSING "]);
});

test("locate: keys in any notation, missing values, quoted lines, minified files", () => {
  const issue = (pointer: string) => ({ code: "X", pointer, detail: "", expected: "" });
  const mark = (text: string, pointer: string) => {
    const [place] = excerpts(text, [issue(pointer)]);
    return place && `${place.line}:${place.text.slice(place.from, place.to)}`;
  };
  expect(mark('{"a/b": {"~": [1, {"c": "x"}]}}', "/a~1b/~0/1/c")).toBe('1:"x"');
  expect(mark('{"a": {\n"b": 1}}', "/a/missing/deep")).toBe("1:{");
  expect(mark('{"\\u0061": 5}', "/a")).toBe("1:5");
  expect(mark('{"a": [1, 2', "/a/1")).toBe("1:2");
  expect(mark("{}", "/a")).toBeNull();
  expect(mark('time,"A,B",C\n1,"x\ny",2\n3,4,5\n', "/rows/3/C")).toBe("4:5");
  const long = `{"a":"${"x".repeat(500)}","b":7,"c":"${"y".repeat(500)}"}`;
  const [place] = excerpts(long, [issue("/b")]);
  expect(place?.text.length).toBeLessThan(92);
  expect(place?.text).toMatch(/^….*"b":7,.*…$/);
});

test("field: what is typed is a number of the control or told why not", () => {
  const span = { min: -60, max: 60, step: 1 };
  const typed = (text: string) => {
    const read = readTyped(text, span, "%", true);
    return "error" in read ? read.error : read.value;
  };
  expect([" −12 ", "+5 %", "1e1", "60"].map(typed)).toEqual([-12, 5, 10, 60]);
  expect(typed("7,5")).toMatch(/not a number; write a point.*a whole number from -60 to 60 %/);
  expect(typed("abc")).toMatch(/“abc” is not a number\. Expected/);
  expect(typed("2.5")).toMatch(/2\.5 is not whole/);
  expect(typed("61")).toMatch(/61 is out of range/);
  expect(typed("")).toMatch(/is not a number/);
  expect(readTyped("2.15", { min: 2.1, max: 30, step: 0.1 }, "", false)).toEqual({ value: 2.15 });
});

test("field: a problem of a request is about one control", () => {
  const { document } = readPool(small);
  expect(
    [
      "/options/market/correlation/0/1",
      "/options/confidence",
      "/options/levels/3",
      "/assets/1/spot",
      "/waterfall/layers/0/size",
      "/participants/0",
      "/options/3/strike",
    ].map((pointer) => controlOf(pointer, document)),
  ).toEqual([
    ...["correlation", "confidence", "confidence", "spot.ETA"],
    ...[`layer.${document.waterfall.layers[0]!.id}`, null, null],
  ]);
});
