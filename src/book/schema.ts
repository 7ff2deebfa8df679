import {
  array,
  type Check,
  choice,
  DECIMALS_MAX,
  id,
  instant,
  integer,
  money,
  number,
  type OptionalCheck,
  object,
  optional,
  recognised,
  required,
  variant,
} from "../basics/index.ts";
import {
  type Asset,
  BARRIER_KINDS,
  type BarrierPosition,
  type Collateral,
  type Cover,
  type Holding,
  type OptionPosition,
  type Participant,
  PERILS,
  type PerpetualPosition,
  type Settlement,
  type Severity,
} from "./book.ts";

/** Most assets of one pool: the kernels lay one column per asset. */
export const ASSETS_MAX = 64;
/** Most participants of one pool. */
export const PARTICIPANTS_MAX = 1_000_000;
/** Most positions of each kind. */
export const POSITIONS_MAX = 100_000;
/** Most covers. */
export const COVERS_MAX = 10_000;

const FRACTION_HINT = "this looks like percent; write 0.05 for 5 %";
const LOGNORMAL_HINT =
  "a lognormal model needs positive prices; use Bachelier (not offered here) for others";

const price = number({
  exclusiveMin: 0,
  unit: "pool currency per coin",
  code: "MODEL_DOMAIN",
  hint: LOGNORMAL_HINT,
});

const contractPrice = number({
  exclusiveMin: 0,
  unit: "pool currency per coin",
  code: "CONTRACT_TERMS",
  hint: "a price agreed in a contract must be above 0",
});

const quantity = number({ exclusiveMin: 0, unit: "coins or contracts; the side tells the sign" });

const settlement: Check<Settlement> = required(
  choice(["linear", "inverse"], {
    code: "CONTRACT_TYPE",
    hint: "say whether the contract settles in the pool currency (linear) or in coin (inverse)",
  }),
  "CONTRACT_TYPE",
  "say whether the contract settles in the pool currency (linear) or in coin (inverse)",
);

const side = choice(["long", "short"], {
  code: "CONTRACT_TERMS",
  hint: "the side is the participant's: long or short",
});

const collateral = money("pool currency if linear, coins if inverse");

const asset: Check<Asset> = object<Asset>({
  id: id(),
  spot: price,
  decimals: optional(
    integer({ min: 0, max: DECIMALS_MAX, unit: "digits after the point", code: "DECIMALS" }),
  ),
});

const participant: Check<Participant> = object<Participant>({
  id: id(),
  margin: choice(["isolated", "cross"]),
  collateral: optional(
    array<Collateral>(
      object<Collateral>({ asset: id(), amount: money("pool currency or coins") }),
      {
        max: ASSETS_MAX + 1,
      },
    ),
  ),
});

const optionType = choice(["call", "put"], {
  code: "CONTRACT_TERMS",
  hint: "an option is a call or a put",
});

const impliedVolatility = number({
  min: 0,
  suspectAbove: 50,
  suspectHint: "this looks like percent or a daily figure; write 0.80 for 80 % per year",
  unit: "per year, 1 = 100 %",
});

const option: Check<OptionPosition> = object<OptionPosition>({
  id: id(),
  participant: id(),
  asset: id(),
  type: optionType,
  side,
  strike: contractPrice,
  expiry: instant(),
  quantity,
  quantityUnit: optional(choice(["coin", "contract"])),
  multiplier: optional(number({ exclusiveMin: 0, unit: "coins per contract" })),
  impliedVolatility,
  forward: optional(price),
  settlement,
  collateral: optional(collateral),
});

const LINEAR_HINT = "barrier and touch contracts settle in the pool currency (linear)";

const barrier: Check<BarrierPosition> = object<BarrierPosition>({
  id: id(),
  participant: id(),
  asset: id(),
  kind: choice(BARRIER_KINDS, {
    code: "CONTRACT_TYPE",
    hint: "say what the touch does: knock the option in or out, or pay for a touch or for none",
  }),
  direction: choice(["up", "down"], {
    code: "CONTRACT_TERMS",
    hint: "the barrier stands above the spot (up) or below it (down)",
  }),
  barrier: contractPrice,
  type: optional(optionType),
  strike: optional(contractPrice),
  cash: optional(money("pool currency per unit of quantity")),
  side,
  quantity: number({ exclusiveMin: 0, unit: "coins or amounts of cash; the side tells the sign" }),
  expiry: instant(),
  impliedVolatility,
  forward: optional(price),
  settlement: required(
    choice(["linear"], { code: "CONTRACT_TYPE", hint: LINEAR_HINT }),
    "CONTRACT_TYPE",
    LINEAR_HINT,
  ),
  collateral: optional(money("pool currency")),
});

const perpetual: Check<PerpetualPosition> = object<PerpetualPosition>({
  id: id(),
  participant: id(),
  asset: id(),
  side,
  size: number({ exclusiveMin: 0, unit: "coins if linear, pool-currency notional if inverse" }),
  entry: contractPrice,
  collateral: optional(collateral),
  maintenanceRatio: number({
    exclusiveMin: 0,
    suspectFrom: 1,
    suspectHint: FRACTION_HINT,
    unit: "fraction of notional",
  }),
  settlement,
});

const holding: Check<Holding> = object<Holding>({ asset: id(), amount: money("coins") });

const severityFraction = number({
  min: 0,
  suspectAbove: 1,
  suspectHint: FRACTION_HINT,
  unit: "fraction of the sum insured",
});
// Beyond it a beta is a constant, and its quantile takes for ever.
const positive = number({
  exclusiveMin: 0,
  max: 1e6,
  unit: "shape parameter",
  hint: "a shape this large leaves no spread; take severity constant instead",
});

const severity: Check<Severity> = variant<Severity>({
  constant: object<Extract<Severity, { kind: "constant" }>>({
    kind: choice(["constant"]),
    value: severityFraction,
  }),
  uniform: object<Extract<Severity, { kind: "uniform" }>>({
    kind: choice(["uniform"]),
    min: severityFraction,
    max: severityFraction,
  }),
  beta: object<Extract<Severity, { kind: "beta" }>>({
    kind: choice(["beta"]),
    alpha: positive,
    beta: positive,
  }),
  pareto: object<Extract<Severity, { kind: "pareto" }>>({
    kind: choice(["pareto"]),
    scale: number({ exclusiveMin: 0, unit: "fraction of the sum insured" }),
    shape: number({
      min: -1,
      exclusiveMax: 1,
      unit: "tail index xi",
      code: "MODEL_DOMAIN",
      hint: "from shape 1 on the mean is infinite and expected shortfall does not exist",
    }),
  }),
});

const cover: Check<Cover> = object<Cover>({
  id: id(),
  holder: id(),
  peril: choice(PERILS),
  sumInsured: money("pool currency"),
  annualProbability: number({
    exclusiveMin: 0,
    exclusiveMax: 1,
    suspectAbove: 1,
    suspectHint: FRACTION_HINT,
    unit: "probability within one year",
  }),
  severity,
  deductible: optional(money("pool currency")),
  coinsurance: optional(
    number({ min: 0, suspectFrom: 1, suspectHint: FRACTION_HINT, unit: "fraction kept" }),
  ),
  limit: optional(money("pool currency")),
  systemicLoading: number({ min: 0, exclusiveMax: 1, unit: "correlation" }),
  end: optional(instant()),
  currency: optional(id()),
});

/** The form of every list of the book, by its name in the pool document. */
export const bookForm: {
  readonly assets: Check<readonly Asset[]>;
  readonly participants: Check<readonly Participant[]>;
  readonly options: Check<readonly OptionPosition[]>;
  readonly barriers: OptionalCheck<readonly BarrierPosition[]>;
  readonly perpetuals: Check<readonly PerpetualPosition[]>;
  readonly holdings: Check<readonly Holding[]>;
  readonly covers: Check<readonly Cover[]>;
} = {
  assets: recognised(array(asset, { max: ASSETS_MAX })),
  participants: recognised(array(participant, { max: PARTICIPANTS_MAX })),
  options: recognised(array(option, { max: POSITIONS_MAX })),
  barriers: optional(
    recognised(
      array(barrier, { max: POSITIONS_MAX, description: "of isolated participants only" }),
    ),
  ),
  perpetuals: recognised(array(perpetual, { max: POSITIONS_MAX })),
  holdings: recognised(array(holding, { max: ASSETS_MAX })),
  covers: recognised(array(cover, { max: COVERS_MAX })),
};
