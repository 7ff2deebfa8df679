// Method: the sample's own figures are looked for on the page, and the page is taken apart by a
// small checker of tags; hostile and degenerate variants of the sample go the same way.
import { expect, test } from "vitest";
import { reportHtml } from "../../../src/edge/report/report.ts";
import type { Allocation, PoolValuation } from "../../../src/index.ts";
import { sampleValuation as sample } from "../../support/sample-valuation.ts";
import { markupFaults } from "../../support/well-formed.ts";

const page = reportHtml(sample);
const text = readable(page);

function readable(markup: string): string {
  return markup
    .replace(/<style>[^<]*<\/style>/, "")
    .replace(/<[^>]*>/g, " ")
    .replaceAll("\u00a0", " ")
    .replaceAll("\u2212", "-")
    .replace(/\s+/g, " ");
}

function expectSound(markup: string): void {
  expect(markupFaults(markup)).toEqual([]);
  expect(markup.replace(/<style>[^<]*<\/style>/, "")).not.toMatch(/NaN|undefined|Infinity/);
}

/** Every number that places something in a drawing. */
function coordinates(markup: string): number[] {
  const places = / (?:x|y|x1|y1|x2|y2|width|height)="([^"]*)"/g;
  const single = [...markup.matchAll(places)].map((match) => Number(match[1] || "NaN"));
  const traced = [...markup.matchAll(/ d="([^"]*)"/g)].flatMap((match) =>
    match[1]!
      .split(/[MLZ ]+/)
      .filter(Boolean)
      .map(Number),
  );
  return [...single, ...traced];
}

test("reportHtml: is well-formed, and every coordinate is finite", () => {
  expectSound(page);
  const all = coordinates(page);
  expect(all.length).toBeGreaterThan(1_000);
  expect(all.filter((value) => !Number.isFinite(value))).toEqual([]);
});

test("reportHtml: fetches nothing and runs nothing", () => {
  expect(page).not.toMatch(
    /<script|<link|<img|<iframe|\son\w+=|url\(|@import|https?:|javascript:/i,
  );
  expect(page).toContain("default-src 'none'");
});

test("reportHtml: has its sections in order under one title", () => {
  const headings = [...page.matchAll(/<h([1-6])[^>]*>([^<]*)</g)].map((m) => `${m[1]} ${m[2]}`);
  expect(headings).toEqual([
    "1 Northern Light Options Pool",
    "2 At a glance",
    "2 What the pool can lose",
    "2 Capital layers",
    "2 Whose risk it is",
    "2 Who puts in how much",
    "2 Exposure by asset",
    "2 Has the simulation settled?",
    "2 Market",
    "2 Warnings and assumptions",
    "3 Taken for granted",
    "2 Method in short",
    "2 Receipt",
  ]);
});

test("reportHtml: prints the valuation's figures with units and errors", () => {
  const { risk, waterfall } = sample;
  const primary = risk.levels[1]!;
  const million = (primary.expectedShortfall.value / 1e6).toPrecision(4);
  const limit = String(Math.round(primary.valueAtRisk.value / 100) * 100).replace(
    /(\d{3})$/,
    ",$1",
  );
  const called = (waterfall.insolvency.probability.value * 100).toFixed(3);
  expect(text).toContain(
    `With 97.5 % confidence the pool loses at most USD ${limit} in 10 days; in the worst 2.5 % of scenarios it loses USD ${million} million on average`,
  );
  expect(text).toContain(
    `Layers hold USD 3.3 million; the chance that members are called for more is ${called} ±`,
  );
  for (const level of risk.levels) {
    const error = Number(level.expectedShortfall.standardError.toPrecision(2));
    expect(text).toContain(`± ${error.toLocaleString("en-US")}`);
  }
  const coverage = ((3.3e6 / primary.expectedShortfall.value) * 100).toPrecision(3);
  expect(text).toContain(`Layers against ES ${coverage} %`);
});

test("reportHtml: lists every participant, and its amounts are the exact minor units", () => {
  for (const row of sample.contributions.rows) {
    const amount = `${row.amount.slice(0, -2)}.${row.amount.slice(-2)}`;
    const printed = amount.replace(/\B(?=(\d{3})+\.)/g, ",");
    expect(text).toContain(row.id);
    expect(text).toContain(printed);
  }
  expect(page).toContain("<details><summary>Full table: all 25 contributions</summary>");
});

const allocation = sample.allocation!;
/** The section of the page, readable, for an allocation like the sample's. */
function allocated(more: Partial<Allocation>): string {
  const markup = reportHtml({ ...sample, allocation: { ...allocation, ...more } });
  expectSound(markup);
  return readable(/<section id="allocation"[\s\S]*?<\/section>/.exec(markup)![0]);
}

test("reportHtml: says by which rule who puts in how much, and what bounds moved", () => {
  const section = allocated({});
  expect(section).toContain("Euler shares of ES: everyone&#39;s mean loss");
  expect(section).toMatch(/Divided is the pool&#39;s ES 97.5 %, USD [\d,]+ ± [\d,]+ \(s\.e\.\)/);
  const printed = (amount: string) => amount.replace(/\B(?=(\d{3})+\.)/g, ",");
  expect(section).toContain(`Bounds moved USD ${printed(allocation.moved)} between participants`);
  for (const row of allocation.rows) {
    expect(section).toContain(row.id);
    expect(section).toContain(printed(row.amount));
  }
  expect(section.match(/ floor /g)?.length).toBe(2);
  expect(section).toContain("Full table: all 25 amounts");
  expect(section).toMatch(new RegExp(`Sum ${printed(allocation.totalAmount)} `));
  expect(reportHtml({ ...sample, allocation: null })).not.toContain("Who puts in");
});

test("reportHtml: shows own records, bounds and scaling only where they count", () => {
  const plain = allocated({
    rows: allocation.rows.map((row) => ({ ...row, bound: null, rebalanced: "0.00" })),
    moved: "0.00",
  });
  for (const words of ["Own record", "Moved by bounds", "Bound", "Part of the total"]) {
    expect(plain).not.toContain(words);
  }
  const rows = allocation.rows.map((row, i) => ({
    ...{ ...row, raw: { value: row.raw.value / 2, standardError: 1 } },
    recordFactor: i === 3 ? 1.25 : 1,
  }));
  const scaled = allocated({ rows, rawTotal: allocation.rawTotal / 2, scenarios: 16_384 });
  for (const words of ["Own record", " 1.25 ", "Part of the total", "scaled to the total"]) {
    expect(scaled).toContain(words);
  }
  expect(scaled).toContain("The rule looked at 16,384 of 20,000 scenarios.");
});

test("reportHtml: says what floors ask too much and what caps leave unasked", () => {
  expect(allocated({ unallocated: "-12345.60" })).toContain(
    "Floors ask for USD 12,345.60 more than the total.",
  );
  const capped = allocated({ totalAmount: "100.00", unallocated: "0.05" });
  expect(capped).toContain("USD 0.05 stays unallocated");
  expect(capped).toContain("Sum 99.95 ");
  expect(allocated({ totalAmount: "1.00", unallocated: "-2.00" })).toContain("Sum 3.00 ");
});

test("reportHtml: carries the receipt and the command that repeats the run", () => {
  const { pool, market, kernel, losses } = sample.receipt;
  for (const digest of [pool, market, kernel, losses]) expect(page).toContain(digest);
  expect(page).toContain(
    "riskpool value pool.json --market result.json --scenarios 20000 --seed 1 --horizon 10d --confidence 0.975 --levels 0.95,0.975,0.99,0.995<",
  );
});

test("reportHtml: repeats a path as it was looked at", () => {
  const receipt = { ...sample.receipt, stepDays: 1 / 24, monitoring: "continuous" } as const;
  expect(reportHtml({ ...sample, receipt })).toContain(
    "--levels 0.95,0.975,0.99,0.995 --step 0.041666666666666664d --continuous<",
  );
});

test("reportHtml: counts positions of every kind, and leaves out what there is none of", () => {
  const text = page.replaceAll("\u00a0", " ");
  expect(text).toContain(", 6 barriers, 41 perpetuals");
  const pool = { ...sample.pool, barriers: 0, perpetuals: 1 };
  const fewer = reportHtml({ ...sample, pool }).replaceAll("\u00a0", " ");
  expect(fewer).toContain(" options, 1 perpetual");
});

test("reportHtml: gives the same bytes for the same valuation", () => {
  expect(reportHtml(JSON.parse(JSON.stringify(sample)) as PoolValuation)).toBe(page);
});

test("reportHtml: escapes every text of the valuation", () => {
  const attack = `</title><script>alert(1)</script>"'&<img src=x onerror=y>\u202e`;
  const poison = (value: unknown): unknown => {
    if (typeof value === "string") return /^-?\d+(\.\d+)?$/.test(value) ? value : value + attack;
    if (Array.isArray(value)) return value.map(poison);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, poison(each)]));
  };
  const poisoned = reportHtml(poison(sample) as PoolValuation);
  expect(poisoned).not.toMatch(/<script|<img|\u202e/);
  expectSound(poisoned);
});

test("reportHtml: stands a pool that cannot lose, has no layers and was never called", () => {
  const zero = { value: 0, standardError: 0, low: 0, high: 0 };
  const flat: PoolValuation = {
    ...sample,
    risk: {
      ...sample.risk,
      expectedLoss: zero,
      standardDeviation: 0,
      best: 0,
      worst: 0,
      levels: [{ level: 0.975, valueAtRisk: zero, expectedShortfall: zero, tailScenarios: 500 }],
      histogram: { edges: [0, 0], counts: [20_000] },
      convergence: [{ scenarios: 20_000, valueAtRisk: zero, expectedShortfall: zero }],
    },
    waterfall: {
      level: 0.975,
      layers: [],
      socialised: { probability: zero, expectedLoss: zero, expectedSize: null, tailLoss: zero },
      insolvency: { probability: zero },
    },
    contributions: {
      ...sample.contributions,
      total: zero,
      totalAmount: "0",
      standAloneTotal: 0,
      diversificationBenefit: 0,
      rows: [],
    },
    allocation: null,
    exposures: [],
    assumptions: [],
    warnings: [],
  };
  const bare = reportHtml(flat);
  expectSound(bare);
  expect(coordinates(bare).filter((value) => !Number.isFinite(value))).toEqual([]);
  expect(readable(bare)).toContain("in none of 20,000 scenarios did the loss exceed them");
});

test("reportHtml: says that the pool gains when even its tail does", () => {
  const gain = { value: -5e5, standardError: 1e3, low: -5.02e5, high: null };
  const level = { level: 0.975, valueAtRisk: gain, expectedShortfall: gain, tailScenarios: 500 };
  const happy = reportHtml({ ...sample, risk: { ...sample.risk, levels: [level] } });
  expectSound(happy);
  expect(readable(happy)).toContain("the pool gains at least USD 500,000");
  expect(readable(happy)).toContain("to unbounded");
});
