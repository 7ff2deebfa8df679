// Method: figures by hand; the limits of the error; a valuation whose shares are known.
import { expect, test } from "vitest";
import { loadSync } from "../../src/index.ts";
import { capitalPremium } from "../../src/pricing/index.ts";
import { coversOf } from "../support/cover.ts";
import { expectClose } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

const SHARE = {
  expectedLoss: { value: 100, standardError: 3 },
  contribution: { value: 900, standardError: 40 },
};
const TERMS = { costOfCapital: 0.1, horizonYears: 0.5, expense: 12 };

test("capitalPremium: is the mean, the price of what is held beyond it, and expenses", () => {
  expectClose(capitalPremium(SHARE, TERMS).value, 100 + 0.05 * 800 + 12, { rel: 1e-15 });
  const free = capitalPremium(SHARE, { costOfCapital: 0, horizonYears: 1 });
  expectClose(free, SHARE.expectedLoss, { abs: 0 });
});

test("capitalPremium: the error is a bound that no correlation exceeds, and one reaches", () => {
  const error = (errorCorrelation?: number) =>
    capitalPremium(SHARE, errorCorrelation === undefined ? TERMS : { ...TERMS, errorCorrelation })
      .standardError;
  expectClose(error(), 0.95 * 3 + 0.05 * 40, { rel: 1e-15 });
  expectClose(error(0), Math.hypot(0.95 * 3, 0.05 * 40), { rel: 1e-15 });
  expectClose(error(1), error(), { rel: 1e-15 });
  expectClose(error(-1), 0.95 * 3 - 0.05 * 40, { rel: 1e-14 });
  // A charge above 1 turns the sign of the expected loss, and the worst correlation with it.
  const dear = { costOfCapital: 4, horizonYears: 0.5 };
  expectClose(capitalPremium(SHARE, dear).standardError, 3 + 80, { rel: 1e-15 });
});

test("capitalPremium: premiums of everyone pay the loss and the capital of the pool", async () => {
  const sample = samplePool();
  const pool = {
    ...sample,
    options: [],
    perpetuals: [],
    holdings: [],
    covers: coversOf(12, (i) => ({
      holder: ["alice", "bob", "carol", "dave"][i % 4]!,
      sumInsured: `${100 + 50 * i}.00`,
      annualProbability: 0.05,
    })),
  };
  const { risk, contributions } = await loadSync().value(pool, {
    scenarios: 50_000,
    horizon: 90,
    confidence: 0.975,
  });
  const terms = { costOfCapital: 0.12, horizonYears: 90 / 365 };
  const premiums = contributions.rows.map(({ expectedLoss, contribution }) =>
    capitalPremium({ expectedLoss: expectedLoss!, contribution }, terms),
  );
  const total = premiums.reduce((sum, { value }) => sum + value, 0);
  const { expectedShortfall } = risk.levels.find(({ level }) => level === 0.975)!;
  const whole = capitalPremium(
    { expectedLoss: risk.expectedLoss, contribution: pick(expectedShortfall) },
    terms,
  );
  expectClose(total, whole.value, { rel: 1e-9 });
  for (const { standardError } of premiums) expect(standardError).toBeLessThan(0.1 * total);
});

const pick = ({ value, standardError }: { value: number; standardError: number }) => ({
  value,
  standardError,
});

test("capitalPremium: refuses what is no estimate and what is no price", () => {
  const bad = () =>
    capitalPremium(
      { expectedLoss: { value: Number.NaN, standardError: -1 }, contribution: SHARE.contribution },
      { costOfCapital: 12, horizonYears: 0, expense: -1, errorCorrelation: 2 },
    );
  expect(refusals(bad)).toEqual([
    "NUMBER_RANGE /expectedLoss/standardError",
    "NUMBER_NOT_FINITE /expectedLoss/value",
    "NUMBER_RANGE /terms/costOfCapital",
    "NUMBER_RANGE /terms/errorCorrelation",
    "NUMBER_RANGE /terms/expense",
    "NUMBER_RANGE /terms/horizonYears",
  ]);
});
