import { type Fields, Findings, number, object, received, refuse } from "../basics/index.ts";

/** Someone whose effort nobody sees, and whose result everybody does. */
export interface HiddenEffort {
  /** Absolute risk aversion, per unit of money. */
  readonly riskAversion: number;
  /** c of the cost c·e²/2 of an effort e. */
  readonly effortCost: number;
  /** Variance of the result, money². */
  readonly variance: number;
  /** What one unit of effort adds to the result. */
  readonly productivity: number;
}

/** A normal loss and a premium of (1 + loading) · mean for the insured part. */
export interface LoadedCover {
  /** Absolute risk aversion, per unit of money. */
  readonly riskAversion: number;
  /** Mean of the loss, money. */
  readonly mean: number;
  /** Variance of the loss, money². */
  readonly variance: number;
  /** What the premium has on top of the mean, 1 = 100 %. */
  readonly loading: number;
}

/** A straight line over the price. */
export interface PriceLine {
  readonly intercept: number;
  /** Per unit of price. */
  readonly slope: number;
}

/** Where a market with selection ends up, and where it should be. */
export interface SelectionMarket {
  /** Price = average cost of those who buy. */
  readonly equilibrium: MarketPoint;
  /** Price = marginal cost. */
  readonly efficient: MarketPoint;
  /** What is lost between the two, price × quantity, ≥ 0. */
  readonly welfareLoss: number;
}

/** A point of a market. */
export interface MarketPoint {
  readonly price: number;
  /** In the unit of the demand, e.g. the part of all who buy. */
  readonly quantity: number;
  /** Cost of the last to buy. */
  readonly marginalCost: number;
}

/** Someone who may take a cover at one price for all. */
export interface Applicant {
  readonly id: string;
  /** Expected cost of the cover, minor units, ≥ 0. */
  readonly cost: bigint;
  /** The most that is paid for it, minor units, ≥ 0. */
  readonly willingness: bigint;
}

/** Those who buy, and the price that follows from them: cost / buyers, an exact fraction. */
export interface RepricingRound {
  /** Sum over the buyers, minor units. */
  readonly cost: bigint;
  readonly buyers: number;
}

/** What becomes of a cover that is repriced to the mean cost of its buyers. */
export interface Repricing {
  /** From everyone on, one entry per set of buyers; none twice. */
  readonly rounds: readonly RepricingRound[];
  /** `stable`: the buyers pay for themselves. `empty`: nobody buys at the last price. `cycle`: prices come back for ever. */
  readonly end: "stable" | "empty" | "cycle";
  /** Ids of those who buy at the last price, in the order given; in a cycle, at all of its prices. */
  readonly survivors: readonly string[];
}

/** Far beyond any money; products of inputs stay finite. */
const LARGEST = 1e40;

const aversion = number({ exclusiveMin: 0, max: LARGEST, unit: "absolute, per unit of money" });
const variance = number({ min: 0, max: LARGEST, unit: "money squared" });
const line = (slopeRules: {
  readonly max?: number;
  readonly exclusiveMax?: number;
  readonly hint: string;
}) =>
  object<PriceLine>({
    intercept: number({ exclusiveMin: 0, max: LARGEST, unit: "value of the line at a price of 0" }),
    slope: number({ min: -LARGEST, ...slopeRules, unit: "per unit of price" }),
  });
const demandLine = line({ max: -1 / LARGEST, hint: "fewer buy at a higher price" });
const costLine = line({
  exclusiveMax: 0.5,
  hint: "where the average cost rises by half the price or more, marginal cost falls faster than the price: no point between everyone and nobody is efficient",
});

/**
 * The part of a result that someone with hidden effort should bear: b² / (b² + r·c·s²).
 *
 * More would burden with risk, less would tire: the rest can be shared or insured. For a loss this is
 * the coinsurance.
 *
 * @returns  0 … 1
 * @throws   PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source   Holmström & Milgrom, Aggregation and linearity in the provision of intertemporal
 *           incentives (1987)
 */
export function incentiveShare(effort: HiddenEffort): number {
  check(
    {
      riskAversion: aversion,
      effortCost: number({ exclusiveMin: 0, max: LARGEST, unit: "money per effort squared" }),
      variance,
      productivity: number({ exclusiveMin: 0, max: LARGEST, unit: "money per unit of effort" }),
    },
    effort,
  );
  const { riskAversion, effortCost, variance: spread, productivity } = effort;
  return 1 / (1 + (riskAversion * effortCost * spread) / productivity / productivity);
}

/**
 * The part of a normal loss that someone with constant absolute risk aversion insures:
 * 1 − loading · mean / (riskAversion · variance), but nothing where that is below 0.
 *
 * @returns  0 … 1; 1 where cover costs no more than the mean
 * @throws   PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source   Mossin, Aspects of rational insurance purchasing (1968)
 */
export function insuredShare(cover: LoadedCover): number {
  check(
    {
      riskAversion: aversion,
      mean: number({ min: 0, max: LARGEST, unit: "money" }),
      variance,
      loading: number({ min: 0, max: LARGEST, unit: "part of the mean, 1 = 100 %" }),
    },
    cover,
  );
  const extra = cover.loading * cover.mean;
  if (extra === 0) return 1;
  return Math.max(0, 1 - extra / (cover.riskAversion * cover.variance));
}

/**
 * A market where those who buy differ in cost, with straight lines: D(p) and AC(p), both over price.
 *
 * A cost that rises with the price is adverse selection: too few buy. One that falls is advantageous:
 * too many do. The loss is the triangle between willingness to pay and marginal cost,
 * MC = AC + D · AC′ / D′.
 *
 * @param demand       how many buy at a price; intercept > 0, slope < 0
 * @param averageCost  mean cost of those who do; intercept > 0, slope below ½
 * @throws             PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all
 *                     at once; NO_TRADE where cost exceeds what anyone pays; COST_NEGATIVE where the
 *                     lines give a marginal cost below 0 before the price is 0
 * @source             Einav, Finkelstein & Cullen, Estimating welfare in insurance markets using
 *                     variation in prices (2010)
 */
export function linearSelection(demand: PriceLine, averageCost: PriceLine): SelectionMarket {
  check({ demand: demandLine, averageCost: costLine }, { demand, averageCost });
  const { intercept: alpha, slope: beta } = demand;
  const { intercept: gamma, slope: delta } = averageCost;
  const point = (price: number): MarketPoint => {
    const quantity = alpha + beta * price;
    return {
      price,
      quantity,
      marginalCost: gamma + delta * price + (quantity * delta) / beta,
    };
  };
  const last = gamma + (alpha * delta) / beta;
  const equilibrium = point(gamma / (1 - delta));
  const efficient = point(last / (1 - 2 * delta));
  if (!(equilibrium.quantity > 0)) {
    rejectLines(
      "NO_TRADE",
      "the cover costs more than anyone pays for it",
      `average cost below ${-alpha / beta} at that price, the most that anyone pays`,
      `average cost ${gamma + delta * (-alpha / beta)}`,
    );
  }
  if (last < 0) {
    rejectLines(
      "COST_NEGATIVE",
      "the last to buy would cost less than nothing: the lines reach beyond where they were measured",
      "marginal cost >= 0 at a price of 0",
      `marginal cost ${last}`,
    );
  }
  const gap = efficient.quantity - equilibrium.quantity;
  const welfareLoss = 0.5 * gap * (equilibrium.price - equilibrium.marginalCost);
  return { equilibrium, efficient, welfareLoss: Math.max(0, welfareLoss) };
}

/**
 * Offers a cover at the mean cost of everyone, then again and again at the mean cost of those who
 * bought it, until the price stays. Whoever pays at least the price buys; those who left may return.
 *
 * Prices are compared as exact fractions, so nobody leaves by rounding. Where high cost goes with high
 * willingness, prices only rise: the spiral ends in a stable core or with nobody.
 *
 * @param applicants  one or more, ids all different
 * @throws            PoolError APPLICANTS_TOO_FEW, ID_DUPLICATE, NUMBER_RANGE; all at once
 * @source            Akerlof, The market for "lemons" (1970)
 */
export function repricing(applicants: readonly Applicant[]): Repricing {
  checkApplicants(applicants);
  const eager = [...applicants].sort((a, b) =>
    a.willingness === b.willingness ? 0 : a.willingness > b.willingness ? -1 : 1,
  );
  const costs = [0n];
  for (const { cost } of eager) costs.push(costs.at(-1)! + cost);
  const rounds: RepricingRound[] = [];
  const seen = new Map<number, number>();
  let buyers = eager.length;
  // Who buys at a lower price includes who buys at a higher one: their number says who they are.
  while (buyers > 0 && !seen.has(buyers)) {
    seen.set(buyers, rounds.length);
    const round = { cost: costs[buyers]!, buyers };
    rounds.push(round);
    buyers = buyersAt(round, eager);
  }
  const since = seen.get(buyers) ?? rounds.length;
  const core = rounds
    .slice(since)
    .reduce((least, round) => Math.min(least, round.buyers), Infinity);
  const chosen = new Set(buyers === 0 ? [] : eager.slice(0, core).map(({ id }) => id));
  return {
    rounds,
    end: buyers === 0 ? "empty" : since === rounds.length - 1 ? "stable" : "cycle",
    survivors: applicants.flatMap(({ id }) => (chosen.has(id) ? [id] : [])),
  };
}

/** How many pay cost / buyers; `eager` has the most willing first. */
function buyersAt({ cost, buyers }: RepricingRound, eager: readonly Applicant[]): number {
  let low = 0;
  let high = eager.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (eager[middle]!.willingness * BigInt(buyers) >= cost) low = middle + 1;
    else high = middle;
  }
  return low;
}

function checkApplicants(applicants: readonly Applicant[]): void {
  const found = new Findings();
  if (applicants.length === 0) {
    found.add({
      code: "APPLICANTS_TOO_FEW",
      pointer: "",
      detail: "a price is the mean cost of those who buy",
      expected: "one applicant or more",
      received: received(applicants),
    });
  }
  const ids = new Set<string>();
  for (const [i, applicant] of applicants.entries()) {
    if (ids.has(applicant.id)) {
      found.add({
        code: "ID_DUPLICATE",
        pointer: `/${i}/id`,
        detail: "every applicant needs an id of its own",
        expected: "an id that is not in the list before",
        received: received(applicant.id),
      });
    }
    ids.add(applicant.id);
    for (const key of ["cost", "willingness"] as const) {
      const value: unknown = applicant[key];
      if (typeof value === "bigint" && value >= 0n) continue;
      found.add({
        code: "NUMBER_RANGE",
        pointer: `/${i}/${key}`,
        detail: "costs and what is paid are amounts of 0 or more, in whole minor units",
        expected: "whole number >= 0 (minor units, bigint)",
        received: received(value),
      });
    }
  }
  found.throwIfAny("list of applicants");
}

function check<T>(fields: Fields<T>, values: T): void {
  const found = new Findings();
  object<T>(fields).check(values, null, found);
  found.throwIfAny("input");
}

function rejectLines(code: string, detail: string, expected: string, was: string): never {
  refuse({ code, pointer: "/averageCost", detail, expected, received: was });
}
