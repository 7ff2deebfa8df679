// Method: a table of rules and axioms. Every cell is a property that holds on random pools, or a
// committed pool on which the axiom is broken by the amount that is given, or says why it has no sense.
import { expect, test } from "vitest";
import { type HaircutRule, INSOLVENCY_RULES, SHARING_RULES } from "../../src/sharing/index.ts";
import { AXIOMS } from "../support/axiom/row.ts";
import { TRIALS } from "../support/axiom/table.ts";

/** As many as are run each time; the battery asks for more. */
const POOLS = Number(process.env["RISKPOOL_POOLS"] ?? 2000);

const holding = TRIALS.filter(({ kind }) => kind === "holds");
const failing = TRIALS.filter(({ kind }) => kind === "fails");

test.each(holding.map((trial) => [trial.title, trial] as const))("%s", (_, trial) => {
  const { worst, pool } = trial.run(POOLS);
  expect(worst, pool).toBeLessThanOrEqual(trial.tolerance);
});

test.each(failing.map((trial) => [trial.title, trial] as const))("%s", (_, trial) => {
  const { worst, pool } = trial.run(1);
  expect(worst, pool).toBeCloseTo(trial.by, 9);
  // Beyond what rounding alone could do.
  expect(trial.by).toBeGreaterThan(trial.tolerance < 1 ? 1e3 * trial.tolerance : trial.tolerance);
});

test("axioms: no cell is empty, and what is not defined says why", () => {
  const rows = new Set(TRIALS.map(({ title }) => title.slice(0, title.indexOf(":"))));
  expect(TRIALS.length).toBe(rows.size * Object.keys(AXIOMS).length);
  for (const { kind, reason, title } of TRIALS) {
    expect(kind !== "is not defined" || reason.length > 20, title).toBe(true);
  }
  expect(holding.length).toBeGreaterThan(100);
});

test("axioms: only under the uniform rule does the sum alone count", () => {
  // With reshuffling this singles out the uniform rule (Dhaene, Kazzi & Valdez 2024).
  const anonymous = holding.filter(({ title }) => title.includes("source anonymity"));
  expect(anonymous.map(({ title }) => title)).toEqual(["uniform: source anonymity holds"]);
});

test("axioms: every rule of the room has a row", () => {
  const titles = TRIALS.map(({ title }) => title);
  const haircutRules: readonly HaircutRule[] = ["water-filling", "queue"];
  for (const rule of [
    ...SHARING_RULES,
    ...INSOLVENCY_RULES.map((name) => `${name} awards`),
    ...haircutRules,
  ]) {
    expect(
      titles.some((title) => title.startsWith(`${rule}:`)),
      rule,
    ).toBe(true);
  }
});
