import type { Work } from "../basics/index.ts";
import type { Arena } from "../engine/index.ts";
import { log } from "../numeric/index.ts";
import { noLegs } from "./account.ts";
import { barrierLoss } from "./barrier.ts";
import type { LaidPool } from "./layout.ts";
import { linearAndSettled } from "./node-grid.ts";
import { CALL_NUMBERS, type NodeLegs } from "./node-legs.ts";
import type { NodeProfile } from "./node-profile.ts";
import type { AssetExposure } from "./valuation.ts";

/** Moves of one asset's price at which its profile is shown, as fractions. */
const MOVES: readonly number[] = Array.from({ length: 49 }, (_, i) => -0.6 + i * 0.025);

/**
 * Exposure of the pool per asset, in pieces: Greeks now, and the loss at the horizon when one asset
 * moves and the others stay. Options that expire before it settle at the moved price; a barrier is
 * touched where the moved price is beyond it. Shortfalls of accounts over several assets are left
 * out, because no single asset has them.
 */
export function* exposureWork(
  pool: LaidPool,
  volatility: readonly number[],
): Work<AssetExposure[]> {
  const { assets, spots, greeks, nodes } = pool.accounts;
  const returns = MOVES.map((move) => log(1 + move));
  const still: number[] = [];
  const moved: number[][] = [];
  for (const [index, profile] of pool.profiles.entries()) {
    yield;
    const losses = lossesAt(pool, index, profile, [0, ...returns]);
    still.push(losses[0]!);
    moved.push(losses.slice(1));
  }
  return assets.map((id, asset): AssetExposure => {
    const { delta, gamma, vega } = greeks[asset]!;
    const spot = spots[asset]!;
    const others = nodes.reduce(
      (sum, node, index) => (node.asset === asset ? sum : sum + still[index]!),
      0,
    );
    return {
      asset: id,
      spot,
      volatility: volatility[asset]!,
      // Adding 0 turns -0 into 0.
      deltaCoins: -delta + 0,
      gammaPerPercent: -gamma * spot * spot * 0.01 + 0,
      vegaPerPoint: -vega * 0.01 + 0,
      profile: {
        move: MOVES,
        loss: MOVES.map((_, m) =>
          nodes.reduce(
            (sum, node, index) => (node.asset === asset ? sum + moved[index]![m]! : sum),
            others,
          ),
        ),
      },
    };
  });
}

/** Loss that a node's legs cause at some log returns: off its cells, or by the formulas outside them. */
function lossesAt(
  pool: LaidPool,
  index: number,
  profile: NodeProfile,
  x: readonly number[],
): number[] {
  const { edges } = profile.grid;
  const beyond = x.filter((at) => !(at >= edges[0]! && at <= edges.at(-1)!));
  const outside = beyond.length > 0 ? formulaLosses(pool, index, profile.legs, beyond) : [];
  for (const { leg } of profile.barriers) {
    for (let i = 0; i < outside.length; i++) outside[i]! += barrierLoss(leg, beyond[i]!, false);
  }
  const cells = pool.cells[index]!;
  let next = 0;
  return x.map((at) => (beyond[next] === at ? outside[next++]! : profile.grid.valueAt(cells, at)));
}

function formulaLosses(
  { simulation }: LaidPool,
  index: number,
  legs: NodeLegs,
  x: readonly number[],
): number[] {
  const { arena } = simulation;
  const mark = arena.mark();
  const pricing = new Pricing(arena, x);
  const losses = new Array<number>(x.length).fill(0);
  const { firstFloored } = legs;
  const plain = legs.calls.subarray(0, CALL_NUMBERS * legs.from[firstFloored]!);
  const smooth = pricing.price(plain);
  for (let i = 0; i < x.length; i++) losses[i]! += smooth[i]!;
  for (let row = 0; row < legs.accounts.length; row++) {
    const account = legs.accounts[row]!;
    const value = account.value.get(index)!;
    const worth = row < firstFloored ? null : pricing.price(Float64Array.from(value.calls));
    const before = legs.constant[row]! - value.constant;
    const collateral = account.collateral.get(index) ?? noLegs();
    for (let i = 0; i < x.length; i++) {
      const spot = pricing.spots[i]!;
      const linear = linearAndSettled(value, spot);
      if (!worth) {
        losses[i]! += linear + before;
        continue;
      }
      const now = worth[i]! + linear;
      const equity = now + linearAndSettled(collateral, spot);
      losses[i]! += now + before + Math.max(0, -equity);
    }
  }
  arena.release(mark);
  return losses;
}

/** Values of calls at a few log returns. */
class Pricing {
  readonly spots: Float64Array;
  readonly #arena: Arena;
  readonly #x: number;
  readonly #spot: number;
  readonly #count: number;

  constructor(arena: Arena, x: readonly number[]) {
    this.#arena = arena;
    this.#count = Math.ceil(x.length / 4) * 4;
    this.#x = arena.take(this.#count * 8);
    this.#spot = arena.reserve(this.#count * 8);
    arena.f64(this.#x, this.#count).set(x);
    arena.kernels.expColumn(this.#spot, this.#x, this.#count);
    this.spots = arena.f64(this.#spot, this.#count).slice();
  }

  /** A view that the next call overwrites. */
  price(calls: Float64Array): Float64Array {
    const arena = this.#arena;
    const mark = arena.mark();
    const options = arena.put(calls);
    const values = arena.take(this.#count * 8);
    const count = calls.length / CALL_NUMBERS;
    arena.kernels.addCalls(values, this.#x, this.#spot, this.#count, options, count);
    arena.release(mark);
    return arena.f64(values, this.#count);
  }
}
