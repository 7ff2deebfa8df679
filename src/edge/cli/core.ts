import type {
  Allocation,
  AnyAnswer,
  Comparison,
  ContributionRule,
  ContributionTerms,
  Issue,
  Notice,
  Pool,
  PoolDocument,
  PoolValuation,
  Quote,
  ShardChoice,
} from "../../index.ts";

/** How prices become a market model; what is left out, the core chooses. */
export interface CalibrationRequest {
  readonly model?: "gbm" | "student-t";
  readonly volatility?: "ewma" | "sample";
  readonly correlation?: "sample" | "ledoit-wolf";
  readonly repair?: "nearest" | "shrink";
  /** Days of history to look back on. */
  readonly window?: number;
  /** Correlation of the covers' pool-wide factor with a falling market, in [-1, 1]. */
  readonly systemicLoading?: number;
  /** From what a price is of (`time`, an asset id) to the name of its column. */
  readonly columns?: Readonly<Record<string, string>>;
}

/** A simulation of a pool, whatever is asked of it. */
export interface RunRequest {
  /** The pool document as text, unchecked. */
  readonly pool: string;
  /** Market parameters as JSON text, or a valuation that holds them; instead of prices. */
  readonly market?: string;
  /** Price history as CSV text, unchecked; the pool's own market is used without it. */
  readonly prices?: string;
  readonly calibration: CalibrationRequest;
  readonly scenarios: number;
  readonly seed: bigint;
  readonly horizonDays: number;
  /** Days between two looks at the path; the engine chooses without it. */
  readonly stepDays?: number;
  readonly monitoring: "discrete" | "continuous";
  /** The primary level. */
  readonly confidence: number;
  /** Threads to simulate on; the caller's own when left out. */
  readonly workers?: number;
}

export interface ValueRequest extends RunRequest {
  readonly samplePaths: number;
  /** Ascending, without repetition; the primary one is among them. */
  readonly levels: readonly number[];
  readonly mode: "profile" | "audit";
  readonly contributions: "all" | "euler";
}

export interface AllocateRequest extends RunRequest {
  /** In place of the document's own, which is kept with all its terms where it is of this rule. */
  readonly rule?: ContributionRule;
  /** In place of those of the terms, or besides a rule. */
  readonly bounds: Pick<ContributionTerms, "noNegative" | "floor" | "cap" | "gearing">;
}

export interface CompareRequest extends RunRequest {
  /** Policies as JSON text, unchecked; a set worth seeing when left out. */
  readonly policies?: string;
}

export interface QuoteRequest extends RunRequest {
  /** A proposed position as JSON text, unchecked. */
  readonly position: string;
}

/** Many pools, valued alike. */
export interface BatchRequest extends Omit<RunRequest, "pool"> {
  readonly figures: "value" | "measure";
  /** Ascending, without repetition; the primary one is among them. */
  readonly levels: readonly number[];
  readonly mode: "profile" | "audit";
  /** What items without a pool are variants of, as text, unchecked. */
  readonly base?: string;
  /** Whose workers value the items; this process when left out. */
  readonly queue?: QueueRequest;
}

/** Where work is done by the workers of a queue. */
export interface QueueRequest {
  /** Address of the server. */
  readonly redis: string;
  readonly prefix?: string;
  /** Goes on with a server whose settings may lose work. */
  readonly isUnsafe: boolean;
}

/** A worker of a queue. */
export interface QueueWorkerRequest extends QueueRequest {
  readonly concurrency: number;
  /** Where its probes are asked. */
  readonly listen?: string;
  readonly graceSeconds: number;
  readonly lockSeconds: number;
}

/** A worker that is at work. */
export interface QueueWorkerSession {
  readonly version: string;
  readonly kernel: string;
  readonly probes: { readonly host: string; readonly port: number } | null;
  readonly notices: readonly Notice[];
  stop(): Promise<void>;
}

/** A job that is run by the workers of a queue. */
export interface ShardSubmitRequest {
  readonly job: ShardJobRequest;
  readonly queue: QueueRequest;
  readonly cut: { readonly seconds: number } | { readonly count: number };
  /** Hears where no worker is there to do it. */
  readonly onIdle: (build: Pick<QueueWorkerSession, "version" | "kernel">) => void;
  readonly onNotice: (notice: Notice) => void;
}

/** An engine that is kept for the items of a batch. */
export interface BatchSession {
  readonly kernel: string;
  readonly base: Pool | null;
  /** What all answers are a function of besides their items; plain JSON. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly notices: readonly Notice[];
  /** In the order of items, whose faults are answers. */
  answers(source: AsyncIterable<unknown>): AsyncIterable<AnyAnswer>;
  end(): Promise<void>;
}

export interface AllocationStatement {
  readonly allocation: Allocation;
  readonly pool: string;
  readonly currency: string;
  readonly notices: readonly Notice[];
}

export interface ComparisonStatement {
  readonly comparison: Comparison;
  readonly notices: readonly Notice[];
}

export interface QuoteStatement {
  readonly quote: Quote;
  readonly currency: string;
  readonly notices: readonly Notice[];
}

export interface ImportRequest {
  /** An option chain as text, unchecked. */
  readonly chain: string;
  /** The part of the open interest that the pool has written, in (0, 1]. */
  readonly share: number;
  readonly participants: number;
}

/** Who pays what of a loss. Amounts are decimal text in the pool currency; with what is uncovered they sum to the loss. */
export interface SettlementStatement {
  readonly currency: string;
  readonly loss: string;
  readonly rows: readonly {
    /** Layer id, `assessments` or `socialised`. */
    readonly layer: string;
    readonly payer: string;
    readonly amount: string;
  }[];
  /** What nobody can be made to bear. */
  readonly uncovered: string;
  readonly notices: readonly Notice[];
}

export interface CalibrationStatement {
  readonly market: NonNullable<PoolDocument["market"]>;
  readonly notices: readonly Notice[];
}

export interface PoolStatement {
  readonly pool: PoolDocument;
  readonly notices: readonly Notice[];
}

/** One job of which shards are run, as its spec says; texts are unchecked. */
export interface ShardJobRequest {
  /** What was wrong with the spec itself; told with all else that is found. */
  readonly issues: readonly Issue[];
  readonly pool: string;
  readonly prices?: string;
  readonly market?: string;
  readonly calibration: CalibrationRequest;
  /** Of the engine, by their names there; a seed may be decimal text. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly workers?: number;
}

/** How a job is best cut. */
export interface ShardPlanStatement {
  readonly shards: number;
  /** The most shards that there can be. */
  readonly parts: number;
  readonly scenarios: number;
  /** Of one core, by trying the pool on this machine. */
  readonly secondsPerShard: number;
  readonly bytesPerShard: number;
  /** Of the merge, and the memory that it takes. */
  readonly mergeSeconds: number;
  readonly mergeBytes: number;
  readonly coreSeconds: number;
}

/** A shard that stands where it was asked for. */
export interface ShardStatement {
  readonly from: number;
  readonly end: number;
  readonly parts: number;
  readonly scenarios: number;
  readonly job: string;
  /** Null where a sound file of these parts was there already. */
  readonly file: Uint8Array | null;
}

export interface ShardRunRequest {
  readonly job: ShardJobRequest;
  readonly choice: ShardChoice;
  /** The file that stands where the shard will, if there is one. */
  readonly standing?: Uint8Array<ArrayBuffer>;
  readonly name: string;
}

export interface ShardMergeRequest {
  /** As the shard of the first part has it, when left out. */
  readonly job?: ShardJobRequest;
  readonly workers?: number;
  /** Files by name, in the order in which they are best read; each is read once or twice. */
  readonly files: readonly {
    readonly name: string;
    readonly read: () => Promise<Uint8Array<ArrayBuffer>>;
  }[];
}

/** Counts how much of a run is done, in scenarios. */
export type Progress = (done: number, total: number) => void;

/**
 * What the commands ask of the engine. Each takes text as it was read and rejects with `PoolError`
 * when the text or a number in the request is at fault.
 */
export interface Core {
  readonly version: string;
  /** SHA-256 of the kernel. */
  readonly kernel: () => Promise<string>;
  readonly value: (request: ValueRequest, progress: Progress) => Promise<PoolValuation>;
  readonly allocate: (request: AllocateRequest, progress: Progress) => Promise<AllocationStatement>;
  readonly compare: (request: CompareRequest, progress: Progress) => Promise<ComparisonStatement>;
  readonly quote: (request: QuoteRequest, progress: Progress) => Promise<QuoteStatement>;
  readonly shardPlan: (
    request: ShardJobRequest,
    cut: { readonly seconds: number } | { readonly count: number },
  ) => Promise<ShardPlanStatement>;
  readonly shardRun: (request: ShardRunRequest, progress: Progress) => Promise<ShardStatement>;
  readonly shardMerge: (request: ShardMergeRequest) => Promise<PoolValuation>;
  readonly shardSubmit: (request: ShardSubmitRequest, progress: Progress) => Promise<PoolValuation>;
  readonly batch: (request: BatchRequest) => Promise<BatchSession>;
  /** Works on a queue until it is stopped. */
  readonly worker: (request: QueueWorkerRequest) => Promise<QueueWorkerSession>;
  readonly settle: (request: {
    readonly pool: string;
    readonly loss: string;
    /** Gains of the event as JSON text, unchecked; for a last resort that takes from them. */
    readonly gains?: string;
  }) => Promise<SettlementStatement>;
  readonly importChain: (request: ImportRequest) => Promise<PoolStatement>;
  readonly calibrate: (
    request: CalibrationRequest & { readonly prices: string },
  ) => Promise<CalibrationStatement>;
  /** The pool with the market that a run of it would use written into its document. */
  readonly priced: (
    request: Pick<RunRequest, "pool" | "market" | "prices" | "calibration">,
  ) => Promise<PoolStatement>;
  readonly check: (request: { readonly pool: string }) => Promise<PoolStatement>;
  /** The JSON Schema of the pool document. */
  readonly schema: () => Promise<string>;
}
