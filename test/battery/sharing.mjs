// The axioms of sharing on many random pools; the same tests run on 2,000 in `npm test`.
//   node test/battery/sharing.mjs           100,000 pools
//   node test/battery/sharing.mjs 1000000
import { spawnSync } from "node:child_process";

const pools = process.argv[2] ?? "100000";
const { status } = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "test/sharing/axioms.test.ts",
    "test/sharing/core.test.ts",
    "--testTimeout=36000000",
  ],
  { stdio: "inherit", env: { ...process.env, RISKPOOL_POOLS: pools } },
);
process.exit(status ?? 1);
