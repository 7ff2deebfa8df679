import { load, type Notice, type PoolValuation } from "../../index.ts";
import { openQueue, type Queue, startWorker } from "../../queue.ts";
import type { Core, Progress, QueueRequest, ShardSubmitRequest } from "./core.ts";
import { readJob } from "./local-shard.ts";

/** Milliseconds before it is said that no worker is there. */
const IDLE_MS = 3000;

const optionsOf = ({ redis, prefix, isUnsafe }: QueueRequest, notices: Notice[]) => ({
  redis,
  ...(prefix !== undefined && { prefix }),
  unsafeRedis: isUnsafe ? ("warn" as const) : ("refuse" as const),
  onNotice: (notice: Notice) => void notices.push(notice),
});

/** Opens a queue as the command line says. */
export async function openWith(
  request: QueueRequest,
): Promise<{ readonly queue: Queue; readonly notices: readonly Notice[] }> {
  const notices: Notice[] = [];
  const queue = await openQueue(optionsOf(request, notices));
  return { queue, notices };
}

async function submit(request: ShardSubmitRequest, progress: Progress): Promise<PoolValuation> {
  const engine = await load();
  const { version, kernel } = engine;
  const { pool, options, notices } = await readJob(engine, request.job).finally(() =>
    engine.dispose(),
  );
  const { queue, notices: told } = await openWith(request.queue);
  for (const notice of told) request.onNotice(notice);
  const look = async () => {
    if ((await queue.slots()) === 0) request.onIdle({ version, kernel });
  };
  const timer = setTimeout(() => void look().catch(() => {}), IDLE_MS);
  try {
    const onProgress = ({ done, total }: { readonly done: number; readonly total: number }) =>
      progress(done, total);
    const valuation = await queue.value(pool, { ...options, shards: request.cut, onProgress });
    return { ...valuation, warnings: [...notices, ...valuation.warnings] };
  } finally {
    clearTimeout(timer);
    await queue.close();
  }
}

/** What the commands ask of a queue. */
export const localQueue: Pick<Core, "shardSubmit" | "worker"> = {
  shardSubmit: submit,
  worker: async (request) => {
    const { concurrency, listen, graceSeconds, lockSeconds } = request;
    const notices: Notice[] = [];
    const worker = await startWorker({
      ...optionsOf(request, notices),
      ...{ concurrency, graceSeconds, lockSeconds },
      ...(listen !== undefined && { listen }),
    });
    const { build, probes, stop } = worker;
    return { ...build, probes, notices, stop };
  },
};
