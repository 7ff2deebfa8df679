import { load } from "riskpool";
import pool from "../pool.json";
import { Client } from "./client.jsx";

// Valued when the site is built.
export default async function Page() {
  const engine = await load();
  const valuation = await engine.value(pool, { scenarios: 20_000, seed: 7n });
  return (
    <main>
      <pre id="server">{JSON.stringify(valuation)}</pre>
      <Client pool={pool} />
    </main>
  );
}
