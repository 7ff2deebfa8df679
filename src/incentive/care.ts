import { array, Findings, number, object, optional, received } from "../basics/index.ts";
import { expm1, rootBetween } from "../numeric/index.ts";

/** Care that nobody sees: it costs money and makes a loss less likely. */
export interface HiddenCare {
  /** What care costs, in money. */
  readonly cost: number;
  /** Chance of a loss with care. */
  readonly chanceWithCare: number;
  /** Without; above the other. */
  readonly chanceWithout: number;
  /** Sizes of the loss, all equally likely once there is one; care does not change them. */
  readonly losses: readonly number[];
  /** Absolute, per unit of money; without it money counts as it is. */
  readonly riskAversion?: number;
}

/** The least that must stay with the insured for care to be worth its cost; null: nothing is enough. */
export interface CareRetention {
  /** Part of every loss, 0 … 1: the coinsurance. */
  readonly share: number | null;
  /** Amount of every loss that comes first: the deductible that makes care as worthwhile. */
  readonly deductible: number | null;
}

/** Beyond this, risk aversion times money leaves numbers without a last digit. */
const AVERSION_MAX = 300;

const chance = number({ min: 0, max: 1, unit: "chance of a loss, 0 … 1" });
const money = number({ exclusiveMin: 0, max: 1e40, unit: "money" });
const form = object<HiddenCare>({
  cost: number({ min: 0, max: 1e40, unit: "money" }),
  chanceWithCare: chance,
  chanceWithout: chance,
  losses: array(money, { min: 1, max: 1_000_000 }),
  riskAversion: optional(number({ exclusiveMin: 0, max: 1e40, unit: "per unit of money" })),
});

/**
 * How much of a loss someone must bear to take care of his own accord.
 *
 * What is retained, R, must meet (p₁ − p₀)·E[R] ≥ c, or with constant risk aversion a
 * E[e^(aR)] − 1 ≥ (e^(ac) − 1) / (p₁ − p₀·e^(ac)); the premium is paid in any case and drops out. For
 * one size of loss the deductible is the share of it; for many, a deductible is felt at every loss and
 * a share mostly at large ones.
 *
 * @throws  PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, TOO_FEW_ITEMS, NUMBER_NOT_FINITE, NUMBER_RANGE;
 *          all at once
 * @source  Shavell, On moral hazard and insurance (1979); Hölmström, Moral hazard and observability
 *          (1979)
 */
export function careRetention(care: HiddenCare): CareRetention {
  check(care);
  const { cost, chanceWithCare, chanceWithout, losses, riskAversion: averse } = care;
  const felt = averse === undefined ? (r: number) => r : (r: number) => expm1(averse * r);
  const mean = (retained: (loss: number) => number) =>
    losses.reduce((sum, loss) => sum + felt(retained(loss)), 0) / losses.length;
  const price = felt(cost);
  const apart =
    averse === undefined
      ? chanceWithout - chanceWithCare
      : chanceWithout - chanceWithCare - chanceWithCare * price;
  if (!(apart > 0)) return { share: null, deductible: null };
  const needed = price / apart;
  const all = mean((loss) => loss);
  if (needed > all) return { share: null, deductible: null };
  const largest = losses.reduce((most, loss) => Math.max(most, loss), 0);
  return {
    share: rootBetween((part) => mean((loss) => part * loss) - needed, 0, 1),
    deductible: rootBetween(
      (amount) => mean((loss) => Math.min(loss, amount)) - needed,
      0,
      largest,
    ),
  };
}

function check(care: HiddenCare): void {
  const found = new Findings();
  form.check(care, null, found);
  found.throwIfAny("model of care");
  const { cost, chanceWithCare, chanceWithout, losses, riskAversion = 0 } = care;
  if (!(chanceWithout > chanceWithCare)) {
    found.add({
      code: "NUMBER_RANGE",
      pointer: "/chanceWithout",
      detail: "care that makes no loss less likely is worth nothing at any share",
      expected: "above /chanceWithCare",
      received: received(chanceWithout),
    });
  }
  const most = losses.reduce((size, loss) => Math.max(size, loss), cost);
  if (riskAversion * most > AVERSION_MAX) {
    found.add({
      code: "NUMBER_RANGE",
      pointer: "/riskAversion",
      detail: "someone so averse would give anything; the utility has no digits left",
      expected: `at most ${AVERSION_MAX} per the largest loss or cost`,
      received: received(riskAversion),
    });
  }
  found.throwIfAny("model of care");
}
