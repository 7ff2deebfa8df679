import { refuse } from "../basics/index.ts";
import {
  type BestMargin,
  bestSelfDealing,
  deterringFee,
  deterringMargin,
  type MarginTerms,
  type SelfDealing,
  type SelfDealt,
  selfDealing,
} from "../incentive/index.ts";
import { exp } from "../numeric/index.ts";
import type { PoolRun } from "../risk/index.ts";
import type { InsiderTerms } from "./insider-terms.ts";

/** What an insider can take from the pool; plain JSON. */
export interface InsiderFinding {
  readonly asset: string;
  /** Scenarios that were looked at, with how many looks at the price each. */
  readonly scenarios: number;
  readonly steps: number;
  /** For a position of value 1. */
  readonly atMargin: SelfDealing;
  /** At the margin, of those allowed up to full collateral, that gains most per capital. */
  readonly best: BestMargin;
  /** Margin from which on it does not pay, two standard errors on the safe side; null where it always does. */
  readonly deterringMargin: number | null;
  /** Fee per trade at which it does not pay at the given margin, likewise. */
  readonly deterringFee: number;
}

/** Scenarios whose paths are looked at: an error of 1 % of a standard deviation. */
const SCENARIOS_MAX = 10_000;
/** Paths at a time. */
const BLOCK = 64;

/**
 * The best that someone can do who holds both sides of a perpetual in two accounts, on the simulated
 * paths: the loser's loss ends at the collateral, the winner is paid.
 *
 * Accounts are closed on the way where the document has liquidation terms, at the extremes of the
 * steps that are looked at; closing costs the half spread and both liquidation fees.
 *
 * @source see `selfDealing`
 */
export async function insiderFinding(run: PoolRun, terms: InsiderTerms): Promise<InsiderFinding> {
  const { laid, request, breathe } = run;
  const { assets, spots, times } = laid.accounts;
  const u = assets.indexOf(terms.asset);
  const count = Math.min(SCENARIOS_MAX, request.scenarios);
  const entry = spots[u]!;
  const [prices, lows, highs] = [0, 1, 2].map(() => new Float64Array(count)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const { simulation } = laid;
  simulation.withMoments = false;
  for (let first = 0; first < count; first += BLOCK) {
    const size = Math.min(BLOCK, count - first);
    const scenarios = Array.from({ length: size }, (_, i) => first + i);
    const returns = simulation.samplePaths(scenarios, times.length, assets.length);
    for (let p = 0; p < size; p++) {
      let [low, high, last] = [0, 0, 0];
      for (let t = 0; t < times.length; t++) {
        last = returns[(p * times.length + t) * assets.length + u]!;
        low = Math.min(low, last);
        high = Math.max(high, last);
      }
      prices[first + p] = entry * exp(last);
      lows[first + p] = entry * exp(low);
      highs[first + p] = entry * exp(high);
    }
    await breathe();
  }
  const liquidation = request.pool.document.liquidation;
  const isClosed = liquidation !== undefined && terms.maintenance !== undefined;
  const dealt: SelfDealt = {
    ...{ kind: "perpetual", entry, prices },
    ...(isClosed && { lows, highs }),
  };
  const { halfSpread = 0 } = liquidation?.markets?.find(({ asset }) => asset === terms.asset) ?? {};
  const margins: MarginTerms = {
    margin: terms.margin,
    fee: terms.fee ?? 0,
    ...(terms.haircut !== undefined && { haircut: terms.haircut }),
    ...(isClosed && {
      maintenance: terms.maintenance,
      closingCost: halfSpread + liquidation.liquidatorFee + liquidation.insuranceFee,
    }),
  };
  if (isClosed && terms.maintenance! >= terms.margin) {
    refuse({
      code: "NUMBER_RANGE",
      pointer: "/insider/maintenance",
      detail: "an account that begins at its maintenance is closed at once",
      expected: `below the margin, ${terms.margin}`,
      received: `number ${terms.maintenance}`,
    });
  }
  const most = Math.max(1, 2 * terms.margin);
  return {
    asset: terms.asset,
    scenarios: count,
    steps: times.length,
    atMargin: selfDealing(dealt, margins),
    best: bestSelfDealing(dealt, margins, most),
    deterringMargin: deterringMargin(dealt, margins, most, 2),
    deterringFee: deterringFee(dealt, margins, 2),
  };
}
