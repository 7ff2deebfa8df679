import { inPieces, type Level, tailCount, type Work } from "../basics/index.ts";
import {
  BATCH,
  chunksOf,
  MomentSums,
  Moments,
  partsOf,
  secondsOf,
  TILE,
  type Timing,
} from "../engine/index.ts";
import { averagesWork } from "./adjoint.ts";
import { exposureWork } from "./exposure.ts";
import type { LaidPool } from "./layout.ts";
import { LiquidationTally } from "./liquidation-summary.ts";
import { OwnLosses, ownLossCount } from "./own-losses.ts";
import { ownersOf } from "./owner.ts";
import { worstSet } from "./tail.ts";

/** What a small share of a run tells of the whole, in seconds of one thread. */
export interface Pilot {
  /** A path, as the run has it. */
  readonly path: number;
  /** A part: its moments taken and added to those of its chunk. */
  readonly part: number;
  /** A scenario of a tail, simulated again; of all tails, {@link tailRuns} of them. */
  readonly tail: number;
  /** Everyone's averages of all groups. */
  readonly averages: number;
  /** Everyone's own losses and their ES. */
  readonly alone: number;
  readonly exposures: number;
  /** Losses above zero, as a part of all. */
  readonly positive: number;
}

/** What a pilot is told of the run. */
export interface PilotRequest {
  readonly scenarios: number;
  readonly primary: Level;
  readonly contributions: "all" | "euler";
  /** Whether the moments of all paths are gathered. */
  readonly withMoments: boolean;
  /** Per year, in the order of assets. */
  readonly volatility: readonly number[];
}

/** Most seconds that paths are tried for, and the part of a whole run that is enough. */
const PATH_SECONDS = 0.2;
const SHARE = 0.03;
/** Batches of a first look, which says how long a run will be. */
const FIRST_BATCHES = 3;
/** Losses that are kept of them. */
const KEPT = 1 << 15;
/** Seconds for a phase that is short beside the paths: least for a small job, most for a large one. */
const BRIEF = { least: 0.003, most: 0.02 } as const;
/** What a loss of everyone's own costs, about; what this says of the job is found out by trying. */
const OWN_SECONDS = 20e-9;
/** Everyone's own losses may take so many times what is brief, to draw and to measure. */
const ALONE = 6;
/** Scenarios that are drawn for them at least, owners that are measured, and those before that. */
const ALONE_MIN = 4096;
const OWNERS_MIN = 12;
const WARM_OWNERS = 12;
/** The golden section: its multiples lie evenly between two whole numbers, however many there are. */
const GOLDEN = 0.6180339887498949;

/** Runs a small share of a job on the pool as it was laid, which is good for nothing else afterwards. */
export async function pilotOf(
  laid: LaidPool,
  request: PilotRequest,
  timing: Timing,
): Promise<Pilot> {
  const { simulation } = laid;
  const mark = simulation.arena.mark();
  const { scenarios, contributions, withMoments } = request;
  simulation.withMoments = withMoments;
  simulation.takeMoments();
  const tried = await tryPaths(laid, scenarios, timing);
  const brief = briefFor(laid, request, tried.seconds);
  const all = simulation.takeMoments();
  const part = await partSeconds(laid, all, scenarios, timing, brief);
  const { seconds: tail, moments } = await tryTail(laid, request, tried, timing, brief);
  const chunks = chunksOf(scenarios).length;
  // Each its own memory, as those of a run have.
  const copied = ({ bounds, numbers }: Moments) => new Moments(bounds, numbers.slice());
  const tails = Array.from({ length: 1 + chunks }, () => copied(moments));
  const isAll = contributions === "all";
  const groups = isAll ? [...tails, ...tails.slice(1).map(() => copied(all))] : tails;
  const scales = groups.map(() => 1);
  const averages = await pieceSeconds(() => averagesWork(laid, groups, scales), timing, brief);
  const exposures = await pieceSeconds(() => exposureWork(laid, request.volatility), timing, brief);
  const alone = isAll ? await aloneSeconds(laid, request, tried.seconds, timing, brief) : 0;
  simulation.withMoments = true;
  simulation.takeMoments();
  // Own losses would be kept as long as the pool is.
  simulation.arena.release(mark);
  const positive = tried.losses.filter((loss) => loss > 0).length / tried.losses.length;
  return { path: tried.seconds, part, tail, averages, alone, exposures, positive };
}

/** Seconds for a short phase of a job: a small part of what paths and own losses will take. */
function briefFor({ accounts }: LaidPool, request: PilotRequest, path: number): number {
  const { scenarios, primary, contributions } = request;
  const owners = contributions === "all" ? accounts.participants.length + 1 : 0;
  const own = ownLossCount(accounts, scenarios, primary) * owners * OWN_SECONDS;
  return Math.min(BRIEF.most, Math.max(BRIEF.least, SHARE * (scenarios * path + own)));
}

/** How many scenarios of tails a run simulates again: the whole tail, then every chunk's own. */
export function tailRuns(scenarios: number, level: Level): number {
  const own = chunksOf(scenarios).map(({ count }) => Math.ceil(tailCount(level, count)));
  return own.reduce((sum, count) => sum + count, Math.ceil(tailCount(level, scenarios)));
}

/** Seconds that a path takes, as the simulation stands. */
export async function pathSeconds(
  laid: LaidPool,
  scenarios: number,
  timing: Timing,
): Promise<number> {
  laid.simulation.withMoments = true;
  const { seconds } = await tryPaths(laid, scenarios, timing);
  laid.simulation.takeMoments();
  return seconds;
}

interface Tried {
  readonly seconds: number;
  readonly losses: Float64Array;
  readonly scenarios: Float64Array;
}

/** Runs batches that lie evenly in the whole run: a path costs what happens on it. */
async function tryPaths({ simulation }: LaidPool, scenarios: number, timing: Timing) {
  const count = Math.min(BATCH, scenarios);
  const room = scenarios - count;
  const tally = new LiquidationTally(BATCH);
  const losses = new Float64Array(KEPT);
  const numbers = new Float64Array(KEPT);
  let kept = 0;
  const into = new Float64Array(BATCH);
  const batch = (turn: number) => {
    const first = Math.floor(((((turn + 0.5) * GOLDEN) % 1) * room) / TILE) * TILE;
    simulation.runRange(first, count);
    const [own, ...statistics] = simulation.columns(count);
    into.set(own!);
    if (statistics.length > 0) tally.add(0, statistics);
    if (kept + count > KEPT) return;
    losses.set(own!, kept);
    for (let i = 0; i < count; i++) numbers[kept + i] = first + i;
    kept += count;
  };
  const watch = timing.stopwatch();
  for (let turn = 0; turn < FIRST_BATCHES; turn++) batch(turn);
  const about = watch() / 1000 / FIRST_BATCHES / count;
  const seconds = Math.min(PATH_SECONDS, Math.max(BRIEF.least, SHARE * about * scenarios));
  const turn = await secondsOf(timing, seconds, (n) => batch(n + FIRST_BATCHES));
  return {
    seconds: turn / count,
    losses: losses.subarray(0, kept),
    scenarios: numbers.subarray(0, kept),
  };
}

/** Moments taken and added as an executor does, between runs of paths that sweep the caches. */
function partSeconds(
  { simulation }: LaidPool,
  { bounds, numbers }: Moments,
  scenarios: number,
  timing: Timing,
  brief: number,
): Promise<number> {
  const parts = partsOf(chunksOf(scenarios)).slice(0, 2);
  const added = secondsOf(timing, brief, () => {
    const sums = new MomentSums(parts, () => {});
    for (let index = 0; index < parts.length; index++) {
      simulation.takeMoments();
      sums.add(index, new Moments(bounds, numbers.slice()));
    }
  });
  return added.then((seconds) => seconds / parts.length);
}

/** Runs the worst of the paths that were tried once more, in lists as long as a chunk's tail. */
async function tryTail(
  { simulation }: LaidPool,
  { scenarios, primary }: PilotRequest,
  { losses, scenarios: numbers }: Tried,
  timing: Timing,
  brief: number,
) {
  const worst = worstSet(losses, Math.ceil(tailCount(primary, losses.length))).scenarios;
  const { count } = chunksOf(scenarios)[0]!;
  const length = Math.min(BATCH, Math.ceil(tailCount(primary, count)));
  const list = Uint32Array.from({ length }, (_, i) => numbers[worst[i % worst.length]!]!).sort();
  const weights = new Float64Array(length).fill(1 / length);
  simulation.withMoments = true;
  simulation.takeMoments();
  const seconds = await secondsOf(timing, brief, () => {
    simulation.runList(list, weights, 0, length);
  });
  return { seconds: seconds / length, moments: simulation.takeMoments() };
}

/** Seconds that work in pieces takes; work that is short is done more than once. */
async function pieceSeconds(
  work: () => Work<unknown>,
  timing: Timing,
  brief: number,
): Promise<number> {
  const samples: number[] = [];
  for (let spent = 0; samples.length === 0 || (spent < 2 * brief && samples.length < 5); ) {
    const watch = timing.stopwatch();
    await inPieces(work(), timing.breathe);
    samples.push(watch() / 1000);
    spent += samples.at(-1)!;
  }
  return Math.min(...samples);
}

/**
 * Everyone's own losses: drawn once, and measured for some owners. Where drawing all of them would
 * take long, fewer are drawn, twice, and the line through both times is followed.
 */
async function aloneSeconds(
  laid: LaidPool,
  { scenarios, primary: level }: PilotRequest,
  path: number,
  timing: Timing,
  brief: number,
): Promise<number> {
  const count = ownLossCount(laid.accounts, scenarios, level);
  const affordable = Math.max(ALONE_MIN, Math.floor((ALONE * brief) / path));
  const most = Math.min(count, affordable);
  const many = await aloneTried(laid, most, level, timing, brief);
  if (many.count === count) return many.drawing + many.measuring;
  const few = await aloneTried(laid, Math.floor(most / 4), level, timing, brief, many.tried);
  const steepest = many.measuring / many.count;
  const growth = Math.max(0, many.measuring - few.measuring) / (many.count - few.count);
  const more = (count - many.count) * Math.min(steepest, growth);
  return (many.drawing * count) / many.count + many.measuring + more;
}

/**
 * Draws some scenarios and measures some owners on them.
 *
 * @param fixed  how many owners; as many as there is time for when left out
 */
async function aloneTried(
  laid: LaidPool,
  scenarios: number,
  level: Level,
  timing: Timing,
  brief: number,
  fixed?: number,
) {
  const drawn = timing.stopwatch();
  const own = await OwnLosses.of(laid, scenarios, level, timing.breathe);
  const drawing = drawn() / 1000;
  const owners = ownersOf(laid);
  const measure = async (turn: number): Promise<number> => {
    const owner = owners[Math.floor((((turn + 0.5) * GOLDEN) % 1) * owners.length)]!;
    const watch = timing.stopwatch();
    own.standAlone(owner, level);
    const seconds = watch() / 1000;
    await timing.breathe();
    return seconds;
  };
  // Code that is compiled while it runs is slow at first.
  let warming = 0;
  for (let turn = 0; warming < ALONE * brief && turn < WARM_OWNERS; turn++) {
    warming += await measure(turn);
  }
  const most = Math.min(fixed ?? owners.length, owners.length);
  let tried = 0;
  let spent = 0;
  while (tried < most && (fixed || tried < OWNERS_MIN || spent < ALONE * brief)) {
    spent += await measure(tried++);
  }
  return { count: own.count, drawing, tried, measuring: (spent * owners.length) / tried };
}
