import {
  type Breath,
  inPieces,
  type Level,
  printMoney,
  roundToSum,
  tailCount,
} from "../basics/index.ts";
import { BATCH, Column, type Moments } from "../engine/index.ts";
import { type Averages, averagesWork } from "./adjoint.ts";
import type { LaidPool } from "./layout.ts";
import { OwnLosses } from "./own-losses.ts";
import { fundingOf, type Owner, ownersOf } from "./owner.ts";
import type { PoolRun } from "./run.ts";
import { measureTail, type TailSet, tailWeights, worstSet } from "./tail.ts";
import type { ContributionRow, Contributions, Estimate } from "./valuation.ts";

/** What figures of members are made of. */
export type MemberRun = Pick<
  PoolRun,
  "laid" | "losses" | "tail" | "chunks" | "moments" | "breathe"
>;

/** How contributions are printed, and what is found besides: expected losses and ES alone, or nothing. */
export interface ContributionRequest {
  readonly level: Level;
  readonly decimals: number;
  readonly extent: "all" | "euler";
}

/**
 * Euler contributions of everyone to the pool's ES, expected losses and stand-alone ES.
 *
 * The tail's paths run once more, by number, to gather their moments; a participant's
 * contribution is then the dot product of its own profile with them, and its nonlinear parts
 * (shortfalls of joint accounts, covers) are averaged in the same replay. Standard errors come
 * from batches: each chunk's own tail gives its own contribution.
 *
 * @source Tasche, Risk contributions and performance measurement (1999); batch means: Asmussen &
 *         Glynn, Stochastic Simulation (2007), §IV.5
 */
export async function contributionsOf(
  run: MemberRun,
  { level, decimals, extent }: ContributionRequest,
): Promise<Contributions> {
  const { laid: pool, breathe } = run;
  const scenarios = run.losses.length;
  const isAll = extent === "all";
  const { moments: tails } = await tailMoments(run, level);
  const { moments, scales } = groupsOf(run, tails, isAll);
  const averages = await inPieces(averagesWork(pool, moments, scales), breathe);
  const alone = isAll ? await OwnLosses.of(pool, scenarios, level, breathe) : null;
  const sizes = run.chunks.map((chunk) => chunk.count);
  const figures: Figures[] = [];
  for (const owner of ownersOf(pool)) {
    const own = ownerAverages(pool, averages, moments.length, owner);
    figures.push({
      id: owner.id,
      contribution: { value: own[0]!, standardError: batchError(own, sizes, 1) },
      expectedLoss: isAll ? batchEstimate(own, sizes, 1 + sizes.length) : null,
      standAlone: alone?.standAlone(owner, level) ?? null,
    });
    if (alone) await breathe();
  }
  const measure = measureTail(run.tail.losses, scenarios, level);
  const rounded = roundToSum(
    figures.map(({ id, contribution }) => ({ id, value: contribution.value })),
    decimals,
  );
  const rows = figures.map((figure, i): ContributionRow => {
    const { id, expectedLoss, contribution } = figure;
    const { value } = contribution;
    return {
      id,
      expectedLoss,
      contribution,
      standAlone: figure.standAlone,
      share: measure.expectedShortfall === 0 ? 0 : value / measure.expectedShortfall + 0,
      amount: printMoney(rounded.parts[i]!, decimals),
    };
  });
  rows.sort((a, b) => b.contribution.value - a.contribution.value || (a.id < b.id ? -1 : 1));
  const standAloneTotal = alone ? rows.reduce((sum, row) => sum + row.standAlone!.value, 0) : null;
  return {
    level: level / 1e6,
    total: { value: measure.expectedShortfall, standardError: measure.esStandardError },
    totalAmount: printMoney(rounded.total, decimals),
    standAloneTotal,
    diversificationBenefit:
      standAloneTotal === null ? null : standAloneTotal - measure.expectedShortfall,
    standAloneScenarios: alone?.count ?? 0,
    rows,
  };
}

interface Figures {
  readonly id: string;
  readonly expectedLoss: Estimate | null;
  readonly contribution: Estimate;
  readonly standAlone: Estimate | null;
}

/** An owner's averages by group: of its profiles, and of what is no function of one price. */
export function ownerAverages(
  pool: LaidPool,
  { profiles, stride, sums }: Averages,
  groups: number,
  owner: Owner,
): Float64Array {
  const own = profiles.subarray(owner.place * stride, owner.place * stride + groups);
  const add = (sum: number) => {
    for (let g = 0; g < groups; g++) own[g]! += sums[g]![sum]!;
  };
  for (const j of owner.joint) add(j);
  for (const c of owner.covers) add(pool.joint.length + c);
  const { margin, accounts } = pool;
  if (!margin) return own;
  for (const m of owner.margin) add(margin.accountSums + m);
  for (const c of owner.touches) add(margin.touchSums + c);
  const horizon = accounts.times.at(-1)!;
  fundingOf(pool, owner).forEach((rate, u) => {
    if (rate === 0) return;
    for (let g = 0; g < groups; g++) {
      const index = sums[g]![margin.fundingSums + u]!;
      own[g]! -= rate * (u === accounts.assets.length ? horizon * index : index);
    }
  });
  return own;
}

/** Moments of groups of scenarios: the whole tail, every chunk's own tail, then every chunk if wanted. */
function groupsOf(run: MemberRun, tails: readonly Moments[], withChunks: boolean) {
  const ofTails = tails.map(() => 1);
  if (!withChunks) return { moments: tails, scales: ofTails };
  return {
    moments: [...tails, ...run.moments],
    scales: [...ofTails, ...run.chunks.map((chunk) => 1 / chunk.count)],
  };
}

/** Scenarios and what each of them weighs in an average; weights may be negative. */
export interface WeightedScenarios {
  /** Ascending: neighbouring paths share tiles. */
  readonly scenarios: Uint32Array;
  readonly weights: Float64Array;
}

/** The whole tail, then every chunk's own, each with weights that sum to 1. */
export function tailGroups(run: MemberRun, level: Level): WeightedScenarios[] {
  const group = ({ scenarios, last }: TailSet, first: number, count: number) => {
    const weights = tailWeights(count, level);
    const part = weights.at(-1)!;
    weights[weights.length - 1] = weights[0]!;
    weights[scenarios.indexOf(last)] = part;
    return {
      scenarios: first === 0 ? scenarios : scenarios.map((scenario) => scenario + first),
      weights,
    };
  };
  const { arena } = run.laid.simulation;
  const scenarios = run.losses.length;
  const tail = run.tail.scenarios.slice(0, Math.ceil(tailCount(level, scenarios)));
  const last = tail.at(-1)!;
  const groups = [group({ scenarios: tail.sort(), last }, 0, scenarios)];
  for (const { first, count } of run.chunks) {
    const losses = new Column(arena, run.losses.subarray(first, first + count));
    groups.push(group(worstSet(losses, Math.ceil(tailCount(level, count))), first, count));
  }
  return groups;
}

/** Runs groups of scenarios once more and takes the moments of each. */
export async function gatherMoments(
  { simulation }: LaidPool,
  groups: Iterable<WeightedScenarios>,
  breathe: Breath,
): Promise<Moments[]> {
  simulation.withMoments = true;
  simulation.takeMoments();
  const list = (count: number) => simulation.arena.list(count);
  const moments: Moments[] = [];
  for (const { scenarios, weights } of groups) {
    for (let from = 0; from < scenarios.length; from += BATCH) {
      simulation.runList(scenarios, weights, from, Math.min(BATCH, scenarios.length - from));
      await breathe();
    }
    moments.push(simulation.takeMoments(list));
  }
  return moments;
}

/** The tails of a run and the moments of their scenarios. */
export interface TailMoments {
  readonly level: Level;
  /** As {@link tailGroups} has them. */
  readonly groups: readonly WeightedScenarios[];
  /** Of each group. */
  readonly moments: readonly Moments[];
}

/** What was found of a pool as long as it stays laid: contributions, rules and quotes all ask for it. */
const knownTails = new WeakMap<LaidPool, TailMoments>();

/** Runs the tails once more, once for each run. */
export async function tailMoments(run: MemberRun, level: Level): Promise<TailMoments> {
  const before = knownTails.get(run.laid);
  if (before?.level === level) return before;
  const groups = tailGroups(run, level);
  const found = { level, groups, moments: await gatherMoments(run.laid, groups, run.breathe) };
  knownTails.set(run.laid, found);
  return found;
}

/** Everyone's mean loss over the whole tail, then over every chunk's own: [owners] of [1 + chunks]. */
export async function tailLosses(run: MemberRun, level: Level): Promise<Float64Array[]> {
  return ownAverages(run, (await tailMoments(run, level)).moments);
}

/**
 * Everyone's weighted average loss over groups of scenarios, by the adjoint of the profiles.
 *
 * @returns  [owners] of [groups], in the order of `ownersOf`
 */
export async function weightedLosses(
  run: MemberRun,
  groups: Iterable<WeightedScenarios>,
): Promise<Float64Array[]> {
  return ownAverages(run, await gatherMoments(run.laid, groups, run.breathe));
}

/**
 * Everyone's mean loss in every chunk, by the moments that the run left behind.
 *
 * @returns  [owners] of [chunks]; null where the run gathered no moments
 */
export async function chunkMeans(run: MemberRun): Promise<Float64Array[]> {
  const scales = run.chunks.map((chunk) => 1 / chunk.count);
  return ownAverages(run, run.moments, scales);
}

/** Everyone's averages of groups of moments: [owners] of [groups]. */
async function ownAverages(
  { laid, breathe }: MemberRun,
  moments: readonly Moments[],
  scales: readonly number[] = moments.map(() => 1),
): Promise<Float64Array[]> {
  const averages = await inPieces(averagesWork(laid, moments, scales), breathe);
  return ownersOf(laid).map((owner) =>
    ownerAverages(laid, averages, moments.length, owner).slice(),
  );
}

/**
 * Standard error of a mean over all scenarios from the same mean over chunks of given sizes.
 *
 * @param first  place of the first chunk's mean
 */
export function batchError(
  means: ArrayLike<number>,
  sizes: ArrayLike<number>,
  first: number = 0,
): number {
  const count = sizes.length;
  if (count < 2) return Number.POSITIVE_INFINITY;
  const mean = batchMean(means, sizes, first);
  let total = 0;
  let variance = 0;
  for (let k = 0; k < count; k++) {
    total += sizes[k]!;
    variance += (sizes[k]! * (means[first + k]! - mean)) ** 2;
  }
  return Math.sqrt((variance * count) / (count - 1)) / total;
}

function batchEstimate(
  means: ArrayLike<number>,
  sizes: ArrayLike<number>,
  first: number,
): Estimate {
  return {
    value: batchMean(means, sizes, first),
    standardError: batchError(means, sizes, first),
  };
}

/** Mean over all scenarios from the means over chunks. */
function batchMean(means: ArrayLike<number>, sizes: ArrayLike<number>, first: number): number {
  let total = 0;
  let sum = 0;
  for (let k = 0; k < sizes.length; k++) {
    total += sizes[k]!;
    sum += sizes[k]! * means[first + k]!;
  }
  return sum / total;
}
