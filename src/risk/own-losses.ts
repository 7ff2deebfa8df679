import type { Breath, Level } from "../basics/index.ts";
import { CELL_BYTES, Column, NOWHERE, TILE } from "../engine/index.ts";
import type { Accounts } from "./account.ts";
import type { LaidPool } from "./layout.ts";
import { type Fallen, OwnCells } from "./own-cells.ts";
import { fundingOf, type Owner } from "./owner.ts";
import { logBytes, PaymentLog, type Payments } from "./payment-log.ts";
import { measureLosses } from "./tail.ts";
import type { Estimate } from "./valuation.ts";

/** Scenarios for stand-alone figures: 819 in a 2.5 % tail, an error of about 2 %, and few enough to keep. */
const SCENARIOS_MAX = 32_768;
/** The same where a path takes many steps, and drawing it more than measuring everyone on it. */
const SCENARIOS_LONG = 16_384;
const LONG_PATH = 256;
/** Fewer where there are many participants: 102 in a 2.5 % tail, an error of about 6 %. */
const SCENARIOS_MIN = 4096;
/** Losses of all participants together; a loss costs some 20 ns. */
const LOSSES_MAX = 2 ** 26;
const TAIL_MIN = 100;
/** Bytes between the columns that an owner's cubics are made in. */
const OWN_SPARE = 1024;

/**
 * How many of the first scenarios stand-alone figures are made of.
 *
 * @returns  divides by 8
 */
export function ownLossCount(
  { participants, times, assets }: Accounts,
  scenarios: number,
  level: Level,
): number {
  const affordable = Math.max(
    SCENARIOS_MIN,
    Math.floor(LOSSES_MAX / Math.max(1, participants.length)),
  );
  const most = times.length * assets.length > LONG_PATH ? SCENARIOS_LONG : SCENARIOS_MAX;
  const needed = Math.ceil(TAIL_MIN / (1 - level / 1e6));
  const wanted = Math.min(scenarios, Math.max(needed, Math.min(most, affordable)));
  return wanted - (wanted % 8);
}

/** Kernel memory that the stand-alone figures take. */
export function ownLossBytes(pool: LaidPool, count: number): number {
  const { profiles } = pool;
  // Cubics of one owner at a node, a transform of samples, and polynomials at its edges.
  const own = profiles.map(({ samples, grid }) => {
    const { degrees } = samples;
    return 8 * (4 * grid.cells + degrees * (degrees + 2) + 6 * grid.padded) + OWN_SPARE;
  });
  const columns = count * (12 * profiles.length + 16) + 8 * profiles.length;
  return columns + Math.max(logBytes(TILE * itemsOf(pool)), 0, ...own);
}

/** Covers, margined accounts and barriers: all that may pay in a scenario. */
function itemsOf({ covers, margin }: LaidPool): number {
  const { book, touches } = margin ?? {};
  return covers.length + (book?.accounts.length ?? 0) + (touches?.length ?? 0);
}

/** What was kept of a pool as long as it stays laid: several rules ask for it. */
const known = new WeakMap<LaidPool, OwnLosses>();

/** The first scenarios, kept so that everyone's own loss in each of them can be told. */
export class OwnLosses {
  readonly count: number;
  readonly #pool: LaidPool;
  /** Where its columns begin; nothing that lasts is laid behind them. */
  readonly #start: number;
  /** Addresses of [nodes × count] i32 cell offsets, [nodes × count] f64 places and [nodes × 2] i32 bounds. */
  readonly #at: number;
  readonly #t: number;
  readonly #bounds: number;
  readonly #column: number;
  readonly #equity: number;
  /** By node. */
  #fallen: readonly Fallen[] = [];
  #cells: readonly OwnCells[] = [];
  #payments: Payments | null = null;
  /** Per asset with funding on its price: the index of every scenario. */
  readonly #funding: readonly (Float64Array | null)[];

  private constructor(pool: LaidPool, count: number) {
    const { arena } = pool.simulation;
    this.#pool = pool;
    this.count = count;
    this.#start = arena.mark();
    const nodes = pool.grids.length;
    this.#at = arena.reserve(nodes * count * 4);
    this.#t = arena.reserve(nodes * count * 8);
    this.#bounds = arena.reserve(nodes * 2 * 4);
    this.#column = arena.reserve(count * 8);
    this.#equity = arena.reserve(count * 8);
    this.#funding = (pool.margin?.book.rates ?? []).map((rate) =>
      rate === 0 ? null : new Float64Array(count),
    );
  }

  /** Runs the first scenarios again and keeps where they fell; once for each laid pool. */
  static async of(
    pool: LaidPool,
    scenarios: number,
    level: Level,
    breathe: Breath,
  ): Promise<OwnLosses> {
    const count = ownLossCount(pool.accounts, scenarios, level);
    const before = known.get(pool);
    if (before?.count === count) return before;
    if (before) pool.simulation.arena.release(before.#start);
    known.delete(pool);
    const own = new OwnLosses(pool, count);
    await own.#simulate(breathe);
    known.set(pool, own);
    return own;
  }

  async #simulate(breathe: Breath): Promise<void> {
    const { simulation } = this.#pool;
    const { arena } = simulation;
    const items = itemsOf(this.#pool);
    const payments = new PaymentLog();
    const mark = arena.mark();
    const log = arena.take(logBytes(TILE * items));
    const bounds = arena.i32(this.#bounds, 2 * this.#pool.grids.length);
    for (let i = 0; i < bounds.length; i += 2) bounds.set(NOWHERE, i);
    simulation.withMoments = false;
    simulation.events = items > 0 ? log : 0;
    for (let first = 0; first < this.count; first += TILE) {
      const size = Math.min(TILE, this.count - first);
      simulation.runRange(first, size);
      this.#keep(first, size);
      if (items > 0) payments.drain(arena.kernels.memory.buffer, log);
      if (first % (64 * TILE) === 0) await breathe();
    }
    simulation.events = 0;
    arena.release(mark);
    this.#payments = payments.sorted(items);
    const { profiles } = this.#pool;
    const { count } = this;
    const reached = arena.i32(this.#bounds, 2 * profiles.length);
    this.#fallen = profiles.map((_, node) => ({
      count,
      at: this.#at + node * count * 4,
      t: this.#t + node * count * 8,
      cells: {
        from: reached[2 * node]! / CELL_BYTES,
        to: reached[2 * node + 1]! / CELL_BYTES + 1,
      },
    }));
    this.#cells = profiles.map(
      (profile, node) => new OwnCells(arena, profile, this.#fallen[node]!),
    );
  }

  /** Keeps the places and funding indices that the tile ended with. */
  #keep(first: number, size: number): void {
    const { simulation, grids, margin, accounts } = this.#pool;
    const { arena, kernels } = simulation;
    kernels.keepPlaces(
      simulation.placesAddress,
      grids.length,
      size,
      this.#at + first * 4,
      this.#t + first * 8,
      this.count,
      this.#bounds,
    );
    this.#funding.forEach((column, u) => {
      if (!column) return;
      const address = kernels.fundingColumn(margin!.lanes, accounts.assets.length, u);
      column.set(arena.f64(address, size), first);
    });
  }

  /**
   * What an owner loses the pool in each of the scenarios.
   *
   * @returns [count]: a view that the next call overwrites
   */
  column(owner: Owner): Float64Array {
    const { arena } = this.#pool.simulation;
    arena.f64(this.#column, this.count).fill(0);
    for (const cells of this.#cells) cells.addLosses(owner.place, this.#column);
    // Only now: growing the memory for the profiles detaches older views.
    const losses = arena.f64(this.#column, this.count);
    this.#addShortfalls(owner, losses);
    this.#addPayments(owner, losses);
    return losses;
  }

  /** ES of an owner's loss alone. */
  standAlone(owner: Owner, level: Level): Estimate {
    this.column(owner);
    const column = new Column(this.#pool.simulation.arena, null, this.#column, this.count);
    const { expectedShortfall, esStandardError } = measureLosses(column, level);
    return { value: expectedShortfall, standardError: esStandardError };
  }

  #addShortfalls(owner: Owner, losses: Float64Array): void {
    const { arena, kernels } = this.#pool.simulation;
    for (const j of owner.joint) {
      const joint = this.#pool.joint[j]!;
      const equity = arena.f64(this.#equity, this.count).fill(0);
      for (const { node, cubics } of joint.tables) {
        const { at, t } = this.#fallen[node]!;
        kernels.addCubic(cubics, at, t, this.#equity, this.count);
      }
      kernels.shortfall(this.#equity, joint.prior, this.count);
      for (let s = 0; s < this.count; s++) losses[s]! += equity[s]!;
    }
  }

  /** Covers' payments, and what touched barriers, liquidation and funding change. */
  #addPayments(owner: Owner, losses: Float64Array): void {
    const { covers, margin, accounts } = this.#pool;
    const first = covers.length;
    const touches = first + (margin?.book.accounts.length ?? 0);
    const items = [
      ...owner.covers,
      ...owner.margin.map((m) => first + m),
      ...owner.touches.map((c) => touches + c),
    ];
    const { starts, scenarios, amounts } = this.#payments!;
    for (const item of items) {
      for (let i = starts[item]!; i < starts[item + 1]!; i++) losses[scenarios[i]!]! += amounts[i]!;
    }
    if (!margin) return;
    const horizon = accounts.times.at(-1)!;
    fundingOf(this.#pool, owner).forEach((rate, u) => {
      if (rate === 0) return;
      const column = this.#funding[u];
      for (let s = 0; s < losses.length; s++) losses[s]! -= rate * (column ? column[s]! : horizon);
    });
  }
}
