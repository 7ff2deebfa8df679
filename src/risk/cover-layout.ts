import type { Work } from "../basics/index.ts";
import type { Cover } from "../book/index.ts";
import { type Arena, COVER_BYTES, COVER_CLASS_BYTES, PLAN } from "../engine/index.ts";
import type { MarketModel } from "../market/index.ts";
import { log1p, normalCdf, normalLogCdf, normalQuantile } from "../numeric/index.ts";
import { coverTerms, eventProbability, severityTable } from "./severity.ts";

// Buckets of the pool-wide factor: narrow enough that the bound on a hazard is about 1.2 times the
// hazard where events happen, few enough that 10,000 covers of 10,000 kinds take 7 MB. Beyond
// both ends the first and the last go on.
const FACTOR_MIN = -6;
const FACTOR_MAX = 4;
const BUCKETS_PER_UNIT = 8;
const BUCKETS: number = 2 + (FACTOR_MAX - FACTOR_MIN) * BUCKETS_PER_UNIT;

/** A hazard that is certain: e^-40 is less than rounding takes from 1. */
const HAZARD_MAX = 40;

/**
 * How far the first point that the screen sees may be from the exact one, which has 64 bits to its
 * 32: 2^-33 · e for points up to 1, and rounding.
 */
const SCREEN_SLACK = 1e-9;

/** Covers of one event probability and one loading: what the simulation cannot tell apart. */
interface CoverClass {
  /** Given the factor M the probability is Φ(intercept − slope·M). */
  readonly slope: number;
  readonly intercept: number;
  /** Places in the list of covers. */
  readonly members: number[];
}

/**
 * Lays the covers as assembly/cover.ts reads them.
 *
 * Without any asset there is no market for the factor to move with: it is then all its own, which
 * has the same distribution.
 */
export function* layCovers(
  arena: Arena,
  words: Map<number, number>,
  input: {
    readonly covers: readonly Cover[];
    readonly asOfMs: number;
    readonly model: MarketModel;
  },
  horizonYears: number,
): Work<void> {
  const { covers, asOfMs, model } = input;
  words.set(PLAN.COVER_COUNT, covers.length);
  if (covers.length === 0) return;
  const classes = classesOf(covers, (cover) => eventProbability(cover, asOfMs, horizonYears));
  const order = arena.take(covers.length * 4);
  const records = arena.take(Math.max(1, classes.length) * COVER_CLASS_BYTES);
  let first = 0;
  for (const [k, { slope, intercept, members }] of classes.entries()) {
    arena.i32(order + first * 4, members.length).set(members);
    arena.f64(records + k * COVER_CLASS_BYTES, 2).set([slope, intercept]);
    arena.i32(records + k * COVER_CLASS_BYTES + 16, 2).set([first, members.length]);
    first += members.length;
  }
  const screens = arena.take(BUCKETS * 8);
  const bounds = yield* layBounds(arena, classes, screens);
  const terms = yield* layTerms(arena, covers);
  const book = arena.take(48);
  arena.u32(book, 6).set([classes.length, records, order, screens, bounds, terms]);
  const offset = 1 - FACTOR_MIN * BUCKETS_PER_UNIT;
  // The middle of the last bucket: the kernel rounds down.
  arena.f64(book + 24, 3).set([BUCKETS_PER_UNIT, offset, BUCKETS - 0.5]);
  const loading = model.assets.length > 0 ? (model.parameters.systemicLoading ?? 0) : 0;
  words.set(PLAN.COVERS, book);
  words.set(PLAN.SYSTEMIC, arena.put([loading, Math.sqrt(1 - loading * loading)]));
}

/** Classes in the order of their first covers; one too unlikely for a number is in none. */
function classesOf(
  covers: readonly Cover[],
  probabilityOf: (cover: Cover) => number,
): readonly CoverClass[] {
  const classes = new Map<string, CoverClass>();
  for (const [index, cover] of covers.entries()) {
    const probability = probabilityOf(cover);
    if (!(probability > 0)) continue;
    const key = `${probability} ${cover.systemicLoading}`;
    const known = classes.get(key);
    if (known) {
      known.members.push(index);
      continue;
    }
    const own = Math.sqrt(1 - cover.systemicLoading);
    classes.set(key, {
      slope: Math.sqrt(cover.systemicLoading) / own,
      intercept: normalQuantile(probability) / own,
      members: [index],
    });
  }
  return [...classes.values()];
}

/** −ln(1 − Φ(x)), at most {@link HAZARD_MAX}. */
function hazard(x: number): number {
  return Math.min(HAZARD_MAX, x < 0 ? -log1p(-normalCdf(x)) : -normalLogCdf(-x));
}

/** Sums of the classes' bounds for every bucket, and the screens; see assembly/cover.ts. */
function* layBounds(arena: Arena, classes: readonly CoverClass[], screens: number): Work<number> {
  const stride = classes.length + 1;
  // One row more: beyond the last bucket a hazard may be anything down to 0.
  const bounds = arena.take((BUCKETS + 1) * stride * 8);
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    yield;
    const edge = FACTOR_MIN + (bucket - 1) / BUCKETS_PER_UNIT;
    const sums = arena.f64(bounds + bucket * stride * 8, stride);
    let sum = 0;
    for (const [k, { slope, intercept, members }] of classes.entries()) {
      const unbounded = bucket === 0 && slope > 0;
      sum += members.length * (unbounded ? HAZARD_MAX : hazard(intercept - slope * edge));
      sums[k + 1] = sum;
    }
    // Beyond 1 the slack would have to grow, and most paths pass anyway.
    arena.f64(screens, BUCKETS)[bucket] = sum < 1 ? 2 * (sum + SCREEN_SLACK) : Infinity;
  }
  return bounds;
}

/** What each cover pays; covers of one severity share its table. */
function* layTerms(arena: Arena, covers: readonly Cover[]): Work<number> {
  const terms = arena.take(Math.max(1, covers.length) * COVER_BYTES);
  const tables = new Map<string, number>();
  for (const [index, cover] of covers.entries()) {
    yield;
    const key = JSON.stringify(cover.severity);
    if (!tables.has(key)) tables.set(key, arena.put(severityTable(cover.severity)));
    const at = terms + index * COVER_BYTES;
    arena.f64(at, 4).set(coverTerms(cover));
    arena.u32(at + 32, 1)[0] = tables.get(key)!;
  }
  return terms;
}
