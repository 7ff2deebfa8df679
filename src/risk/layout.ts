import { atOnce, type Work } from "../basics/index.ts";
import type { Cover } from "../book/index.ts";
import {
  ACCOUNT_BYTES,
  ACCOUNT_ENTRY_BYTES,
  Arena,
  AUDIT_ACCOUNT_BYTES,
  CELL_BYTES,
  type Kernels,
  LEG_BYTES,
  NODE_BYTES,
  NOWHERE,
  PLAN,
  Simulation,
} from "../engine/index.ts";
import type { MarketModel, ModelColumns } from "../market/index.ts";
import { type Account, type Accounts, addLegs, noLegs } from "./account.ts";
import { layCovers } from "./cover-layout.ts";
import { cubicsOf, minimaOf } from "./hermite.ts";
import { emptyMarginBook, type MarginBook } from "./margin.ts";
import { layMargin, type MarginInput, marginSumCount } from "./margin-layout.ts";
import type { NodeGrid } from "./node-grid.ts";
import { isJoint, nodeLegsOf } from "./node-legs.ts";
import { NodeProfile } from "./node-profile.ts";
import { type LaidTouch, layTouches } from "./touch-layout.ts";

/** Most memory an engine may use unless its maker says otherwise. */
export const MEMORY_MAX: number = 1024 * 1024 * 1024;

/** A pool laid in the kernel's memory. */
export interface LaidPool {
  readonly simulation: Simulation;
  readonly accounts: Accounts;
  readonly profiles: readonly NodeProfile[];
  readonly grids: readonly NodeGrid[];
  /** Addresses of every node's cells. */
  readonly cells: readonly number[];
  /** Accounts over several nodes, in the kernel's order, with equity tables by node. */
  readonly joint: readonly JointAccount[];
  /** In the kernel's order. */
  readonly covers: readonly Cover[];
  readonly margin: LaidMargin | null;
}

/** What is watched on the way, and where its sums and columns stand. */
export interface LaidMargin {
  /** Without accounts where paths are watched for barriers only. */
  readonly book: MarginBook;
  /** Barriers, one for every owner and touch. */
  readonly touches: readonly LaidTouch[];
  /** First of the sums of accounts, barriers, steps and funding indices, see {@link Moments.sums}. */
  readonly accountSums: number;
  readonly touchSums: number;
  readonly stepSums: number;
  readonly fundingSums: number;
  /** Address of the columns of the lanes. */
  readonly lanes: number;
}

export interface JointAccount {
  readonly account: Account;
  readonly prior: number;
  /** Addresses of its equity on the cells of a node, and of its least values there. */
  readonly tables: readonly {
    readonly node: number;
    readonly cubics: number;
    readonly minima: number;
  }[];
}

/** What to lay. */
export interface LayoutInput {
  readonly accounts: Accounts;
  readonly covers: readonly Cover[];
  readonly asOfMs: number;
  readonly model: MarketModel;
  readonly seed: bigint;
  readonly mode: "profile" | "audit";
  readonly margin?: MarginBook | null | undefined;
  /** Whether extremes between steps are sampled for what is liquidated. */
  readonly continuous?: boolean | undefined;
  readonly bytesMax?: number | undefined;
}

/**
 * Lays a pool and a model in the memory of a kernel instance.
 *
 * @throws PoolError BUDGET_EXCEEDED
 */
export function layPool(kernels: Kernels, input: LayoutInput): LaidPool {
  return atOnce(layPoolWork(kernels, input));
}

/** {@link layPool} in pieces: a large book takes longer than a page may be kept waiting. */
export function* layPoolWork(kernels: Kernels, input: LayoutInput): Work<LaidPool> {
  const { accounts, model } = input;
  const arena = new Arena(kernels, input.bytesMax ?? MEMORY_MAX);
  const columns = model.columns(accounts.times);
  const plan = arena.take(PLAN.PLAN_BYTES);
  const words = new Map<number, number>();

  const modelAddress = layModel(arena, words, columns);
  const modelBytes = arena.bytes - modelAddress;
  laySeed(arena, words, input.seed);
  const profiles = yield* layProfiles(arena, accounts, columns);
  const grids = profiles.map(({ grid }) => grid);
  const touches = yield* layTouches(arena, accounts, grids);
  const jointAccounts = accounts.list.filter(isJoint);
  const momentCount = grids.reduce((sum, grid) => sum + 4 * grid.cells, 0);
  const marginStart = jointAccounts.length + input.covers.length;
  const book = input.margin ?? (touches.length > 0 ? emptyMarginBook(columns.assets) : null);
  const items = (book?.accounts.length ?? 0) + touches.length;
  const marginCount = book ? marginSumCount(items, columns.assets, columns.steps) : 0;
  const sumCount = marginStart + marginCount;
  const moments = arena.take((momentCount + sumCount + 1) * 8);
  const { momentStarts, cells } = yield* layNodes(arena, words, input, profiles, moments);
  words.set(PLAN.SUMS, moments + momentCount * 8);
  words.set(PLAN.HELD, moments + (momentCount + sumCount) * 8);

  const joint: JointAccount[] = [];
  for (const account of jointAccounts) {
    joint.push(layJoint(arena, grids, account));
    yield;
  }
  layAccountRecords(arena, words, joint);
  yield* layCovers(arena, words, input, accounts.times.at(-1)!);
  if (input.mode === "audit") words.set(PLAN.AUDIT, layAudit(arena, accounts));
  const sums = moments + (momentCount + marginStart) * 8;
  const continuous = input.continuous === true;
  const parts = { touches, columns, accounts, grids, sums, continuous };
  const margin = book ? layMarginOf(arena, words, { ...parts, book }, marginStart) : null;
  const view = arena.u32(plan, PLAN.PLAN_BYTES / 4);
  for (const [field, value] of words) view[field / 4] = value;
  const { assets, factors } = columns;
  const own = kernels.scratchBytes(grids.length, assets, factors, input.covers.length);
  const ownBytes = Math.ceil(own / 64) * 64;
  const simulation = new Simulation(arena, {
    plan,
    moments: { address: moments, count: momentCount + sumCount + 1, starts: momentStarts },
    model: { address: modelAddress, bytes: modelBytes },
    scratchBytes: ownBytes + (margin?.scratch.bytes ?? 0),
    withStatistics: (input.margin ?? null) !== null,
  });
  margin?.scratch.place(arena, simulation.scratch + ownBytes);
  return {
    simulation,
    accounts,
    profiles,
    grids,
    cells,
    joint,
    covers: input.covers,
    margin: margin && { ...margin, lanes: simulation.scratch + ownBytes + margin.lanes },
  };
}

function layMarginOf(
  arena: Arena,
  words: Map<number, number>,
  input: MarginInput,
  accountSums: number,
): Omit<LaidMargin, "lanes"> & ReturnType<typeof layMargin> {
  const { book, touches, columns } = input;
  const laid = layMargin(arena, input);
  words.set(PLAN.MARGIN, laid.program);
  const touchSums = accountSums + book.accounts.length;
  const stepSums = touchSums + touches.length;
  const fundingSums = stepSums + 3 * columns.steps;
  return { ...laid, book, touches, accountSums, touchSums, stepSums, fundingSums };
}

/** Samples and cells of every node. */
function* layProfiles(
  arena: Arena,
  accounts: Accounts,
  columns: ModelColumns,
): Work<NodeProfile[]> {
  const legs = nodeLegsOf(accounts);
  const profiles: NodeProfile[] = [];
  for (const [index, { step, asset }] of accounts.nodes.entries()) {
    yield;
    const bound = columns.bound[step * columns.assets + asset]!;
    const deviation = deviationOf(columns, step, asset);
    profiles.push(new NodeProfile(arena, index, legs[index]!, bound, deviation));
  }
  return profiles;
}

function deviationOf(columns: ModelColumns, step: number, asset: number): number {
  let variance = 0;
  for (let s = 0; s <= step; s++) {
    for (let f = 0; f < columns.factors; f++) {
      const weight = columns.matrix[(s * columns.assets + asset) * columns.factors + f]!;
      variance += weight * weight;
    }
  }
  return Math.sqrt(variance);
}

/** Lays the columns of a model one behind the other. Returns the address of the first. */
function layModel(arena: Arena, words: Map<number, number>, columns: ModelColumns): number {
  words.set(PLAN.STEPS, columns.steps);
  words.set(PLAN.ASSETS, columns.assets);
  words.set(PLAN.FACTORS, columns.factors);
  const matrix = arena.put(columns.matrix);
  words.set(PLAN.MATRIX, matrix);
  words.set(PLAN.DRIFT, arena.put(columns.drift));
  words.set(PLAN.BOUND, arena.put(columns.bound));
  words.set(PLAN.MARKET_FACTOR, arena.put(columns.marketFactor));
  const rowEnds = arena.take(columns.assets * 4);
  const ends = arena.i32(rowEnds, columns.assets);
  columns.matrix.forEach((weight, i) => {
    const asset = Math.floor(i / columns.factors) % columns.assets;
    if (weight !== 0) ends[asset] = Math.max(ends[asset]!, (i % columns.factors) + 1);
  });
  words.set(PLAN.ROW_ENDS, rowEnds);
  const { yMax, cells, cubic } = columns.mixing;
  words.set(PLAN.MIXING, cells > 0 ? arena.put([yMax, cells, ...cubic]) : 0);
  return matrix;
}

function laySeed(arena: Arena, words: Map<number, number>, seed: bigint): void {
  const keys = arena.take(320);
  arena.kernels.schedule(keys, Number(seed & 0xffffffffn), Number(seed >> 32n));
  words.set(PLAN.KEYS, keys);
}

/** Lays the nodes with their profiles; in an audit these hold barriers alone, see audit.ts. */
function* layNodes(
  arena: Arena,
  words: Map<number, number>,
  { accounts, mode }: LayoutInput,
  profiles: readonly NodeProfile[],
  moments: number,
): Work<{ momentStarts: number[]; cells: number[] }> {
  const records = arena.take(profiles.length * NODE_BYTES);
  const momentStarts = [0];
  const laid: number[] = [];
  for (const [index, profile] of profiles.entries()) {
    yield;
    const { grid } = profile;
    const { first, low, perUnit } = layBuckets(arena, grid);
    const cells = arena.reserve(grid.cells * CELL_BYTES);
    const mark = arena.mark();
    const loss = mode === "profile" ? profile.layLoss() : arena.take(4 * grid.cells * 8);
    if (profile.barriers.length > 0) {
      const own = arena.f64(loss, 4 * grid.cells).slice();
      yield* profile.addBarriers(profile.barriers, own);
      arena.f64(loss, own.length).set(own);
    }
    arena.kernels.layCells(cells, grid.edgesAt, loss, grid.cells);
    arena.release(mark);
    const at = records + index * NODE_BYTES;
    const node = accounts.nodes[index]!;
    arena.i32(at, 2).set([node.step, node.asset]);
    const momentStart = momentStarts[index]!;
    arena.u32(at + 12, 3).set([first, cells, moments + momentStart * 8]);
    arena.f64(at + 24, 2).set([low, perUnit]);
    arena.i32(at + 40, 2).set(NOWHERE);
    laid.push(cells);
    momentStarts.push(momentStart + 4 * grid.cells);
  }
  words.set(PLAN.NODE_COUNT, profiles.length);
  words.set(PLAN.NODES, records);
  return { momentStarts, cells: laid };
}

function layBuckets(arena: Arena, grid: NodeGrid) {
  const high = grid.edges[grid.cells]!;
  const width = grid.bucketWidth;
  const half = Math.ceil(high / width) + 1;
  const first = arena.reserve(2 * half * 4);
  arena.kernels.layBuckets(first, grid.edgesAt, grid.cells, half, width);
  return { first, low: -half * width, perUnit: 1 / width };
}

function layJoint(arena: Arena, grids: readonly NodeGrid[], account: Account): JointAccount {
  const nodes = [...new Set([...account.value.keys(), ...account.collateral.keys()])].sort(
    (a, b) => a - b,
  );
  const tables = nodes.map((node) => {
    const legs = noLegs();
    for (const part of [account.value.get(node), account.collateral.get(node)]) {
      if (part) addLegs(legs, part);
    }
    const cells = new Float64Array(4 * grids[node]!.cells);
    grids[node]!.add(legs, cells);
    const minima = arena.put(minimaOf(cells, grids[node]!.cellFrom(0)));
    return { node, cubics: arena.put(cubicsOf(cells)), minima };
  });
  return { account, prior: Math.max(0, -(account.valueNow + account.collateralNow)), tables };
}

function layAccountRecords(
  arena: Arena,
  words: Map<number, number>,
  joint: readonly JointAccount[],
): void {
  const records = arena.take(Math.max(1, joint.length) * ACCOUNT_BYTES);
  joint.forEach(({ tables, prior }, index) => {
    const entries = arena.take(tables.length * ACCOUNT_ENTRY_BYTES);
    tables.forEach(({ node, cubics, minima }, e) => {
      arena.u32(entries + e * ACCOUNT_ENTRY_BYTES, 3).set([node, cubics, minima]);
    });
    const at = records + index * ACCOUNT_BYTES;
    arena.u32(at, 2).set([tables.length, entries]);
    arena.f64(at + 8, 1)[0] = prior;
  });
  words.set(PLAN.ACCOUNT_COUNT, joint.length);
  words.set(PLAN.ACCOUNTS, records);
}

const KIND = { calls: 0, linear: 1, settled: 2, collateral: 3 } as const;

function layAudit(arena: Arena, accounts: Accounts): number {
  const program = arena.take(16 + accounts.list.length * AUDIT_ACCOUNT_BYTES);
  arena.i32(program, 1)[0] = accounts.list.length;
  accounts.list.forEach((account, index) => {
    const legs: {
      kind: number;
      node: number;
      options: number;
      count: number;
      numbers: number[];
    }[] = [];
    for (const [node, value] of account.value) {
      if (value.calls.length > 0) {
        legs.push({
          kind: KIND.calls,
          node,
          options: arena.put(value.calls),
          count: value.calls.length / 5,
          numbers: [],
        });
      }
      legs.push({
        kind: KIND.linear,
        node,
        options: 0,
        count: 0,
        numbers: [value.slope, value.constant],
      });
      for (const { sign, slope, constant } of value.settled) {
        legs.push({
          kind: KIND.settled,
          node,
          options: 0,
          count: 0,
          numbers: [slope, constant, sign],
        });
      }
    }
    for (const [node, { slope, constant }] of account.collateral) {
      legs.push({ kind: KIND.collateral, node, options: 0, count: 0, numbers: [slope, constant] });
    }
    const table = arena.take(legs.length * LEG_BYTES);
    legs.forEach((leg, l) => {
      const at = table + l * LEG_BYTES;
      arena.u32(at, 4).set([leg.kind, leg.node, leg.options, leg.count]);
      arena.f64(at + 16, 3).set(leg.numbers);
    });
    const at = program + 16 + index * AUDIT_ACCOUNT_BYTES;
    arena.u32(at, 3).set([account.floored ? 1 : 0, legs.length, table]);
    const prior = Math.max(0, -(account.valueNow + account.collateralNow));
    // Without a floor the kernel leaves the prior shortfall alone; a margined account has one.
    const before = account.valueNow + (account.margined ? prior : 0);
    arena.f64(at + 16, 2).set([before, prior]);
  });
  return program;
}
