/** A figure and its standard error. */
export type Pair = readonly [value: number, standardError: number];

interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** What of a valuation or a measurement figures are made of. */
export interface Valued {
  readonly receipt: { readonly pool: string; readonly primaryLevel: number };
  readonly pool: { readonly currency: { readonly code: string } };
  readonly risk: {
    readonly horizonDays: number;
    readonly expectedLoss: Estimate;
    readonly levels: readonly {
      readonly level: number;
      readonly valueAtRisk: Estimate;
      readonly expectedShortfall: Estimate;
    }[];
  };
  readonly waterfall: {
    readonly layers: readonly {
      readonly id: string;
      readonly kind: string;
      readonly capacity: number;
      readonly expectedLoss: Estimate;
      readonly tailLoss: Estimate;
    }[];
    readonly socialised: { readonly probability: Estimate };
  };
  readonly liquidation: object | null;
}

/** The figures of one item. Money is in the pool's currency. */
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

const pair = ({ value, standardError }: Estimate): Pair => [value, standardError];

/** The figures that a table of many pools has of one of them. */
export function figuresOf({ receipt, pool, risk, waterfall, liquidation }: Valued): Figures {
  const primary = risk.levels.find(({ level }) => level === receipt.primaryLevel);
  const requiredCapital = Math.max(0, primary?.expectedShortfall.value ?? 0);
  const perYear = 365 / risk.horizonDays;
  return {
    currency: pool.currency.code,
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
      liquidation && requiredCapital > 0
        ? (-risk.expectedLoss.value / requiredCapital) * perYear
        : null,
  };
}

/** A column of figures. */
export interface FigureColumn {
  readonly name: string;
  /** Null where the item has no such figure. */
  readonly of: (figures: Figures) => number | null;
}

/** A figure's column and that of its standard error. */
function pairOf(
  name: string,
  unit: string,
  of: (figures: Figures) => Pair | undefined,
): FigureColumn[] {
  const column = (label: string, at: 0 | 1): FigureColumn => ({
    name: `${label}_${unit}`,
    of: (figures) => of(figures)?.[at] ?? null,
  });
  return [column(name, 0), column(`${name}_se`, 1)];
}

const MONEY = "in_currency";
const PROBABILITY = "probability";

/**
 * The columns of a table of many pools, with their units in their names; `_se` is a standard error.
 *
 * @param levels  of VaR and ES, in the order of columns
 * @param layers  by their ids, likewise
 */
export function figureColumns(
  levels: readonly number[],
  layers: readonly string[],
): FigureColumn[] {
  const levelOf = (figures: Figures, level: number) =>
    figures.levels.find((each) => each.level === level);
  const layerOf = (figures: Figures, id: string) => figures.layers.find((each) => each.id === id);
  const column = (name: string, of: FigureColumn["of"]): FigureColumn => ({ name, of });
  return [
    ...pairOf("expected_loss", MONEY, ({ expectedLoss }) => expectedLoss),
    ...levels.flatMap((level) => [
      ...pairOf(`var_${level}`, MONEY, (figures) => levelOf(figures, level)?.valueAtRisk),
      ...pairOf(`es_${level}`, MONEY, (figures) => levelOf(figures, level)?.expectedShortfall),
    ]),
    ...pairOf("socialised", PROBABILITY, ({ socialisedProbability }) => socialisedProbability),
    column(`required_capital_${MONEY}`, ({ requiredCapital }) => requiredCapital),
    column(`layer_capital_${MONEY}`, ({ layerCapital }) => layerCapital),
    column("yield_fraction_per_year", ({ yieldPerYear }) => yieldPerYear),
    ...layers.flatMap((id) => [
      ...pairOf(
        `layer_${id}_expected_loss`,
        MONEY,
        (figures) => layerOf(figures, id)?.expectedLoss,
      ),
      ...pairOf(`layer_${id}_tail_loss`, MONEY, (figures) => layerOf(figures, id)?.tailLoss),
    ]),
  ];
}
