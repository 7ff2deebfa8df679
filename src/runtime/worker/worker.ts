import { assert, PoolError } from "../../basics/index.ts";
import { BATCH, instantiate, type Kernels, Simulation } from "../../engine/index.ts";
import { Slice } from "../slice.ts";
import type { DropMessage, FromWorker, RunMessage, ToWorker } from "./message.ts";

/** The pool's end of a worker's line, whatever the platform. */
export interface Port {
  send(message: FromWorker, transfer: ArrayBuffer[]): void;
  listen(onMessage: (message: ToWorker) => void): void;
}

/**
 * What runs inside any worker: one kernel instance, one part at a time, in the order they were
 * asked for. It pauses every few milliseconds to hear whether a job has been dropped.
 */
export function serve(port: Port): void {
  const worker = new PartRunner(port);
  port.listen((message) => worker.receive(message));
}

class PartRunner {
  readonly #port: Port;
  readonly #asked: RunMessage[] = [];
  readonly #dropped = new Set<number>();
  readonly #slice = new Slice();
  #isBusy = false;
  #kernels: Kernels | undefined;
  #simulation: Simulation | undefined;
  /** The job whose image is laid. */
  #job = -1;

  constructor(port: Port) {
    this.#port = port;
  }

  receive(message: RunMessage | DropMessage): void {
    if (message.kind === "drop") {
      this.#dropped.add(message.job);
      return;
    }
    this.#asked.push(message);
    if (!this.#isBusy) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    this.#slice.renew();
    for (let message = this.#asked.shift(); message; message = this.#asked.shift()) {
      const { job, part } = message;
      try {
        await this.#run(message);
      } catch (error) {
        // The rest of the job would fare no better.
        this.#dropped.add(job);
        const issues = error instanceof PoolError ? error.issues : null;
        const detail = error instanceof Error ? error.message : String(error);
        this.#port.send({ kind: "failed", job, part, issues, detail }, []);
      }
    }
    this.#isBusy = false;
  }

  async #run(message: RunMessage): Promise<void> {
    const { job, part, first, count, image, kernel } = message;
    if (kernel) this.#kernels = instantiate(kernel);
    if (image) {
      // What was dropped of the job before this one has been answered: messages come in order.
      if (job !== this.#job) this.#dropped.delete(this.#job);
      this.#job = job;
      this.#simulation = undefined;
      assert(this.#kernels !== undefined, "a worker has a kernel before it has an image");
      if (!this.#dropped.has(job)) {
        this.#simulation = Simulation.fromImage(this.#kernels, image);
        this.#simulation.keepPaths();
      }
    }
    const columns: Float64Array<ArrayBuffer>[] = [];
    for (let done = 0; done < count; done += BATCH) {
      if (this.#slice.isOver) await this.#slice.next();
      if (this.#dropped.has(job)) {
        this.#port.send({ kind: "dropped", job, part }, []);
        return;
      }
      const simulation = this.#simulation;
      assert(simulation !== undefined && this.#job === job, "a job is laid before it is run");
      const size = Math.min(BATCH, count - done);
      simulation.runRange(first + done, size);
      for (const [i, column] of simulation.columns(size).entries()) {
        columns[i] ??= new Float64Array(count);
        columns[i].set(column, done);
      }
    }
    const { bounds, numbers } = this.#simulation!.takeMoments();
    const buffers = [...columns, numbers].map((column) => column.buffer);
    this.#port.send({ kind: "ran", job, part, columns, moments: { bounds, numbers } }, buffers);
  }
}
