import type { Measurement } from "../../index.ts";
import { type Controls, coarseScenarios } from "./controls.ts";
import type { Desk } from "./desk.ts";
import type { PricedDocument } from "./message.ts";

/** Milliseconds that a run may take for the next to be made here: about a frame. */
const FRAME = 16;
/** Runs that are tried on a pool: an engine becomes quick by running. */
const TRIES = 24;
/** Tries after which one of so many milliseconds says that the pool is too large. */
const FAIR = 3;
const FAR = 4 * FRAME;
/** Milliseconds between tries, for whatever else the page has to do. */
const REST = 30;

/**
 * An engine in the page's own thread, for runs that are shorter than the way to a worker and back
 * again: their answer is in the frame of the move. It is tried while nothing moves, stands ready where
 * its runs are short enough, and stands back as soon as they are not, or when the page may not have it.
 */
export class NearDesk {
  readonly #address: string;
  #document: PricedDocument | null = null;
  #desk: Desk | null = null;
  #isQuick = false;
  /** What the last run of a worker simulated. */
  #heard = "";
  /** Runs that are still to be tried on this pool. */
  #left = 0;
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
    this.#left = this.#isBarred ? 0 : TRIES;
    this.rest();
    this.#desk?.setPool(document);
  }

  /** Whether the next run is best made here. */
  get isReady(): boolean {
    return this.#isQuick && this.#left === 0;
  }

  /**
   * Told how long a worker took, which is about what it would have taken here; where it could answer
   * from its last run, that says nothing.
   */
  heard(controls: Controls, milliseconds: number): void {
    const { layers, rule, confidence, ...simulated } = controls;
    const key = JSON.stringify(simulated);
    if (key !== this.#heard && this.#desk) this.#isQuick = milliseconds <= FRAME;
    this.#heard = key;
  }

  /** The quick run. @returns null where it cannot be had here */
  async measure(controls: Controls): Promise<Measurement | null> {
    try {
      const scenarios = coarseScenarios(controls);
      const { measurement, milliseconds } = await this.#desk!.measure(controls, scenarios);
      this.#isQuick = milliseconds <= FRAME;
      return measurement;
    } catch {
      this.#isQuick = false;
      return null;
    }
  }

  /** Fetches the engine and tries it while nobody moves anything; {@link rest} ends that. */
  warm(controls: Controls): void {
    if (this.#left === 0 || this.#warming !== 0) return;
    const step = async (): Promise<void> => {
      const turn = this.#warming;
      try {
        this.#desk ??= await this.#fetched();
        if (turn !== this.#warming) return;
        // Another market each time: the engine keeps its last run.
        const moved = { ...controls, volatility: controls.volatility + this.#left };
        const { milliseconds } = await this.#desk.measure(moved, coarseScenarios(controls));
        if (turn !== this.#warming) return;
        this.#isQuick = milliseconds <= FRAME;
        this.#left -= 1;
        if (TRIES - this.#left >= FAIR && milliseconds > FAR) this.#left = 0;
      } catch {
        // Whatever keeps it from answering, the worker tells.
        this.#isBarred = true;
        this.#isQuick = false;
        this.#left = 0;
      }
      this.#warming = this.#left === 0 ? 0 : window.setTimeout(step, REST);
    };
    this.#warming = window.setTimeout(step, REST);
  }

  /** Leaves the rest of the tries for later. */
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
