// Method: read the page for risk engineers and look up every test that it names.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { TRIALS } from "../support/axiom/table.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(`${root}docs/which-rule-when.md`, "utf8");

/** Titles that are written out in a test file, and those of the table. */
const files = readdirSync(`${root}test`, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".test.ts"),
);
const titles = new Set(TRIALS.map(({ title }) => title));
for (const name of files) {
  const text = readFileSync(`${root}test/${name}`, "utf8");
  for (const [, , title] of text.matchAll(/\btest(\.each\([\s\S]*?\))?\(\s*"([^"]+)"/g)) {
    titles.add(title!);
  }
}

/** What stands in code and reads like a title: a subject, a colon and a sentence. */
const named = [...page.matchAll(/`([^`]+: [^`]+)`/g)].map(([, title]) => title!);

test("which-rule-when: every test that the page names exists", () => {
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((title) => !titles.has(title))).toEqual([]);
});

test("which-rule-when: every row of a table names a test, and every rule of the table of axioms is there", () => {
  const rows = page
    .split("\n")
    .filter((line) => line.startsWith("| ") && !/^\| (---|Goal|Rule|You know|Question)/.test(line));
  expect(rows.length).toBeGreaterThan(20);
  expect(rows.filter((row) => !/`[^`]+: [^`]+`/.test(row))).toEqual([]);
  const rules = new Set(TRIALS.map(({ title }) => title.slice(0, title.indexOf(":"))));
  expect([...rules].filter((rule) => !page.includes(`\`${rule}: `))).toEqual([]);
});

test("which-rule-when: says that something lacks only where a committed pool shows it", () => {
  const lacking = named.filter((title) => title.endsWith(" fails"));
  const shown = TRIALS.filter(({ kind }) => kind === "fails").map(({ title }) => title);
  expect(lacking.length).toBeGreaterThan(12);
  expect(lacking.filter((title) => !shown.includes(title))).toEqual([]);
});
