// Built to a script of its own: a whole engine in a worker, so that the page never waits for it. The
// page may import it too, for runs that are too short to be worth the way to a worker.
import { PoolError } from "../../index.ts";
import { Desk, type DeskHooks } from "./desk.ts";
import type { Failure, FromWorker, ToWorker } from "./message.ts";

export { Desk };

const say = (message: FromWorker): void => self.postMessage(message);

let control = new AbortController();

/** Milliseconds of a run whose progress is worth following: what it has found so far takes time too. */
const LONG = 200;
/**
 * Milliseconds that the last valuation took, with liquidations and without: a run that walks its paths
 * takes many times as long as one that does not.
 */
const latest = new Map<boolean, number>();

/** Runs what is asked under a signal of its own and says what became of it. */
async function answer(
  id: number,
  run: (hooks: Required<DeskHooks>) => Promise<FromWorker>,
): Promise<void> {
  control = new AbortController();
  const { signal } = control;
  try {
    const message = await run({
      signal,
      onProgress: ({ done, total, estimate }) =>
        say({ kind: "progress", id, done, total, estimate }),
    });
    say(message);
  } catch (error) {
    if (signal.aborted) say({ kind: "aborted", id });
    else say({ kind: "failure", id, failure: failureOf(error) });
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof PoolError) return { message: error.message, issues: error.issues };
  return { message: String(error), issues: [] };
}

function hear(desk: Desk, data: ToWorker): void {
  if (data.kind === "pool") {
    desk.setPool(data.document);
    latest.clear();
  } else if (data.kind === "abort") control.abort();
  else if (data.kind === "measure") {
    const { id, controls, scenarios } = data;
    void answer(id, async (hooks) => {
      const measured = await desk.measure(controls, scenarios, hooks);
      return { kind: "measured", id, ...measured };
    });
  } else if (data.kind === "value") {
    const { id, controls, scenarios } = data;
    void answer(id, async ({ signal, onProgress }) => {
      const start = performance.now();
      const valuation = await desk.value(controls, scenarios, {
        signal,
        ...((latest.get(controls.liquidation) ?? LONG) >= LONG && { onProgress }),
        onMeasured: (measurement) => say({ kind: "measured", id, measurement, milliseconds: null }),
      });
      latest.set(controls.liquidation, performance.now() - start);
      return { kind: "value", id, valuation };
    });
  } else {
    const { id, controls, study } = data;
    void answer(id, async (hooks) => {
      const result = await desk.study(controls, study, hooks);
      return { kind: "study", id, result };
    });
  }
}

if (typeof document === "undefined") {
  const desk = new Desk();
  self.onmessage = ({ data }: MessageEvent<ToWorker>) => hear(desk, data);
}
