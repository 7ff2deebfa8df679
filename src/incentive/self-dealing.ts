import { type Issue, PoolError, received } from "../basics/index.ts";
import { minimise, rootBetween } from "../numeric/index.ts";

/** Prices of one coin over the horizon, one entry per scenario, or the worth of an option on it. */
export type SelfDealt =
  | {
      readonly kind: "perpetual";
      /** Price at which both positions are opened. */
      readonly entry: number;
      /** [scenarios] price at the horizon. */
      readonly prices: ArrayLike<number>;
      /** [scenarios] lowest and highest price on the way, for liquidation. */
      readonly lows?: ArrayLike<number>;
      readonly highs?: ArrayLike<number>;
    }
  | {
      readonly kind: "option";
      /** Price of the coin when the option is sold. */
      readonly entry: number;
      /** What the buyer pays for it; only a haircut on gains depends on it. */
      readonly premium: number;
      /** [scenarios] what one option is worth at the horizon, ≥ 0. */
      readonly values: ArrayLike<number>;
    };

/** What the pool asks of an account; all in parts of the position's value at entry, 1 = 100 %. */
export interface MarginTerms {
  /** Collateral of a perpetual's account, and of an option's seller with the premium received. */
  readonly margin: number;
  /** Per trade, of the coin's price then. */
  readonly fee: number;
  /** Part of a gain that the pool keeps back; 0 when left out. */
  readonly haircut?: number;
  /** Equity at which a perpetual is closed, of its value then; without it nothing is closed before. */
  readonly maintenance?: number;
  /** What closing costs, of the price at which it happens; gaps come in here. 0 when left out. */
  readonly closingCost?: number;
}

/** What two accounts of one owner gain from the pool, for a position of value 1 at entry. */
export interface SelfDealing {
  /** Mean over the scenarios, fees deducted. */
  readonly profit: number;
  /** Standard error of the mean. */
  readonly error: number;
  /** Collateral of both accounts and the fees of opening. */
  readonly capital: number;
  /** profit / capital. */
  readonly perCapital: number;
}

/** The margin at which self-dealing pays best. */
export interface BestMargin extends SelfDealing {
  readonly margin: number;
}

/** Steps over the allowed margins, in equal ratios. */
const STEPS = 64;
/** A gain of less than this part of the position is rounding. */
const ROUNDING = 1e-12;
/** More collateral than this is no margin any more. */
const MARGIN_MAX = 1e6;

/**
 * What someone gains who holds both sides of a trade in two accounts, each with a collateral of its
 * own: the loser's loss ends where its collateral does, the winner is paid.
 *
 * An account gets max(0, collateral + gain − fee) back. Without path, fees and haircut the pair gains
 * E[(loss − collateral)⁺]: for a perpetual of value 1 and margin m a call at 1 + m and a put at 1 − m,
 * undiscounted; for an option what it is worth beyond the seller's collateral. With `maintenance` an
 * account is closed at the level where its equity is that part of the position, `closingCost` worse.
 *
 * @throws  PoolError NUMBER_NOT_FINITE, NUMBER_RANGE, SCENARIOS_TOO_FEW, ARRAY_LENGTH, KEY_MISSING; all
 *          at once
 * @cost    a few operations per scenario
 * @source  own; what a limited loss is worth: Merton, On the pricing of corporate debt (1974)
 */
export function selfDealing(dealt: SelfDealt, terms: MarginTerms): SelfDealing {
  check(dealt, terms);
  return measure(dealt, terms);
}

/**
 * The margin, of those from the terms' up to `most`, at which self-dealing gains most per capital: the
 * least, where it gains at all, unless liquidation on the way closes the winner there.
 *
 * @param most  highest margin, above the terms'
 * @throws      PoolError as {@link selfDealing}
 */
export function bestSelfDealing(dealt: SelfDealt, terms: MarginTerms, most = 1): BestMargin {
  check(dealt, terms, most);
  const margins = ladder(terms.margin, most);
  const at = (margin: number) => measure(dealt, { ...terms, margin }).perCapital;
  let best = 0;
  const gains = margins.map(at);
  gains.forEach((gain, i) => {
    if (gain > gains[best]!) best = i;
  });
  const from = margins[Math.max(0, best - 1)]!;
  const to = margins[Math.min(margins.length - 1, best + 1)]!;
  const { x } = minimise((margin) => -at(margin), from, to, 1e-6 * to);
  const margin = at(x) > gains[best]! ? x : margins[best]!;
  return { margin, ...measure(dealt, { ...terms, margin }) };
}

/**
 * The least margin, from the terms' up to `most`, from which on self-dealing does not pay.
 *
 * @param most    highest margin that is tried
 * @param errors  standard errors by which the mean is raised before it is judged
 * @returns       the terms' own margin where it does not pay at any, null where it pays at `most`
 * @throws        PoolError as {@link selfDealing}
 */
export function deterringMargin(
  dealt: SelfDealt,
  terms: MarginTerms,
  most = 1,
  errors = 0,
): number | null {
  check(dealt, terms, most, errors);
  const margins = ladder(terms.margin, most);
  const gain = (margin: number) => judged(measure(dealt, { ...terms, margin }), errors);
  // From above: with liquidation the gain may rise and fall on the way.
  let low = margins.length - 1;
  while (low >= 0 && gain(margins[low]!) <= 0) low--;
  if (low === margins.length - 1) return null;
  if (low < 0) return terms.margin;
  return rootBetween(gain, margins[low]!, margins[low + 1]!, 1e-12);
}

/**
 * The least fee per trade at which self-dealing does not pay at the terms' margin: 0 where it never
 * does.
 *
 * @param errors  as for {@link deterringMargin}
 * @returns       of the coin's price; the terms' fee is not looked at
 * @throws        PoolError as {@link selfDealing}
 */
export function deterringFee(dealt: SelfDealt, terms: MarginTerms, errors = 0): number {
  check(dealt, terms, terms.margin, errors);
  const gain = (fee: number) => judged(measure(dealt, { ...terms, fee }), errors);
  if (gain(0) <= 0) return 0;
  let high = 1e-4;
  // A fee of all that can be gained ends the search.
  while (gain(high) > 0) high *= 2;
  return rootBetween(gain, 0, high, 1e-15);
}

function judged({ profit, error }: SelfDealing, errors: number): number {
  return profit + errors * error - ROUNDING;
}

function ladder(from: number, to: number): number[] {
  if (from === to) return [from];
  // Equal ratios by repeated square roots: 64 = 2^6 steps.
  let ratio = to / from;
  for (let i = 1; i < STEPS; i *= 2) ratio = Math.sqrt(ratio);
  const margins = [from];
  for (let i = 1; i < STEPS; i++) margins.push(margins.at(-1)! * ratio);
  return [...margins, to];
}

/** Mean and standard error over the scenarios; two passes, so that nothing cancels. */
function measure(dealt: SelfDealt, terms: MarginTerms): SelfDealing {
  const { margin, fee } = terms;
  const gains = dealt.kind === "option" ? optionGains(dealt, terms) : perpetualGains(dealt, terms);
  const count = gains.length;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += gains[i]! / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (gains[i]! - mean) * (gains[i]! - mean);
  const profit = mean - 2 * fee;
  const capital = (dealt.kind === "option" ? margin : 2 * margin) + 2 * fee;
  const error = Math.sqrt(squares / (count - 1) / count);
  return { profit, error, capital, perCapital: profit / capital };
}

/** [scenarios] what both accounts get back less what they put in, fees of opening not deducted. */
function perpetualGains(
  { entry, prices, lows, highs }: Extract<SelfDealt, { kind: "perpetual" }>,
  { margin, fee, haircut = 0, maintenance, closingCost = 0 }: MarginTerms,
): Float64Array {
  const closes = maintenance !== undefined && lows !== undefined && highs !== undefined;
  // Equity margin ± (price − 1) meets maintenance · price.
  const lowLevel = closes ? (1 - margin) / (1 - maintenance) : 0;
  const highLevel = closes ? (1 + margin) / (1 + maintenance) : 0;
  const paid = (gain: number, price: number) =>
    Math.max(0, margin + (gain > 0 ? gain * (1 - haircut) : gain) - fee * price);
  // Who has no equity at all at the start is closed there, not at a level beyond the entry.
  const low = Math.min(1, lowLevel);
  const high = Math.max(1, highLevel);
  const gains = new Float64Array(prices.length);
  for (let i = 0; i < gains.length; i++) {
    const price = prices[i]! / entry;
    const isLow = closes && lows[i]! / entry <= low;
    const isHigh = closes && highs[i]! / entry >= high;
    const long = isLow ? paid(low * (1 - closingCost) - 1, low) : paid(price - 1, price);
    const short = isHigh ? paid(1 - high * (1 + closingCost), high) : paid(1 - price, price);
    gains[i] = long + short - 2 * margin;
  }
  return gains;
}

/** [scenarios] what the seller cannot pay, less what the pool keeps back of the buyer's gain. */
function optionGains(
  { entry, premium, values }: Extract<SelfDealt, { kind: "option" }>,
  { margin, haircut = 0 }: MarginTerms,
): Float64Array {
  const gains = new Float64Array(values.length);
  for (let i = 0; i < gains.length; i++) {
    const value = values[i]! / entry;
    gains[i] = Math.max(0, value - margin) - haircut * Math.max(0, value - premium / entry);
  }
  return gains;
}

function check(dealt: SelfDealt, terms: MarginTerms, most = terms.margin, errors = 0): void {
  const issues: Issue[] = [];
  const need = (
    holds: boolean,
    pointer: string,
    detail: string,
    expected: string,
    was: unknown,
  ) => {
    if (holds) return;
    const isNumber = typeof was !== "number" || Number.isFinite(was);
    const code = isNumber ? "NUMBER_RANGE" : "NUMBER_NOT_FINITE";
    issues.push({ code, pointer, detail, expected, received: received(was) });
  };
  const { margin, fee, haircut = 0, maintenance = 0, closingCost = 0 } = terms;
  for (const [name, value] of Object.entries({ fee, haircut, maintenance, closingCost })) {
    const isPart = value >= 0 && value < 1;
    need(isPart, `/terms/${name}`, "this is a part, 1 = 100 %", "number >= 0, below 1", value);
  }
  const isMargin = margin > 0 && margin <= MARGIN_MAX;
  const some = "an account needs a collateral; it is a part of the position, 1 = 100 %";
  need(isMargin, "/terms/margin", some, `number > 0, at most ${MARGIN_MAX}`, margin);
  const isMost = most >= margin && most <= MARGIN_MAX;
  const span = "margins are tried from the terms' own up to this one";
  need(isMost, "/most", span, `/terms/margin … ${MARGIN_MAX}`, most);
  const raised = "the mean is raised by so many standard errors before it is judged";
  need(errors >= 0 && errors < 100, "/errors", raised, "number >= 0, below 100", errors);
  const { entry } = dealt;
  const isEntry = entry > 0 && entry < Infinity;
  need(isEntry, "/dealt/entry", "positions are opened at a price", "number > 0", entry);
  if (dealt.kind === "option") {
    const { premium } = dealt;
    const isPremium = premium >= 0 && premium < Infinity;
    need(isPremium, "/dealt/premium", "an option has a price", "number >= 0", premium);
  } else issues.push(...pathIssues(dealt, terms));
  issues.push(...columnIssues(dealt));
  if (issues.length > 0) throw new PoolError(issues, "case of self-dealing");
}

/** What is wrong with the scenarios: the first bad number of every column, and lengths that differ. */
function columnIssues(dealt: SelfDealt): Issue[] {
  const issues: Issue[] = [];
  const columns = Object.entries(
    dealt.kind === "option"
      ? { values: dealt.values }
      : { prices: dealt.prices, lows: dealt.lows, highs: dealt.highs },
  ).flatMap(([name, column]) => (column === undefined ? [] : [{ name, column }]));
  const count = columns[0]!.column.length;
  for (const { name, column } of columns) {
    for (let i = 0; i < column.length; i++) {
      const value = column[i]!;
      if (value >= 0 && value < Infinity) continue;
      issues.push({
        code: Number.isFinite(value) ? "NUMBER_RANGE" : "NUMBER_NOT_FINITE",
        pointer: `/dealt/${name}/${i}`,
        detail: "prices, and what options are worth, are finite and not negative",
        expected: "number >= 0",
        received: received(value),
      });
      break;
    }
    if (column.length === count) continue;
    issues.push({
      code: "ARRAY_LENGTH",
      pointer: `/dealt/${name}`,
      detail: "every scenario has one entry in every column",
      expected: `${count} numbers`,
      received: received(column.length),
    });
  }
  if (count < 2) {
    issues.push({
      code: "SCENARIOS_TOO_FEW",
      pointer: "/dealt",
      detail: "a mean with an error needs scenarios",
      expected: "two scenarios or more",
      received: received(count),
    });
  }
  return issues;
}

/** Liquidation needs both ends of the path, and the path needs a level to be closed at. */
function pathIssues(
  { lows, highs }: Extract<SelfDealt, { kind: "perpetual" }>,
  { maintenance }: MarginTerms,
): Issue[] {
  const given = [lows, highs, maintenance].filter((value) => value !== undefined).length;
  if (given === 0 || given === 3) return [];
  const detail =
    "whether an account is closed on the way follows from maintenance and from the lowest and the highest price";
  return [
    {
      code: "KEY_MISSING",
      pointer: maintenance === undefined ? "/terms/maintenance" : "/dealt",
      detail,
      expected: "all of lows, highs and maintenance, or none of them",
    },
  ];
}
