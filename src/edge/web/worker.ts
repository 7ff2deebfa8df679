// Built to a script of its own: a whole engine in a worker, so that the page never waits for it.
import { type Engine, load, type Pool, PoolError, type Progress, readPool } from "../../index.ts";
import { type Controls, FULL_SCENARIOS, type RoomRequest, requestOf } from "./controls.ts";
import type { Failure, FromWorker, PricedDocument, ToWorker } from "./message.ts";
import { runStudy, type StudyHooks } from "./study.ts";

const engine: Promise<Engine> = load();
let document: PricedDocument | undefined;
/** The document as it was last shocked: most moves of a control leave it alone. */
let last: { readonly key: string; readonly pool: Pool } | undefined;
let control = new AbortController();

const say = (message: FromWorker): void => self.postMessage(message);

/** A pool that is read, the request it is asked, and what a run hears and tells. */
interface Asked {
  readonly pool: Pool;
  readonly request: RoomRequest;
  readonly hooks: StudyHooks;
}

/** Runs what is asked under a signal of its own and says what became of it. */
async function answer(
  id: number,
  controls: Controls,
  scenarios: number,
  run: (engine: Engine, asked: Asked) => Promise<FromWorker>,
): Promise<void> {
  control = new AbortController();
  const { signal } = control;
  const onProgress = ({ done, total, estimate }: Progress) =>
    say({ kind: "progress", id, done, total, estimate });
  try {
    const request = requestOf(document!, controls, scenarios);
    const { spots, layers, rule, liquidation } = controls;
    const key = JSON.stringify({ spots, layers, rule, liquidation });
    if (last?.key !== key) last = { key, pool: readPool(request.document) };
    const { pool } = last;
    say(await run(await engine, { pool, request, hooks: { signal, onProgress } }));
  } catch (error) {
    if (signal.aborted) say({ kind: "aborted", id });
    else say({ kind: "failure", id, failure: failureOf(error) });
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof PoolError) return { message: error.message, issues: error.issues };
  return { message: String(error), issues: [] };
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === "pool") {
    document = data.document;
    last = undefined;
  } else if (data.kind === "abort") control.abort();
  else if (data.kind === "measure") {
    const { id, controls, scenarios } = data;
    void answer(id, controls, scenarios, async (core, { pool, request, hooks }) => {
      const measurement = await core.measure(pool, { ...request.options, ...hooks });
      return { kind: "measured", id, measurement, isAll: true };
    });
  } else if (data.kind === "value") {
    const { id, controls, scenarios } = data;
    void answer(id, controls, scenarios, async (core, { pool, request, hooks }) => {
      const valuation = await core.value(pool, {
        ...request.options,
        ...hooks,
        onMeasured: (measurement) => say({ kind: "measured", id, measurement, isAll: false }),
      });
      return { kind: "value", id, valuation };
    });
  } else {
    const { id, controls, study } = data;
    void answer(id, controls, FULL_SCENARIOS, async (core, { pool, request, hooks }) => {
      const result = await runStudy(core, pool, request, study, hooks);
      return { kind: "study", id, result };
    });
  }
};
