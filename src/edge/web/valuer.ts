import type { Measurement, PoolValuation, RunningEstimate } from "../../index.ts";
import { type Controls, coarseScenarios, FULL_SCENARIOS } from "./controls.ts";
import type { Failure, FromWorker, PricedDocument, ToWorker } from "./message.ts";
import { NearDesk } from "./near-desk.ts";

/** Which of the two runs of a request answers. */
export type Pass = "coarse" | "full";

/** Hears what comes of requests. */
export interface Listener {
  /** What a run says of the pool as a whole; a full run goes on to its answer. */
  measured(id: number, pass: Pass, measurement: Measurement): void;
  /** All that a full run finds. */
  answer(id: number, valuation: PoolValuation): void;
  failure(id: number, failure: Failure): void;
  /** @param estimate  what the run has found so far; null at first */
  progress(id: number, part: number, estimate: RunningEstimate | null): void;
}

/** Full runs that are tried on a pool while nothing moves: an engine becomes quick by running. */
const TRIES = 12;
/** Milliseconds of a full run beyond which a few more are not felt. */
const LONG = 250;
/** Milliseconds between tries. */
const REST = 30;
/** Number of a run that nobody asked for. */
const TRY = -1;

interface Wish {
  readonly id: number;
  readonly controls: Controls;
}

/**
 * Two workers with an engine each: one measures every move on few scenarios, the other follows with
 * all of them and finds who contributes what. Where a coarse run takes but a few milliseconds, it is
 * made in the page's own thread instead, in the frame of the move, while the full one is under way.
 *
 * A coarse run is short and is let finish, or nothing would be seen while a slider moves; of those
 * that wait only the latest is kept. A full run is aborted by the next move. While nothing moves a few
 * runs are tried that nobody asked for: code becomes quick by running.
 */
export class Valuer {
  readonly #coarse: Worker;
  readonly #full: Worker;
  readonly #near: NearDesk;
  readonly #listener: Listener;
  #busy: { readonly coarse: boolean; readonly full: boolean } = { coarse: false, full: false };
  #nextCoarse: Wish | null = null;
  #nextFull: Wish | null = null;
  /** Answers to earlier requests than this are of another pool. */
  #first = 0;
  #latest = 0;
  /** Where they stood when a run was asked for last, and for the worker's coarse run under way. */
  #controls: Controls | null = null;
  #measuring: Controls | null = null;
  /** Full runs that are still to be tried on this pool; the timer of the next, and whether one is under way. */
  #tries = 0;
  #trying = 0;
  #isTrying = false;
  /** When the full run under way was asked for. */
  #since = 0;

  constructor(script: string, listener: Listener) {
    this.#listener = listener;
    this.#near = new NearDesk(script);
    this.#coarse = this.#start(script, "coarse");
    this.#full = this.#start(script, "full");
  }

  /** Changes the pool; answers about the one before are not told. */
  setPool(document: PricedDocument): void {
    this.#first = this.#latest + 1;
    this.#nextCoarse = null;
    this.#nextFull = null;
    this.#tries = TRIES;
    this.#rest();
    this.#near.setPool(document);
    for (const worker of [this.#coarse, this.#full]) {
      send(worker, { kind: "abort" });
      send(worker, { kind: "pool", document });
    }
  }

  /** Asks for both runs. @returns the number of the request */
  ask(controls: Controls): number {
    const wish = { id: ++this.#latest, controls };
    this.#controls = controls;
    this.#nextCoarse = wish;
    this.#nextFull = wish;
    this.#rest();
    if (this.#busy.full) send(this.#full, { kind: "abort" });
    this.#go();
    return wish.id;
  }

  /** Asks for the full run alone, unless another request is under way. @returns its number, or 0 */
  askFull(controls: Controls): number {
    const isBusy = this.#busy.coarse || (this.#busy.full && !this.#isTrying);
    if (isBusy || this.#nextCoarse || this.#nextFull) return 0;
    this.#rest();
    if (this.#busy.full) send(this.#full, { kind: "abort" });
    const wish = { id: ++this.#latest, controls };
    this.#nextFull = wish;
    this.#go();
    return wish.id;
  }

  /** Ends the workers. */
  dispose(): void {
    this.#rest();
    this.#coarse.terminate();
    this.#full.terminate();
  }

  #start(script: string, pass: Pass): Worker {
    const worker = new Worker(script, { type: "module", name: `riskpool ${pass}` });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (pass === "coarse" && data.kind === "measured") {
        this.#near.heard(this.#measuring!, data.milliseconds!);
      }
      this.#hear(pass, data);
    };
    worker.onerror = ({ message }) =>
      this.#listener.failure(this.#latest, {
        message: message || `${script} could not be loaded or run`,
        issues: [],
      });
    return worker;
  }

  #go(): void {
    const isNear = this.#near.isReady;
    // On two cores two workers would hold each other up: the full run then waits for the coarse one.
    const isFree = isNear || !(this.#busy.coarse || this.#nextCoarse);
    if (this.#nextFull && !this.#busy.full && isFree) {
      const { id, controls } = this.#nextFull;
      this.#nextFull = null;
      this.#value(id, controls);
    }
    if (this.#nextCoarse && !this.#busy.coarse) {
      const wish = this.#nextCoarse;
      this.#nextCoarse = null;
      this.#busy = { ...this.#busy, coarse: true };
      if (isNear) void this.#measureHere(wish);
      else this.#measureThere(wish);
    }
  }

  #value(id: number, controls: Controls): void {
    this.#busy = { ...this.#busy, full: true };
    this.#isTrying = id === TRY;
    this.#since = performance.now();
    send(this.#full, { kind: "value", id, controls, scenarios: FULL_SCENARIOS });
  }

  /** Tries the full run while nobody moves anything; {@link #rest} ends that. */
  #warm(): void {
    const isLong = performance.now() - this.#since > LONG;
    if (this.#tries === 0 || isLong) return;
    this.#trying = window.setTimeout(() => {
      if (this.#busy.full || this.#busy.coarse) return;
      this.#tries -= 1;
      const controls = this.#controls!;
      // Another market each time: the engine keeps its last run.
      this.#value(TRY, { ...controls, volatility: controls.volatility + 1 + this.#tries });
    }, REST);
  }

  /** Leaves the rest of the tries, here and in the page's own thread, for later. */
  #rest(): void {
    clearTimeout(this.#trying);
    this.#near.rest();
  }

  async #measureHere(wish: Wish): Promise<void> {
    const measurement = await this.#near.measure(wish.controls);
    // Where there is none, the worker says why.
    if (!measurement) this.#measureThere(wish);
    else this.#hear("coarse", { kind: "measured", id: wish.id, measurement, milliseconds: 0 });
  }

  #measureThere({ id, controls }: Wish): void {
    this.#measuring = controls;
    send(this.#coarse, { kind: "measure", id, controls, scenarios: coarseScenarios(controls) });
  }

  #hear(pass: Pass, message: FromWorker): void {
    const isOurs = message.id >= this.#first;
    if (message.kind === "progress") {
      if (isOurs && pass === "full") {
        const { id, done, total, estimate } = message;
        this.#listener.progress(id, done / total, estimate);
      }
      return;
    }
    if (message.kind === "measured" && isOurs) {
      this.#listener.measured(message.id, pass, message.measurement);
    }
    // The first part of what a full run says.
    if (message.kind === "measured" && message.milliseconds === null) return;
    this.#busy = { ...this.#busy, [pass]: false };
    if (message.kind === "failure" && this.#nextFull?.id === message.id) this.#nextFull = null;
    this.#go();
    if (message.kind === "value" && !this.#nextCoarse && !this.#nextFull) this.#warm();
    if (!isOurs) return;
    if (message.kind === "value") {
      this.#listener.answer(message.id, message.valuation);
      if (!this.#nextCoarse) this.#near.warm(this.#controls!);
    }
    if (message.kind === "failure") this.#listener.failure(message.id, message.failure);
  }
}

function send(worker: Worker, message: ToWorker): void {
  worker.postMessage(message);
}
