import { choice, Findings, number, object, optional, received } from "../basics/index.ts";
import { expm1, log1p, minimise, rootBetween } from "../numeric/index.ts";

/** How much money is worth: ln x, √x, or −e^(−riskAversion · x). */
export type Utility =
  | { readonly kind: "ln" }
  | { readonly kind: "sqrt" }
  | { readonly kind: "cara"; readonly riskAversion: number };

/** A market for cover of one loss, whose buyers know their chance of it and whose sellers do not. */
export interface TwoRiskMarket {
  /** Chance of a loss of those at low risk, 0 … 1. */
  readonly lowChance: number;
  /** Of those at high risk; above the other. */
  readonly highChance: number;
  /** Money before a loss; above the loss. */
  readonly wealth: number;
  readonly loss: number;
  readonly utility: Utility;
}

/** The covers that tell the risks from each other. */
export interface Separation {
  /** What those at high risk pay for full cover, at fair odds. */
  readonly highPremium: number;
  /** What those at low risk are paid after a loss, the premium not deducted. */
  readonly lowCover: number;
  /** That, as a part of the loss. */
  readonly lowFraction: number;
  /** What they pay for it, at fair odds. */
  readonly lowPremium: number;
  /** Below this share of high risks one cover for all would be preferred by all: no equilibrium. */
  readonly criticalShare: number;
}

/** Beyond this, risk aversion times loss leaves numbers without a last digit. */
const AVERSION_MAX = 300;
/** Chances that are nearer to each other are one. */
const APART_MIN = 1e-6;

const chance = number({ exclusiveMin: 0, exclusiveMax: 1, unit: "chance of a loss, 0 … 1" });
const amount = number({ exclusiveMin: 0, max: 1e40, unit: "money" });
const form = object<
  Omit<TwoRiskMarket, "utility"> & { utility: { kind: Utility["kind"]; riskAversion?: number } }
>({
  lowChance: chance,
  highChance: chance,
  wealth: amount,
  loss: amount,
  utility: object<{ kind: Utility["kind"]; riskAversion?: number }>({
    kind: choice(["ln", "sqrt", "cara"]),
    riskAversion: optional(number({ exclusiveMin: 0, max: 1e40, unit: "per unit of money" })),
  }),
});

/**
 * The pair of covers that separates two risks: those at high risk buy full cover at their fair price;
 * those at low risk as much at theirs as does not tempt the others, which is less than full.
 *
 * It is an equilibrium where enough are at high risk. Below the critical share a cover for all at the
 * mean price is better for those at low risk too, and is undone in turn: no cover lasts.
 *
 * @throws  PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, ENUM, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 * @source  Rothschild & Stiglitz, Equilibrium in competitive insurance markets (1976)
 */
export function rothschildStiglitz(market: TwoRiskMarket): Separation {
  check(market);
  const { lowChance: low, highChance: high, loss } = market;
  const worth = worthOf(market);
  const highPremium = high * loss;
  const full = worth(highPremium);
  // What someone at high risk gains by the low cover instead of the own.
  const tempted = (cover: number) =>
    (1 - high) * worth(low * cover) + high * worth(loss - (1 - low) * cover) - full;
  const lowCover = rootBetween(tempted, 0, loss);
  const apart = (1 - low) * worth(low * lowCover) + low * worth(loss - (1 - low) * lowCover);
  // What someone at low risk gains by the best cover for all at the mean price.
  const gain = (share: number) => {
    const price = share * high + (1 - share) * low;
    const pooled = minimise(
      (cover) => -((1 - low) * worth(price * cover) + low * worth(loss - (1 - price) * cover)),
      0,
      loss,
      1e-9 * loss,
    );
    return -pooled.value - apart;
  };
  return {
    highPremium,
    lowCover,
    lowFraction: lowCover / loss,
    lowPremium: low * lowCover,
    criticalShare: gain(1) >= 0 ? 1 : rootBetween(gain, 0, 1),
  };
}

/** Utility by what is lacking from the wealth, shifted and scaled so that nothing cancels. */
function worthOf({ wealth, utility }: TwoRiskMarket): (lacking: number) => number {
  switch (utility.kind) {
    case "ln":
      return (lacking) => log1p(-lacking / wealth);
    case "sqrt":
      return (lacking) => Math.sqrt(1 - lacking / wealth);
    case "cara":
      return (lacking) => -expm1(utility.riskAversion * lacking);
  }
}

function check(market: TwoRiskMarket): void {
  const found = new Findings();
  form.check(market, null, found);
  found.throwIfAny("market");
  const { lowChance, highChance, wealth, loss } = market;
  const utility: { kind: Utility["kind"]; riskAversion?: number } = market.utility;
  const isCara = utility.kind === "cara";
  const need = (
    holds: boolean,
    pointer: string,
    detail: string,
    expected: string,
    was: unknown,
  ) => {
    if (holds) return;
    found.add({ code: "NUMBER_RANGE", pointer, detail, expected, received: received(was) });
  };
  need(
    highChance - lowChance >= APART_MIN,
    "/highChance",
    "where all have one chance there is nothing to separate",
    `more than /lowChance by ${APART_MIN} or more`,
    highChance,
  );
  need(
    isCara === (utility.riskAversion !== undefined),
    "/utility/riskAversion",
    "constant risk aversion is a number; the other utilities have none to choose",
    isCara ? "number > 0" : "nothing",
    utility.riskAversion,
  );
  need(
    isCara || loss < wealth,
    "/loss",
    "without cover the loss would leave nothing, which only the exponential utility can value",
    "less than the wealth",
    loss,
  );
  need(
    (utility.riskAversion ?? 0) * loss <= AVERSION_MAX,
    "/loss",
    "someone so averse would give anything; the utility has no digits left",
    `at most ${AVERSION_MAX} / riskAversion`,
    loss,
  );
  found.throwIfAny("market");
}
