import type { Arena } from "../engine/index.ts";
import { chebyshevPoints, chebyshevTransform, exp, log } from "../numeric/index.ts";
import type { Cells, NodeGrid } from "./node-grid.ts";
import { CALL_NUMBERS, type NodeLegs } from "./node-legs.ts";

/** Numbers of points that calls are priced at: four lie side by side in the kernel. */
const POINTS = [16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 80, 96, 128, 160, 192] as const;
const POINTS_MAX = 192;
/** The smallest class with so many points. */
const CLASS_OF = classes();

function classes(): Uint8Array {
  const out = new Uint8Array(POINTS_MAX + 1);
  let smallest = 0;
  for (let points = 0; points <= POINTS_MAX; points++) {
    if (points > POINTS[smallest]!) smallest++;
    out[points] = smallest;
  }
  return out;
}

/** In place of a class: too sharp a bend for any of them; worth nothing, or linear, in the whole range. */
const SHARP = 255;
const NOTHING = 254;
const LINEAR = 253;
/** Widths of a call's bend beyond which N is 0 or 1 to the last bit. */
const BEND_REACH = 9;
/** Strikes above e^2 spots are left to the cells: a put on them is large beside its call. */
const CENTRE_MAX = 2;
/** Points stand densest within so many standard deviations of no move. */
const SPREAD_DEVIATIONS = 9;
/**
 * Points that bring an option within 1e-10 of one standard deviation of its asset, whose bend fits
 * u times into the range: 7 + √(8² + (5.5 u)²), and some more where the range is stretched. Fitted
 * to the errors of 1,000 options of every width and strike; a test measures them again.
 */
const POINTS_PER_BEND = 5.5;
const POINTS_SMOOTH = 8;
const POINTS_LEAST = 7;
const POINTS_PER_STRETCH = 20;
const STRETCH_FREE = 0.9;

/** Numbers before a column of which mirror images are written in groups of four. */
const SPARE = 8;

/** Calls that share their points, a row of values for every account among them. */
export interface SampleBlock {
  readonly points: number;
  /** Address of [rows × points] f64 values to the owners. */
  readonly values: number;
  /** Row of {@link NodeLegs} of every row here, ascending. */
  readonly rows: readonly number[];
  /** The points: places in [-1, 1], descending, and the spots there. */
  readonly y: Float64Array;
  readonly spots: Float64Array;
}

/** A row of a block, by its place there; all of them together where none is said. */
export interface Sampled {
  readonly block: SampleBlock;
  readonly place?: number;
}

/** What is gathered of a block before it is priced. */
interface Used {
  readonly points: number;
  readonly rows: number[];
  /** [calls] row of each call, among `rows`. */
  readonly rowOf: Uint32Array;
  readonly puts: Float64Array;
  filled: number;
}

/**
 * The options of one node that are smooth on the scale of its range: their values at few points
 * are their values everywhere.
 *
 * Each is sampled as a put, which stays within its strike on however wide a range, and has
 * forward·S - strike in its account's linear part. Points are Chebyshev points of
 * y = asinh(x / spread) / asinh(range / spread), which are dense where prices go.
 *
 * @source Trefethen, Approximation Theory and Approximation Practice (2013), chapters 2, 3 and 8
 */
export class Samples {
  readonly blocks: readonly SampleBlock[];
  /** Coefficients that any block has: the largest number of points, 0 without calls. */
  readonly degrees: number;
  /** Calls that no block takes, by their place in {@link NodeLegs.calls}. */
  readonly sharp: readonly number[];
  /** Linear parts of the rows, with those of the sampled calls. */
  readonly slope: Float64Array;
  readonly constant: Float64Array;
  readonly #arena: Arena;
  readonly #range: number;
  readonly #spread: number;
  readonly #stretch: number;

  /**
   * @param range      log return at which the node's cells end
   * @param deviation  standard deviation of the log return
   */
  constructor(arena: Arena, legs: NodeLegs, range: number, deviation: number) {
    this.#arena = arena;
    this.#range = range;
    this.#spread = deviation > 0 ? Math.min(range, SPREAD_DEVIATIONS * deviation) : range;
    const ratio = range / this.#spread;
    this.#stretch = log(ratio + Math.sqrt(ratio * ratio + 1));
    this.slope = legs.slope.slice();
    this.constant = legs.constant.slice();
    const classes = this.#classesOf(legs.calls);
    const sharp: number[] = [];
    const counts = new Uint32Array(POINTS.length);
    for (let call = 0; call < classes.length; call++) {
      const one = classes[call]!;
      if (one === SHARP) sharp.push(call);
      else if (one < LINEAR) counts[one]! += 1;
    }
    this.sharp = sharp;
    this.blocks = this.#price(legs, classes, counts);
    this.degrees = this.blocks.at(-1)?.points ?? 0;
  }

  #classesOf(calls: Float64Array): Uint8Array {
    const isStretched = this.#stretch > STRETCH_FREE;
    const free = POINTS_LEAST + POINTS_PER_STRETCH * Math.max(0, this.#stretch - STRETCH_FREE);
    const perBend = POINTS_PER_BEND * this.#stretch;
    const spread = this.#spread * this.#spread;
    const furthest = isStretched ? this.#range * this.#range : 0;
    const out = new Uint8Array(calls.length / CALL_NUMBERS);
    for (let i = 0; i < out.length; i++) {
      const deviation = calls[CALL_NUMBERS * i + 2]!;
      const centre = (deviation / 2 - calls[CALL_NUMBERS * i + 1]!) * deviation;
      const place = spread + Math.min(centre * centre, furthest);
      const bends = (perBend * perBend * place) / (deviation * deviation);
      const wanted = free + Math.sqrt(POINTS_SMOOTH * POINTS_SMOOTH + bends);
      const beyond = this.#range + BEND_REACH * deviation;
      if (centre > beyond) out[i] = NOTHING;
      else if (centre < -beyond) out[i] = LINEAR;
      else if (wanted <= POINTS_MAX && centre <= CENTRE_MAX) out[i] = CLASS_OF[Math.ceil(wanted)]!;
      else out[i] = SHARP;
    }
    return out;
  }

  #price(legs: NodeLegs, classes: Uint8Array, counts: Uint32Array): SampleBlock[] {
    const used: Used[] = [];
    const usedOf: Used[] = [];
    for (let one = 0; one < POINTS.length; one++) {
      const count = counts[one]!;
      if (count === 0) continue;
      const points = POINTS[one]!;
      const puts = new Float64Array(CALL_NUMBERS * count);
      const own = { points, rows: [], rowOf: new Uint32Array(count), puts, filled: 0 };
      usedOf[one] = own;
      used.push(own);
    }
    const { calls, from } = legs;
    for (let row = 0; row < this.slope.length; row++) {
      for (let call = from[row]!; call < from[row + 1]!; call++) {
        const one = classes[call]!;
        if (one >= NOTHING) continue;
        this.slope[row]! += calls[CALL_NUMBERS * call + 3]!;
        this.constant[row]! -= calls[CALL_NUMBERS * call + 4]!;
        if (one === LINEAR) continue;
        const { rows, rowOf, puts } = usedOf[one]!;
        if (rows[rows.length - 1] !== row) rows.push(row);
        const place = usedOf[one]!.filled++;
        rowOf[place] = rows.length - 1;
        // The put's own d1, d2 and legs are the call's negatives.
        for (let k = 0; k < CALL_NUMBERS; k++) {
          puts[CALL_NUMBERS * place + k] = -calls[CALL_NUMBERS * call + k]!;
        }
      }
    }
    return used.map((one) => this.#priceBlock(one));
  }

  #priceBlock({ points, rows, rowOf, puts }: Used): SampleBlock {
    const arena = this.#arena;
    const values = arena.take(rows.length * points * 8);
    const mark = arena.mark();
    const { y } = shapeOf(points);
    const x = arena.reserve(points * 8);
    const spot = arena.reserve(points * 8);
    arena.kernels.samplePoints(x, spot, arena.put(y), this.#spread, this.#stretch, points);
    const options = arena.put(puts);
    const places = arena.reserve(rowOf.length * 4);
    arena.u32(places, rowOf.length).set(rowOf);
    arena.kernels.addCallsToRows(values, places, x, spot, points, options, rowOf.length);
    arena.release(mark);
    return { points, values, rows, y, spots: arena.f64(spot, points).slice() };
  }

  /** Log return of a place in [-1, 1]. */
  logReturnAt(y: number): number {
    const up = exp(this.#stretch * y);
    return (this.#spread * (up - 1 / up)) / 2;
  }

  /**
   * Adds coefficients of a row, or of the sum of a block's.
   *
   * @param out  address of [degrees] f64
   */
  #addCoefficients(out: number, { block, place }: Sampled): void {
    const arena = this.#arena;
    const { points, values, rows } = block;
    const mark = arena.mark();
    let sum = values + (place ?? 0) * points * 8;
    if (place === undefined) {
      sum = arena.take(points * 8);
      const ones = arena.reserve(rows.length * 8);
      arena.f64(ones, rows.length).fill(1);
      arena.kernels.addProduct(sum, 0, ones, rows.length, values, 1, rows.length, points);
    }
    const transform = arena.put(shapeOf(points).transform);
    arena.kernels.addProduct(out, 0, sum, points, transform, 1, points, points);
    arena.release(mark);
  }

  /**
   * Polynomials at log returns, in memory that the caller gives back.
   *
   * @param x      [count] inside the range
   * @param count  divides by 4
   * @returns      addresses of [degrees × count] f64 values and derivatives by x
   */
  basis(x: Float64Array, count: number): { readonly values: number; readonly slopes: number } {
    const arena = this.#arena;
    if (this.degrees === 0) return { values: 0, slopes: 0 };
    const values = arena.reserve(this.degrees * count * 8);
    const slopes = arena.reserve(this.degrees * count * 8);
    const mark = arena.mark();
    const column = arena.reserve(count * 8);
    const view = arena.f64(column, count);
    view.set(x.subarray(0, count));
    view.fill(x[x.length - 1]!, x.length);
    const { y, rate } = this.#placesAt(column, count);
    arena.kernels.chebyshev(values, slopes, y, rate, count, this.degrees);
    arena.release(mark);
    return { values, slopes };
  }

  /**
   * Sampled rows together at the edges of some cells, in memory that the caller gives back.
   *
   * @returns  addresses of [cells + 1] f64 values and derivatives by x, those of the cells written; 0 of
   *           nothing
   */
  series(
    sampled: readonly Sampled[],
    grid: NodeGrid,
    { from, to }: Cells,
  ): { readonly values: number; readonly slopes: number } {
    if (sampled.length === 0) return { values: 0, slopes: 0 };
    const arena = this.#arena;
    const { edgesAt, cells, isEven } = grid;
    // Of edges that are mirror images those to the right, with no move, stand for all.
    const first = isEven ? cells / 2 : from - (from % 4);
    const last = isEven ? Math.max(cells - from, to) : to;
    const count = Math.ceil((last + 1 - first) / 4) * 4;
    // What is beyond the last edge has its mirror image before the first one.
    const values = arena.reserve((first + count + SPARE) * 8) + SPARE * 8;
    const slopes = arena.reserve((first + count + SPARE) * 8) + SPARE * 8;
    const mark = arena.mark();
    const coefficients = arena.take(this.degrees * 8);
    for (const one of sampled) this.#addCoefficients(coefficients, one);
    const { y, rate } = this.#placesAt(edgesAt + first * 8, count);
    const { kernels } = arena;
    kernels.series(
      values + first * 8,
      slopes + first * 8,
      coefficients,
      y,
      rate,
      count,
      this.degrees,
      isEven ? 1 : 0,
    );
    arena.release(mark);
    return { values, slopes };
  }

  /** Places of log returns in [-1, 1], and how fast they move: addresses of [count] f64. */
  #placesAt(x: number, count: number): { readonly y: number; readonly rate: number } {
    const arena = this.#arena;
    const y = arena.reserve(count * 8);
    const rate = arena.reserve(count * 8);
    arena.kernels.places(y, rate, x, this.#spread, this.#stretch, count);
    return { y, rate };
  }
}

/** Points in [-1, 1] and the way from values there to coefficients. */
export interface Shape {
  readonly y: Float64Array;
  readonly transform: Float64Array;
}

const shapes = new Map<number, Shape>();

/** Chebyshev points and their transform, computed once for each number of points. */
export function shapeOf(points: number): Shape {
  let shape = shapes.get(points);
  if (!shape) {
    shape = { y: chebyshevPoints(points), transform: chebyshevTransform(points) };
    shapes.set(points, shape);
  }
  return shape;
}
