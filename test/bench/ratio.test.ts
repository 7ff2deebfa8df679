// Method: rows with round numbers; ratios, and which rows are compared with which, by hand.
import { expect, test } from "vitest";
import { printNode, printRatio, printTime, quickest, ratiosOf } from "../../bench/ratio.ts";
import {
  differences,
  isReproducible,
  newestNode,
  RISKPOOL,
  replaced,
  runsOf,
} from "../../bench/row.ts";
import { results, row } from "./rows.ts";

test("ratio: a run is one workload in one Node; its ratios are to the engine in that run", () => {
  const runs = runsOf(results.rows);
  expect(runs.map(({ workload, node, rows }) => [workload, node, rows.length])).toEqual([
    ["W1", "v24.1.0", 5],
    ["W1", "v20.2.0", 2],
    ["W3", "v24.1.0", 2],
  ]);
  const times = runs.map((run) => ratiosOf(run).map((ratio) => [ratio.times, ratio.kind]));
  expect(times).toEqual([
    [
      [2.5, "kernel"],
      [4, "kernel"],
      [3, "algorithm"],
      [123.4, "algorithm"],
    ],
    [[3, "kernel"]],
    // What stands aside has no ratio.
    [],
  ]);
});

test("ratio: native code is measured against the kernels, others against the whole", () => {
  const [run] = runsOf(results.peers);
  expect(
    ratiosOf(run!).map(({ row: { implementation }, times, kind }) => [implementation, times, kind]),
  ).toEqual([
    ["native C++, 128 bit", 0.9, "kernel"],
    ["NumPy", 4, "algorithm"],
  ]);
});

test("ratio: what neighbouring turns found goes before the ratio of medians", () => {
  const [run] = runsOf([row(RISKPOOL, 10), row("native", 20, { ratio: 1.5 })]);
  expect(ratiosOf(run!)[0]!.times).toBe(1.5);
});

test("ratio: without the engine there is none", () => {
  expect(ratiosOf(runsOf([row("tuned JS", 10)])[0]!)).toEqual([]);
  // Nor is a part of the engine the engine.
  const [run] = runsOf([row(RISKPOOL, 10, { aside: true }), row("tuned JS", 10)]);
  expect(ratiosOf(run!)).toEqual([]);
});

test("ratio: the quickest of several of a kind", () => {
  const ratios = ratiosOf(runsOf(results.rows)[0]!);
  expect(quickest(ratios, "tuned JS")?.row.implementation).toBe("tuned JS, N from a table");
  expect(quickest(ratios, "scalar")).toBeUndefined();
});

test("ratio: three digits, two below one", () => {
  const printed = [0.0512, 0.93, 0.9996, 1.2345, 9.999, 99.94, 99.96, 1234.4].map(printRatio);
  expect(printed).toEqual([
    ...["0.051 ×", "0.93 ×", "1.00 ×", "1.23 ×", "10.0 ×", "99.9 ×", "100 ×", "1234 ×"],
  ]);
});

test("ratio: times in the unit that fits", () => {
  const printed = [4.7912, 99.97, 999.4, 999.6, 1.234e4, 2.07e7, 3.2e9, 5e12].map(printTime);
  expect(printed).toEqual([
    ...["4.79 ns", "100 ns", "999 ns", "1.00 µs", "12.3 µs", "20.7 ms", "3.20 s", "5000 s"],
  ]);
  expect(["v20.20.2", "Chromium 140"].map(printNode)).toEqual(["Node 20.20.2", "Chromium 140"]);
});

test("row: the newest Node is not the newest browser, nor the last in the alphabet", () => {
  const rows = ["v9.1.0", "Chromium 140", "v24.1.0", "v20.2.0"].map((node) =>
    row("a", 1, { node }),
  );
  expect(newestNode(rows)).toBe("v24.1.0");
  expect(() => newestNode(rows.slice(1, 2))).toThrow("no row was timed in Node");
});

test("row: a new run takes the place of the same workload and major version only", () => {
  const at = (workload: string, node: string, nanoseconds: number) =>
    row("a", nanoseconds, { workload, node });
  const old = [
    at("W0", "v20.1.0", 1),
    at("W0", "Chromium 140", 2),
    at("W0", "v24.1.0", 3),
    at("W1", "v20.1.0", 4),
  ];
  const fresh = [at("W2", "v20.2.0", 7), at("W0", "v20.2.0", 5), at("W0", "Chromium 141", 6)];
  // Tables keep their order; what is new comes last.
  expect(replaced(old, fresh).map(({ nanoseconds }) => nanoseconds)).toEqual([5, 6, 3, 4, 7]);
});

test("row: answers that differ between versions are found, whoever gave them", () => {
  expect(differences(results.rows).map((same) => same.map(({ hash }) => hash))).toEqual([
    ["bb", "ee"],
  ]);
  const rows = [row(RISKPOOL, 1), row(RISKPOOL, 1, { node: "Chromium 140", hash: "other" })];
  expect(differences(rows)).toEqual([rows]);
  expect(
    results.rows.filter(isReproducible).map(({ implementation }) => implementation),
  ).not.toContain("tuned JS");
  expect(rows.filter(isReproducible)).toEqual(rows);
});
