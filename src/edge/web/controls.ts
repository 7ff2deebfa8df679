import type { MarketParameters, PoolDocument, ValueOptions } from "../../index.ts";

/** Rules whose answer comes within the time of a run, so that it can follow a slider. */
export const LIVE_RULES = ["euler-es", "euler-var", "covariance", "aumann-shapley"] as const;

/** Where the controls stand. Percentages are whole numbers, so that an address holds them exactly. */
export interface Controls {
  /** Per cent of the market's own volatility. */
  readonly volatility: number;
  /** -100: all assets independent; 0: as fitted; 100: all assets move as one. */
  readonly correlation: number;
  readonly model: "gbm" | "student-t";
  /** Degrees of freedom, > 2; only for `student-t`. */
  readonly freedom: number;
  /** Days. */
  readonly horizon: number;
  /** Per cent, e.g. 97.5. */
  readonly confidence: number;
  /** The document's own rule may be one that is not live. */
  readonly rule: string;
  /** Whether margined accounts are closed before the horizon, hour by hour. */
  readonly liquidation: boolean;
  /** Change of each asset's price now, per cent; an asset that is left out stays. */
  readonly spots: Readonly<Record<string, number>>;
  /** Correlation of pairs of assets by {@link pairOf}, per cent; a pair that is left out stays. */
  readonly pairs: Readonly<Record<string, number>>;
  /** Size of each layer, per cent of the document's; a layer that is left out stays. */
  readonly layers: Readonly<Record<string, number>>;
}

/** A number that can be slid: its bounds and step. */
export interface Span {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

type NumberName = "volatility" | "correlation" | "freedom" | "horizon";

/** Bounds of the sliders; an address from outside is held to them as well. */
export const SPANS: Readonly<Record<NumberName | "spot" | "layer" | "pair", Span>> = {
  volatility: { min: 25, max: 300, step: 5 },
  correlation: { min: -100, max: 100, step: 5 },
  freedom: { min: 2.1, max: 30, step: 0.1 },
  horizon: { min: 1, max: 30, step: 1 },
  spot: { min: -60, max: 60, step: 1 },
  layer: { min: 10, max: 300, step: 5 },
  pair: { min: -99, max: 99, step: 1 },
};

/** Levels to choose from, per cent: the full run has a tail to speak of beyond each. */
export const CONFIDENCES = [90, 95, 97.5, 99, 99.5] as const;

/** Seed of every run: what differs between two runs is then the controls, not chance. */
export const SEED = 1n;
/** Scenarios of the run that counts. */
export const FULL_SCENARIOS = 100_000;
const COARSE_SCENARIOS = 10_000;
const TAIL_MIN = 100;
const SAMPLE_PATHS = 200;
/** Scenarios that the table of the worst shows. */
const WORST_PATHS = 10;
const FREEDOM_USUAL = 5;

/** Where the controls stand for a document as it is; its liquidation terms wait to be switched on. */
export function startOf(document: PoolDocument): Controls {
  return {
    volatility: 100,
    correlation: 0,
    model: document.market?.model ?? "gbm",
    freedom: document.market?.degreesOfFreedom ?? FREEDOM_USUAL,
    horizon: 10,
    confidence: 97.5,
    rule: document.contribution?.rule ?? "euler-es",
    liquidation: false,
    spots: {},
    pairs: {},
    layers: {},
  };
}

/** Where one slider of several stands; an id may be named like what every object has. */
export function percentAt(
  percents: Readonly<Record<string, number>>,
  id: string,
  usual: number,
): number {
  return Object.hasOwn(percents, id) ? percents[id]! : usual;
}

/** Name of a pair of assets, whichever comes first; no id holds a tilde. */
export function pairOf(one: string, other: string): string {
  return one < other ? `${one}~${other}` : `${other}~${one}`;
}

/** Scenarios of the quick first answer: few, but never too few for the tail. */
export function coarseScenarios({ confidence }: Controls): number {
  return Math.max(COARSE_SCENARIOS, Math.ceil(TAIL_MIN / (1 - confidence / 100)));
}

/** A document and options for `engine.value`. */
export interface RoomRequest {
  readonly document: PoolDocument;
  readonly options: ValueOptions & { readonly market: MarketParameters };
}

/**
 * What the engine is asked when the controls stand so. Pure, and the document comes back as it was
 * where nothing of it was moved: anyone can repeat a run of the room.
 *
 * @param document  with a market of its own
 * @param scenarios of the run
 */
export function requestOf(
  document: PoolDocument & { readonly market: MarketParameters },
  controls: Controls,
  scenarios: number,
): RoomRequest {
  const confidence = controls.confidence / 100;
  const isOnPath = controls.liquidation && document.liquidation !== undefined;
  return {
    document: shockedDocument(document, controls),
    options: {
      scenarios,
      seed: SEED,
      horizon: controls.horizon,
      confidence,
      levels: [...new Set([0.95, 0.975, 0.99, confidence])],
      contributions: "euler",
      market: stressedMarket(document.market, controls),
      worstPaths: WORST_PATHS,
      // Only a run that looks at the path has one to show.
      ...(isOnPath && { samplePaths: SAMPLE_PATHS }),
    },
  };
}

/** The document after a shock of its prices, with its layers resized. */
export function shockedDocument(document: PoolDocument, controls: Controls): PoolDocument {
  const { liquidation, ...rest } = document;
  const factor = (asset: string): number => 1 + percentAt(controls.spots, asset, 0) / 100;
  const forwards = <Position extends { readonly asset: string; readonly forward?: number }>(
    positions: readonly Position[],
  ): Position[] =>
    positions.map((each) =>
      each.forward === undefined ? each : { ...each, forward: each.forward * factor(each.asset) },
    );
  const { contribution, barriers } = document;
  return {
    ...rest,
    ...(controls.liquidation && liquidation && { liquidation }),
    assets: document.assets.map((asset) => ({ ...asset, spot: asset.spot * factor(asset.id) })),
    options: forwards(document.options),
    ...(barriers && { barriers: forwards(barriers) }),
    waterfall: {
      ...document.waterfall,
      layers: document.waterfall.layers.map((layer) => {
        const percent = percentAt(controls.layers, layer.id, 100);
        if (percent === 100) return layer;
        const { decimals } = document.currency;
        const cap = layer.cap === undefined ? {} : { cap: resized(layer.cap, percent, decimals) };
        return { ...layer, size: resized(layer.size, percent, decimals), ...cap };
      }),
    },
    ...(contribution && { contribution: withRule(contribution, controls.rule) }),
  };
}

type Terms = NonNullable<PoolDocument["contribution"]>;

/** The document's terms under another rule; what only its own rule knows is left out. */
function withRule(terms: Terms, rule: string): Terms {
  if (rule === terms.rule) return terms;
  const { gearing, weights, ...rest } = terms;
  return { ...rest, rule: rule as Terms["rule"] };
}

/** A per cent of an amount of money, rounded half up to whole minor units. */
export function resized(amount: string, percent: number, decimals: number): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  const minor = BigInt(whole + fraction.padEnd(decimals, "0").slice(0, decimals));
  const part = (minor * BigInt(Math.round(percent)) + 50n) / 100n;
  const digits = String(part).padStart(decimals + 1, "0");
  const cut = digits.length - decimals;
  return decimals > 0 ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits;
}

/**
 * The market under stress. Correlations are those of the market but for the pairs that were set, in a
 * mixture with those of independent assets or of one asset. Both of these are positive semidefinite,
 * and so is every mixture with a matrix that is; with pairs that contradict each other the engine
 * takes the nearest correlation matrix.
 */
export function stressedMarket(market: MarketParameters, controls: Controls): MarketParameters {
  const { degreesOfFreedom, ...rest } = market;
  const scale = controls.volatility / 100;
  const strength = Math.abs(controls.correlation) / 100;
  const towards = controls.correlation > 0 ? 1 : 0;
  const given = market.correlation.map((row, i) =>
    row.map((each, j) => {
      const pair = pairOf(market.assets[i]!, market.assets[j]!);
      return Object.hasOwn(controls.pairs, pair) ? controls.pairs[pair]! / 100 : each;
    }),
  );
  const isSet = Object.keys(controls.pairs).length > 0;
  return {
    ...rest,
    model: controls.model,
    volatility: market.volatility.map((each) => each * scale),
    correlation: given.map((row, i) =>
      row.map((each, j) => (i === j ? 1 : (1 - strength) * each + strength * towards)),
    ),
    ...(isSet && { repair: "nearest" as const }),
    ...(controls.model === "student-t" && { degreesOfFreedom: controls.freedom }),
  };
}
