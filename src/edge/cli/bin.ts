import { fileURLToPath } from "node:url";
import { localCore } from "./local-core.ts";
import { start } from "./main.ts";

// Beside the built file: dist/cli.js, dist/web/ and examples/ are neighbours in the package.
const example = (name: string) => fileURLToPath(new URL(`../examples/${name}`, import.meta.url));

const room = fileURLToPath(new URL("./web", import.meta.url));

await start(localCore, { pool: example("pool.json"), prices: example("prices.csv") }, room);
