// Method: the page of a made-up comparison is taken apart by a small checker of tags, and its marks of
// the best are held against the figures by hand; hostile and degenerate variants go the same way.
import { expect, test } from "vitest";
import { comparisonHtml } from "../../../src/edge/report/comparison.ts";
import { comparisonText } from "../../../src/edge/report/comparison-text.ts";
import type { Comparison } from "../../../src/index.ts";
import { sampleComparison as sample } from "../../support/sample-comparison.ts";
import { markupFaults } from "../../support/well-formed.ts";

const page = comparisonHtml(sample);

function expectSound(markup: string): void {
  expect(markupFaults(markup)).toEqual([]);
  expect(markup.replace(/<style>[^<]*<\/style>/, "")).not.toMatch(/NaN|undefined|Infinity/);
}

/** Rows of the tables: the policy's name, then its cells; what is marked as best has a star. */
function cells(markup: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, name, rest] of markup.matchAll(
    /<th scope="row">([^<]*)[\s\S]*?<\/th>(.*)<\/tr>/g,
  )) {
    const row = [...rest!.matchAll(/<td>(<span class="best">)?([^<]*)/g)].map(
      ([, best, text]) => `${best ? "*" : ""}${text!.replaceAll("\u00a0", " ")}`,
    );
    found.set(name!, [...(found.get(name!) ?? []), ...row]);
  }
  return found;
}

test("comparisonHtml: is well-formed, fetches nothing and runs nothing", () => {
  expectSound(page);
  expect(page).not.toMatch(
    /<script|<link|<img|<iframe|\son\w+=|url\(|@import|https?:|javascript:/i,
  );
  expect(page).toContain("default-src 'none'");
  expect(page.endsWith("</html>\n")).toBe(true);
});

test("comparisonHtml: prints every score with its error and marks the best of a column", () => {
  const rows = cells(page);
  // Capital, falls short, left to share, above own ES, stay, seed; then nobody bears, taken over
  // lacking, largest part, Gini.
  expect(rows.get("as now")).toEqual([
    ...["5,283,000", "0.200 ± 0.030 %", "377 ± 65", "*0 %", "*100 %", "*1.7 %"],
    ...["*none seen", "*1.000 ± 0.000", "*3.38 ± 0.00 %", "0.498"],
  ]);
  expect(rows.get("euler-es, uniform")).toEqual([
    ...["5,283,000", "0.200 ± 0.030 %", "377 ± 65", "*0 %", "*100 %", "*1.7 %"],
    ...["*none seen", "*1.000 ± 0.000", "4.17 ± 0.00 %", "*0.000"],
  ]);
  expect(rows.get("queue")!.slice(6)).toEqual([
    ...["12.5 ± 3.1", "1.233 ± 0.091", "59 ± 13 %", "0.980"],
  ]);
  expect(rows.get("with-without")).toEqual([
    ...["9,515,000", "*none seen, below 0.018 %", "*none seen", "24.0 %", "76.0 %", "15 %"],
    ...["*none seen", "–", "–", "–"],
  ]);
});

test("comparisonHtml: marks nothing where all do alike", () => {
  const alike = cells(comparisonHtml({ ...sample, rows: [sample.rows[0]!, sample.rows[0]!] }));
  expect([...alike.values()].flat().filter((cell) => cell.startsWith("*"))).toEqual([]);
});

test("comparisonHtml: says how every column is computed, and what was run", () => {
  const text = page.replaceAll("\u00a0", " ");
  for (const words of [
    "counted in 16,384 scenarios",
    "with seed 1 and with seed 2",
    "neither is better by itself",
    "ES 97.5 % of their own loss",
    "Capital was not enough in 0 to 33 of 16,384 scenarios",
    "<dt>Seeds</dt><dd>1 and 2</dd>",
    "<dt>Level</dt><dd>97.5 %</dd>",
    "100,000 a seed, own losses in 16,384",
    "whole accounts, the largest gain first",
  ]) {
    expect(text).toContain(words);
  }
  for (const [, heading] of page.matchAll(/<th scope="col">([^<]*)/g)) {
    if (heading !== "Policy") expect(page).toContain(`<dt>${heading!.trim()}</dt>`);
  }
});

test("comparisonHtml: gives the same bytes for the same comparison", () => {
  expect(comparisonHtml(JSON.parse(JSON.stringify(sample)) as Comparison)).toBe(page);
});

test("comparisonHtml: escapes every text of the comparison", () => {
  const attack = `</title><script>alert(1)</script>"'&<img src=x onerror=y>\u202e`;
  const poison = (value: unknown): unknown => {
    if (typeof value === "string") return value + attack;
    if (Array.isArray(value)) return value.map(poison);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, poison(each)]));
  };
  const poisoned = comparisonHtml(poison(sample) as Comparison);
  expect(poisoned).not.toMatch(/<script|<img|\u202e/);
  expectSound(poisoned);
});

test("comparisonHtml: stands one policy that lacks nothing, and a pool of nobody", () => {
  expectSound(comparisonHtml({ ...sample, rows: [sample.rows[3]!] }));
  expectSound(comparisonHtml({ ...sample, rows: [], participants: 0, sampled: 0 }));
});

test("comparisonText: fits the terminal and lets no escape code in", () => {
  const code = String.fromCharCode(27);
  for (const width of [80, 100]) {
    const text = comparisonText(sample, { colour: false, width });
    expect(Math.max(...text.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(
      width,
    );
  }
  const rows = sample.rows.map((row) => ({ ...row, name: `${row.name}${code}[2J`.repeat(9) }));
  const long = comparisonText({ ...sample, rows }, { colour: false, width: 80 });
  expect(long).not.toContain(code);
  expect(Math.max(...long.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(80);
  expect(comparisonText(sample, { colour: true, width: 80 })).toContain(`${code}[1m`);
});
