// Every workload, by the name that it is asked for with. Made when asked for: some are large.
import type { Size, Workload } from "./harness.ts";
import { batches } from "./workload/batch.ts";
import { conditionalMeans } from "./workload/conditional-mean.ts";
import { contributions } from "./workload/contributions.ts";
import { covers } from "./workload/covers.ts";
import { crossMargin } from "./workload/cross-margin.ts";
import { frame } from "./workload/frame.ts";
import { liquidation } from "./workload/liquidation.ts";
import { liquidationShares } from "./workload/liquidation-shares.ts";
import { normals } from "./workload/normals.ts";
import { quotes } from "./workload/quote.ts";
import { revaluation } from "./workload/revaluation.ts";
import { shapleySampling } from "./workload/shapley.ts";
import { valueProfiles } from "./workload/value-profiles.ts";

/** Makes a workload in a size. */
export type Maker = (size: Size) => Workload;

/** In the order of the table. */
export const WORKLOADS: Readonly<Record<string, Maker>> = {
  W0: normals,
  W1: revaluation,
  W1b: valueProfiles,
  W2: liquidation,
  W2x: crossMargin,
  W3: contributions,
  W3p: liquidationShares,
  covers,
  frame,
  shapley: shapleySampling,
  conditional: conditionalMeans,
  quote: quotes,
  batch: batches,
};

/**
 * The workloads that arguments ask for, by name, or all.
 *
 * @throws Error for a name that is none
 */
export function chosen(names: readonly string[]): Maker[] {
  if (names.length === 0) return Object.values(WORKLOADS);
  return names.map((name) => {
    const found = Object.keys(WORKLOADS).find((id) => id.toLowerCase() === name.toLowerCase());
    if (!found) throw new Error(`no workload ${name}; there are ${Object.keys(WORKLOADS)}`);
    return WORKLOADS[found]!;
  });
}
