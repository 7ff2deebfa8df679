import { type Check, Findings, id, number, object, optional } from "../basics/index.ts";
import type { PoolDocument } from "../pool/index.ts";

/** A perpetual that both sides of are held in two accounts, and what the pool asks of them. */
export interface InsiderTerms {
  readonly asset: string;
  /** Least collateral that is asked for, as a part of the position's value. */
  readonly margin: number;
  /** Per trade, of the price; 0 when left out. */
  readonly fee?: number;
  /** Part of a gain that the pool keeps back; 0 when left out. */
  readonly haircut?: number;
  /** Equity at which an account is closed; needs liquidation terms, and is not looked at without. */
  readonly maintenance?: number;
}

const part = (unit: string): Check<number> =>
  number({
    min: 0,
    suspectAbove: 1,
    suspectHint: "this looks like percent; write 0.05 for 5 %",
    unit,
  });

const form: Check<InsiderTerms> = object<InsiderTerms>({
  asset: id(),
  margin: number({
    exclusiveMin: 0,
    suspectAbove: 1,
    suspectHint: "this looks like percent; write 0.05 for 5 %",
    unit: "part of the position",
  }),
  fee: optional(part("part of the price")),
  haircut: optional(part("part of the gain")),
  maintenance: optional(part("part of the position")),
});

/**
 * Reads what an insider would be offered.
 *
 * @throws PoolError with every problem, at /insider
 */
export function readInsiderTerms(given: unknown, document: PoolDocument): InsiderTerms {
  const found = new Findings();
  const draft = form.check(given, { above: null, key: "insider" }, found);
  const asset = draft?.asset;
  if (asset !== undefined && !document.assets.some((one) => one.id === asset)) {
    found.add({
      code: "REFERENCE_UNKNOWN",
      pointer: "/insider/asset",
      detail: "the pool has no asset of this id; add it or correct the id",
      expected: "id of one of the pool's assets",
      received: `string "${asset}"`,
    });
  }
  found.throwIfAny("request");
  return draft as InsiderTerms;
}
