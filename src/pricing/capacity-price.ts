import { number, object, received } from "../basics/index.ts";
import { gather, notNegative, positive } from "./argument.ts";

/** A price that rises with what is sold and falls back with time. */
export interface CapacityTerms {
  /** Price that it falls back to, fraction of the cover per year. */
  readonly target: number;
  /** Least price, fraction per year. */
  readonly floor: number;
  /** Rise for the whole capacity, fraction per year. */
  readonly bump: number;
  /** Fall per day, fraction per year. */
  readonly decayPerDay: number;
}

/** Where the price stands. */
export interface CapacityState {
  /** Price after the last cover, fraction per year. */
  readonly bumped: number;
}

/** A cover that is asked for; amounts in one unit. */
export interface CapacityOrder {
  readonly cover: number;
  /** What can be covered in all. */
  readonly capacity: number;
  /** What of it is taken. */
  readonly used: number;
  /** Length of the cover, days. */
  readonly periodDays: number;
  /** Days since the last cover was sold. */
  readonly elapsedDays: number;
}

/** What a cover costs, and where the price stands after it is bought. */
export interface CapacityQuote {
  /** Fraction of the cover per year. */
  readonly price: number;
  /** In the unit of the cover. */
  readonly premium: number;
  readonly next: CapacityState;
}

/** The constants of Nexus Mutual's staking products, but for the target that stakers set. */
export const NEXUS_CAPACITY_PRICE: Omit<CapacityTerms, "target"> = Object.freeze({
  floor: 0.01,
  bump: 0.05,
  decayPerDay: 0.02,
});

const DAYS_PER_YEAR = 365;

/**
 * Quotes a cover at the price of the moment and raises the price for the next:
 * base = max(floor, target, bumped − decay · days), premium = cover · base · period / 365, then
 * bumped = base + bump · cover / capacity.
 *
 * A cover pays the price before its own rise: in two halves it costs no less than at once.
 *
 * @throws  PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE, all at once;
 *          CAPACITY_EXCEEDED
 * @source  Nexus Mutual, StakingProducts and documentation on pricing
 */
export function capacityQuote(
  state: CapacityState,
  order: CapacityOrder,
  terms: CapacityTerms,
): CapacityQuote {
  const rate = number({ min: 0, max: 100, unit: "fraction per year, 1 = 100 %" });
  const found = gather(
    {
      state: object<CapacityState>({ bumped: rate }),
      order: object<CapacityOrder>({
        cover: positive("money"),
        capacity: positive("money"),
        used: notNegative("money"),
        periodDays: positive("days"),
        elapsedDays: notNegative("days"),
      }),
      terms: object<CapacityTerms>({ target: rate, floor: rate, bump: rate, decayPerDay: rate }),
    },
    { state, order, terms },
  );
  if (found.issues.length === 0 && order.used + order.cover > order.capacity) {
    found.add({
      code: "CAPACITY_EXCEEDED",
      pointer: "/order/cover",
      detail: "there is not enough capacity left for this cover",
      expected: `number > 0 and <= ${Math.max(0, order.capacity - order.used)} (money)`,
      received: received(order.cover),
    });
  }
  found.throwIfAny("quote");
  const { cover, capacity, periodDays, elapsedDays } = order;
  const { target, floor, bump, decayPerDay } = terms;
  const price = Math.max(floor, target, state.bumped - decayPerDay * elapsedDays);
  return {
    price,
    premium: (cover * price * periodDays) / DAYS_PER_YEAR,
    next: { bumped: price + (bump * cover) / capacity },
  };
}
