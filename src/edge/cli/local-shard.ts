import {
  type Engine,
  type Issue,
  type NamedShard,
  type Notice,
  type Pool,
  PoolError,
  type PoolValuation,
  readJson,
  readPool,
  readShard,
  type ShardFile,
  type ValueOptions,
  writeShard,
} from "../../index.ts";
import { sha256 } from "../digest.ts";
import { countFor } from "../queue/shard-count.ts";
import type {
  Core,
  Progress,
  ShardJobRequest,
  ShardMergeRequest,
  ShardPlanStatement,
  ShardRunRequest,
  ShardStatement,
} from "./core.ts";
import { marketFrom, marketIn, onEngine } from "./local-engine.ts";

/** A job that has been read. */
export interface Job {
  readonly pool: Pool;
  readonly options: ValueOptions;
  readonly notices: readonly Notice[];
}

/** Runs a reader and keeps its issues under the name of what it reads. */
function under<Answer>(issues: Issue[], name: string, read: () => Answer): Answer | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    const within = (pointer: string) => (pointer.startsWith(name) ? pointer : name + pointer);
    for (const issue of error.issues) issues.push({ ...issue, pointer: within(issue.pointer) });
    return undefined;
  }
}

/** Whatever is wrong with options, pool or not. */
async function optionIssues(engine: Engine, options: ValueOptions): Promise<readonly Issue[]> {
  try {
    // An empty batch reads what its items would share, and nothing else.
    for await (const _ of engine.valueMany([], options));
    return [];
  } catch (error) {
    if (error instanceof PoolError) return error.issues;
    throw error;
  }
}

/**
 * Reads a job.
 *
 * @throws PoolError with every problem of the spec, the pool, the market and the options
 */
export async function readJob(engine: Engine, request: ShardJobRequest): Promise<Job> {
  const issues = [...request.issues];
  const { prices, calibration } = request;
  const pool = request.pool ? under(issues, "/pool", () => readPool(request.pool)) : undefined;
  const assets = pool?.document.assets.map(({ id }) => id);
  const fitted =
    prices === undefined
      ? undefined
      : under(issues, "/prices", () => marketFrom(prices, calibration, assets));
  const { market: text } = request;
  const given = text === undefined ? undefined : under(issues, "/market", () => marketIn(text));
  const market = given ?? fitted?.market;
  const options = { ...optionsIn(request.options), ...(market && { market }) };
  issues.push(...(await optionIssues(engine, options)));
  if (issues.length > 0 || !pool) throw new PoolError(issues, "job");
  return { pool, options, notices: fitted?.notices ?? [] };
}

/** JSON has no whole numbers of 64 bits: a seed may be text. */
function optionsIn(given: ShardJobRequest["options"]): ValueOptions {
  const { seed } = given;
  const isText = typeof seed === "string" && /^\d{1,20}$/.test(seed);
  return isText ? { ...given, seed: BigInt(seed) } : given;
}

/** What the first part's shard says of its job, so that a merge needs nothing else. */
function noteOf({ pool, options, notices }: Job): string {
  const seed = String(options.seed ?? 1n);
  return JSON.stringify({ pool: pool.document, options: { ...options, seed }, notices });
}

/** Null where the note is not of these commands. */
function jobIn(note: string | null): Job | null {
  if (!note?.startsWith('{"pool":')) return null;
  const { pool, options, notices } = readJson(note) as {
    pool: unknown;
    options: ShardJobRequest["options"];
    notices: readonly Notice[];
  };
  return { pool: readPool(pool), options: optionsIn(options), notices };
}

async function plan(
  engine: Engine,
  request: ShardJobRequest,
  cut: { readonly seconds: number } | { readonly count: number },
): Promise<ShardPlanStatement> {
  const { pool, options } = await readJob(engine, request);
  const found = await engine.plan(pool, options);
  const { coreSeconds, simulationSeconds, layingSeconds, scenarios, parts, chunks } = found;
  const shards = "count" in cut ? Math.min(cut.count, parts) : countFor(found, cut.seconds);
  const perShard = Math.ceil(parts / shards);
  const isLiquidated = pool.document.liquidation !== undefined;
  const hasMoments = isLiquidated || options.contributions !== "euler";
  // Where shards end with chunks, one sum for each of these; else one for each part.
  const sums = chunks % shards === 0 ? chunks / shards : perShard;
  return {
    shards,
    parts,
    scenarios,
    secondsPerShard: (simulationSeconds * perShard) / parts + layingSeconds,
    bytesPerShard: Math.ceil(
      (scenarios / shards) * (isLiquidated ? 16.75 : 8) +
        (hasMoments ? 32 * found.cells * sums : 0),
    ),
    mergeSeconds: coreSeconds - simulationSeconds,
    mergeBytes: found.bytes.total,
    coreSeconds,
  };
}

/** Reads what stands where a shard will; null where that has to be run again. */
function standingShard({ standing, name }: ShardRunRequest): ShardFile | null {
  if (!standing) return null;
  try {
    return readShard(standing, name, { sha256 });
  } catch (error) {
    if (error instanceof PoolError) return null;
    throw error;
  }
}

/** Shards of files one by one; files that are no shards are kept for later. */
async function* shardsIn(
  files: ShardMergeRequest["files"],
  issues: Issue[],
): AsyncGenerator<NamedShard & Pick<ShardFile, "note">> {
  for (const { name, read } of files) {
    const bytes = await read();
    try {
      yield readShard(bytes, name, { sha256 });
    } catch (error) {
      if (!(error instanceof PoolError)) throw error;
      issues.push(...error.issues);
    }
  }
}

/** The job as the shard of the first part says. */
async function jobAmong(files: ShardMergeRequest["files"]): Promise<Job> {
  const issues: Issue[] = [];
  for await (const { note } of shardsIn(files, issues)) {
    const job = jobIn(note);
    if (job) return job;
  }
  issues.push({
    code: "SHARD_GAP",
    pointer: "",
    detail:
      "no shard begins with part 0, which says what the job is; run it, or say what the job is: --spec job.json",
    expected: "the shard of part 0",
    received: `${files.length} files`,
  });
  throw new PoolError(issues, "shards");
}

function otherJob({ name }: ShardRunRequest, found: string, wanted: string): PoolError {
  const issue = {
    code: "SHARD_JOB",
    pointer: "",
    detail: `${name} stands there and is a shard of another job; take a folder for each job`,
    expected: `job ${wanted}`,
    received: `job ${found}`,
  };
  return new PoolError([issue], "shard");
}

async function run(
  engine: Engine,
  request: ShardRunRequest,
  progress: Progress,
): Promise<ShardStatement> {
  const { choice } = request;
  const job = await readJob(engine, request.job);
  const wanted = await engine.shardJob(job.pool, choice, job.options);
  const standing = standingShard(request)?.shard;
  if (standing && standing.job !== wanted.job) throw otherJob(request, standing.job, wanted.job);
  const { from, end, parts } = wanted;
  const isThere =
    standing !== undefined &&
    standing.kernel === wanted.kernel &&
    standing.version === wanted.version &&
    standing.from === from &&
    standing.end === end;
  const told = { from, end, parts, job: wanted.job };
  if (isThere) return { ...told, scenarios: standing.losses.length, file: null };
  const shard = await engine.runShard(job.pool, choice, {
    ...job.options,
    onProgress: ({ done, total }) => progress(done, total),
  });
  const note = from === 0 ? { note: noteOf(job) } : {};
  const file = writeShard(shard, { sha256, ...note });
  return { ...told, scenarios: shard.losses.length, file };
}

async function merge(engine: Engine, request: ShardMergeRequest): Promise<PoolValuation> {
  const { files } = request;
  const job = request.job ? await readJob(engine, request.job) : await jobAmong(files);
  const { pool, options, notices } = job;
  const issues: Issue[] = [];
  const source = shardsIn(files, issues);
  const valuation = await engine.mergeShards(pool, source, options).catch((error: unknown) => {
    // What is damaged leaves a gap as well, which says what to run.
    if (!(error instanceof PoolError) || issues.length === 0) throw error;
    throw new PoolError([...issues, ...error.issues], "shards");
  });
  if (issues.length > 0) throw new PoolError(issues, "shards");
  return { ...valuation, warnings: [...notices, ...valuation.warnings] };
}

/** What the commands on shards ask of the engine, in this process. */
export const localShards: Pick<Core, "shardPlan" | "shardRun" | "shardMerge"> = {
  shardPlan: (request, cut) => onEngine(request, (engine) => plan(engine, request, cut)),
  shardRun: (request, progress) =>
    onEngine(request.job, (engine) => run(engine, request, progress)),
  shardMerge: (request) => onEngine(request, (engine) => merge(engine, request)),
};
