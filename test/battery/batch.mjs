// A batch that is killed again and again and taken up where it was; `npm test` kills it 5 times.
//   node test/battery/batch.mjs           50 times
//   node test/battery/batch.mjs 200
import { spawnSync } from "node:child_process";

const kills = process.argv[2] ?? "50";
const { status } = spawnSync(
  process.execPath,
  [
    "node_modules/vitest/vitest.mjs",
    "run",
    "test/edge/batch/resume.test.ts",
    "--testTimeout=36000000",
  ],
  { stdio: "inherit", env: { ...process.env, RISKPOOL_KILLS: kills } },
);
process.exit(status ?? 1);
