// Writes prices.csv and pool.json beside this file: node examples/generate.mjs

import { writeFileSync } from "node:fs";
import { makePrices } from "./synthetic-prices.mjs";

const { csv } = makePrices();
writeFileSync(new URL("prices.csv", import.meta.url), csv);
