import {
  array,
  type Check,
  choice,
  flag,
  id,
  integer,
  money,
  number,
  object,
  optional,
  required,
  text,
  variant,
} from "../basics/index.ts";
import {
  type AssessmentCall,
  HAIRCUT_RULES,
  type HaircutResort,
  type LastResort,
  type Layer,
  type LayerShare,
  type SocialisedResort,
  type WaterfallTerms,
} from "./terms.ts";

/** Most layers of one waterfall. */
export const LAYERS_MAX = 64;
/** Most participants who share a layer, a call or the last resort. */
export const PAYERS_MAX = 1_000_000;

const FRACTION_HINT = "this looks like percent; write 0.05 for 5 %";

const share: Check<LayerShare> = object<LayerShare>({
  participant: id(),
  share: number({
    exclusiveMin: 0,
    max: 1,
    suspectAbove: 1,
    suspectHint: FRACTION_HINT,
    unit: "fraction of the layer",
  }),
});

const layer: Check<Layer> = object<Layer>({
  id: id(),
  order: required(
    integer({
      min: 1,
      max: LAYERS_MAX,
      unit: "1 pays first",
      code: "WATERFALL_ORDER",
      hint: "layers are numbered 1, 2, 3 … without gaps",
    }),
    "WATERFALL_ORDER",
    "layers are numbered 1, 2, 3 … without gaps",
  ),
  kind: choice(["operator", "members", "reinsurance"]),
  provider: optional(text(200)),
  size: money("pool currency"),
  cap: optional(money("pool currency per event", "WATERFALL_CAP")),
  capShare: optional(
    number({
      exclusiveMin: 0,
      suspectAbove: 1,
      suspectHint: FRACTION_HINT,
      unit: "fraction of the layer's size",
      code: "WATERFALL_CAP",
      notFiniteCode: "WATERFALL_CAP",
      hint: "a cap must be above 0; leave the layer out if it never pays",
    }),
  ),
  shares: optional(array(share, { max: PAYERS_MAX })),
  currency: optional(id()),
});

const assessment: Check<AssessmentCall> = object<AssessmentCall>({
  participant: id(),
  cap: money("pool currency", "WATERFALL_CAP"),
});

const weight: Check<SocialisedResort["weights"][number]> = object<
  SocialisedResort["weights"][number]
>({
  participant: id(),
  weight: number({ min: 0, unit: "any, relative to the others" }),
});

const lastResort: Check<LastResort> = variant<LastResort>({
  socialised: object<SocialisedResort>({
    kind: choice(["socialised"]),
    weights: array(weight, { max: PAYERS_MAX }),
  }),
  haircut: object<HaircutResort>({
    kind: choice(["haircut"]),
    rule: choice(HAIRCUT_RULES),
  }),
});

/** The form of a waterfall. */
export const waterfallForm: Check<WaterfallTerms> = object<WaterfallTerms>({
  layers: array(layer, { max: LAYERS_MAX }),
  assessments: optional(array(assessment, { max: PAYERS_MAX })),
  lastResort,
  allowNonStandard: optional(flag()),
});
