import {
  array,
  type Check,
  choice,
  type Draft,
  type Findings,
  id,
  idClashes,
  money,
  moneyIssue,
  number,
  object,
  optional,
  type PlacedId,
} from "../basics/index.ts";

/** How fast an account below maintenance is closed: a share at once, everything after a while. */
export interface LiquidationPace {
  /** Share of the missing margin that may be freed at once, in [0, 1]. */
  readonly initialShare: number;
  /** Minutes until all of it may be, > 0. */
  readonly minutes: number;
  /** Up to this shortage everything is freed at once, in the pool currency; 0 when left out. */
  readonly smallShortage?: string;
}

/** What margin, closing and funding are like in one asset; every part has a default of nothing. */
export interface LiquidationMarket {
  readonly asset: string;
  /** Half the bid-ask spread, as a fraction of the price. */
  readonly halfSpread?: number;
  /** Fraction of the price lost on top when `depth` is closed at once; grows with the square root. */
  readonly impact?: number;
  /** Notional in the pool currency that moves the price by `impact`. */
  readonly depth?: string;
  /** Paid by longs to the pool, by the pool to shorts; per year, 0.10 = 10 % of notional. */
  readonly fundingRate?: number;
  /** Maintenance of a short option, as a fraction of the underlying's price per coin; without it options answer at the horizon only. */
  readonly optionMaintenanceRatio?: number;
  /** Maintenance grows to at least 0.8 · ratio + sizeFactor · √coins (Drift's margin by size). */
  readonly sizeFactor?: number;
  /** Initial margin grows from `initialRatio` at open interest `lower` to 1 at `upper` (as dYdX's); maintenance keeps its share of it (dYdX's does not grow). */
  readonly openInterest?: {
    readonly initialRatio: number;
    readonly lower: string;
    readonly upper: string;
  };
}

/** How margined accounts are closed; without it nobody is liquidated before the horizon. */
export interface LiquidationTerms {
  /** `full`: at once. `paced`: no more than the missing margin, and that at a pace. */
  readonly mode: "full" | "paced";
  readonly pace?: LiquidationPace;
  /** Fraction of the closed notional for whoever closes; due even where it makes bad debt. */
  readonly liquidatorFee: number;
  /** Fraction of the closed notional for the pool, at most; taken of what is left only. */
  readonly insuranceFee: number;
  readonly markets?: readonly LiquidationMarket[];
}

const MARKETS_MAX = 64;
const FRACTION_HINT = "this looks like percent; write 0.05 for 5 %";

const fraction = (unit: string): Check<number> =>
  number({ min: 0, suspectFrom: 1, suspectHint: FRACTION_HINT, unit });

const pace: Check<LiquidationPace> = object<LiquidationPace>({
  initialShare: number({
    min: 0,
    suspectAbove: 1,
    suspectHint: FRACTION_HINT,
    unit: "share of the missing margin",
  }),
  minutes: number({ exclusiveMin: 0, unit: "minutes" }),
  smallShortage: optional(money("pool currency")),
});

const market: Check<LiquidationMarket> = object<LiquidationMarket>({
  asset: id(),
  halfSpread: optional(fraction("fraction of the price")),
  impact: optional(fraction("fraction of the price when depth is closed")),
  depth: optional(money("pool currency")),
  fundingRate: optional(
    number({
      suspectAbove: 20,
      suspectBelow: -20,
      suspectHint: "this looks like percent; write 0.10 for 10 % per year",
      unit: "per year, 1 = 100 % of notional",
    }),
  ),
  optionMaintenanceRatio: optional(fraction("fraction of the underlying's price")),
  sizeFactor: optional(number({ min: 0, unit: "margin ratio per square root of a coin" })),
  openInterest: optional(
    object<NonNullable<LiquidationMarket["openInterest"]>>({
      initialRatio: number({
        exclusiveMin: 0,
        suspectAbove: 1,
        suspectHint: FRACTION_HINT,
        unit: "fraction of notional",
      }),
      lower: money("pool currency"),
      upper: money("pool currency"),
    }),
  ),
});

/** The form of liquidation terms. */
export const liquidationForm: Check<LiquidationTerms> = object<LiquidationTerms>({
  mode: choice(["full", "paced"]),
  pace: optional(pace),
  liquidatorFee: fraction("fraction of the closed notional"),
  insuranceFee: fraction("fraction of the closed notional"),
  markets: optional(array(market, { max: MARKETS_MAX })),
});

/** What the rules of liquidation need to know about the pool; missing where it is not known. */
export interface LiquidationSetting {
  readonly decimals: number | undefined;
  readonly assets: ReadonlySet<string> | undefined;
  /** Pointer of the terms in their document. */
  readonly pointer: string;
}

/** Checks what the form of liquidation terms cannot say. Parts that had the wrong form are passed over. */
export function checkLiquidation(
  terms: Draft<LiquidationTerms>,
  setting: LiquidationSetting,
  found: Findings,
): void {
  if (terms === undefined) return;
  const { pointer, decimals } = setting;
  if (terms.mode !== undefined && (terms.mode === "paced") !== (terms.pace !== undefined)) {
    found.addFirst({
      code: "CONTRACT_TERMS",
      pointer: `${pointer}/pace`,
      detail:
        terms.mode === "paced"
          ? "say how fast accounts are closed, or close them in full"
          : "closing in full has no pace; remove it or set mode paced",
      expected: "pace with mode paced only",
      ...(terms.pace === undefined ? { received: "missing" } : {}),
    });
  }
  const check = (amount: string | undefined, at: string): void => {
    if (amount !== undefined && decimals !== undefined) {
      found.addIf(moneyIssue(amount, decimals, { pointer: `${pointer}/${at}` }));
    }
  };
  check(terms.pace?.smallShortage, "pace/smallShortage");
  const markets = terms.markets ?? [];
  const ids = markets.flatMap((entry, i): PlacedId[] =>
    entry?.asset === undefined
      ? []
      : [{ id: entry.asset, pointer: `${pointer}/markets/${i}/asset` }],
  );
  for (const issue of idClashes(ids)) found.add(issue);
  markets.forEach((entry, i) => {
    if (entry === undefined) return;
    checkMarket(entry, `${pointer}/markets/${i}`, setting, found);
    check(entry.depth, `markets/${i}/depth`);
    check(entry.openInterest?.lower, `markets/${i}/openInterest/lower`);
    check(entry.openInterest?.upper, `markets/${i}/openInterest/upper`);
  });
}

function checkMarket(
  entry: Exclude<Draft<LiquidationMarket>, undefined>,
  at: string,
  { assets }: LiquidationSetting,
  found: Findings,
): void {
  if (entry.asset !== undefined && assets !== undefined && !assets.has(entry.asset)) {
    found.add({
      code: "REFERENCE_UNKNOWN",
      pointer: `${at}/asset`,
      detail: "the pool has no asset of this id; add it or correct the id",
      expected: "id of one of the pool's assets",
      received: `string "${entry.asset}"`,
    });
  }
  const depth = entry.depth === undefined ? undefined : Number(entry.depth);
  if ((entry.impact ?? 0) > 0 && !(depth !== undefined && depth > 0)) {
    found.addFirst({
      code: "CONTRACT_TERMS",
      pointer: `${at}/depth`,
      detail: "an impact needs the notional that causes it",
      expected: "depth above 0 in the pool currency",
      ...(depth === undefined ? { received: "missing" } : {}),
    });
  }
  const { lower, upper } = entry.openInterest ?? {};
  if (lower !== undefined && upper !== undefined && !(Number(upper) > Number(lower))) {
    found.add({
      code: "NUMBER_RANGE",
      pointer: `${at}/openInterest/upper`,
      detail: "the margin grows from lower to upper, so upper must lie above",
      expected: `above ${lower} in the pool currency`,
      received: `string "${upper}"`,
    });
  }
}
