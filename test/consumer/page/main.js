import { load } from "riskpool";
import pool from "./pool.json";

const engine = await load();
await load();
const value = () => engine.value(pool, { scenarios: 20_000, seed: 7n });
if (location.hash === "#broken") {
  await fetch("/break");
  globalThis.refused = (await Promise.race([value(), value()]).catch((error) => error)).code;
  await fetch("/mend");
}
const result = await value();
globalThis.answer = { backend: engine.backend, result: JSON.stringify(result) };
