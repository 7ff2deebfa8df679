import {
  type Engine,
  load,
  type Measurement,
  type Pool,
  type PoolValuation,
  type Progress,
  readPool,
} from "../../index.ts";
import { type Controls, FULL_SCENARIOS, type RoomRequest, requestOf } from "./controls.ts";
import type { PricedDocument } from "./message.ts";
import { runStudy, type Study, type StudyResult } from "./study.ts";

/** What a run hears and tells while it goes on. */
export interface DeskHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What {@link Desk.value} tells besides. */
export interface ValueHooks extends DeskHooks {
  readonly onMeasured: (measurement: Measurement) => void;
}

/** A measurement, and how long it took in milliseconds. */
export interface TimedMeasurement {
  readonly measurement: Measurement;
  readonly milliseconds: number;
}

interface Asked {
  readonly pool: Pool;
  readonly request: RoomRequest;
}

/** An engine with a pool before it, which answers wherever the room's controls stand. */
export class Desk {
  readonly #engine: Promise<Engine> = load();
  #document: PricedDocument | undefined;
  /** The document as it was last shocked: most moves of a control leave it alone. */
  #last: { readonly key: string; readonly pool: Pool } | undefined;

  /** Changes the pool; it must have one before it is asked anything. */
  setPool(document: PricedDocument): void {
    this.#document = document;
    this.#last = undefined;
  }

  /**
   * Risk and layers alone. What is short enough is done before the caller's thread turns to anything
   * else, once the engine is there.
   *
   * @throws PoolError as `engine.measure`; the signal's reason
   */
  async measure(
    controls: Controls,
    scenarios: number,
    hooks: DeskHooks = {},
  ): Promise<TimedMeasurement> {
    const start = performance.now();
    const { pool, request } = this.#read(controls, scenarios);
    const engine = await this.#engine;
    const measurement = await engine.measure(pool, { ...request.options, ...hooks });
    return { measurement, milliseconds: performance.now() - start };
  }

  /** @throws PoolError as `engine.value`; the signal's reason */
  async value(controls: Controls, scenarios: number, hooks: ValueHooks): Promise<PoolValuation> {
    const { pool, request } = this.#read(controls, scenarios);
    const engine = await this.#engine;
    return engine.value(pool, { ...request.options, ...hooks });
  }

  /** @throws PoolError of what the study asks for; the signal's reason */
  async study(controls: Controls, study: Study, hooks: Required<DeskHooks>): Promise<StudyResult> {
    const { pool, request } = this.#read(controls, FULL_SCENARIOS);
    return runStudy(await this.#engine, pool, request, study, hooks);
  }

  #read(controls: Controls, scenarios: number): Asked {
    const request = requestOf(this.#document!, controls, scenarios);
    const { spots, layers, rule, liquidation } = controls;
    const key = JSON.stringify({ spots, layers, rule, liquidation });
    if (this.#last?.key !== key) this.#last = { key, pool: readPool(request.document) };
    return { pool: this.#last.pool, request };
  }
}
