import { load } from "riskpool/external";
import pool from "./pool.json";

const engine = await load();
const result = await engine.value(pool, { scenarios: 20_000, seed: 7n });
globalThis.answer = { backend: engine.backend, result: JSON.stringify(result) };
