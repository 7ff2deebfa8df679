import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { ThreadNews } from "./job.ts";
import { within } from "./race.ts";

/** How many jobs a queue has in which state. */
export type Depth = () => Promise<Readonly<Record<string, number>>>;

/** Milliseconds in which Redis must answer to be called up. */
const LOOK_MS = 1000;
/** Seconds of shards, merges and chunks: they are meant to take one to ten. */
const BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 300];

/** What a worker counts, in the form that Prometheus reads. */
export class WorkerMetrics {
  readonly #registry = new Registry();
  readonly #counter = <Label extends string>(name: string, help: string, labels: Label[] = []) =>
    new Counter<Label>({
      name: `riskpool_queue_${name}`,
      help,
      labelNames: labels,
      registers: [this.#registry],
    });
  readonly #starts = this.#counter("starts_total", "Pieces of work begun.", ["task"]);
  readonly #jobs = this.#counter("jobs_total", "Pieces of work by what became of them.", [
    ...(["task", "outcome"] as const),
  ]);
  readonly #commits = this.#counter("commits_total", "Results committed by this worker.");
  readonly #duplicates = this.#counter("duplicates_total", "Results that were there already.");
  readonly #fenced = this.#counter("fenced_total", "Results refused: a later start took over.");
  readonly #stalls = this.#counter("stalls_total", "Jobs of lost workers, put back to wait.");
  readonly #bytes = this.#counter("result_bytes_total", "Bytes of results committed.");
  readonly #seconds = new Histogram({
    name: "riskpool_queue_job_seconds",
    help: "Seconds that a piece of work took, the commit included.",
    labelNames: ["task"],
    buckets: BUCKETS,
    registers: [this.#registry],
  });

  readonly #up = new Gauge({
    name: "riskpool_queue_up",
    help: "Whether Redis answers this worker.",
    registers: [this.#registry],
  });
  readonly #jobsIn = new Gauge({
    name: "riskpool_queue_depth",
    help: "Jobs of this build's queue by state.",
    labelNames: ["state"],
    registers: [this.#registry],
  });
  readonly #depth: Depth;

  /** @param depth  asked for at every look */
  constructor(depth: Depth) {
    this.#depth = depth;
    // Known at once, so that a rate of them has something to begin with.
    for (const counter of [this.#commits, this.#duplicates, this.#fenced, this.#stalls]) {
      counter.inc(0);
    }
  }

  /** Takes note of what a thread tells. */
  hear(news: ThreadNews): void {
    const { task } = news;
    if (news.kind === "start") {
      this.#starts.inc({ task });
      return;
    }
    const { outcome, seconds, bytes } = news;
    this.#jobs.inc({ task, outcome });
    if (seconds > 0) this.#seconds.observe({ task }, seconds);
    if (outcome === "duplicate") this.#duplicates.inc();
    if (outcome === "fenced") this.#fenced.inc();
    if (outcome !== "committed") return;
    this.#commits.inc();
    this.#bytes.inc(bytes);
  }

  stalled(): void {
    this.#stalls.inc();
  }

  /** The text that Prometheus reads, and its type; without depths where Redis does not answer. */
  async page(): Promise<{ readonly type: string; readonly text: string }> {
    const isUp = await within(LOOK_MS, this.#look());
    this.#up.set(isUp ? 1 : 0);
    if (!isUp) this.#jobsIn.reset();
    return { type: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  async #look(): Promise<void> {
    const depths = await this.#depth();
    for (const [state, count] of Object.entries(depths)) this.#jobsIn.set({ state }, count);
  }
}
