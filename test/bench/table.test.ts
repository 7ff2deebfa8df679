// Method: pages made of rows with round numbers hold the lines written down here; what is committed
// is what the committed rows make.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { MachineResults } from "../../bench/row.ts";
import { runsOf } from "../../bench/row.ts";
import {
  factsOf,
  filled,
  readmeText,
  summaryTable,
  table,
  WORKLOAD_TEXTS,
} from "../../bench/summary.ts";
import { resultsPage } from "../../bench/table.ts";
import { WORKLOADS } from "../../bench/workloads.ts";
import { results } from "./rows.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

test("table: Markdown", () => {
  expect(table(["a", "b"], [["1", "2"]])).toBe("| a | b |\n| --- | --- |\n| 1 | 2 |");
});

test("table: every workload is described", () => {
  expect(Object.keys(WORKLOAD_TEXTS)).toEqual(Object.keys(WORKLOADS));
});

test("table: one line per workload, in the newest Node; italics where the algorithm is another", () => {
  expect(summaryTable(results).split("\n").slice(2)).toEqual([
    "| W1 | 10.0 ns per option and scenario | 2.50 × | – | *3.00 ×* | *123 ×* |",
    "| W3 | 103 ns per option and scenario | – | – | – | – |",
  ]);
});

test("table: kernel ratios and algorithm ratios stand apart, with a column for each Node", () => {
  const page = resultsPage([results]);
  const [, kernels, algorithms] = /### Kernel ratios(.*?)### Algorithm ratios(.*?)### Equal/s.exec(
    page,
  )!;
  expect(kernels).toContain("|  |  | what it does | Node 24.1.0 | Node 20.2.0 |");
  expect(kernels).toContain("| W1 | riskpool in plain JS | full | 2.50 × |  |");
  expect(kernels).toContain("| W1 | tuned JS | full | 4.00 × | 3.00 × |");
  expect(kernels).not.toContain("table");
  expect(algorithms).toContain("| W1 | tuned JS, N from a table | table | 3.00 × |");
  expect(algorithms).not.toContain("| full |");
});

test("table: machine, date, command, times, equal bits and peers are said", () => {
  const page = resultsPage([results]);
  for (const line of [
    "## some-machine",
    "Node 24.1.0, Node 20.2.0. 2026-03-01, `npm run bench -- --write`.",
    "| W1 | idiomatic JS | inexact | option and scenario | 1.23 µs ± 2 % |  |",
    "| W3 | riskpool, ES only | totals | option and scenario | 100 ns ± 2 % |  |",
    "\n- riskpool in plain JS: W1\n",
    "In Node 24.1.0 and Node 20.2.0 every form of the engine",
    "`Math`: tuned JS.",
    "2026-02-27, `npm run bench:peers`",
    "| W1 | native C++, 128 bit | kernels | 0.90 × |",
    "| W1 | 12.0 ns per option and scenario | 0.90 × | – | *4.00 ×* | – | – |",
  ]) {
    expect(page).toContain(line);
  }
});

test("table: equal bits are claimed for equal digests only", () => {
  const [, equal] = /### Equal bits(.*?)### Times/s.exec(resultsPage([results]))!;
  expect(equal!.match(/^- .*$/gm)).toEqual(["- riskpool in plain JS: W1"]);
});

test("table: answers of the engine that differ are not called equal", () => {
  const rows = results.rows.map((row) => (row.node === "v20.2.0" ? { ...row, hash: "x" } : row));
  const page = resultsPage([{ ...results, rows }]);
  expect(page).not.toContain("every form of the engine");
  expect(page).toContain("**riskpool (W1)**");
});

test("table: parts beside wholes", () => {
  expect(factsOf(runsOf(results.rows))).toEqual([
    "- What everyone's contributions cost on top of ES, options (W3): 3.0 ± 2.9 % (Node 24.1.0).",
  ]);
});

test("table: the README is filled between its marks, and nowhere else", () => {
  const text = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n";
  const made = filled(text, "x", "new");
  expect(made).toBe("a\n<!-- x:begin -->\nnew\n<!-- x:end -->\nb\n");
  expect(filled(made, "x", "new")).toBe(made);
  expect(() => filled(text, "y", "new")).toThrow("y:begin");
  expect(() => filled(text + text, "x", "new")).toThrow("x:begin");
  expect(() => filled("<!-- x:end --><!-- x:begin -->", "x", "new")).toThrow("x:end");
});

test("table: the README's part quotes the newest Node, the facts and the peers", () => {
  const text = readmeText(results);
  expect(text).toContain("Node 24.1.0, one thread of Some <processor> & more, 2026-03-01.");
  expect(text).toContain(summaryTable(results));
  expect(text).toContain("on top of ES, options (W3): 3.0 ± 2.9 % (Node 24.1.0)");
  expect(text).toContain("| C++, 128 bit |");
  expect(readmeText({ ...results, peers: [] })).not.toContain("C++");
});

test("table: what is committed is made of the rows that are committed", () => {
  const folder = `${root}bench/result`;
  const names = existsSync(folder)
    ? readdirSync(folder).filter((name) => name.endsWith(".json"))
    : [];
  const machines = names
    .sort()
    .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as MachineResults);
  const page = `${root}bench/RESULTS.md`;
  expect(existsSync(page)).toBe(machines.length > 0);
  if (machines.length === 0) return;
  expect(readFileSync(page, "utf8")).toBe(resultsPage(machines));
  const readme = readFileSync(`${root}README.md`, "utf8");
  const latest = [...machines].sort((a, b) => b.date.localeCompare(a.date))[0]!;
  expect(readme).toBe(filled(readme, "speed", readmeText(latest)));
});
