// Built to a script of its own: a whole engine in a worker, so that the page never waits for it.
import { type Engine, load, type Pool, PoolError, readPool } from "../../index.ts";
import { type Controls, requestOf } from "./controls.ts";
import type { Failure, FromWorker, PricedDocument, ToWorker } from "./message.ts";

const engine: Promise<Engine> = load();
let document: PricedDocument | undefined;
/** The document as it was last shocked: most moves of a control leave it alone. */
let last: { readonly key: string; readonly pool: Pool } | undefined;
let control = new AbortController();

const say = (message: FromWorker): void => self.postMessage(message);

async function value(id: number, controls: Controls, scenarios: number): Promise<void> {
  control = new AbortController();
  const { signal } = control;
  try {
    const request = requestOf(document!, controls, scenarios);
    const { spots, layers, rule, liquidation } = controls;
    const key = JSON.stringify({ spots, layers, rule, liquidation });
    if (last?.key !== key) last = { key, pool: readPool(request.document) };
    const valuation = await (await engine).value(last.pool, {
      ...request.options,
      signal,
      onProgress: ({ done, total }) => say({ kind: "progress", id, done, total }),
    });
    say({ kind: "value", id, valuation });
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
  else void value(data.id, data.controls, data.scenarios);
};
