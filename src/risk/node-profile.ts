import type { Work } from "../basics/index.ts";
import type { Arena } from "../engine/index.ts";
import { log } from "../numeric/index.ts";
import { type Legs, noLegs } from "./account.ts";
import type { BarrierLeg } from "./barrier.ts";
import { floorsOf } from "./floor.ts";
import { baseEdges, type Cells, mergeEdges, NodeGrid, rangeOf } from "./node-grid.ts";
import { CALL_NUMBERS, type NodeLegs } from "./node-legs.ts";
import { type Sampled, Samples } from "./sample.ts";
import { addUntouchedLoss, barrierEdges } from "./touch.ts";

/** Cells on which an account is worth nothing to its owner. */
export interface DeadCells {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/** A barrier contract of an account. */
export interface BarrierRow {
  readonly row: number;
  readonly leg: BarrierLeg;
}

/**
 * The pool's loss as a function of one asset's log return at one date, and everyone's part of it.
 *
 * What is smooth on the scale of the range is sampled at few points (sample.ts); the rest, called
 * sharp here, is priced on the cells: calls about to expire, settled options, and what a floored
 * account leaves to the pool where it is worth nothing.
 */
export class NodeProfile {
  readonly legs: NodeLegs;
  readonly samples: Samples;
  readonly grid: NodeGrid;
  readonly dead: readonly DeadCells[];
  /** Rows with calls that are not sampled or with settled options, ascending. */
  readonly sharpRows: readonly number[];
  readonly barriers: readonly BarrierRow[];
  readonly #arena: Arena;
  readonly #node: number;
  readonly #sharpOf = new Map<number, number[]>();

  /**
   * @param node       index of the node
   * @param bound      largest |log return| of the model at this date
   * @param deviation  standard deviation of the log return at this date
   */
  constructor(arena: Arena, node: number, legs: NodeLegs, bound: number, deviation: number) {
    this.#arena = arena;
    this.#node = node;
    this.legs = legs;
    this.samples = new Samples(arena, legs, rangeOf(bound), deviation);
    const { edges, width, isEven } = baseEdges(bound, deviation, legs.calls);
    this.barriers = barriersAt(node, legs);
    const base = barrierEdges(
      mergeEdges(edges, this.#kinks()),
      this.barriers.map(({ leg }) => leg),
      deviation,
    );
    const mark = arena.mark();
    const floors = floorsOf(arena, node, legs, this.samples, base);
    arena.release(mark);
    const ends = floors.flatMap(({ spans }) => spans.flat().filter(Number.isFinite));
    const all = mergeEdges(base, ends);
    this.grid = new NodeGrid(arena, all, width, isEven && all === edges);
    this.dead = floors.flatMap(({ row, spans }) =>
      spans.flatMap((span) => {
        const [from, to] = span.map((x) => this.grid.cellFrom(x)) as [number, number];
        return from < to ? [{ row, from, to }] : [];
      }),
    );
    let row = 0;
    for (const call of this.samples.sharp) {
      while (legs.from[row + 1]! <= call) row++;
      const list = this.#sharpOf.get(row);
      if (list) list.push(call);
      else this.#sharpOf.set(row, [call]);
    }
    const sharp = new Set([...this.#sharpOf.keys(), ...legs.settled]);
    this.sharpRows = [...sharp].sort((a, b) => a - b);
  }

  #kinks(): number[] {
    return this.legs.settled.flatMap((row) =>
      this.legs.accounts[row]!.value.get(this.#node)!.settled.flatMap(({ slope, constant }) =>
        constant > 0 ? [log(constant / slope)] : [],
      ),
    );
  }

  /** What is sharp of some rows, where no account is dead. */
  #sharpLegs(rows: readonly number[]): Legs {
    const legs = noLegs();
    for (const row of rows) {
      for (const call of this.#sharpOf.get(row) ?? []) {
        for (let k = 0; k < CALL_NUMBERS; k++) {
          legs.calls.push(this.legs.calls[CALL_NUMBERS * call + k]!);
        }
      }
      const { settled } = this.legs.accounts[row]!.value.get(this.#node)!;
      for (const leg of settled) legs.settled.push(leg);
    }
    return legs;
  }

  /** Minus equity: what the pool gains back where an account is dead. */
  #deadLegs(row: number): Legs {
    const account = this.legs.accounts[row]!;
    const value = account.value.get(this.#node)!;
    const collateral = account.collateral.get(this.#node) ?? noLegs();
    return {
      calls: value.calls.map((number, i) => (i % CALL_NUMBERS > 2 ? -number : number)),
      slope: -value.slope - collateral.slope,
      constant: -value.constant - collateral.constant,
      settled: value.settled.map((leg) => ({ ...leg, sign: -leg.sign })),
    };
  }

  /**
   * Adds what is sharp of some rows to Hermite cells.
   *
   * @param rows   rows with sharp legs
   * @param dead   cells on which accounts are dead
   * @param cells  [4·(to - from)], see {@link NodeGrid.add}
   */
  addSharp(
    rows: readonly number[],
    dead: readonly DeadCells[],
    cells: Float64Array,
    from: number = 0,
    to: number = this.grid.cells,
  ): void {
    if (rows.length > 0) this.grid.add(this.#sharpLegs(rows), cells, from, to);
    for (const one of dead) {
      const first = Math.max(from, one.from);
      const last = Math.min(to, one.to);
      if (first >= last) continue;
      const part = cells.subarray(4 * (first - from), 4 * (last - from));
      this.grid.add(this.#deadLegs(one.row), part, first, last);
    }
  }

  /** Adds the losses by some barrier contracts, untouched, to Hermite cells, in pieces. */
  *addBarriers(
    barriers: readonly BarrierRow[],
    cells: Float64Array,
    from: number = 0,
    to: number = this.grid.cells,
  ): Work<void> {
    const edges = barriers.length > 0 ? this.grid.edges.subarray(from, to + 1) : [];
    for (const { leg } of barriers) {
      yield;
      addUntouchedLoss(edges, leg, cells);
    }
  }

  /**
   * Lays Hermite cells of the loss that all accounts cause, barrier contracts left out.
   *
   * @returns address of [4·cells] f64, see {@link NodeGrid.add}
   */
  layLoss(): number {
    const arena = this.#arena;
    const { samples, grid } = this;
    const out = arena.reserve(4 * grid.cells * 8);
    const linear = { slope: sum(samples.slope), constant: sum(samples.constant) };
    const sampled = samples.blocks.map((block) => ({ block }));
    this.laySmooth(out, linear, sampled, { from: 0, to: grid.cells });
    if (this.sharpRows.length > 0 || this.dead.length > 0) {
      // Not in place: pricing may have the memory grow, and views of it are then void.
      const cells = arena.f64(out, 4 * grid.cells).slice();
      this.addSharp(this.sharpRows, this.dead, cells);
      arena.f64(out, cells.length).set(cells);
    }
    return out;
  }

  /**
   * Lays Hermite cells of what is smooth.
   *
   * @param out  address of [4·(to - from)] f64
   */
  laySmooth(
    out: number,
    { slope, constant }: { readonly slope: number; readonly constant: number },
    sampled: readonly Sampled[],
    cells: Cells,
  ): void {
    const arena = this.#arena;
    const { samples, grid } = this;
    const mark = arena.mark();
    const { values, slopes } = samples.series(sampled, grid, cells);
    grid.hermite(out, { values, slopes, slope, constant }, cells);
    arena.release(mark);
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

function barriersAt(node: number, { accounts }: NodeLegs): BarrierRow[] {
  const found: BarrierRow[] = [];
  for (const [row, { barriers }] of accounts.entries()) {
    for (const leg of barriers.get(node) ?? []) found.push({ row, leg });
  }
  return found;
}
