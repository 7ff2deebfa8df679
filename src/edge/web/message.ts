import type {
  Issue,
  MarketParameters,
  Measurement,
  PoolDocument,
  PoolValuation,
  RunningEstimate,
} from "../../index.ts";
import type { Controls } from "./controls.ts";
import type { Study, StudyResult } from "./study.ts";

/** A document that can be valued. */
export type PricedDocument = PoolDocument & { readonly market: MarketParameters };

interface Run {
  readonly id: number;
  readonly controls: Controls;
  readonly scenarios: number;
}

/** What the room tells a worker. */
export type ToWorker =
  | { readonly kind: "pool"; readonly document: PricedDocument }
  | ({ readonly kind: "value" } & Run)
  /** Only what stands before contributions. */
  | ({ readonly kind: "measure" } & Run)
  | {
      readonly kind: "study";
      readonly id: number;
      readonly controls: Controls;
      readonly study: Study;
    }
  | { readonly kind: "abort" };

/** Why there is no answer. */
export interface Failure {
  readonly message: string;
  readonly issues: readonly Issue[];
}

/** What a worker tells the room. */
export type FromWorker =
  | {
      readonly kind: "progress";
      readonly id: number;
      readonly done: number;
      readonly total: number;
      /** Null until enough scenarios lie beyond the level. */
      readonly estimate: RunningEstimate | null;
    }
  | {
      readonly kind: "measured";
      readonly id: number;
      readonly measurement: Measurement;
      /** How long it took; null where it is the first part of a valuation. */
      readonly milliseconds: number | null;
    }
  | { readonly kind: "value"; readonly id: number; readonly valuation: PoolValuation }
  | { readonly kind: "study"; readonly id: number; readonly result: StudyResult }
  | { readonly kind: "failure"; readonly id: number; readonly failure: Failure }
  | { readonly kind: "aborted"; readonly id: number };
