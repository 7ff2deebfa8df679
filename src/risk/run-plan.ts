import { type Issue, type Level, PoolError, received, tailCount } from "../basics/index.ts";
import { cutOf, type Speed } from "../engine/index.ts";
import { averagesBytes } from "./adjoint.ts";
import type { LaidPool } from "./layout.ts";
import { ownLossBytes, ownLossCount } from "./own-losses.ts";
import { tailNeeded } from "./summary.ts";

/** What a valuation will take, said before it runs. */
export interface RunPlan {
  readonly scenarios: number;
  /** Dates of the time grid. */
  readonly steps: number;
  readonly assets: number;
  /** Assets at dates on which something settles or ends, and the cells that their ranges are cut into. */
  readonly nodes: number;
  readonly cells: number;
  /** Runs of scenarios whose moments are kept apart, and the pieces that threads are given. */
  readonly chunks: number;
  readonly parts: number;
  /** Threads besides the caller's. */
  readonly workers: number;
  /** Bytes that the process grows by. */
  readonly bytes: {
    /** WebAssembly memory of the caller's instance. */
    readonly kernel: number;
    /** All threads besides the caller's. */
    readonly workers: number;
    /** Outside WebAssembly. */
    readonly host: number;
    readonly total: number;
  };
  /** Time of all cores together. */
  readonly coreSeconds: number;
  /** Of it, the paths themselves: what threads and shards share out among them. */
  readonly simulationSeconds: number;
  /** Of it, laying the pool: what every shard begins with. */
  readonly layingSeconds: number;
  /** From call to answer, when every thread has a core to itself. */
  readonly seconds: number;
  /** What each further scenario adds. */
  readonly perScenario: { readonly bytes: number; readonly coreSeconds: number };
}

/** The most that a valuation may take; what is left out is not bounded. */
export interface Budget {
  readonly bytes?: number;
  readonly coreSeconds?: number;
}

/** What a forecast is made from. */
export interface RunSizes {
  /** A pool laid for profiles. */
  readonly laid: LaidPool;
  readonly scenarios: number;
  readonly levels: readonly Level[];
  readonly primary: Level;
  readonly contributions: "all" | "euler";
  readonly positions: number;
  /** Layers of capital, assessments included. */
  readonly tranches: number;
  readonly workers: number;
  readonly speed: Speed;
  /** Seconds that laying took. */
  readonly laySeconds: number;
  /** The same of the audit's layout, which is laid and run first. */
  readonly audit: {
    readonly speed: Speed;
    readonly bytes: number;
    readonly laySeconds: number;
  } | null;
}

/**
 * Nanoseconds of plain code on one Zen 4 core (Node 20), measured phase by phase on three pools with
 * 10⁵ to 10⁶ scenarios. `Speed.plain` scales them to this machine.
 */
const COST = {
  /** Per scenario: worst scenarios 30 and 10, copies and garbage 30, summary 15, digest 10, sizes 4. */
  scenario: 100,
  /** Per scenario and layer; what is socialised counts as two. */
  tranche: 12,
  /** Per moment, added to those of its chunk. */
  moment: 1.2,
  /** Per weight of a chunk or tail at a cell, made and multiplied. */
  weight: 4,
  /** Per stand-alone scenario of a participant, and of each node where it has something. */
  standAlone: 6,
  profile: 1.7,
  /** Per cell of an account at a node, and per product of a participant's cells with the weights. */
  cell: 50,
  dot: 0.15,
  /** Per position: read, named by a digest, shown as an exposure. */
  position: 30_000,
  /** Whatever the pool. */
  fixed: 25e6,
};

/** Bytes and time of a valuation: what must be laid is laid, its speed tried, the rest modelled. */
export function forecast(sizes: RunSizes): RunPlan {
  const { laid, scenarios, workers, speed, audit } = sizes;
  const cut = cutOf(laid.simulation, scenarios, workers);
  const cells = laid.grids.reduce((sum, grid) => sum + grid.cells, 0);
  const isAll = sizes.contributions === "all";
  const groups = 1 + (isAll ? 2 : 1) * cut.chunks;
  const alone = isAll ? ownLossCount(laid.accounts, scenarios, sizes.primary) : 0;
  const kernel = kernelBytes(laid, groups, alone, audit?.bytes ?? 0);
  const host = hostBytes(sizes, groups);
  const paths = speed.path + (audit?.speed.path ?? 0);
  const parallel =
    scenarios * paths +
    cut.parts * laid.simulation.momentCount * COST.moment * 1e-9 * (audit ? 2 : 1);
  const perScenario = secondsPerScenario(sizes);
  const fixed =
    sizes.laySeconds +
    (audit?.laySeconds ?? 0) +
    alone * speed.path +
    (shareSeconds(laid, groups, alone) + sizes.positions * COST.position * 1e-9) * speed.plain;
  const coreSeconds = fixed + scenarios * perScenario + parallel;
  return {
    scenarios,
    steps: laid.accounts.times.length,
    assets: laid.accounts.assets.length,
    nodes: laid.grids.length,
    cells,
    chunks: cut.chunks,
    parts: cut.parts,
    workers,
    bytes: { kernel, workers: cut.workerBytes, host, total: kernel + cut.workerBytes + host },
    coreSeconds,
    simulationSeconds: parallel,
    layingSeconds: sizes.laySeconds + (audit?.laySeconds ?? 0),
    seconds: coreSeconds - parallel + parallel / Math.max(1, Math.min(workers, cut.parts)),
    perScenario: {
      bytes: hostBytesPerScenario(sizes),
      coreSeconds: perScenario + paths,
    },
  };
}

/** Everything after the simulation that grows with it: tails replayed, losses looked at. */
function secondsPerScenario({ speed, primary, tranches, audit }: RunSizes): number {
  const replays = 2 * tailCount(primary, 1) * speed.path;
  const looks = COST.scenario + COST.tranche * (tranches + 2) + (audit ? 2 : 0);
  return replays + looks * 1e-9 * speed.plain;
}

/** Contributions and stand-alone figures of everyone, in seconds of the machine they were measured on. */
function shareSeconds(laid: LaidPool, groups: number, alone: number): number {
  const { profiles, accounts, joint } = laid;
  let nanoseconds = COST.fixed + COST.weight * groups * laid.simulation.momentCount;
  nanoseconds += COST.standAlone * alone * (accounts.participants.length + 1);
  for (const { grid, samples, legs, sharpRows } of profiles) {
    for (const { points, rows } of samples.blocks) {
      nanoseconds += rows.length * points * COST.dot * groups;
    }
    nanoseconds += sharpRows.length * grid.cells * (COST.cell + 4 * COST.dot * groups);
    if (alone === 0) continue;
    const owners = new Set(legs.owners).size;
    nanoseconds += owners * (COST.profile * alone + COST.cell * grid.cells);
  }
  for (const { tables } of joint) nanoseconds += COST.profile * alone * (1 + tables.length);
  return nanoseconds * 1e-9;
}

function kernelBytes(laid: LaidPool, groups: number, alone: number, audit: number): number {
  const { arena } = laid.simulation;
  const shared = Math.max(averagesBytes(laid, groups), alone > 0 ? ownLossBytes(laid, alone) : 0);
  const pages = Math.ceil((arena.bytes + shared) / 65536);
  return Math.max(pages * 65536, audit);
}

// Losses (twice in an audit), those that no layer bears (half of all when there is none), the tail.
function hostBytesPerScenario({ levels, audit, tranches }: RunSizes): number {
  const tail = tailNeeded(levels, 1e6) / 1e6;
  return (audit ? 16 : 8) + (tranches === 0 ? 8 : 2) + tail * TAIL_BYTES;
}

/** Bytes per scenario of the tail: two columns to pick it in, one of losses, ranks, numbers, order. */
const TAIL_BYTES = 2 * 16 + 8 + 3 * 4 + 24;

/** Code, garbage and everything else that comes with a first run; and what a position is kept in. */
const HEAP_BYTES = 25e6;
const POSITION_BYTES = 1500;

function hostBytes(sizes: RunSizes, groups: number): number {
  const moments = 8 * groups * sizes.laid.simulation.momentCount;
  const heap = HEAP_BYTES + sizes.positions * POSITION_BYTES;
  return Math.ceil(sizes.scenarios * hostBytesPerScenario(sizes) + moments + heap);
}

/**
 * Holds a plan against a budget.
 *
 * @throws PoolError BUDGET_EXCEEDED with what would be taken, what is allowed and what would fit
 */
export function holdTo(budget: Budget, plan: RunPlan): void {
  const issues: Issue[] = [];
  const check = (name: keyof Budget, needed: number, per: number, unit: string) => {
    const allowed = budget[name];
    if (allowed === undefined || needed <= allowed) return;
    const fitting = Math.floor((allowed - needed) / per + plan.scenarios);
    issues.push({
      code: "BUDGET_EXCEEDED",
      pointer: `/options/budget/${name}`,
      detail:
        fitting >= 1000
          ? `the run would take about ${rounded(needed)} ${unit}; about ${rounded(fitting)} scenarios would fit, or raise the budget`
          : `the run would take about ${rounded(needed)} ${unit}, most of it whatever the number of scenarios; split the pool or raise the budget`,
      expected: `at most ${allowed} ${unit}`,
      received: received(needed),
    });
  };
  check("bytes", plan.bytes.total, plan.perScenario.bytes, "bytes");
  check("coreSeconds", plan.coreSeconds, plan.perScenario.coreSeconds, "core-seconds");
  if (issues.length > 0) throw new PoolError(issues, "budget");
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(2)));
}
