import { type Fields, Findings, number, object } from "../basics/index.ts";

/** A market whose price can be moved by trading in it. */
export interface ThinMarket {
  /** Notional that moves the price by `impact`; the move grows with the square root. */
  readonly depth: number;
  /** Fraction of the price, > 0. */
  readonly impact: number;
}

/** What moving a price brings to whoever has a position at a pool that pays by it. */
export interface Manipulation {
  /** Notional that the attacker trades to move the price. */
  readonly traded: number;
  /** Fraction of the price. */
  readonly move: number;
  /** What the position gains less what the trading costs; below 0 nobody would. */
  readonly profit: number;
}

/**
 * The best that an attacker can do who holds open interest at a pool and moves the price that it pays
 * by: trading K moves it by impact · √(K / depth), costs two thirds of that on every unit (the price
 * falls back afterwards), and the position gains the move. The best K is half the open interest, or
 * what there is to trade with.
 *
 * @param openInterest  notional of the position, ≥ 0
 * @param capital       most that the attacker can trade, ≥ 0
 * @throws              PoolError NUMBER_RANGE, NUMBER_NOT_FINITE, TYPE; all at once
 * @source              after Mars Protocol, perps risk framework (maximum open interest against oracle
 *                      manipulation); square-root impact: Almgren et al., Direct estimation of equity
 *                      market impact (2005)
 */
export function manipulation(
  openInterest: number,
  capital: number,
  market: ThinMarket,
): Manipulation {
  check({ ...FORM, openInterest: notNegative }, { ...market, openInterest, capital });
  return best(openInterest, capital, market);
}

function best(openInterest: number, capital: number, { depth, impact }: ThinMarket): Manipulation {
  const traded = Math.min(capital, openInterest / 2);
  const move = impact * Math.sqrt(traded / depth);
  return { traded, move, profit: move * (openInterest - (2 / 3) * traded) };
}

/** What a pool lets a move, or whoever makes one, take from it. */
export interface OpenInterestRule {
  /** Money that stands behind the positions, ≥ 0. */
  readonly vault: number;
  /** Extreme move of the price, as a fraction, > 0. */
  readonly extremeMove: number;
  /** Most of the vault that this move may cost when all positions are on one side. */
  readonly lossShare: number;
  /** Where the market is thin: what an attacker can trade, and what part of the vault may be gained so. */
  readonly thin?: ThinMarket & {
    readonly capital: number;
    readonly gainShare: number;
    /** Most open interest as a multiple of the depth. */
    readonly depthShare: number;
  };
}

/** A bound on open interest and what it comes from. */
export interface OpenInterestLimit {
  readonly limit: number;
  /** Which of the bounds is the least. */
  readonly by: "extreme-move" | "manipulation" | "depth";
  /** Null where nothing is known of the market, or nobody can move it. */
  readonly bounds: {
    readonly extremeMove: number;
    readonly manipulation: number | null;
    readonly depth: number | null;
  };
}

/**
 * The largest open interest that an extreme move, a manipulated price and the depth of the market all
 * allow: the least of three bounds.
 *
 * @throws  PoolError as {@link manipulation}
 * @source  Mars Protocol, perps risk framework: maximum open interest
 */
export function openInterestLimit(rule: OpenInterestRule): OpenInterestLimit {
  const { vault, extremeMove, lossShare, thin } = rule;
  check(
    { vault: notNegative, extremeMove: positive, lossShare: share },
    { vault, extremeMove, lossShare },
  );
  const byMove = (lossShare * vault) / extremeMove;
  if (!thin) {
    const bounds = { extremeMove: byMove, manipulation: null, depth: null };
    return { limit: byMove, by: "extreme-move", bounds };
  }
  const { depth, impact, capital, gainShare, depthShare } = thin;
  check(
    { ...FORM, gainShare: share, depthShare: positive },
    { depth, impact, capital, gainShare, depthShare },
  );
  // Without capital to trade with nothing can be moved, and no open interest is too much for it.
  const byGain = capital > 0 ? largestUpTo(gainShare * vault, capital, { depth, impact }) : null;
  const byDepth = depthShare * depth;
  const limit = Math.min(byMove, byGain ?? byMove, byDepth);
  const by = limit === byMove ? "extreme-move" : limit === byGain ? "manipulation" : "depth";
  return { limit, by, bounds: { extremeMove: byMove, manipulation: byGain, depth: byDepth } };
}

/** Open interest at which the best manipulation gains so much; it grows with open interest. */
function largestUpTo(gain: number, capital: number, market: ThinMarket): number {
  if (gain === 0) return 0;
  const { depth, impact } = market;
  const most = impact * Math.sqrt(capital / depth);
  // Beyond twice the capital all of it is traded, and the gain is linear in the open interest.
  const atTwice = best(2 * capital, capital, market).profit;
  if (gain >= atTwice) return gain / most + (2 / 3) * capital;
  // Below, the profit is (2/3) · impact · OI · √(OI / (2 · depth)).
  let low = 0;
  let high = 2 * capital;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (best(middle, capital, market).profit > gain) high = middle;
    else low = middle;
  }
  return low;
}

const notNegative = number({ min: 0, unit: "money" });
const positive = number({ exclusiveMin: 0, unit: "fraction" });
const share = number({ min: 0, max: 1, unit: "part of the vault" });
const FORM = {
  depth: number({ exclusiveMin: 0, unit: "money" }),
  impact: positive,
  capital: notNegative,
} as const;

function check<T extends object>(fields: Fields<T>, values: T): void {
  const found = new Findings();
  object<T>(fields).check(values, null, found);
  found.throwIfAny("open interest");
}
