import { assert } from "../basics/index.ts";

/** What one layer pays. */
export interface Draw {
  readonly name: string;
  readonly used: bigint;
}

/** A loss poured down the layers. */
export interface Poured {
  /** In the order of the layers. */
  readonly draws: Draw[];
  /** What no layer bears, ≥ 0. */
  readonly residual: bigint;
}

/**
 * Pours one loss down the layers: each pays what it can, the next pays the rest.
 *
 * @param loss    ≥ 0, minor units
 * @param layers  first payer first; capacities ≥ 0, same currency as the loss
 * @returns       Σ used + residual = loss; a layer pays only when those before it are exhausted
 */
export function pour(
  loss: bigint,
  layers: readonly { readonly name: string; readonly capacity: bigint }[],
): Poured {
  assert(loss >= 0n, "a loss is not negative");
  let residual = loss;
  const draws = layers.map(({ name, capacity }): Draw => {
    assert(capacity >= 0n, `${name} has a capacity that is not negative`);
    const used = residual < capacity ? residual : capacity;
    residual -= used;
    return { name, used };
  });
  assert(residual >= 0n, "no layer pays more than is left");
  const paid = draws.reduce((sum, { used }) => sum + used, 0n);
  assert(paid + residual === loss, "what is paid and what is left make the loss");
  return { draws, residual };
}
