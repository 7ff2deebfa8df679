// Method: every explanation of a valuation's figures: what it names as inputs must be the very
// numbers of that valuation, and what it prints must be those numbers.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { html } from "../../../src/edge/report/markup.ts";
import { type Reading, reading } from "../../../src/edge/report/reading.ts";
import { reportHtml } from "../../../src/edge/report/report.ts";
import { requestOf, startOf } from "../../../src/edge/web/controls.ts";
import { explanationOf, TERMS } from "../../../src/edge/web/explanation.ts";
import { pricedPool } from "../../../src/edge/web/intake.ts";
import { loadSync, type PoolValuation } from "../../../src/index.ts";

const read = (name: string) =>
  readFileSync(new URL(`../../../examples/${name}`, import.meta.url), "utf8");
const example = pricedPool(read("pool.json"), read("prices.csv"));
const small = pricedPool(read("small-pool.json"));

/** Everything that a valuation holds: its numbers and texts, and its objects by identity. */
function contents(value: unknown, into: Set<unknown> = new Set()): Set<unknown> {
  into.add(value);
  if (typeof value === "object" && value !== null) {
    for (const each of Object.values(value)) contents(each, into);
  }
  return into;
}

/** The digits of a text, without separators and units. */
const digits = (text: string) => text.replace(/[,\u00a0 ]/g, "").replaceAll("\u2212", "-");

/** The first number of a text, in the unit of the valuation. */
function shown(text: string): number {
  const size = /billion/.test(text) ? 1e9 : /million/.test(text) ? 1e6 : 1;
  return Number(/-?\d+(\.\d+)?/.exec(digits(text))![0]) * (text.endsWith("%") ? 0.01 : size);
}

const valued = async (document: typeof example, confidence: number, all: boolean) => {
  const request = requestOf(document, { ...startOf(document), confidence }, 20_000);
  const contributions = all ? ("all" as const) : ("euler" as const);
  return loadSync().value(request.document, { ...request.options, contributions });
};

describe.each([
  ["example", example, 97.5],
  ["small", small, 99],
] as const)("explanation: %s pool", (_, document, confidence) => {
  let about: Reading;
  let known: Set<unknown>;
  beforeAll(async () => {
    about = reading(await valued(document, confidence, true));
    known = contents(about.valuation);
    known.add(about.funded).add(about.resources);
    for (const { deltaCoins, spot } of about.valuation.exposures) known.add(deltaCoins * spot);
  });

  test.each(TERMS)("explanation: inputs are those of the valuation, %s", (term) => {
    const found = explanationOf(term, about)!;
    expect(found.title.length).toBeGreaterThan(2);
    expect(found.formula).toBeInstanceOf(html``.constructor);
    expect(found.error.length).toBeGreaterThan(5);
    expect(found.inputs.length).toBeGreaterThan(0);
    for (const { name, value, text } of found.inputs) {
      if (name === "and") continue;
      expect(known, `${term}: ${name}`).toContain(value);
      const number = typeof value === "object" ? value.value : Number(value);
      if (number === 0 && /none/.test(text)) continue;
      // Printed to at least two digits of it, or as far as its standard error lets them be known.
      const room = typeof value === "object" ? value.standardError : 0;
      const distance = Math.abs(shown(text) - number);
      expect(distance, `${term}: ${text} of ${number}`).toBeLessThan(
        0.05 * Math.max(Math.abs(number), room) + 1e-12,
      );
    }
  });

  test("explanation: each layer, participant and asset is told its own figure", () => {
    const { waterfall, contributions, allocation, exposures } = about.valuation;
    const expected = {
      attachment: waterfall.layers.map((each) => [each.id, each.attachment]),
      capacity: waterfall.layers.map((each) => [each.id, each.capacity]),
      hit: waterfall.layers.map((each) => [each.id, each.hit]),
      exhausted: waterfall.layers.map((each) => [each.id, each.exhausted]),
      draw: waterfall.layers.map((each) => [each.id, each.expectedLoss]),
      "tail-draw": waterfall.layers.map((each) => [each.id, each.tailLoss]),
      contribution: contributions.rows.map((each) => [each.id, each.contribution]),
      share: contributions.rows.map((each) => [each.id, each.share]),
      "own-expected-loss": contributions.rows.map((each) => [each.id, each.expectedLoss]),
      "stand-alone": contributions.rows.map((each) => [each.id, each.standAlone]),
      asked: allocation!.rows.map((each) => [each.id, each.amount]),
      "asked-share": allocation!.rows.map((each) => [each.id, each.share]),
      "by-rule": allocation!.rows.map((each) => [each.id, each.raw]),
      part: allocation!.rows.map((each) => [each.id, each.contribution]),
      record: allocation!.rows.map((each) => [each.id, each.recordFactor]),
      moved: allocation!.rows.map((each) => [each.id, each.rebalanced]),
      delta: exposures.map((each) => [each.asset, each.deltaCoins]),
      gamma: exposures.map((each) => [each.asset, each.gammaPerPercent]),
      vega: exposures.map((each) => [each.asset, each.vegaPerPoint]),
      tail: about.valuation.risk.levels.map(({ level, tailScenarios }) => [
        `${Number((level * 100).toFixed(6))}\u00a0%`,
        tailScenarios,
      ]),
    };
    for (const [term, rows] of Object.entries(expected)) {
      const told = new Map(
        explanationOf(term, about)!.inputs.map(({ name, value }) => [name, value]),
      );
      const found = rows.filter(([name]) => told.has(name as string));
      expect(found.length, term).toBeGreaterThanOrEqual(Math.min(2, rows.length));
      for (const [name, value] of found) expect(told.get(name as string), term).toBe(value);
    }
  });

  test("explanation: the headline figures name the run they are of", () => {
    const { risk, waterfall } = about.valuation;
    const told = (term: string) => explanationOf(term, about)!.inputs.map(({ value }) => value);
    const run = [
      about.primary.level,
      risk.scenarios,
      about.primary.tailScenarios,
      risk.horizonDays,
    ];
    expect(told("shortfall")).toEqual([...run, about.primary.valueAtRisk.value, risk.worst]);
    expect(told("value-at-risk")).toEqual([...run, risk.worst]);
    expect(told("expected-loss")).toEqual([
      risk.scenarios,
      risk.standardDeviation,
      risk.best,
      risk.worst,
    ]);
    expect(told("shared")).toEqual([
      waterfall.layers.reduce((sum, { capacity }) => sum + capacity, 0),
      risk.scenarios,
      waterfall.socialised.expectedLoss,
    ]);
    expect(told("coverage").slice(1)).toEqual([
      about.primary.expectedShortfall,
      about.primary.level,
    ]);
  });

  test("explanation: says how sure the headline figures are", () => {
    const { expectedShortfall, valueAtRisk } = about.primary;
    for (const [term, figure] of [
      ["shortfall", expectedShortfall],
      ["value-at-risk", valueAtRisk],
    ] as const) {
      const { error } = explanationOf(term, about)!;
      for (const value of [figure.value, figure.standardError, figure.low, figure.high!]) {
        const near = digits(error)
          .match(/\d+(\.\d+)?/g)!
          .some((each) => Math.abs(Number(each) / value - 1) < 0.06);
        expect(near, `${error} has ${value}`).toBe(true);
      }
    }
  });
});

test("explanation: is there for every mark that the report carries, and for no other", async () => {
  const full: PoolValuation = await valued(small, 97.5, true);
  const recorded = {
    ...full,
    allocation: {
      ...full.allocation!,
      rows: full.allocation!.rows.map((row) => ({
        ...row,
        raw: { ...row.raw, value: row.raw.value + 1 },
        recordFactor: 1.1,
        rebalanced: "1.00",
        bound: "floor" as const,
      })),
    },
  };
  const marks = [...reportHtml(recorded).matchAll(/data-term="([^"]+)"/g)].map((each) => each[1]!);
  expect(new Set(marks)).toEqual(new Set(TERMS));
  const sections = new Set(
    [...reportHtml(recorded).matchAll(/ id="([^"]+)"/g)].map((each) => each[1]),
  );
  for (const term of TERMS) {
    expect(sections, term).toContain(explanationOf(term, reading(recorded))!.section);
  }
});

test("explanation: of nothing where there is nothing to explain", async () => {
  const { contribution, ...plain } = small;
  expect(contribution).toBeDefined();
  const about = reading(await valued(plain as typeof small, 97.5, false));
  expect(explanationOf("asked", about)).toBeNull();
  expect(explanationOf("constructor", about)).toBeNull();
  expect(explanationOf("stand-alone", about)!.inputs).toHaveLength(1);
});
