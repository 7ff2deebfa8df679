/** Decimal digits as text in the pool currency: "1250.00". */
type Money = string;

/** A fraction of a layer that a participant provides. */
export interface LayerShare {
  readonly participant: string;
  /** In (0, 1]; the shares of a layer sum to 1. */
  readonly share: number;
}

/**
 * One layer of capital. Layers pay in ascending `order`; the operator's own layers come before
 * the members' (the order whose breach cost HanMag's fellow members 45 billion won in 2013).
 */
export interface Layer {
  readonly id: string;
  /** 1, 2, 3 … without gaps. */
  readonly order: number;
  readonly kind: "operator" | "members" | "reinsurance";
  /** Who provides an operator's or reinsurer's layer, in words. */
  readonly provider?: string;
  /** Money in the layer. */
  readonly size: Money;
  /** Most it pays per event, as money … */
  readonly cap?: Money;
  /** … or as a fraction of its size in (0, 1]; not both. */
  readonly capShare?: number;
  /** Who provides a members' layer. */
  readonly shares?: readonly LayerShare[];
  /** Must equal the pool currency when given. */
  readonly currency?: string;
}

/** A capped call on a participant when the layers are exhausted; pro rata to the caps. */
export interface AssessmentCall {
  readonly participant: string;
  readonly cap: Money;
}

/** Everyone bears what nothing else bears, pro rata to weights (≥ 0, not all 0). */
export interface SocialisedResort {
  readonly kind: "socialised";
  readonly weights: readonly { readonly participant: string; readonly weight: number }[];
}

/** Ways to take what is lacking from those who gained. */
export const HAIRCUT_RULES = [
  "proportional",
  "equal-awards",
  "equal-losses",
  "talmud",
  "random-arrival",
  "queue",
] as const;

/**
 * Those who gained bear what nothing else bears, out of their gains: an insolvency rule divides what
 * there is for them, or a queue takes the gains of the highest ranked first.
 */
export interface HaircutResort {
  readonly kind: "haircut";
  readonly rule: (typeof HAIRCUT_RULES)[number];
}

/** Who bears what nothing else bears. */
export type LastResort = SocialisedResort | HaircutResort;

/** The agreed order in which a loss is borne. */
export interface WaterfallTerms {
  readonly layers: readonly Layer[];
  readonly assessments?: readonly AssessmentCall[];
  readonly lastResort: LastResort;
  /** Allows members' layers before the operator's; a warning is then part of every result. */
  readonly allowNonStandard?: boolean;
}
