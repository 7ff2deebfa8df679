import { digestOf } from "../../basics/index.ts";
import type { AnyAnswer, Estimate, PoolError } from "../../index.ts";
import type { SourceItem } from "./source.ts";

/** A figure and its standard error. */
export type Pair = readonly [value: number, standardError: number];

/** What became of one item: a line of the journal, and all that its row is made of. */
export interface BatchRecord {
  readonly index: number;
  readonly line: number;
  readonly id: string | null;
  /** SHA-256 of what the file says of the item. */
  readonly item: string;
  /** SHA-256 of the pool; null where it could not be read. */
  readonly pool: string | null;
  /** SHA-256 of everything that the figures are a function of: pool, options, kernel, version. */
  readonly input: string;
  readonly error: RecordedError | null;
  readonly figures: Figures | null;
  /** The whole answer of the engine, where it was asked for. */
  readonly valuation?: unknown;
}

/** The first of an item's problems. */
export interface RecordedError {
  readonly code: string;
  readonly pointer: string;
  readonly detail: string;
  /** How many problems were found, this one included. */
  readonly count: number;
}

/** Money is in the pool's currency. */
export interface Figures {
  readonly currency: string;
  readonly expectedLoss: Pair;
  readonly levels: readonly {
    readonly level: number;
    readonly valueAtRisk: Pair;
    readonly expectedShortfall: Pair;
  }[];
  /** Of a loss that is left for everyone. */
  readonly socialisedProbability: Pair;
  readonly layers: readonly {
    readonly id: string;
    readonly expectedLoss: Pair;
    readonly tailLoss: Pair;
  }[];
  /** ES at the primary level, or nothing where even the tail gains. */
  readonly requiredCapital: number;
  /** Most that the layers can pay before members are called. */
  readonly layerCapital: number;
  /**
   * What the pool is expected to gain per year on its required capital, fees taken on the way
   * included; null without liquidation terms, whose fees are the only income that is simulated, and
   * where no capital is required.
   */
  readonly yieldPerYear: number | null;
}

/** What all figures of a batch depend on besides their pool; plain JSON. */
export interface RunTerms {
  readonly version: string;
  readonly kernel: string;
  readonly figures: "value" | "measure";
  readonly options: Readonly<Record<string, unknown>>;
}

const pair = ({ value, standardError }: Estimate): Pair => [value, standardError];

/** The record of an answer. */
export function recordOf(
  { line, digest, id, fault, options }: SourceItem,
  { index, valuation, error: refused }: AnyAnswer,
  terms: RunTerms,
  isFull: boolean,
): BatchRecord {
  const error = fault ?? refused;
  const pool = valuation?.receipt.pool ?? null;
  const given = { ...terms.options, ...options };
  const input = digestOf({ ...terms, options: given, ...(pool ? { pool } : { item: digest }) });
  const place = { index, line, id, item: digest, pool, input };
  if (error || !valuation) return { ...place, error: error && errorOf(error, line), figures: null };
  const { risk, waterfall } = valuation;
  const primary = risk.levels.find(({ level }) => level === valuation.receipt.primaryLevel);
  const requiredCapital = Math.max(0, primary?.expectedShortfall.value ?? 0);
  const perYear = 365 / risk.horizonDays;
  const figures = {
    currency: valuation.pool.currency.code,
    expectedLoss: pair(risk.expectedLoss),
    levels: risk.levels.map(({ level, valueAtRisk, expectedShortfall }) => ({
      ...{ level, valueAtRisk: pair(valueAtRisk), expectedShortfall: pair(expectedShortfall) },
    })),
    socialisedProbability: pair(waterfall.socialised.probability),
    layers: waterfall.layers.map(({ id: layer, expectedLoss, tailLoss }) => ({
      ...{ id: layer, expectedLoss: pair(expectedLoss), tailLoss: pair(tailLoss) },
    })),
    requiredCapital,
    layerCapital: waterfall.layers
      .filter(({ kind }) => kind !== "assessment")
      .reduce((sum, { capacity }) => sum + capacity, 0),
    yieldPerYear:
      valuation.liquidation && requiredCapital > 0
        ? (-risk.expectedLoss.value / requiredCapital) * perYear
        : null,
  };
  return { ...place, error: null, figures, ...(isFull && { valuation }) };
}

function errorOf({ issues }: PoolError, line: number): RecordedError {
  const { code, pointer, detail } = issues[0]!;
  return { code, pointer, detail: `line ${line}: ${detail}`, count: issues.length };
}
