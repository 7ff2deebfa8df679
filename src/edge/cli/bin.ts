import { fileURLToPath } from "node:url";
import { localCore } from "./local-core.ts";
import { start } from "./main.ts";

// Beside the built file: dist/cli.js, dist/web/ and examples/ are neighbours in the package.
const beside = (path: string) => fileURLToPath(new URL(path, import.meta.url));

await start(
  localCore,
  { pool: beside("../examples/pool.json"), prices: beside("../examples/prices.csv") },
  { page: beside("./web"), worker: beside("./room-worker.js") },
);
