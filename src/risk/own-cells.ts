import { atOnce } from "../basics/index.ts";
import type { Arena } from "../engine/index.ts";
import type { BarrierRow, DeadCells, NodeProfile } from "./node-profile.ts";
import type { SampleBlock } from "./sample.ts";

/** What one owner has at a node. */
interface Own {
  readonly rows: number[];
  readonly sharp: number[];
  readonly dead: DeadCells[];
  readonly barriers: BarrierRow[];
  readonly sampled: { readonly block: SampleBlock; readonly place: number }[];
}

/** Everyone's own part of one node's profile, as cells. */
export class OwnCells {
  readonly #arena: Arena;
  readonly #profile: NodeProfile;
  readonly #basis: { readonly values: number; readonly slopes: number };
  readonly #of = new Map<number, Own>();
  /** One owner's: there may be thousands, and what each leaves behind would have to be collected. */
  readonly #cells: Float64Array;

  /** Lays polynomials that stay in memory as long as the cells are wanted. */
  constructor(arena: Arena, profile: NodeProfile) {
    this.#arena = arena;
    this.#profile = profile;
    this.#basis = profile.basis();
    this.#cells = new Float64Array(4 * profile.grid.cells);
    const { legs, samples, sharpRows, dead } = profile;
    legs.owners.forEach((owner, row) => {
      const own = this.#of.get(owner);
      if (own) own.rows.push(row);
      else this.#of.set(owner, { rows: [row], sharp: [], dead: [], barriers: [], sampled: [] });
    });
    const of = (row: number) => this.#of.get(legs.owners[row]!)!;
    for (const row of sharpRows) of(row).sharp.push(row);
    for (const one of dead) of(one.row).dead.push(one);
    for (const one of profile.barriers) of(one.row).barriers.push(one);
    for (const block of samples.blocks) {
      for (const [place, row] of block.rows.entries()) of(row).sampled.push({ block, place });
    }
  }

  /**
   * Hermite cells of one owner's loss.
   *
   * @param owner  place of the owner, see {@link NodeLegs.owners}
   * @returns      [4·cells], see NodeGrid.add, which the next call overwrites; null where the owner
   *               has nothing
   */
  of(owner: number): Float64Array | null {
    const own = this.#of.get(owner);
    if (!own) return null;
    const { samples, grid } = this.#profile;
    const cells = this.#cells.fill(0);
    if (own.sampled.length > 0) {
      const mark = this.#arena.mark();
      const coefficients = this.#arena.take(samples.degrees * 8);
      for (const { block, place } of own.sampled) {
        samples.addCoefficients(coefficients, block, place);
      }
      this.#profile.addSmooth(coefficients, this.#basis, cells);
      this.#arena.release(mark);
    }
    let slope = 0;
    let constant = 0;
    for (const row of own.rows) {
      slope += samples.slope[row]!;
      constant += samples.constant[row]!;
    }
    grid.add({ calls: [], slope, constant, settled: [] }, cells);
    this.#profile.addSharp(own.sharp, own.dead, cells);
    atOnce(this.#profile.addBarriers(own.barriers, cells));
    return cells;
  }
}
