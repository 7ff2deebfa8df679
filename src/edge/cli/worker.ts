import type { Command } from "commander";
import type { Core, QueueWorkerSession } from "./core.ts";
import type { Io } from "./io.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { LOCAL_REDIS, queueOptions, readQueue } from "./queue-option.ts";

const WORDS = `
Takes shards and chunks of batches of its own build (package version and kernel) from the queue, until
SIGTERM or SIGINT: then it takes no more, and what is not done within the grace goes back to the queue.

The server must have appendonly yes and maxmemory-policy noeviction. docs/queue.md has the rest.`;

/** Adds `riskpool worker`. */
export function addWorker(program: Command, io: Io, core: Core): void {
  const command = program
    .command("worker")
    .description("work on a queue: shards and batches that others submit with --redis");
  queueOptions(command)
    .option("--concurrency <n>", "pieces of work at a time, each on a thread", "1")
    .option("--listen <host:port>", "serve /healthz, /readyz and /metrics, as at 127.0.0.1:9464")
    .option("--grace <seconds>", "for what is under way when it is told to end", "8")
    .option("--lock <seconds>", "without a sign of life after which its work is lost", "30")
    .option("--json", "print a line of JSON when it is at work and nothing else")
    .addHelpText("after", WORDS)
    .action((texts: OptionTexts) => run(texts, io, core));
}

async function run(texts: OptionTexts, io: Io, core: Core): Promise<void> {
  const options = new OptionReader(texts);
  const queue = readQueue(options, texts) ?? { redis: LOCAL_REDIS, isUnsafe: false };
  const request = {
    ...queue,
    concurrency: options.whole("concurrency", { min: 1, max: 256, unit: "threads" }),
    graceSeconds: options.number("grace", { min: 0, max: 3600, unit: "seconds" }),
    lockSeconds: options.number("lock", { min: 1, max: 3600, unit: "seconds" }),
    ...(options.has("listen") && { listen: options.words("listen") }),
  };
  options.finish();
  const ended = io.ended();
  const worker = await core.worker(request);
  printNotices(worker.notices, io);
  io.stdout(texts["json"] ? jsonLine(worker) : words(worker));
  await ended;
  await worker.stop();
}

function jsonLine({ version, kernel, probes }: QueueWorkerSession): string {
  return `${JSON.stringify({ version, kernel, probes })}\n`;
}

function words({ version, kernel, probes }: QueueWorkerSession): string {
  const where = probes ? `, probes at http://${probes.host}:${probes.port}` : "";
  return `At work: riskpool ${version}, kernel ${kernel.slice(0, 12)}${where}\n`;
}
