import type { Level } from "../basics/index.ts";
import { measureLosses, OwnLosses, ownersOf, type PoolRun } from "../risk/index.ts";
import { shortfallOf } from "./average-rule.ts";
import { BATCHES, batchedShares, type RawShares } from "./raw-share.ts";

/** A figure of the whole sample, then the same of each batch. */
type Batched = Float64Array;

/**
 * Stand-alone shares of ES: everyone in proportion to the ES of the own loss. Stable and easily
 * explained; diversification is credited to nobody in particular.
 *
 * @source Dhaene, Tsanakas, Valdez & Vanduffel, Optimal capital allocation principles (2012)
 */
export async function standAloneShares(run: PoolRun, level: Level): Promise<RawShares> {
  return columnShares(run, level, (own) => shortfalls(own, level));
}

/**
 * With-without shares of ES: what the pool's ES would be less without the participant. They sum to
 * less than ES and are scaled to it.
 *
 * @source Merton & Perold, Theory of risk capital in financial firms (1993)
 */
export async function withWithoutShares(run: PoolRun, level: Level): Promise<RawShares> {
  let whole: Batched | null = null;
  return columnShares(run, level, (own, pool) => {
    whole ??= shortfalls(pool, level);
    const without = shortfalls(
      pool.map((loss, s) => loss - own[s]!),
      level,
    );
    return whole.map((shortfall, b) => shortfall - without[b]!);
  });
}

/**
 * A rule that needs everyone's own loss in every scenario: on the first ones of the run.
 *
 * @param figure  of one participant's losses and the pool's in the same scenarios
 */
async function columnShares(
  run: PoolRun,
  level: Level,
  figure: (own: Float64Array, pool: Float64Array) => Batched,
): Promise<RawShares> {
  const { laid, losses, breathe } = run;
  const columns = await OwnLosses.of(laid, losses.length, level, breathe);
  const pool = losses.slice(0, columns.count);
  const figures: Batched[] = [];
  for (const owner of ownersOf(laid)) {
    figures.push(figure(columns.column(owner).slice(), pool));
    await breathe();
  }
  return {
    measure: "expected-shortfall",
    total: shortfallOf(run, level),
    ...batchedShares(figures),
    scenarios: columns.count,
  };
}

/** ES of some losses, then of each batch of them. */
function shortfalls(losses: Float64Array, level: Level): Batched {
  const out = new Float64Array(1 + BATCHES);
  out[0] = shortfall(losses, level);
  const size = Math.floor(losses.length / BATCHES);
  for (let b = 0; b < BATCHES; b++) {
    out[b + 1] = shortfall(losses.subarray(b * size, (b + 1) * size), level);
  }
  return out;
}

function shortfall(losses: Float64Array, level: Level): number {
  return measureLosses(losses, level).expectedShortfall;
}
