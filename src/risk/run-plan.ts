import { type Level, tailCount } from "../basics/index.ts";
import { columnBytes, cutOf, DIGEST_BYTES_MAX, laidBytes } from "../engine/index.ts";
import { averagesBytes } from "./adjoint.ts";
import type { LaidPool } from "./layout.ts";
import { ownLossBytes, ownLossCount } from "./own-losses.ts";
import { type Pilot, tailRuns } from "./pilot.ts";
import type { PlainSpeed } from "./plain-speed.ts";
import { tailTaken } from "./summary.ts";

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
    /**
     * WebAssembly memory that the caller's instance needs. Where there is room, every thread takes 8 MiB
     * more and fills them by and by with normals that later runs need not draw.
     */
    readonly kernel: number;
    /** All threads besides the caller's. */
    readonly workers: number;
    /** Outside WebAssembly. */
    readonly host: number;
    readonly total: number;
  };
  /** Time of all cores together, what the platform does beside us included. */
  readonly coreSeconds: number;
  /** Of it, the paths themselves: what threads and shards share out among them. */
  readonly simulationSeconds: number;
  /** Of it, laying the pool: what every shard begins with. */
  readonly layingSeconds: number;
  /** Of it, finding who contributes what: tails run again, everyone's averages and own losses. */
  readonly contributionSeconds: number;
  /** Of it, compiling what has never run in this thread: 0 once a pool has been valued in it. */
  readonly compilingSeconds: number;
  /** From call to answer, when every thread has a core to itself. */
  readonly seconds: number;
  /** What each further scenario adds. */
  readonly perScenario: { readonly bytes: number; readonly coreSeconds: number };
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
  /** Whether no pool has been valued in this thread. */
  readonly isFirst: boolean;
  readonly pilot: Pilot;
  readonly plain: PlainSpeed;
  /** Seconds that reading the document took, and laying it. */
  readonly readSeconds: number;
  readonly laySeconds: number;
  /** The same of the audit's layout, which is laid and run first. */
  readonly audit: {
    readonly path: number;
    readonly bytes: number;
    readonly laySeconds: number;
  } | null;
}

/**
 * What other threads of the platform take besides ours, as a part of what is not kernels: they compile
 * and collect garbage while we read, lay and look. 9 to 23 % of three whole jobs (Node 20), told apart
 * by the times that Linux keeps of threads; watches do not tell.
 */
const PLATFORM = 0.15;

/**
 * Core-seconds that a first valuation takes besides, at most, and as a part of what it takes when warm:
 * the platform's compilers only begin while the pilot runs. New processes took 0 to 1.5 s more than a
 * warm forecast said, five of seven shapes of 2 to 16 s between 0.2 and 0.65 (Node 20, bench/plan.ts).
 */
const COMPILING_MAX = 0.35;
const COMPILING_PART = 0.25;

/** Bytes and time of a valuation: what must be laid is laid, a share of the run tried. */
export function forecast(sizes: RunSizes): RunPlan {
  const { laid, scenarios, workers, pilot, audit, primary } = sizes;
  const cut = cutOf(laid.simulation, scenarios, workers);
  const cells = laid.grids.reduce((sum, grid) => sum + grid.cells, 0);
  const isAll = sizes.contributions === "all";
  const groups = 1 + (isAll ? 2 : 1) * cut.chunks;
  const alone = isAll ? ownLossCount(laid.accounts, scenarios, primary) : 0;
  const kernel = kernelBytes(laid, { groups, alone, scenarios }, audit?.bytes ?? 0);
  const host = hostBytes(sizes, groups);
  const paths = pilot.path + (audit?.path ?? 0);
  const parallel = scenarios * paths + cut.parts * pilot.part * (audit ? 2 : 1);
  const laying = sizes.laySeconds + (audit?.laySeconds ?? 0);
  const contributions =
    tailRuns(scenarios, primary) * pilot.tail +
    (1 + cut.chunks) * pilot.part +
    pilot.averages +
    pilot.alone;
  const looks = lookSeconds(sizes);
  const rest = sizes.readSeconds + pilot.exposures + contributions + scenarios * looks;
  const serial = laying + rest;
  const warm = parallel + serial + PLATFORM * (serial - contributions);
  const compiling = sizes.isFirst ? Math.min(COMPILING_MAX, COMPILING_PART * warm) : 0;
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
    coreSeconds: warm + compiling,
    simulationSeconds: parallel,
    layingSeconds: laying,
    contributionSeconds: contributions,
    compilingSeconds: compiling,
    seconds: serial + parallel / Math.max(1, Math.min(workers, cut.parts)),
    perScenario: {
      bytes: hostBytesPerScenario(sizes),
      coreSeconds:
        parallel / scenarios + looks * (1 + PLATFORM) + 2 * tailCount(primary, 1) * pilot.tail,
    },
  };
}

/** What is looked at of every loss, in plain code: the whole of it and the worst of every chunk. */
function lookSeconds({ plain, pilot }: RunSizes): number {
  return plain.look + plain.sets + plain.digest + pilot.positive * plain.order;
}

function kernelBytes(
  laid: LaidPool,
  counts: { readonly groups: number; readonly alone: number; readonly scenarios: number },
  audit: number,
): number {
  const { arena } = laid.simulation;
  const { groups, alone, scenarios } = counts;
  const shared = Math.max(
    averagesBytes(laid, groups),
    columnBytes(scenarios),
    alone > 0 ? ownLossBytes(laid, alone) + columnBytes(alone) : 0,
  );
  const pages = Math.ceil((arena.bytes + laidBytes(scenarios) + shared) / 65536);
  return Math.max(pages * 65536, audit);
}

// Losses (twice in an audit), those that no layer bears (half of all when there is none), the tail.
function hostBytesPerScenario({ levels, primary, audit, tranches }: RunSizes): number {
  const tail = tailTaken(levels, primary, 1e6) / 1e6;
  return (audit ? 16 : 8) + (tranches === 0 ? 8 : 2) + tail * TAIL_BYTES;
}

/** Bytes per scenario of the tail: two columns to pick it in, one of losses, ranks, numbers, order. */
const TAIL_BYTES = 2 * 16 + 8 + 3 * 4 + 24;

/** Code, garbage and everything else that comes with a first run; and what a position is kept in. */
const HEAP_BYTES = 25e6;
const POSITION_BYTES = 1500;
/** Cells that scenarios reach, of all that a model could: their moments are kept. A tail's reach fewer. */
const REACHED = 1 / 3;

function hostBytes(sizes: RunSizes, groups: number): number {
  const moments = 8 * groups * sizes.laid.simulation.momentCount * REACHED;
  const heap = HEAP_BYTES + sizes.positions * POSITION_BYTES;
  // The platform copies what it is to name.
  const named = Math.min(8 * sizes.scenarios, DIGEST_BYTES_MAX);
  return Math.ceil(sizes.scenarios * hostBytesPerScenario(sizes) + moments + heap + named);
}
