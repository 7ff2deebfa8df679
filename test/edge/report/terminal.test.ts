import { expect, test } from "vitest";
import { plainTable, terminalReport, wrapped } from "../../../src/edge/report/terminal.ts";
import { sampleValuation as sample } from "../../support/sample-valuation.ts";

const ESCAPE = String.fromCharCode(27);

function widest(text: string): number {
  const codes = new RegExp(`${ESCAPE}\\[\\d+m`, "g");
  return Math.max(...text.split("\n").map((line) => [...line.replace(codes, "")].length));
}

test("terminalReport: fits the terminal, and never needs more than 80 columns", () => {
  for (const width of [60, 80, 100]) {
    expect(widest(terminalReport(sample, { colour: false, width }))).toBeLessThanOrEqual(width);
  }
  const long = { ...sample, pool: { ...sample.pool, name: "n".repeat(300) } };
  const rows = sample.contributions.rows.map((row) => ({ ...row, id: row.id.repeat(20) }));
  const layers = sample.waterfall.layers.map((layer) => ({ ...layer, id: layer.id.repeat(20) }));
  const wide = {
    ...long,
    contributions: { ...sample.contributions, rows },
    waterfall: { ...sample.waterfall, layers },
  };
  expect(widest(terminalReport(wide, { colour: true, width: 80 }))).toBeLessThanOrEqual(80);
});

test("terminalReport: has escape codes only when colour is wanted", () => {
  expect(terminalReport(sample, { colour: false, width: 80 })).not.toContain(ESCAPE);
  expect(terminalReport(sample, { colour: true, width: 80 })).toContain(`${ESCAPE}[1m`);
});

test("terminalReport: lets no escape code in through a name", () => {
  const pool = { ...sample.pool, name: `x${ESCAPE}[2J` };
  expect(terminalReport({ ...sample, pool }, { colour: false, width: 80 })).not.toContain(ESCAPE);
});

test("terminalReport: prints levels, layers, the ten largest contributions and warnings", () => {
  const text = terminalReport(sample, { colour: false, width: 80 });
  for (const words of ["97.5", "operator-first-loss", "socialised", "… and 15 more"]) {
    expect(text).toContain(words);
  }
  const ids = sample.contributions.rows.map((row) => row.id);
  expect(ids.filter((id) => text.includes(id))).toEqual(ids.slice(0, 10));
  for (const warning of sample.warnings) expect(text).toContain(warning.detail.slice(0, 60));
});

test("terminalReport: says who puts in how much, and nothing of it without terms", () => {
  const text = terminalReport(sample, { colour: false, width: 80 });
  expect(text).toContain("Who puts in how much, USD\nEuler shares of ES: ");
  const [first] = sample.allocation!.rows;
  const amount = first!.amount.replace(/\B(?=(\d{3})+\.)/g, ",");
  expect(text).toMatch(new RegExp(`${first!.id.replace(/[()]/g, ".")} +${amount} `));
  const none = terminalReport({ ...sample, allocation: null }, { colour: false, width: 80 });
  expect(none).not.toContain("Who puts in");
});

test("plainTable: sets words left and numbers right", () => {
  expect(
    plainTable(
      ["a", "n"],
      [
        ["xy", "1"],
        ["z", "100"],
      ],
    ),
  ).toBe("a     n\nxy    1\nz   100");
});

test("wrapped: breaks at spaces, and words that are too long anywhere", () => {
  expect(wrapped("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapped("abcdefgh", 5, " ")).toEqual([" abcd", " efgh"]);
});
