import { atOnce } from "../basics/index.ts";
import type { Arena } from "../engine/index.ts";
import { cubicsOf } from "./hermite.ts";
import type { Cells } from "./node-grid.ts";
import type { BarrierRow, DeadCells, NodeProfile } from "./node-profile.ts";
import type { Sampled } from "./sample.ts";

/** What one owner has at a node. */
interface Own {
  readonly rows: number[];
  readonly sharp: number[];
  readonly dead: DeadCells[];
  readonly barriers: BarrierRow[];
  readonly sampled: Sampled[];
}

/** Where scenarios fell at a node. */
export interface Fallen {
  readonly count: number;
  /** Addresses of [count] i32 byte offsets of cells and of [count] f64 places in them. */
  readonly at: number;
  readonly t: number;
  /** All cells that any of them fell into. */
  readonly cells: Cells;
}

/** Everyone's own part of one node's profile, on the cells that scenarios fell into. */
export class OwnCells {
  readonly #arena: Arena;
  readonly #profile: NodeProfile;
  readonly #fallen: Fallen;
  readonly #of = new Map<number, Own>();

  constructor(arena: Arena, profile: NodeProfile, fallen: Fallen) {
    this.#arena = arena;
    this.#profile = profile;
    this.#fallen = fallen;
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
   * Adds one owner's losses to a column.
   *
   * @param owner  place of the owner, see {@link NodeLegs.owners}
   * @param out    address of [count] f64
   */
  addLosses(owner: number, out: number): void {
    const own = this.#of.get(owner);
    if (!own) return;
    const arena = this.#arena;
    const { count, at, t, cells } = this.#fallen;
    const mark = arena.mark();
    // Cells are looked up by their place among all of them; no scenario asks for the others.
    const cubics = arena.reserve(4 * this.#profile.grid.cells * 8);
    this.#layCubics(own, cubics + 4 * cells.from * 8);
    arena.kernels.addCubic(cubics, at, t, out, count);
    arena.release(mark);
  }

  /** @param out  address of [4·(to - from)] f64 */
  #layCubics(own: Own, out: number): void {
    const arena = this.#arena;
    const profile = this.#profile;
    const { samples } = profile;
    const { from, to } = this.#fallen.cells;
    let slope = 0;
    let constant = 0;
    for (const row of own.rows) {
      slope += samples.slope[row]!;
      constant += samples.constant[row]!;
    }
    profile.laySmooth(out, { slope, constant }, own.sampled, { from, to });
    const { sharp, dead, barriers } = own;
    if (sharp.length + dead.length + barriers.length > 0) {
      // Not in place: pricing may have the memory grow, and views of it are then void.
      const cells = arena.f64(out, 4 * (to - from)).slice();
      profile.addSharp(sharp, dead, cells, from, to);
      atOnce(profile.addBarriers(barriers, cells, from, to));
      arena.f64(out, cells.length).set(cells);
    }
    const cells = arena.f64(out, 4 * (to - from));
    cubicsOf(cells, cells);
  }
}
