// A run on a queue while its workers are killed, stopped and told twice, and its server is killed;
// `npm test` has a small one. Prints what happened; fails on anything lost, doubled or different.
//   node test/battery/queue.mjs           400 shards, 25 kills of workers, 2 of the server
//   node test/battery/queue.mjs 1000
import { spawnSync } from "node:child_process";

const shards = process.argv[2] ?? "400";
const { status } = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "test/edge/queue/storm.test.ts",
    "--testTimeout=36000000",
  ],
  { stdio: "inherit", env: { ...process.env, CI: "true", RISKPOOL_STORM: shards } },
);
process.exit(status ?? 1);
