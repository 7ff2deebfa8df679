import type { Command } from "commander";
import { type Issue, PoolError } from "../../index.ts";
import { SHARD_SECONDS } from "../queue/shard-count.ts";
import type { Core } from "./core.ts";
import type { Io } from "./io.ts";
import { hasItems, readSpec } from "./item-job.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { LOCAL_REDIS, queueOptions, readQueue } from "./queue-option.ts";
import { progressOn, wipeProgress } from "./run-option.ts";
import { jobIn } from "./shard-job.ts";
import { outputOptions, writeValuation } from "./valuation-output.ts";

const COUNT_MAX = 1_000_000;

const ITEMS: Issue = {
  code: "KEY_UNKNOWN",
  pointer: "/items",
  detail:
    "one job is submitted at a time; for many, give the queue to a batch: riskpool batch <items> --redis <url>",
  expected: "pool",
};

/** Adds `riskpool shard submit`. */
export function addShardSubmit(shard: Command, io: Io, core: Core): void {
  const submit = shard
    .command("submit")
    .description("have a job run by the workers of a queue: the bytes of `riskpool value`")
    .requiredOption("--spec <json>", "the job: pool, market, options, shards")
    .option("--count <n>", "how many shards; as the spec says when left out")
    .option("--seconds <n>", "seconds of one core that a shard may take; 5 when nothing is said");
  queueOptions(submit);
  outputOptions(submit).action((texts: OptionTexts) => run(texts, io, core));
}

async function run(texts: OptionTexts, io: Io, core: Core): Promise<void> {
  const options = new OptionReader(texts);
  const queue = readQueue(options, texts) ?? { redis: LOCAL_REDIS, isUnsafe: false };
  const count = options.has("count")
    ? options.whole("count", { min: 1, max: COUNT_MAX, unit: "shards" })
    : undefined;
  const seconds = options.has("seconds")
    ? options.number("seconds", { min: 0.01, max: 86_400, unit: "seconds" })
    : undefined;
  if (count !== undefined) options.alone("seconds", "count");
  options.finish();
  const path = String(texts["spec"]);
  const root = await readSpec(io, path);
  if (hasItems(root)) throw new PoolError([ITEMS], "job");
  const read = await jobIn(io, path, root);
  const own = count ?? (seconds === undefined ? read.count : undefined);
  const cut =
    own === undefined ? { seconds: seconds ?? read.seconds ?? SHARD_SECONDS } : { count: own };
  const valuation = await core
    .shardSubmit(
      {
        ...{ job: read.job, queue, cut },
        onIdle: ({ version, kernel }) =>
          io.stderr(
            `No worker of this build is there yet (riskpool ${version}, kernel ${kernel.slice(0, 12)}): riskpool worker --redis ${shown(queue.redis)}\n`,
          ),
        onNotice: (notice) => printNotices([notice], io),
      },
      progressOn(io),
    )
    .finally(() => wipeProgress(io));
  await writeValuation(io, texts, valuation);
}

/** An address without its password. */
function shown(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//…@");
}
