// Method: what is written is read back by another implementation of RFC 4180 (papaparse), and every
// number by JavaScript itself.
import fc from "fast-check";
import Papa from "papaparse";
import { expect, test } from "vitest";
import { csvText, plainDecimal } from "../../../src/edge/web/csv.ts";
import { tableOf } from "../../../src/edge/web/table-export.ts";
import { sampleValuation } from "../../support/sample-valuation.ts";

const rowsOf = (text: string): string[][] => {
  expect(text.endsWith("\r\n")).toBe(true);
  const { data, errors } = Papa.parse<string[]>(text.slice(0, -2), { newline: "\r\n" });
  expect(errors.filter(({ type }) => type !== "Delimiter")).toEqual([]);
  return data;
};

test("csv: texts come back as they were, but for what would be a formula", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: "binary" }), { minLength: 2, maxLength: 5 }),
      (cells) => {
        const [read] = rowsOf(csvText({ name: "t", header: ["x", ...cells], rows: [] }));
        read!.slice(1).forEach((text, i) => {
          if (text !== cells[i]) expect(text).toBe(`'${cells[i]}`);
          expect(text).not.toMatch(/^\s*[=+\-@]/);
        });
      },
    ),
  );
});

test.each([
  ["=1+2", "'=1+2"],
  ["+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"],
  ["-2", "'-2"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["\t=1", '"\'\t=1"'],
  ["  =1", "'  =1"],
  ["\uff1d1", "'\uff1d1"],
  ['=HYPERLINK("x","y")', '"\'=HYPERLINK(""x"",""y"")"'],
  ["a,b", '"a,b"'],
  ["a\nb", '"a\nb"'],
  ["member-1", "member-1"],
])("csv: %j is written as %j", (text, written) => {
  expect(csvText({ name: "t", header: [text], rows: [] })).toBe(`${written}\r\n`);
});

test("csv: a number is a decimal without exponent and reads back as the same bits", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = plainDecimal(value);
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      expect(Number(text)).toBe(value === 0 ? 0 : value);
    }),
  );
  expect(["1e21", "1.5e-7", "-2.25e3", "123e-2"].map((each) => plainDecimal(Number(each)))).toEqual(
    ["1000000000000000000000", "0.00000015", "-2250", "1.23"],
  );
  expect(
    csvText({ name: "t", header: [], rows: [[-1.5, null, Number.NaN, { decimal: "2.00" }]] }),
  ).toBe("\r\n-1.5,,,2.00\r\n");
});

test("csv: every table has a unit in each heading of an amount, and the valuation's digits", () => {
  const { risk, waterfall, contributions, exposures, pool } = sampleValuation;
  const { code } = pool.currency;
  const read = (section: string) => rowsOf(csvText(tableOf(sampleValuation, section)!));
  const levels = read("loss");
  expect(levels[0]).toContain(`ES (${code})`);
  expect(levels.slice(1).map((row) => Number(row[levels[0]!.indexOf(`ES (${code})`)]))).toEqual(
    risk.levels.map(({ expectedShortfall }) => expectedShortfall.value),
  );
  const layers = read("capital");
  expect(layers.slice(1, -1).map((row) => [row[0], Number(row[4])])).toEqual(
    waterfall.layers.map(({ id, capacity }) => [id, capacity]),
  );
  const shares = read("contributions");
  const amounts = shares.slice(1).map((row) => row[8]!);
  expect(amounts.map((each) => each.replace(".", "").replace(/^(-?)0+(?=\d)/, "$1"))).toEqual(
    contributions.rows.map(({ amount }) => amount),
  );
  expect(amounts.every((each) => /^-?\d+\.\d{2}$/.test(each))).toBe(true);
  expect(read("exposure")).toHaveLength(exposures.length + 1);
  expect(read("market")[1]?.[0]).toBe(sampleValuation.market.assets[0]);
  for (const section of ["loss", "capital", "contributions", "exposure", "allocation", "market"]) {
    const [header, ...rows] = read(section);
    expect(rows.every((row) => row.length === header!.length)).toBe(true);
  }
  expect(tableOf(sampleValuation, "constructor")).toBeNull();
});
