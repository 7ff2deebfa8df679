import { assert } from "../basics/index.ts";
import { Arena } from "./arena.ts";
import { type KeptPaths, keepPaths } from "./kept-paths.ts";
import type { Kernels } from "./kernels.ts";
import { Moments } from "./moments.ts";
import { BATCH, PLAN, STATISTICS, TILE } from "./plan.ts";

/** What has been laid for a simulation, apart from the memory it works in. */
export interface SimulationPlaces {
  /** Address of the plan, complete but for SCRATCH. */
  readonly plan: number;
  /**
   * Everything that the kernel adds up: moments, of which those of each node begin at `starts` and all end
   * at the last of these; behind them sums and the count of held prices.
   */
  readonly moments: {
    readonly address: number;
    readonly count: number;
    readonly starts: readonly number[];
  };
  /** The columns of the market model, one behind the other: with the seed all that decides prices. */
  readonly model: { readonly address: number; readonly bytes: number };
  /** Written before it is read, by every tile. */
  readonly scratchBytes: number;
  /** Whether paths have statistics besides their loss. */
  readonly withStatistics: boolean;
}

/** A simulation as a message: another instance of the same kernel runs the same paths from it. */
export interface SimulationImage {
  readonly places: SimulationPlaces;
  /** The kernel's memory from `columnsStart` to the last column that was laid. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Everything laid in memory, ready to run any list of paths. */
export class Simulation {
  readonly arena: Arena;
  readonly plan: number;
  readonly #places: SimulationPlaces;
  /** Where the laid columns end and the memory to work in begins. */
  readonly #laidEnd: number;
  readonly #paths: number;
  readonly #weights: number;
  readonly #losses: number;

  /** [4×BATCH] f64 where paths have statistics besides their loss, else 0. */
  readonly #statistics: number;
  /** [4·cells] f64 and [nodes×2] i32 of what is taken. */
  readonly #moved: number;
  readonly #bounds: number;
  /** Bounds of nothing. */
  readonly #nowhere: Int32Array;
  /** Where first paths are kept, while they are. */
  #keptPaths: KeptPaths | null = null;

  /** Nothing that a run reads may be laid after this: an image ends where it begins. */
  constructor(arena: Arena, places: SimulationPlaces) {
    this.arena = arena;
    this.plan = places.plan;
    this.#places = places;
    this.#laidEnd = arena.bytes;
    const { starts } = places.moments;
    const nodes = starts.length - 1;
    this.#moved = arena.reserve(starts[nodes]! * 8);
    this.#bounds = arena.reserve(2 * nodes * 4);
    this.#nowhere = new Int32Array(2 * nodes);
    const scratch = arena.reserve(places.scratchBytes);
    this.#paths = arena.take(BATCH * 4);
    this.#weights = arena.take(BATCH * 8);
    this.#losses = arena.take(BATCH * 8);
    this.#statistics = places.withStatistics
      ? arena.take(STATISTICS.length * PLAN.STATISTICS_STRIDE)
      : 0;
    const view = arena.u32(this.plan, PLAN.PLAN_BYTES / 4);
    view[PLAN.STATISTICS_OUT / 4] = this.#statistics;
    view[PLAN.SCRATCH / 4] = scratch;
    view[PLAN.KEPT_TILES / 4] = 0;
  }

  /** Lays an image in the memory of an instance that nothing else uses. */
  static fromImage(kernels: Kernels, { places, bytes }: SimulationImage): Simulation {
    const arena = new Arena(kernels, Number.POSITIVE_INFINITY);
    arena.restore(bytes);
    const simulation = new Simulation(arena, places);
    simulation.takeMoments();
    return simulation;
  }

  /** A copy of all that was laid; the moments gathered so far are not part of it. */
  image(): SimulationImage {
    return { places: this.#places, bytes: this.arena.copy(this.#laidEnd) };
  }

  /** Where the scratch begins. */
  get scratch(): number {
    return this.#word(PLAN.SCRATCH);
  }

  get kernels(): Kernels {
    return this.arena.kernels;
  }

  /** Where the cells and places of a tile that was run alone stand, see assembly/simulate.ts. */
  get placesAddress(): number {
    return this.#word(PLAN.SCRATCH) + this.kernels.placesAt();
  }

  #word(field: number): number {
    return this.arena.u32(this.plan, PLAN.PLAN_BYTES / 4)[field / 4]!;
  }

  /** Switches the gathering of moments and sums on or off. */
  set withMoments(on: boolean) {
    this.arena.i32(this.plan, PLAN.PLAN_BYTES / 4)[PLAN.WITH_MOMENTS / 4] = on ? 1 : 0;
  }

  /** Where the kernel logs cover payments; 0 for nowhere. */
  set events(address: number) {
    this.arena.u32(this.plan, PLAN.PLAN_BYTES / 4)[PLAN.EVENTS / 4] = address;
  }

  /**
   * Has consecutive paths keep their normals and log prices for later runs of this instance, see
   * {@link keepPaths}. No bit of a loss depends on it.
   */
  keepPaths(): void {
    this.#keptPaths = keepPaths(this.arena, this.plan, this.#places.model);
  }

  /**
   * Runs up to {@link BATCH} consecutive paths, each with weight 1.
   *
   * @returns [count] f64 losses: a view that the next run overwrites
   */
  runRange(first: number, count: number): Float64Array {
    const padded = Math.ceil(count / 8) * 8;
    assert(count > 0 && padded <= BATCH, "a batch fits the buffers");
    this.kernels.layRange(this.#paths, this.#weights, first, count, padded);
    const kept = this.#keptPaths;
    return this.#run(count, padded, kept && this.arena.holds(kept.place) ? kept.tiles : 0);
  }

  /**
   * Runs up to {@link BATCH} listed paths with their weights.
   *
   * @returns [count] f64 losses: a view that the next run overwrites
   */
  runList(
    list: ArrayLike<number>,
    weightOf: ArrayLike<number>,
    from: number,
    count: number,
  ): Float64Array {
    const padded = Math.ceil(count / 8) * 8;
    assert(count > 0 && padded <= BATCH, "a batch fits the buffers");
    const paths = this.arena.u32(this.#paths, padded);
    const weights = this.arena.f64(this.#weights, padded);
    for (let i = 0; i < padded; i++) {
      paths[i] = i < count ? list[from + i]! : 0;
      weights[i] = i < count ? weightOf[from + i]! : 0;
    }
    // Paths of a list do not stand beside their neighbours.
    return this.#run(count, padded, 0);
  }

  /** @param keptTiles  tiles of which something is kept */
  #run(count: number, padded: number, keptTiles: number): Float64Array {
    this.arena.u32(this.plan, PLAN.PLAN_BYTES / 4)[PLAN.KEPT_TILES / 4] = keptTiles;
    this.kernels.simulate(this.plan, this.#paths, this.#weights, this.#losses, padded);
    return this.arena.f64(this.#losses, count);
  }

  /** Columns of the last run, the losses first: views that the next run overwrites. */
  columns(count: number): readonly Float64Array[] {
    const losses = this.arena.f64(this.#losses, count);
    if (this.#statistics === 0) return [losses];
    const statistics = STATISTICS.map((_, s) =>
      this.arena.f64(this.#statistics + s * PLAN.STATISTICS_STRIDE, count),
    );
    return [losses, ...statistics];
  }

  /**
   * Log returns since now of listed paths, at every step of the time grid.
   *
   * @param steps, assets  of the plan
   * @returns              [paths×steps×assets] f64
   */
  samplePaths(paths: readonly number[], steps: number, assets: number): Float64Array {
    const out = new Float64Array(paths.length * steps * assets);
    const { arena } = this;
    const mark = arena.mark();
    const rows = arena.reserve(steps * assets * TILE * 8);
    const plan = () => arena.u32(this.plan, PLAN.PLAN_BYTES / 4);
    plan()[PLAN.SAMPLE_OUT / 4] = rows;
    const weights = new Float64Array(paths.length);
    for (let from = 0; from < paths.length; from += TILE) {
      const count = Math.min(TILE, paths.length - from);
      this.runList(paths, weights, from, count);
      const view = arena.f64(rows, steps * assets * TILE);
      for (let p = 0; p < count; p++) {
        for (let row = 0; row < steps * assets; row++) {
          out[(from + p) * steps * assets + row] = view[row * TILE + p]!;
        }
      }
    }
    plan()[PLAN.SAMPLE_OUT / 4] = 0;
    arena.release(mark);
    return out;
  }

  /**
   * Takes what was added up since the last call, which clears it.
   *
   * @param list  makes room for numbers; a column of their own when left out
   */
  takeMoments(
    list: (count: number) => Float64Array<ArrayBuffer> = (count) => new Float64Array(count),
  ): Moments {
    const { arena } = this;
    const { address, count, starts } = this.#places.moments;
    const nodes = starts.length - 1;
    const cells = starts[nodes]!;
    const [moved, bounds] = [this.#moved, this.#bounds];
    const found = arena.kernels.takeMoments(this.#word(PLAN.NODES), nodes, moved, bounds);
    const numbers = list(found + count - cells);
    if (found > 0) numbers.set(arena.f64(moved, found));
    const sums = arena.f64(address + 8 * cells, count - cells);
    numbers.set(sums, found);
    sums.fill(0);
    // Where none are gathered, one list says so of every part of a run.
    const reach = found > 0 ? arena.i32(bounds, 2 * nodes).slice() : this.#nowhere;
    return new Moments(reach, numbers);
  }

  /** How many numbers are added up. */
  get momentCount(): number {
    return this.#places.moments.count;
  }

  /** [nodes + 1] where the moments of each node begin among them, and where sums do. */
  get momentStarts(): readonly number[] {
    return this.#places.moments.starts;
  }
}
