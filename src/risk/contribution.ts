import { type Level, printMoney, roundToSum, tailCount } from "../basics/index.ts";
import { BATCH, type Chunk, TILE } from "../engine/index.ts";
import type { Account } from "./account.ts";
import { type Adjoint, addAverages, adjointOf } from "./adjoint.ts";
import { cubicsOf } from "./hermite.ts";
import { type LaidPool, lossCells } from "./layout.ts";
import { FUNDING_INDEX } from "./margin.ts";
import { measureTail, type Tail, tailWeights, worst, worstLosses } from "./tail.ts";
import type { ContributionRow, Contributions, Estimate } from "./valuation.ts";

/** The row of the pool's own holdings. */
export const HOLDINGS_ID = "(pool holdings)";
/** Scenarios for stand-alone figures: 819 in a 2.5 % tail, an error of about 2 %, and few enough to keep. */
const STAND_ALONE_SCENARIOS = 32_768;
const STAND_ALONE_TAIL_MIN = 100;

/** What a run leaves behind for the contributions. */
export interface RunRecord {
  readonly losses: Float64Array;
  readonly tail: Tail;
  readonly chunks: readonly Chunk[];
  /** Moments of every chunk with weight 1 per path. */
  readonly moments: readonly Float64Array[];
}

/** Called between pieces of long work; rejects when the caller has aborted. */
export type Breath = () => Promise<void>;

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
  pool: LaidPool,
  run: RunRecord,
  level: Level,
  decimals: number,
  breathe: Breath,
): Promise<Contributions> {
  const scenarios = run.losses.length;
  const groups = await tailGroups(pool, run, level, breathe);
  const adjoint = adjointOf(pool, groups.moments, groups.scales);
  const alone = await standAlonePlaces(pool, scenarios, level, breathe);
  const owners = ownersOf(pool);
  const figures: { id: string; averages: Float64Array; standAlone: Estimate }[] = [];
  for (const owner of owners) {
    figures.push(figuresOf(pool, adjoint, alone, owner, level));
    await breathe();
  }
  const chunkCount = run.chunks.length;
  const sizes = run.chunks.map((chunk) => chunk.count);
  const measure = measureTail(run.tail.losses, scenarios, level);
  const rounded = roundToSum(
    figures.map(({ id, averages }) => ({ id, value: averages[0]! })),
    decimals,
  );
  const rows = figures.map(({ id, averages, standAlone }, i): ContributionRow => {
    const contribution = averages[0]!;
    return {
      id,
      expectedLoss: {
        value: averages[1]!,
        standardError: batchError(averages.subarray(2, 2 + chunkCount), sizes),
      },
      contribution: {
        value: contribution,
        standardError: batchError(averages.subarray(2 + chunkCount), sizes),
      },
      share: measure.expectedShortfall === 0 ? 0 : contribution / measure.expectedShortfall + 0,
      standAlone,
      amount: printMoney(rounded.parts[i]!, decimals),
    };
  });
  rows.sort((a, b) => b.contribution.value - a.contribution.value || (a.id < b.id ? -1 : 1));
  const standAloneTotal = rows.reduce((sum, row) => sum + row.standAlone.value, 0);
  return {
    level: level / 1e6,
    total: { value: measure.expectedShortfall, standardError: measure.esStandardError },
    totalAmount: printMoney(rounded.total, decimals),
    standAloneTotal,
    diversificationBenefit: standAloneTotal - measure.expectedShortfall,
    standAloneScenarios: alone.count,
    rows,
  };
}

/** One row of the contributions. */
export interface Owner {
  readonly id: string;
  readonly accounts: readonly Account[];
  readonly nodes: readonly number[];
  /** Its places in the pool's lists of joint accounts and of covers. */
  readonly joint: readonly number[];
  readonly covers: readonly number[];
  readonly margin: readonly number[];
  /** Its places in the pool's list of barriers. */
  readonly touches: readonly number[];
}

/** Appends to the list of a key, which is made on first use. */
function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Everyone in the order of ids, the pool's own holdings last. */
export function ownersOf(pool: LaidPool): Owner[] {
  const { accounts } = pool;
  const accountsOf = new Map<number, Account[]>();
  const jointOf = new Map<number, number[]>();
  const coversOf = new Map<string, number[]>();
  for (const account of accounts.list) append(accountsOf, account.owner, account);
  for (const [j, { account }] of pool.joint.entries()) append(jointOf, account.owner, j);
  for (const [c, { holder }] of pool.covers.entries()) append(coversOf, holder, c);
  const marginOf = new Map<string, number[]>();
  for (const [m, { participant }] of (pool.margin?.book.accounts ?? []).entries()) {
    append(marginOf, participant, m);
  }
  const touchesOf = new Map<number, number[]>();
  for (const [c, { owner }] of (pool.margin?.touches ?? []).entries()) append(touchesOf, owner, c);
  return [...accounts.participants, HOLDINGS_ID].map((id, i) => {
    const index = i === accounts.participants.length ? -1 : i;
    const list = accountsOf.get(index) ?? [];
    const nodes = [...new Set(list.flatMap((account) => [...account.value.keys()]))];
    return {
      id,
      accounts: list,
      nodes: nodes.sort((a, b) => a - b),
      joint: jointOf.get(index) ?? [],
      covers: coversOf.get(id) ?? [],
      margin: marginOf.get(id) ?? [],
      touches: touchesOf.get(index) ?? [],
    };
  });
}

/** Moments of: the whole tail, all scenarios, every chunk, every chunk's own tail. */
async function tailGroups(pool: LaidPool, run: RunRecord, level: Level, breathe: Breath) {
  const { simulation } = pool;
  const scenarios = run.losses.length;
  simulation.withMoments = true;
  simulation.takeMoments();
  const replay = async (tail: Tail, count: number) => {
    const weights = tailWeights(count, level);
    // In path order: neighbouring paths share tiles, and the order of the tail is not the point.
    const order = Array.from(weights.keys()).sort(
      (a, b) => tail.scenarios[a]! - tail.scenarios[b]!,
    );
    const paths = Uint32Array.from(order, (i) => tail.scenarios[i]!);
    const inOrder = Float64Array.from(order, (i) => weights[i]!);
    for (let from = 0; from < paths.length; from += BATCH) {
      simulation.runList(paths, inOrder, from, Math.min(BATCH, paths.length - from));
      await breathe();
    }
    return simulation.takeMoments();
  };
  const whole = await replay(run.tail, scenarios);
  const tails: Float64Array[] = [];
  for (const chunk of run.chunks) {
    const losses = run.losses.subarray(chunk.first, chunk.first + chunk.count);
    const own = worst(losses, Math.ceil(tailCount(level, chunk.count)));
    const scenariosOf = own.scenarios.map((scenario) => scenario + chunk.first);
    tails.push(await replay({ losses: own.losses, scenarios: scenariosOf }, chunk.count));
  }
  const all = new Float64Array(whole.length);
  for (const list of run.moments)
    list.forEach((moment, i) => {
      all[i]! += moment;
    });
  return {
    moments: [whole, all, ...run.moments, ...tails],
    scales: [
      1,
      1 / scenarios,
      ...run.chunks.map((chunk) => 1 / chunk.count),
      ...tails.map(() => 1),
    ],
  };
}

/** Standard error of a mean over all scenarios from the same mean over chunks of given sizes. */
export function batchError(means: ArrayLike<number>, sizes: readonly number[]): number {
  const count = sizes.length;
  if (count < 2) return Number.POSITIVE_INFINITY;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let mean = 0;
  for (let k = 0; k < count; k++) mean += (sizes[k]! / total) * means[k]!;
  let variance = 0;
  for (let k = 0; k < count; k++) variance += (sizes[k]! / total) ** 2 * (means[k]! - mean) ** 2;
  return Math.sqrt((variance * count) / (count - 1));
}

/** Cells, places and cover payments of the first scenarios, kept for the stand-alone figures. */
interface StandAlonePlaces {
  readonly count: number;
  /** Per node: addresses of [count] i32 cell offsets and [count] f64 places. */
  readonly at: readonly number[];
  readonly t: readonly number[];
  readonly column: number;
  readonly equity: number;
  readonly payments: ReadonlyMap<number, readonly { scenario: number; amount: number }[]>;
  /** Per asset with funding on its price: the index of every scenario. */
  readonly funding: readonly (Float64Array | null)[];
}

/**
 * Adds what liquidation and funding change for an owner, on average and in every scenario.
 *
 * @param averages  [groups]; changed
 * @param losses    [scenarios] of the owner alone; changed
 */
function addMargin(
  { margin, covers, accounts }: LaidPool,
  adjoint: Adjoint,
  alone: StandAlonePlaces,
  owner: Owner,
  averages: Float64Array,
  losses: Float64Array,
): void {
  if (!margin) return;
  const width = accounts.assets.length;
  const events = covers.length;
  const due = new Float64Array(width + 1);
  for (const m of owner.margin) {
    for (let g = 0; g < adjoint.groups; g++) {
      averages[g]! += adjoint.sums[g]![margin.accountSums + m]!;
    }
    for (const { asset, index, funding } of margin.book.accounts[m]!.legs) {
      if (index === FUNDING_INDEX.priced) due[asset]! += funding;
      if (index === FUNDING_INDEX.timed) due[width]! += funding;
    }
    for (const { scenario, amount } of alone.payments.get(events + m) ?? []) {
      losses[scenario]! += amount;
    }
  }
  const horizon = accounts.times.at(-1)!;
  due.forEach((rate, u) => {
    if (rate === 0) return;
    for (let g = 0; g < adjoint.groups; g++) {
      const index = adjoint.sums[g]![margin.fundingSums + u]!;
      averages[g]! -= rate * (u === width ? horizon * index : index);
    }
    const column = alone.funding[u];
    for (let s = 0; s < losses.length; s++) losses[s]! -= rate * (column ? column[s]! : horizon);
  });
}

/** How many of the first scenarios the stand-alone figures are made of. */
export function standAloneCount(scenarios: number, level: Level): number {
  const needed = Math.ceil(STAND_ALONE_TAIL_MIN / (1 - level / 1e6));
  const wanted = Math.min(scenarios, Math.max(STAND_ALONE_SCENARIOS, needed));
  return wanted - (wanted % 8);
}

/** Adds what touched barriers change for an owner, as {@link addMargin} does. */
function addTouches(
  { margin, covers }: LaidPool,
  adjoint: Adjoint,
  alone: StandAlonePlaces,
  owner: Owner,
  averages: Float64Array,
  losses: Float64Array,
): void {
  if (!margin) return;
  const events = covers.length + margin.book.accounts.length;
  for (const c of owner.touches) {
    for (let g = 0; g < adjoint.groups; g++) {
      averages[g]! += adjoint.sums[g]![margin.touchSums + c]!;
    }
    for (const { scenario, amount } of alone.payments.get(events + c) ?? []) {
      losses[scenario]! += amount;
    }
  }
}

async function standAlonePlaces(
  pool: LaidPool,
  scenarios: number,
  level: Level,
  breathe: Breath,
): Promise<StandAlonePlaces> {
  const { simulation, grids, covers } = pool;
  const { arena } = simulation;
  const count = standAloneCount(scenarios, level);
  const at = grids.map(() => arena.take(count * 4));
  const t = grids.map(() => arena.take(count * 8));
  const column = arena.take(count * 8);
  const equity = arena.take(count * 8);
  const { book, touches } = pool.margin ?? {};
  const items = covers.length + (book?.accounts.length ?? 0) + (touches?.length ?? 0);
  const log = arena.reserve(16 + TILE * items * 16);
  arena.i32(log, 4).fill(0);
  const funding = fundingColumns(pool, count);
  const payments = new Map<number, { scenario: number; amount: number }[]>();
  simulation.withMoments = false;
  simulation.events = items > 0 ? log : 0;
  const places = simulation.placesAddress;
  for (let first = 0; first < count; first += TILE) {
    const size = Math.min(TILE, count - first);
    simulation.runRange(first, size);
    grids.forEach((_, node) => {
      const cells = arena.i32(places + node * TILE * 4, size);
      arena.i32(at[node]! + first * 4, size).set(cells);
      const spots = arena.f64(places + grids.length * TILE * 4 + node * TILE * 8, size);
      arena.f64(t[node]! + first * 8, size).set(spots);
    });
    for (const event of drain(arena.i32(log, 4), arena.f64(log, 2 + 2 * TILE * items))) {
      const list = payments.get(event.cover) ?? [];
      list.push({ scenario: event.path, amount: event.amount });
      payments.set(event.cover, list);
    }
    keepFunding(pool, funding, first, size);
    if (first % (64 * TILE) === 0) await breathe();
  }
  simulation.events = 0;
  return { count, at, t, column, equity, payments, funding };
}

function fundingColumns({ margin }: LaidPool, count: number): (Float64Array | null)[] {
  return (margin?.book.rates ?? []).map((rate) => (rate === 0 ? null : new Float64Array(count)));
}

/** Keeps the funding indices that the last tile ended with. */
function keepFunding(
  { margin, simulation, accounts }: LaidPool,
  columns: readonly (Float64Array | null)[],
  first: number,
  size: number,
): void {
  const { arena, kernels } = simulation;
  columns.forEach((column, u) => {
    if (!column) return;
    const address = kernels.fundingColumn(margin!.lanes, accounts.assets.length, u);
    column.set(arena.f64(address, size), first);
  });
}

function drain(head: Int32Array, records: Float64Array) {
  const words = new Uint32Array(records.buffer, records.byteOffset, records.length * 2);
  const events = Array.from({ length: head[0]! }, (_, i) => ({
    path: words[4 + 4 * i]!,
    cover: words[5 + 4 * i]!,
    amount: records[3 + 2 * i]!,
  }));
  head[0] = 0;
  return events;
}

function figuresOf(
  pool: LaidPool,
  adjoint: Adjoint,
  alone: StandAlonePlaces,
  owner: Owner,
  level: Level,
): { id: string; averages: Float64Array; standAlone: Estimate } {
  const { arena, kernels } = pool.simulation;
  const averages = new Float64Array(adjoint.groups);
  arena.f64(alone.column, alone.count).fill(0);
  for (const node of owner.nodes) {
    const cells = lossCells(owner.accounts, pool.grids[node]!, node);
    addAverages(pool, adjoint, node, cells, averages);
    const mark = arena.mark();
    const cubics = arena.put(cubicsOf(cells));
    kernels.addCubic(cubics, alone.at[node]!, alone.t[node]!, alone.column, alone.count);
    arena.release(mark);
  }
  // Only now: growing the memory for the profiles detaches older views.
  const losses = arena.f64(alone.column, alone.count);
  for (const j of owner.joint) {
    const joint = pool.joint[j]!;
    for (let g = 0; g < adjoint.groups; g++) averages[g]! += adjoint.sums[g]![j]!;
    const equity = arena.f64(alone.equity, alone.count).fill(0);
    for (const { node, cubics } of joint.tables) {
      kernels.addCubic(cubics, alone.at[node]!, alone.t[node]!, alone.equity, alone.count);
    }
    kernels.shortfall(alone.equity, joint.prior, alone.count);
    for (let s = 0; s < alone.count; s++) losses[s]! += equity[s]!;
  }
  for (const c of owner.covers) {
    for (let g = 0; g < adjoint.groups; g++)
      averages[g]! += adjoint.sums[g]![pool.joint.length + c]!;
    for (const { scenario, amount } of alone.payments.get(c) ?? []) losses[scenario]! += amount;
  }
  addMargin(pool, adjoint, alone, owner, averages, losses);
  addTouches(pool, adjoint, alone, owner, averages, losses);
  const count = Math.min(alone.count, Math.ceil(tailCount(level, alone.count)) + 1);
  const tail = worstLosses(losses, count);
  const { expectedShortfall, esStandardError } = measureTail(tail, alone.count, level);
  return {
    id: owner.id,
    averages,
    standAlone: { value: expectedShortfall, standardError: esStandardError },
  };
}
