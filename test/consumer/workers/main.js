import { load } from "riskpool";
import { workerPool, workerScript } from "riskpool/browser";
import pool from "./pool.json";

let script = new URL("riskpool/worker.js", import.meta.url);
if (location.hash === "#blob") {
  const text = await (await fetch(script)).text();
  script = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}
if (location.hash === "#own") script = await workerScript();
const engine = await load({ executor: workerPool({ script, workers: 2 }) });
const result = await engine.value(pool, { scenarios: 20_000, seed: 7n });
await engine.dispose();
globalThis.answer = { backend: engine.backend, result: JSON.stringify(result) };
