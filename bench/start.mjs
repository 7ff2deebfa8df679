// Builds the benchmark and runs it.
//   npm run bench                    every workload, in this Node
//   npm run bench -- smoke           small, to see that it runs
//   npm run bench -- w0 w2           some workloads
//   npm run bench -- --nodes 20,24   in these versions of Node, one after the other
//   npm run bench -- --browser       W0 to W3 in headless Chromium
//   npm run bench -- --write         in Node 20 and 24, into bench/result and bench/RESULTS.md
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { build } from "esbuild";

mkdirSync("build", { recursive: true });
execFileSync("node", ["build.mjs", "kernel"], { stdio: "inherit" });
execFileSync(
  "node",
  [
    "node_modules/assemblyscript/bin/asc.js",
    "bench/scalar/index.ts",
    "-O3",
    "--noAssert",
    "--runtime",
    "stub",
    "--outFile",
    "build/scalar.wasm",
  ],
  { stdio: "inherit" },
);
await build({
  entryPoints: ["bench/run.ts"],
  outfile: "build/bench.mjs",
  bundle: true,
  platform: "node",
  format: "esm",
  mainFields: ["module", "main"],
  target: "es2022",
  logLevel: "warning",
  minifySyntax: true,
  define: { SCALAR_BASE64: JSON.stringify(readFileSync("build/scalar.wasm", "base64")) },
});
const { status } = spawnSync("node", ["build/bench.mjs", ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(status ?? 1);
