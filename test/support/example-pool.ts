import { readFileSync } from "node:fs";
import { readPriceCsv } from "../../src/edge/venue/price-csv.ts";
import { calibrate, type PoolDocument } from "../../src/index.ts";

// From the root of the repository, where tests and bundles of tests are run.
const example = (name: string) => readFileSync(`examples/${name}`, "utf8");

let made: PoolDocument | undefined;

/** The example pool, with the market that its prices fit; always the same object. */
export function examplePool(): PoolDocument {
  if (made) return made;
  const pool = JSON.parse(example("pool.json")) as PoolDocument;
  const { history } = readPriceCsv(example("prices.csv"), {});
  const assets = pool.assets.map((asset) => asset.id);
  made = { ...pool, market: calibrate(history, { assets }).parameters };
  return made;
}
