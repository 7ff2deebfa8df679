import type { Measurement } from "../../index.ts";
import { type Controls, coarseScenarios } from "./controls.ts";
import type { Desk } from "./desk.ts";
import type { PricedDocument } from "./message.ts";

/** Milliseconds that a run may have taken in a worker for the next to be made here. */
const THERE_MAX = 10;
/** Milliseconds that a run may take here for the next to be made here too. */
const HERE_MAX = 14;
/** Runs before the engine is as quick as it gets. */
const WARMING = 6;
/** Milliseconds between them, for whatever else the page has to do. */
const REST = 40;

/**
 * An engine in the page's own thread, for runs that are shorter than the way to a worker and back
 * again: their answer is in the frame of the move. It is there when a worker has shown that its runs
 * are short enough, and stands back as soon as they are not, or when the page may not have it.
 */
export class NearDesk {
  readonly #address: string;
  #document: PricedDocument | null = null;
  #desk: Desk | null = null;
  #isQuick = false;
  /** What the last run of a worker simulated. */
  #heard = "";
  #isWarm = false;
  /** Whether it cannot be had. */
  #isBarred: boolean;
  #warming = 0;

  /** @param script  address of the workers' own, which holds an engine */
  constructor(script: string) {
    this.#address = new URL(script, document.baseURI).href;
    // Workers may begin from a Blob where a policy says so; of a page's own scripts it hardly ever does.
    this.#isBarred = script.startsWith("blob:");
  }

  setPool(document: PricedDocument): void {
    this.#document = document;
    this.#isQuick = false;
    this.#heard = "";
    this.rest();
    this.#desk?.setPool(document);
  }

  /** Whether the next run is best made here. */
  get isReady(): boolean {
    return this.#isQuick && this.#isWarm;
  }

  /** Told how long a worker took; where it could answer from its last run, that says nothing. */
  heard(controls: Controls, milliseconds: number): void {
    const { layers, rule, confidence, ...simulated } = controls;
    const key = JSON.stringify(simulated);
    if (key !== this.#heard) this.#isQuick = milliseconds <= THERE_MAX;
    this.#heard = key;
  }

  /** The quick run. @returns null where it cannot be had here */
  async measure(controls: Controls): Promise<Measurement | null> {
    try {
      const scenarios = coarseScenarios(controls);
      const { measurement, milliseconds } = await this.#desk!.measure(controls, scenarios);
      this.#isQuick = milliseconds <= HERE_MAX;
      return measurement;
    } catch {
      this.#isQuick = false;
      return null;
    }
  }

  /** Fetches the engine and runs it in while nobody moves anything; {@link rest} ends that. */
  warm(controls: Controls): void {
    if (!this.#isQuick || this.#isWarm || this.#isBarred || this.#warming !== 0) return;
    let left = WARMING;
    const step = async (): Promise<void> => {
      const turn = this.#warming;
      try {
        this.#desk ??= await this.#fetched();
        if (turn !== this.#warming) return;
        // Another market each time: the engine keeps its last run.
        const moved = { ...controls, volatility: controls.volatility + left };
        await this.#desk.measure(moved, coarseScenarios(controls));
      } catch {
        // Whatever keeps it from answering, the worker tells.
        this.#isBarred = true;
        return;
      }
      if (turn !== this.#warming) return;
      left -= 1;
      this.#isWarm = left === 0;
      this.#warming = this.#isWarm ? 0 : window.setTimeout(step, REST);
    };
    this.#warming = window.setTimeout(step, REST);
  }

  /** Leaves the running in for later. */
  rest(): void {
    clearTimeout(this.#warming);
    this.#warming = 0;
  }

  async #fetched(): Promise<Desk> {
    // What bundlers may not look for: it is served as it is. Of a constant the minifier would put the
    // value in its place, and lose the words to them.
    const script: typeof import("./worker.ts") = await import(
      /* @vite-ignore */ /* webpackIgnore: true */ this.#address
    );
    const desk = new script.Desk();
    desk.setPool(this.#document!);
    return desk;
  }
}
