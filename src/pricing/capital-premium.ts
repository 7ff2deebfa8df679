import { number, object, optional } from "../basics/index.ts";
import { checkArguments, notNegative } from "./argument.ts";
import type { Premium } from "./premium.ts";

/** What a valuation says of one participant, over its horizon. */
export interface RiskShare {
  readonly expectedLoss: Premium;
  /** Euler contribution to the pool's expected shortfall. */
  readonly contribution: Premium;
}

/** What capital costs, and what else a contribution pays for. */
export interface CapitalTerms {
  /** Return that those who provide the capital ask for, per year: 0.1 = 10 %. */
  readonly costOfCapital: number;
  /** Horizon of the valuation, years of 365 days. */
  readonly horizonYears: number;
  /** Money over the horizon; 0 when left out. */
  readonly expense?: number;
  /** Between the errors of the two figures, −1 … 1; the worst case when left out. */
  readonly errorCorrelation?: number;
}

/**
 * Premium that pays the expected loss, the cost of the capital that the risk ties up, and expenses:
 * E + r·h·(C − E) + expense, with C the share of expected shortfall.
 *
 * Both figures come from the same scenarios, and how far their errors move together is not known
 * from their standard errors alone. Without `errorCorrelation` the standard error is a bound,
 * |1 − r·h|·s(E) + r·h·s(C), which no correlation exceeds.
 *
 * @returns  money over the horizon
 * @throws   PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source   Tasche, Risk contributions and performance measurement (1999); the cost-of-capital
 *           method as in directive 2009/138/EC, article 77 (5)
 */
export function capitalPremium(
  { expectedLoss, contribution }: RiskShare,
  terms: CapitalTerms,
): Premium {
  const estimate = object<Premium>({
    value: number({ unit: "money over the horizon" }),
    standardError: notNegative("money over the horizon"),
  });
  const form = object<CapitalTerms>({
    costOfCapital: number({ min: 0, max: 10, unit: "per year, 1 = 100 %" }),
    horizonYears: number({ exclusiveMin: 0, max: 100, unit: "years of 365 days" }),
    expense: optional(notNegative("money over the horizon")),
    errorCorrelation: optional(number({ min: -1, max: 1, unit: "correlation" })),
  });
  checkArguments(
    { expectedLoss: estimate, contribution: estimate, terms: form },
    { expectedLoss, contribution, terms },
    "premium",
  );
  const { costOfCapital, horizonYears, expense = 0, errorCorrelation } = terms;
  const charge = costOfCapital * horizonYears;
  const own = (1 - charge) * expectedLoss.standardError;
  const tail = charge * contribution.standardError;
  const square =
    errorCorrelation === undefined
      ? 0
      : own * own + tail * tail + 2 * errorCorrelation * own * tail;
  return {
    value: expectedLoss.value + charge * (contribution.value - expectedLoss.value) + expense,
    standardError:
      errorCorrelation === undefined ? Math.abs(own) + tail : Math.sqrt(Math.max(0, square)),
  };
}
