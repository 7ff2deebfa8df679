import { type Issue, PoolError, received } from "./basics/index.ts";
import type { MarketParameters } from "./market/index.ts";
import { poolOf } from "./request.ts";
import type { PriceShock, ShockLoss } from "./risk/index.ts";

/** Most shocks of one call. */
const SHOCKS_MAX = 10_000;

/**
 * What a pool loses when prices change at once: a scenario that is given, not simulated. Every position
 * is valued before and after, with sticky strikes; nobody is liquidated in between. Covers do not
 * depend on prices.
 *
 * @param pool     a validated `Pool`, a pool document, or its JSON text
 * @param shocks   changes of price by asset id, as fractions: `{ BTC: -0.3 }`; others stay
 * @param options  `market`, for its discount rate, in place of the document's own
 * @returns        in the order of the shocks
 * @throws         PoolError with every problem of the document, or of the shocks
 *
 * @example
 * const [{ loss }] = await shockLosses(pool, [{ BTC: -0.3, ETH: -0.4 }]);
 */
export async function shockLosses(
  pool: unknown,
  shocks: readonly PriceShock[],
  options: { readonly market?: Pick<MarketParameters, "discountRate"> } = {},
): Promise<ShockLoss[]> {
  const { document } = poolOf(pool);
  checkShocks(
    shocks,
    document.assets.map(({ id }) => id),
  );
  const rate = (options.market ?? document.market)?.discountRate ?? 0;
  // A chunk of its own: a page that shocks nothing does not fetch it.
  const { lossesUnder } = await import("./risk/shock.ts");
  return lossesUnder(document, shocks, rate);
}

function checkShocks(shocks: unknown, assets: readonly string[]): void {
  if (!Array.isArray(shocks) || shocks.length > SHOCKS_MAX) {
    const detail = "shocks must be a list of changes of price by asset id";
    const expected = `0 … ${SHOCKS_MAX} objects`;
    refuse({ code: "TYPE", pointer: "/shocks", detail, expected, received: received(shocks) });
  }
  const problems: Issue[] = [];
  Array.from(shocks as readonly unknown[]).forEach((shock, i) => {
    if (typeof shock !== "object" || shock === null) {
      const detail = "a shock must be an object of changes of price by asset id";
      const about = { pointer: `/shocks/${i}`, expected: "object", received: received(shock) };
      problems.push({ code: "TYPE", detail, ...about });
      return;
    }
    for (const [asset, change] of Object.entries(shock)) {
      const pointer = `/shocks/${i}/${asset}`;
      if (!assets.includes(asset)) {
        const detail = "the pool has no asset of this id; remove it or correct its name";
        problems.push({ code: "REFERENCE_UNKNOWN", pointer, detail, expected: assets.join(", ") });
      } else if (
        !(typeof change === "number" && change > -1 && change < Number.POSITIVE_INFINITY)
      ) {
        const detail =
          "a change of price must be a fraction above -1; write -0.3 for a fall of 30 %";
        const expected = "number > -1";
        problems.push({
          code: "NUMBER_RANGE",
          pointer,
          detail,
          expected,
          received: received(change),
        });
      }
    }
  });
  if (problems.length > 0) throw new PoolError(problems, "shocks");
}

function refuse(issue: Issue): never {
  throw new PoolError([issue], "shocks");
}
