import { array, Findings, id, number, object, optional, received } from "../basics/index.ts";
import { normalQuantile } from "../numeric/index.ts";

/** What someone is asked for, and what the same would cost elsewhere or alone. */
export interface Offer {
  readonly id: string;
  readonly contribution: number;
  /** The stand-alone value of the own risk, or a price in the market. */
  readonly alternative: number;
  /** Standard error of the contribution; 0 when left out. */
  readonly contributionError?: number;
  /** Standard error of the alternative; 0 when left out. */
  readonly alternativeError?: number;
  /** Of the difference, where both come from the same scenarios; else the two errors are independent. */
  readonly differenceError?: number;
}

/** What an offer looks like to the one who got it. */
export interface OfferReply {
  readonly id: string;
  /** Contribution less alternative. */
  readonly excess: number;
  /** Standard error of the excess. */
  readonly error: number;
  /** Whether the alternative costs less. */
  readonly leaves: boolean;
  /** Whether it does so beyond the error, at the confidence asked for. */
  readonly isCertain: boolean;
}

const money = number({ min: -1e40, max: 1e40, unit: "money" });
const error = optional(number({ min: 0, max: 1e40, unit: "standard error, money" }));

/**
 * Who would pay more than elsewhere, and leave.
 *
 * @param confidence  one-sided: of those who gain nothing by leaving, at most 1 − confidence are
 *                    called certain to leave
 * @returns           in the order of the offers
 * @throws            PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, ID_SYNTAX, NUMBER_NOT_FINITE,
 *                    NUMBER_RANGE; all at once
 * @source            own; as a test of contributions Denault, Coherent allocation of risk capital
 *                    (2001): nobody should be charged more than alone
 */
export function leavers(offers: readonly Offer[], confidence = 0.95): OfferReply[] {
  check(offers, confidence);
  const width = normalQuantile(confidence);
  return offers.map((offer) => {
    const { contribution, alternative, contributionError = 0, alternativeError = 0 } = offer;
    const excess = contribution - alternative;
    const independent = Math.sqrt(
      contributionError * contributionError + alternativeError * alternativeError,
    );
    const apart = offer.differenceError ?? independent;
    const leaves = excess > 0;
    return {
      id: offer.id,
      excess,
      error: apart,
      leaves,
      isCertain: leaves && excess > width * apart,
    };
  });
}

function check(offers: readonly Offer[], confidence: number): void {
  const found = new Findings();
  array(
    object<Offer>({
      id: id(),
      contribution: money,
      alternative: money,
      contributionError: error,
      alternativeError: error,
      differenceError: error,
    }),
    { max: 1_000_000 },
  ).check(offers, null, found);
  if (!(confidence >= 0.5 && confidence < 1)) {
    found.add({
      code: "NUMBER_RANGE",
      pointer: "/confidence",
      detail: "who is called certain to leave must be more likely to gain than not",
      expected: "number, 0.5 … 1, 1 excluded",
      received: received(confidence),
    });
  }
  found.throwIfAny("list of offers");
}
