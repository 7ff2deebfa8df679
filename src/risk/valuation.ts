import type { MarketParameters } from "../market/index.ts";

/** A Monte Carlo figure and its standard error, in the same unit. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** An estimate with a 95 % confidence interval; `high` is null where the sample cannot bound it. */
export interface IntervalEstimate extends Estimate {
  readonly low: number;
  readonly high: number | null;
}

/** Losses are positive; money is in the pool currency as f64 (measurement, never a payment). */
export interface RiskLevel {
  /** Confidence, e.g. 0.975. */
  readonly level: number;
  readonly valueAtRisk: IntervalEstimate;
  readonly expectedShortfall: IntervalEstimate;
  /** Scenarios beyond the VaR, possibly fractional: (1 - level) · scenarios. */
  readonly tailScenarios: number;
}

export interface RiskSummary {
  readonly scenarios: number;
  readonly horizonDays: number;
  readonly expectedLoss: Estimate;
  readonly standardDeviation: number;
  readonly best: number;
  readonly worst: number;
  /** Ascending in level. */
  readonly levels: readonly RiskLevel[];
  /** `edges` has one more entry than `counts`; every scenario is in one bin. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] };
  /** The primary level's estimates on growing prefixes of the same scenarios. */
  readonly convergence: readonly {
    readonly scenarios: number;
    readonly valueAtRisk: Estimate;
    readonly expectedShortfall: Estimate;
  }[];
}

export interface LayerRisk {
  readonly id: string;
  readonly kind: "operator" | "members" | "reinsurance" | "assessment";
  readonly provider: string;
  /** Most it can pay, pool currency. */
  readonly capacity: number;
  /** Where it starts to pay: the capacity of all before it. */
  readonly attachment: number;
  /** P(loss > attachment). */
  readonly hit: Estimate;
  /** P(loss ≥ attachment + capacity). */
  readonly exhausted: Estimate;
  readonly expectedLoss: Estimate;
  /** The layer's mean draw over the primary level's tail: its part of the pool's ES. */
  readonly tailLoss: Estimate;
}

export interface WaterfallRisk {
  readonly level: number;
  readonly layers: readonly LayerRisk[];
  /** What nothing bears but everyone: loss beyond layers and assessments. */
  readonly socialised: {
    readonly probability: Estimate;
    readonly expectedLoss: Estimate;
    /** Mean size given that it happens; null when no scenario reached it. */
    readonly expectedSize: Estimate | null;
    readonly tailLoss: Estimate;
  };
  /** Loss beyond the money that is in the layers, before any call on members. */
  readonly insolvency: { readonly probability: Estimate };
}

export interface ContributionRow {
  /** Participant id, or "(pool holdings)". */
  readonly id: string;
  /** Null where it was not asked for. */
  readonly expectedLoss: Estimate | null;
  /** Euler share of the pool's ES at the primary level; can be negative (a hedge). */
  readonly contribution: Estimate;
  /** contribution / pool ES. */
  readonly share: number;
  /** ES of the participant's loss alone; null where it was not asked for. */
  readonly standAlone: Estimate | null;
  /** Contribution in whole minor units as decimal text; the rows sum to `totalAmount` exactly. */
  readonly amount: string;
}

export interface Contributions {
  readonly level: number;
  /** Pool ES at the level. */
  readonly total: Estimate;
  readonly totalAmount: string;
  /** Sum of the stand-alone ES; null where it was not asked for. */
  readonly standAloneTotal: number | null;
  /** standAloneTotal - total: what pooling saves. */
  readonly diversificationBenefit: number | null;
  /** Scenarios used for the stand-alone figures: fewer than 32,768 only where members are many or paths long. */
  readonly standAloneScenarios: number;
  /** Largest contribution first; ties by id. */
  readonly rows: readonly ContributionRow[];
}

export interface AssetExposure {
  readonly asset: string;
  readonly spot: number;
  readonly volatility: number;
  /** Coins: change of the pool's value per unit of price (positive: the pool gains when it rises). */
  readonly deltaCoins: number;
  /** Pool currency per 1 % move squared convention: change of delta·S per 1 % move of the price. */
  readonly gammaPerPercent: number;
  /** Pool currency per one volatility point (0.01) on all options and barriers of the asset. */
  readonly vegaPerPoint: number;
  /** Pool loss when only this asset moves, at the horizon. */
  readonly profile: { readonly move: readonly number[]; readonly loss: readonly number[] };
}

/** Liquidation of margined accounts before the horizon; means are over all scenarios. */
export interface LiquidationFigures {
  readonly mode: "full" | "paced";
  /** Whether accounts are looked at on the steps only, or between them as well. */
  readonly monitoring: "discrete" | "continuous";
  /** Looks at the path until the horizon. */
  readonly steps: number;
  /** Isolated positions and cross-margined participants that can be liquidated. */
  readonly accounts: number;
  readonly crossAccounts: number;
  /** Accounts liquidated, in whole or in part. */
  readonly liquidations: Estimate;
  /** Notional closed, pool currency. */
  readonly notional: Estimate;
  /** What accounts owed beyond their collateral when they were closed; the pool inherits it. */
  readonly badDebt: Estimate;
  /** What the pool took of accounts that had something left. */
  readonly insuranceFees: Estimate;
  /** Bad debt beyond the insurance fees of the same scenario. */
  readonly insuranceDraw: Estimate;
  readonly anyLiquidation: Estimate;
  readonly anyBadDebt: Estimate;
  /** Bad debt at the primary level. */
  readonly badDebtRisk: RiskLevel;
  /** Expected figures by the time an account first fell below maintenance. */
  readonly profile: readonly {
    readonly fromDays: number;
    readonly toDays: number;
    readonly liquidations: number;
    readonly notional: number;
    readonly badDebt: number;
  }[];
}

/** Some simulated paths to look at. */
export interface SamplePaths {
  /** Days from now, ascending; the last is the horizon. */
  readonly days: readonly number[];
  readonly assets: readonly string[];
  /** Scenario numbers. */
  readonly scenarios: readonly number[];
  /** [scenarios][assets][steps] prices in the pool currency. */
  readonly prices: readonly (readonly (readonly number[])[])[];
  /** The pool's loss in each of the scenarios. */
  readonly losses: readonly number[];
}

export interface Receipt {
  readonly engine: string;
  readonly version: string;
  /** SHA-256 of the kernel. */
  readonly kernel: string;
  /** Digest of the pool: SHA-256 of its canonical JSON, lists and objects replaced by the SHA-256 of their own. */
  readonly pool: string;
  /** SHA-256 of the canonical JSON of the market parameters used. */
  readonly market: string;
  readonly seed: string;
  readonly scenarios: number;
  readonly horizonDays: number;
  /** Days between two looks at the path; null where only the horizon counts. */
  readonly stepDays: number | null;
  readonly monitoring: "discrete" | "continuous";
  readonly levels: readonly number[];
  readonly primaryLevel: number;
  readonly mode: "profile" | "audit";
  /** SHA-256 of the losses of all scenarios, little-endian f64 in scenario order. */
  readonly losses: string;
}

export interface Notice {
  readonly code: string;
  readonly detail: string;
}

/** What a run says of the pool as a whole; plain JSON. */
export interface Measurement {
  readonly receipt: Receipt;
  readonly pool: {
    readonly name: string;
    readonly asOf: string;
    readonly currency: { readonly code: string; readonly decimals: number };
    readonly participants: number;
    readonly options: number;
    readonly barriers: number;
    readonly perpetuals: number;
    readonly covers: number;
    /** Pool's mark-to-market liability to participants now, excluding their collateral. */
    readonly markToMarket: number;
  };
  readonly market: {
    readonly model: "gbm" | "student-t";
    readonly degreesOfFreedom: number | null;
    readonly assets: readonly string[];
    readonly volatility: readonly number[];
    readonly correlation: readonly (readonly number[])[];
    readonly smallestEigenvalue: number;
    /** Everything that the model was made of: pass it on as `market` to repeat the run. */
    readonly parameters: MarketParameters;
  };
  readonly risk: RiskSummary;
  readonly waterfall: WaterfallRisk;
  /** Null where the document has no liquidation terms. */
  readonly liquidation: LiquidationFigures | null;
  /** What is taken for granted, in words. */
  readonly assumptions: readonly string[];
  /** What a reader should worry about, in words. */
  readonly warnings: readonly Notice[];
}

/** Everything `engine.value` finds; plain JSON. */
export interface Valuation extends Measurement {
  readonly contributions: Contributions;
  /** Null unless paths were asked for. */
  readonly samplePaths: SamplePaths | null;
  /** Largest loss first; null unless they were asked for. */
  readonly worstPaths: SamplePaths | null;
  readonly exposures: readonly AssetExposure[];
}
