import { inPieces, type Level, level, sha256Work } from "../basics/index.ts";
import {
  type Arena,
  Column,
  chunksOf,
  DIGEST_BYTES_MAX,
  type Executor,
  middleOf,
  type Timing,
} from "../engine/index.ts";
import { LossCurve } from "./loss-curve.ts";
import { summaryWork, tailTaken } from "./summary.ts";
import { worst, worstSet } from "./tail.ts";

/** Seconds that each loss of a run takes once it has been simulated. */
export interface PlainSpeed {
  /** Tail, figures and bounds. */
  readonly look: number;
  /** The worst of every chunk. */
  readonly sets: number;
  /** A loss above zero put in order. */
  readonly order: number;
  /** A loss in the digest of all. */
  readonly digest: number;
}

/** Losses of a short run and of a long one, and times that looking at them is repeated. */
const SIZES = [
  { count: 1 << 15, repeats: 5 },
  { count: 1 << 19, repeats: 3 },
] as const;
const LEVELS: readonly Level[] = [0.95, 0.975, 0.99].map((each) => level(each));
/** Losses in a digest that is timed. */
const DIGESTED = 1 << 13;

/** What was found on each executor, which has the watch, with either backend. */
const known = new WeakMap<Executor, Map<string, Promise<Found>>>();

/**
 * How long a loss of a run so long takes beyond its path: in a short one a part of the code is not
 * compiled yet. Tried at most twice on each executor, some 50 and 300 ms long, and remembered.
 */
export async function plainSpeed(
  executor: Executor,
  arena: Arena,
  scenarios: number,
  timing: Timing,
): Promise<PlainSpeed> {
  const isShort = scenarios <= 4 * SIZES[0].count;
  const found = await remembered(executor, arena, isShort ? SIZES[0] : SIZES[1], timing);
  const isOwn = 8 * scenarios > DIGEST_BYTES_MAX;
  return isOwn ? { ...found, digest: found.ownDigest } : found;
}

type Size = (typeof SIZES)[number];

/** A speed, and what a loss takes in a digest that is made here, as it is where the platform has none. */
interface Found extends PlainSpeed {
  readonly ownDigest: number;
}

function remembered(executor: Executor, arena: Arena, size: Size, timing: Timing): Promise<Found> {
  const key = `${size.count} ${arena.kernels.kernel.backend}`;
  const own = known.get(executor) ?? new Map<string, Promise<Found>>();
  known.set(executor, own);
  const before = own.get(key);
  if (before) return before;
  const found = tried(executor, arena, size, timing);
  own.set(key, found);
  // Aborted in the middle, it is tried again.
  found.catch(() => own.delete(key));
  return found;
}

/** Losses that are all different and of which most are small. */
function someLosses(count: number): Float64Array<ArrayBuffer> {
  const losses = new Float64Array(count);
  let state = 1;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const uniform = state / 2 ** 32;
    losses[i] = uniform * uniform * uniform - 0.1;
  }
  return losses;
}

async function tried(
  executor: Executor,
  arena: Arena,
  { count, repeats }: Size,
  timing: Timing,
): Promise<Found> {
  const losses = someLosses(count);
  const above = losses.map((loss) => 0.1 + Math.abs(loss));
  const seconds = async (work: () => unknown) => {
    const samples: number[] = [];
    for (let i = 0; i < repeats; i++) {
      const watch = timing.stopwatch();
      await work();
      samples.push(watch() / 1000);
      await timing.breathe();
    }
    return middleOf(samples) / count;
  };
  const look = await seconds(() => {
    const column = new Column(arena, losses.slice());
    const [least] = column.extremes();
    const tail = worst(column, tailTaken(LEVELS, LEVELS[1]!, count));
    return inPieces(summaryWork(column, least, tail, LEVELS, LEVELS[1]!, 1), timing.breathe);
  });
  const sets = await seconds(() => {
    for (const { first, count: size } of chunksOf(count)) {
      const own = new Column(arena, losses.subarray(first, first + size));
      worstSet(own, Math.ceil(size / 40));
    }
  });
  const order = await seconds(() => new LossCurve(new Column(arena, above)));
  const bytes = new Uint8Array(8 * DIGESTED);
  const perLoss = count / DIGESTED;
  const ownDigest = perLoss * (await seconds(() => inPieces(sha256Work(bytes), timing.breathe)));
  const hasOne = (await executor.sha256?.(bytes)) != null;
  const digest = hasOne ? perLoss * (await seconds(() => executor.sha256!(bytes))) : ownDigest;
  return { look, sets, order, digest, ownDigest };
}
