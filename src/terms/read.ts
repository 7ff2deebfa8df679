import { type Draft, Findings } from "../basics/index.ts";
import { checkWaterfall } from "./rules.ts";
import { waterfallForm } from "./schema.ts";
import type { WaterfallTerms } from "./terms.ts";

/**
 * Reads a waterfall on its own, without the pool around it, and returns a frozen copy.
 *
 * @param value     plain data in the form of {@link WaterfallTerms}
 * @param currency  what its money strings are in
 * @throws          PoolError with everything that is wrong; participants are not looked up
 */
export function readWaterfall(
  value: unknown,
  currency: { readonly code: string; readonly decimals: number },
): WaterfallTerms {
  const found = new Findings();
  const terms: Draft<WaterfallTerms> = waterfallForm.check(value, null, found);
  checkWaterfall(
    terms,
    {
      currency: currency.code,
      decimals: currency.decimals,
      participants: undefined,
      pointer: "",
    },
    found,
  );
  found.throwIfAny("waterfall");
  // Nothing was found, so nothing is missing from the draft.
  return terms as WaterfallTerms;
}
