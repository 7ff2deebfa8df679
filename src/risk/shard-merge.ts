import { assert, type Issue, PoolError, pointerKey } from "../basics/index.ts";
import {
  chunksOf,
  type Executor,
  type Kernels,
  kernelDigest,
  momentsOf,
  type Part,
} from "../engine/index.ts";
import { LiquidationTally, liquidationSumCount } from "./liquidation-summary.ts";
import { isLiquidated, needsMoments, prepare, ranPool } from "./pool-run.ts";
import type { PoolRun } from "./run.ts";
import { jobDigest, type PartSums, type RunShard, unpacked } from "./shard.ts";
import { partsOfRun } from "./shard-range.ts";
import type { ValueRequest } from "./value-request.ts";

export { runShard, shardJob } from "./shard.ts";

/** A shard, and what it is called where it comes from. */
export interface NamedShard {
  /** Of its file, for whoever has to mend it. */
  readonly name: string;
  readonly shard: RunShard;
  /** SHA-256 of its file; the numbers are compared without it. */
  readonly digest?: string;
}

/** Shards one after the other, in any order. */
export type ShardSource = Iterable<NamedShard> | AsyncIterable<NamedShard>;

/**
 * Puts the shards of a run together and goes on as if it had simulated all paths itself: the same
 * bits, receipt included. Each shard is let go when it has been taken; in the order of their parts,
 * no moments wait for others.
 *
 * @throws PoolError with every problem of all shards: SHARD_BUILD, SHARD_JOB, SHARD_OVERLAP,
 *         SHARD_GAP; and as `runPool`
 */
export async function mergeShards(
  kernels: Kernels,
  executor: Executor,
  request: ValueRequest,
  shards: ShardSource,
): Promise<PoolRun> {
  const { parameters, model, breathe, lay } = prepare(kernels, executor, request);
  const laid = await lay("profile");
  const { momentCount } = laid.simulation;
  const gathered = new Gathered(request, jobDigest(request, parameters), momentCount);
  for await (const shard of shards) {
    gathered.take(shard);
    await breathe();
  }
  const { sums, ...paths } = gathered.finish();
  const moments = sums.map((all) => momentsOf(all, laid.simulation.momentStarts));
  const held = moments.reduce((sum, own) => sum + own.held, 0);
  const ran = { parameters, model, laid, breathe, chunks: chunksOf(request.scenarios), held };
  return ranPool(kernels, request, { ...ran, ...paths, moments });
}

interface Taken {
  readonly from: number;
  readonly end: number;
  readonly name: string;
  readonly digest: string | undefined;
}

/** What has been taken of a run so far, and what was wrong with the rest. */
class Gathered {
  readonly #request: ValueRequest;
  readonly #job: string;
  readonly #momentCount: number;
  readonly #parts: readonly Part[];
  readonly #losses: Float64Array<ArrayBuffer>;
  readonly #tally: LiquidationTally | null;
  readonly #sums: ChunkSums;
  readonly #taken: Taken[] = [];
  readonly #issues: Issue[] = [];

  constructor(request: ValueRequest, job: string, momentCount: number) {
    this.#request = request;
    this.#job = job;
    this.#momentCount = momentCount;
    this.#parts = partsOfRun(request.scenarios);
    this.#losses = new Float64Array(request.scenarios);
    this.#tally = isLiquidated(request) ? new LiquidationTally(request.scenarios) : null;
    this.#sums = new ChunkSums(this.#parts, momentCount);
  }

  take({ name, shard, digest }: NamedShard): void {
    const fault = this.#stranger(name, shard) ?? this.#overlap(name, shard, digest);
    if (fault) {
      this.#issues.push(fault);
      return;
    }
    const { from, end, first, losses, sums, liquidations } = shard;
    if (this.#taken.some((other) => other.from === from && other.end === end)) return;
    this.#taken.push({ from, end, name, digest });
    this.#losses.set(losses, first);
    if (liquidations) this.#tally?.put(first, liquidations);
    this.#sums.take(sums);
  }

  /** Says of a shard that it is none of this run, or of another build. */
  #stranger(name: string, shard: RunShard): Issue | null {
    const { version, seed, scenarios } = this.#request;
    const isSameJob = shard.job === this.#job;
    if (
      shard.kernel !== kernelDigest ||
      shard.version !== version ||
      // One version may have been built from several sources.
      (isSameJob && shard.momentCount !== this.#momentCount)
    ) {
      return {
        code: "SHARD_BUILD",
        pointer: pointerOf(name),
        detail: `${name} comes from another build; run it again with this one, or merge with the build that ran all of them`,
        expected: `riskpool ${version}, kernel ${kernelDigest}, ${this.#momentCount} moments`,
        received: `riskpool ${shard.version}, kernel ${shard.kernel}, ${shard.momentCount} moments`,
      };
    }
    const job = (detail: string, expected: string, given: string): Issue => ({
      code: "SHARD_JOB",
      pointer: pointerOf(name),
      detail: `${name} ${detail}`,
      expected,
      received: given,
    });
    if (!isSameJob) {
      return job(
        "belongs to another job: another pool, market, seed, number of scenarios, horizon or step; keep the shards of each job in a folder of their own",
        `job ${this.#job}, seed ${seed}, ${scenarios} scenarios`,
        `job ${shard.job}, seed ${shard.seed}, ${shard.scenarios} scenarios`,
      );
    }
    if (needsMoments(this.#request) && !shard.withMoments) {
      return job(
        'was run for Euler contributions alone; merge with contributions: "euler", or run it again for all',
        'contributions "all"',
        'contributions "euler"',
      );
    }
    if (isWhole(shard, this.#parts, this.#tally !== null)) return null;
    return {
      code: "SHARD_DAMAGED",
      pointer: pointerOf(name),
      detail: `${name} does not hold what it says; remove it and run ${partsInWords(shard)} again`,
      expected: "columns of the lengths that its parts ask for",
    };
  }

  #overlap(name: string, shard: RunShard, digest: string | undefined): Issue | null {
    const other = this.#taken.find(({ from, end }) => from < shard.end && shard.from < end);
    if (!other) return null;
    const isTwin = other.from === shard.from && other.end === shard.end;
    if (isTwin && this.#isSame(other, shard, digest)) return null;
    return {
      code: "SHARD_OVERLAP",
      pointer: pointerOf(name),
      detail: isTwin
        ? `${name} and ${other.name} hold the same scenarios with different numbers: one of the machines that ran them is at fault; run the shard again on both`
        : `${name} and ${other.name} hold some of the same scenarios; remove one, and run what is then missing`,
      expected: "every part once",
      received: `${partsInWords(other)} and ${partsInWords(shard)}`,
    };
  }

  #isSame(other: Taken, shard: RunShard, digest: string | undefined): boolean {
    if (digest !== undefined && other.digest !== undefined) return digest === other.digest;
    const { first, losses } = shard;
    return losses.every((loss, i) => Object.is(loss, this.#losses[first + i]));
  }

  /** @throws PoolError with all that was found */
  finish(): Pick<PoolRun, "losses" | "tally"> & { readonly sums: readonly Float64Array[] } {
    let next = 0;
    const end = this.#parts.length;
    const taken = [...this.#taken].sort((a, b) => a.from - b.from);
    for (const shard of [...taken, { from: end, end }]) {
      if (shard.from > next) this.#issues.push(this.#gap({ from: next, end: shard.from }));
      next = shard.end;
    }
    if (this.#issues.length > 0) throw new PoolError(this.#issues, "shards");
    return { losses: this.#losses, sums: this.#sums.finish(), tally: this.#tally };
  }

  #gap(range: { readonly from: number; readonly end: number }): Issue {
    const first = this.#parts[range.from]!.first;
    const last = this.#parts[range.end - 1]!;
    return {
      code: "SHARD_GAP",
      pointer: "",
      detail: `no shard holds the ${partsInWords(range)}, scenarios ${first} to ${last.first + last.count - 1}; run them: riskpool shard run --parts ${range.from}-${range.end - 1}`,
      expected: `shards of all ${this.#parts.length} parts`,
      received: `${this.#taken.length} shards`,
    };
  }
}

/** Whether every column has the length that the parts ask for; sums come in order and cover all. */
function isWhole(shard: RunShard, parts: readonly Part[], isLiquidated: boolean): boolean {
  const { from, end, first, losses, sums, liquidations, momentCount } = shard;
  if (!(from >= 0 && from < end && end <= parts.length && shard.parts === parts.length)) {
    return false;
  }
  const last = parts[end - 1]!;
  let next = from;
  for (const sum of sums) {
    // More than one part is added up only from where a chunk begins to where it ends at most.
    const own = parts.slice(sum.from, sum.end);
    const isOne = sum.end === sum.from + 1;
    const begins = sum.from === 0 || parts[sum.from - 1]?.closes === true;
    const isOneChunk = own.every(({ chunk }) => chunk === own[0]!.chunk);
    if (sum.from !== next || own.length === 0 || !(isOne || (begins && isOneChunk))) return false;
    const { at, values } = sum;
    const fits = at
      ? at.length === values.length && at.every((place) => place < momentCount)
      : values.length === momentCount;
    if (!fits) return false;
    next = sum.end;
  }
  const sumCount = liquidationSumCount(losses.length);
  return (
    next === end &&
    first === parts[from]!.first &&
    losses.length === last.first + last.count - first &&
    (liquidations !== null) === isLiquidated &&
    (liquidations === null ||
      (liquidations.badDebt.length === losses.length && liquidations.sums.length === sumCount))
  );
}

/** Adds the moments of parts to those of chunks, in the order in which a whole run adds them. */
class ChunkSums {
  readonly #parts: readonly Part[];
  readonly #chunks: Float64Array[] = [];
  /** Sums that came before their turn, by their first part. */
  readonly #early = new Map<number, PartSums>();
  #next = 0;
  #sum: Float64Array | null = null;
  readonly #room: Float64Array;

  constructor(parts: readonly Part[], momentCount: number) {
    this.#parts = parts;
    this.#room = new Float64Array(momentCount);
  }

  take(sums: readonly PartSums[]): void {
    for (const sum of sums) this.#early.set(sum.from, sum);
    for (;;) {
      const sum = this.#early.get(this.#next);
      if (!sum) return;
      this.#early.delete(this.#next);
      this.#add(sum);
    }
  }

  #add(sums: PartSums): void {
    const moments = unpacked(sums, this.#room);
    const sum = this.#sum;
    if (sum === null) this.#sum = moments.slice();
    else for (let i = 0; i < sum.length; i++) sum[i]! += moments[i]!;
    this.#next = sums.end;
    if (!this.#parts[sums.end - 1]!.closes) return;
    this.#chunks.push(this.#sum!);
    this.#sum = null;
  }

  finish(): readonly Float64Array[] {
    assert(this.#next === this.#parts.length, "no part is missing");
    return this.#chunks;
  }
}

function partsInWords({ from, end }: { readonly from: number; readonly end: number }): string {
  return end - from === 1 ? `part ${from}` : `parts ${from} to ${end - 1}`;
}

function pointerOf(name: string): string {
  return `/shards${pointerKey(name)}`;
}
