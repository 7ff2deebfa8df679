import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Controls } from "./controls.ts";
import type { Failure, FromWorker, PricedDocument, ToWorker } from "./message.ts";
import type { Study, StudyResult } from "./study.ts";

/** How far a study is. A result stays on show, late, while the next of its kind is under way. */
export interface StudyState {
  readonly isWaiting: boolean;
  /** 0 … 1 of what can be told. */
  readonly progress: number;
  readonly result: StudyResult | null;
  /** Whether the result is of the controls as they were before the last move. */
  readonly isLate: boolean;
  readonly failure: Failure | null;
}

/** Milliseconds without a move before anything is asked: a slider under way is not held up. */
const REST = 150;

const NOTHING_YET: StudyState = {
  ...{ isWaiting: false, progress: 0, result: null, isLate: false, failure: null },
};

interface Wish {
  readonly key: string;
  readonly study: Study;
}

/**
 * Asks one question after the other behind the full run, in a worker of its own: the next move aborts
 * them and waits for none.
 */
export class Studies implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #script: () => string;
  readonly #states = new Map<string, StudyState>();
  #worker: Worker | null = null;
  #document: PricedDocument | null = null;
  #controls: Controls | null = null;
  #queue: Wish[] = [];
  #running: (Wish & { readonly id: number }) | null = null;
  #latest = 0;
  #resting = 0;

  /** @param script  address of the worker's script */
  constructor(host: ReactiveControllerHost, script: () => string) {
    this.#host = host;
    this.#script = script;
    host.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#resting);
    this.#resting = 0;
    this.#worker?.terminate();
    this.#worker = null;
    this.#running = null;
    this.#queue = [];
  }

  /** How far the study of a key is. */
  stateOf(key: string): StudyState {
    return this.#states.get(key) ?? NOTHING_YET;
  }

  /** Whether nothing is under way or waits. */
  get isIdle(): boolean {
    return this.#running === null && this.#queue.length === 0;
  }

  /** Changes the pool; what is known of the one before is forgotten. */
  setPool(document: PricedDocument): void {
    this.stop();
    this.#states.clear();
    this.#document = document;
    if (this.#worker) this.#send({ kind: "pool", document });
  }

  /** Stops everything: the controls move. */
  stop(): void {
    clearTimeout(this.#resting);
    this.#resting = 0;
    this.#controls = null;
    this.#queue = [];
    if (this.#running) this.#send({ kind: "abort" });
    for (const [key, state] of this.#states) {
      this.#states.set(key, { ...state, isWaiting: false, isLate: true });
    }
    this.#host.requestUpdate();
  }

  /** Asks everything that follows a valuation, in this order. */
  follow(controls: Controls, studies: Readonly<Record<string, Study>>): void {
    this.#controls = controls;
    this.#resting = window.setTimeout(() => {
      this.#resting = 0;
      this.#go();
    }, REST);
    for (const [key, study] of Object.entries(studies)) this.ask(key, study);
  }

  /** Asks one more question where the controls stand; in place of an earlier one of its key. */
  ask(key: string, study: Study): void {
    if (!this.#controls) return;
    this.#queue = [...this.#queue.filter((wish) => wish.key !== key), { key, study }];
    this.#set(key, { isWaiting: true, progress: 0, failure: null });
    if (this.#running?.key === key) this.#send({ kind: "abort" });
    this.#go();
  }

  /** Withdraws a question. */
  cancel(key: string): void {
    this.#queue = this.#queue.filter((wish) => wish.key !== key);
    if (this.#running?.key === key) this.#send({ kind: "abort" });
    this.#set(key, { isWaiting: false });
  }

  #set(key: string, change: Partial<StudyState>): void {
    this.#states.set(key, { ...this.stateOf(key), ...change });
    this.#host.requestUpdate();
  }

  #go(): void {
    const controls = this.#controls;
    if (this.#running || this.#resting !== 0 || !controls) return;
    const wish = this.#queue.shift();
    if (!wish) return;
    this.#start();
    this.#running = { ...wish, id: ++this.#latest };
    this.#send({ kind: "study", id: this.#latest, controls, study: wish.study });
  }

  #start(): void {
    if (this.#worker) return;
    const worker = new Worker(this.#script(), { type: "module", name: "riskpool study" });
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#hear(data);
    worker.onerror = ({ message }) => {
      const failure = { message: message || "the worker could not be run", issues: [] };
      if (this.#running) this.#hear({ kind: "failure", id: this.#running.id, failure });
    };
    this.#worker = worker;
    if (this.#document) this.#send({ kind: "pool", document: this.#document });
  }

  #hear(message: FromWorker): void {
    const { id, key } = this.#running ?? {};
    if (key === undefined || message.id !== id) return;
    const isWanted = this.#controls !== null && this.stateOf(key).isWaiting;
    if (message.kind === "progress") {
      if (isWanted) this.#set(key, { progress: message.done / message.total });
      return;
    }
    this.#running = null;
    const isAgain = this.#queue.some((wish) => wish.key === key);
    if (isWanted && !isAgain && message.kind === "study") {
      const { result } = message;
      this.#set(key, { isWaiting: false, isLate: false, progress: 0, result, failure: null });
    } else if (isWanted && !isAgain && message.kind === "failure") {
      this.#set(key, { isWaiting: false, result: null, failure: message.failure });
    }
    this.#go();
    this.#host.requestUpdate();
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }
}
