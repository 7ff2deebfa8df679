import type { MarketModel, MarketParameters } from "../market/index.ts";
import type { Account } from "./account.ts";
import type { LaidPool } from "./layout.ts";
import { FUNDING_INDEX, type MarginBook } from "./margin.ts";
import type { Notice } from "./valuation.ts";
import type { ValueRequest } from "./value-request.ts";

/** What a valuation takes for granted, in words. */
export function assumptionsOf(request: ValueRequest, parameters: MarketParameters): string[] {
  const shocks =
    parameters.model === "gbm"
      ? "correlated normal shocks (geometric Brownian motion)"
      : `multivariate Student-t shocks with ${parameters.degreesOfFreedom} degrees of freedom, one mixing variable per scenario, volatility held`;
  return [
    `Log prices move by ${shocks}; the expected log return is ${parameters.drift ? "the given drift" : "zero"}.`,
    "Loss is the pool's value now minus its value at the horizon plus what it has paid; positive is a loss.",
    "Options alive at the horizon are revalued by Black-76 with the time left, the carry of their forward and the volatility of their strike (sticky strike).",
    "Options that expire before the horizon settle at the simulated price of their own expiry.",
    "Inverse contracts are valued in coin and converted at the simulated price.",
    "A participant owes no more than its collateral: per position if isolated, over all positions if cross-margined.",
    ...wayInWords(request),
    ...barriersInWords(request),
    ...(request.pool.document.covers.length > 0
      ? [
          `Cover events follow a one-factor Gaussian copula; the factor's correlation with a falling market is ${parameters.systemicLoading ?? 0}.`,
        ]
      : []),
  ];
}

/** What happens before the horizon, in words. */
function wayInWords({ pool, stepDays, monitoring }: ValueRequest): string[] {
  const terms = pool.document.liquidation;
  if (!terms) {
    return [
      "Nobody is liquidated before the horizon. Positions, holdings and capital stay as they are; funding payments are not simulated.",
    ];
  }
  const looks =
    monitoring === "continuous"
      ? "between the steps as well, through the extremes of a Brownian bridge, and are closed at the level that they meet (cross-margined accounts, contracts with funding, options, and whatever is closed at a pace: on the steps only)"
      : "at every step only, and are closed at the price found there";
  const closing =
    terms.mode === "full"
      ? "at once and in full"
      : "by no more than the margin that is missing, at the agreed pace; who has nothing left, or would have after the costs of that part, is closed in full";
  return [
    `Perpetuals are liquidated when equity is at or below maintenance: accounts are looked at ${looks}; the step is ${minutesOf(stepDays!)}. They are closed ${closing}.`,
    "Closing costs half the spread and an impact that grows with the square root of what is closed; it does not move the simulated price, nor does one account's closing make another's dearer.",
    "Funding is paid at every step on the price at which the step began (inverse contracts: on their notional); collateral is not topped up.",
    "Short options of isolated participants are liquidated where their asset has an option maintenance ratio; closing them costs as closing their underlying. Cross-margined accounts that hold options are not liquidated: they answer at the horizon.",
  ];
}

/** How barriers are watched, in words; nothing without any. */
function barriersInWords({ pool, stepDays, monitoring, mode }: ValueRequest): string[] {
  if (!pool.document.barriers?.length) return [];
  const looks =
    monitoring === "continuous"
      ? `without a break, through the extremes of a Brownian bridge between steps of ${minutesOf(stepDays!)}`
      : `at every step only (${minutesOf(stepDays!)}); a touch in between goes unseen`;
  return [
    `Barriers are watched ${looks}. Beyond the horizon, and in today's value, a barrier contract is worth its closed form in the Black-Scholes model with the volatility of the position, watched without a break; it pays at its expiry.`,
    ...(mode === "audit"
      ? ["The audit takes barrier contracts from the same value profiles as any other run."]
      : []),
  ];
}

function minutesOf(days: number): string {
  const minutes = days * 1440;
  return minutes < 60
    ? `${Number(minutes.toPrecision(6))} min`
    : `${Number((minutes / 60).toPrecision(6))} h`;
}

/** Accounts and barrier contracts that owe more than their collateral today. */
function insolventNow(accounts: readonly Account[]): number {
  return accounts.reduce((sum, { floored, valueNow, collateralNow, barriers }) => {
    const legs = [...barriers.values()].flat().filter((leg) => leg.valueNow < leg.floor);
    return sum + legs.length + (floored && valueNow + collateralNow < 0 ? 1 : 0);
  }, 0);
}

/** What a reader of a valuation should worry about. */
export function warningsOf(
  request: ValueRequest,
  model: MarketModel,
  laid: LaidPool,
  held: number,
): Notice[] {
  const { document } = request.pool;
  const warnings: Notice[] = [...model.notes];
  if (held > 0) {
    warnings.push({
      code: "MODEL_BOUND",
      detail: `${held} simulated prices reached the bound of the model's domain and were held there.`,
    });
  }
  const under = insolventNow(laid.accounts.list);
  if (under > 0) {
    warnings.push({
      code: "ACCOUNT_INSOLVENT",
      detail: `${under} accounts owe more than their collateral already today; that loss is not counted again.`,
    });
  }
  const stepwise = laid.margin ? stepwiseCount(laid.margin.book) : 0;
  if (request.monitoring === "continuous" && stepwise > 0) {
    warnings.push({
      code: "MONITORING_STEPS",
      detail: `${stepwise} of ${laid.margin!.book.accounts.length} accounts are looked at on the steps only, because they are cross-margined, pay funding, are options or are closed at a pace; shorten the step to see more of their path.`,
    });
  }
  if (document.waterfall.allowNonStandard) {
    warnings.push({
      code: "WATERFALL_SENIORITY",
      detail: "The terms let members' layers pay before the operator's own first loss.",
    });
  }
  // Without an asset there is no market to depend on.
  const apart = document.assets.length > 0 && (model.parameters.systemicLoading ?? 0) === 0;
  if (document.covers.length > 0 && apart) {
    warnings.push({
      code: "COVERS_INDEPENDENT",
      detail:
        "Cover events are taken as independent of the market (systemicLoading is 0); a crash that brings claims with it would cost more.",
    });
  }
  return warnings;
}

/** Accounts that are looked at on the steps only, however paths are monitored. */
function stepwiseCount({ terms, accounts }: MarginBook): number {
  if (terms.mode === "paced") return accounts.length;
  return accounts.filter(
    ({ isolated, legs, option }) =>
      !isolated || option !== null || legs.some(({ index }) => index !== FUNDING_INDEX.none),
  ).length;
}
