// Builds the kernel (byte-reproducible), the library, its types and the command line.
//   node build.mjs            everything
//   node build.mjs kernel     the kernel and the worker's script: what the sources import
//   node build.mjs --accept   also writes the kernel's new digest to assembly/kernels.sha256, and
//                             the document's form to schema/pool.json
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build, transform } from "esbuild";
import { common, smallParts, workerScript } from "./bundle.mjs";
import { buildPage } from "./src/edge/web/build.mjs";

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

function buildKernel() {
  mkdirSync("build", { recursive: true });
  const asc = ["node_modules/assemblyscript/bin/asc.js", "--config", "asconfig.json"];
  // Its notes on optimisation are of no use here; a failure shows them.
  execFileSync("node", [...asc, "--target", "release"], { stdio: "pipe" });
  const bytes = readFileSync("build/kernels.wasm");
  const digest = sha256(bytes);
  if (process.argv.includes("--accept")) writeFileSync("assembly/kernels.sha256", `${digest}\n`);
  const committed = readFileSync("assembly/kernels.sha256", "utf8").trim();
  if (digest !== committed) {
    console.error(
      `kernel digest ${digest} differs from the committed ${committed}.\n` +
        "If assembly/ was changed on purpose, run: node build.mjs --accept",
    );
    process.exit(1);
  }
  const module = new WebAssembly.Module(bytes);
  const { exports } = new WebAssembly.Instance(module, { env: { abort() {} } });
  writeFileSync(
    "src/engine/binary.ts",
    "/** Written by build.mjs from assembly/. */\n" +
      `export const KERNEL_SHA256: string =\n  "${digest}";\n` +
      `export const KERNEL_COLUMNS_START: number = ${exports.columnsStart()};\n`,
  );
  writeFileSync(
    "src/engine/binary-text.ts",
    "/** Written by build.mjs from assembly/. */\n" +
      // Two digits a byte: packed on its way to a page, this is a quarter less than Base64, whose
      // letters straddle bytes.
      `export const KERNEL_HEX: string =\n  "${bytes.toString("hex")}";\n`,
  );
}

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const library = { ...common, define: { RISKPOOL_VERSION: JSON.stringify(version) } };

async function buildNodeWorker() {
  const script = await workerScript("node");
  writeFileSync(
    "src/runtime/node/worker-script.ts",
    "/** Written by build.mjs from worker-entry.ts. */\n" +
      `export const WORKER_SCRIPT: string =\n  ${JSON.stringify(script)};\n`,
  );
}

/** Files of the package that are imported by name. */
const doors = [
  ...["facade", "functions", "load", "load-sync"],
  ...["node", "browser", "external", "external-node"],
];

async function buildLibrary() {
  rmSync("dist", { recursive: true, force: true });
  // Together, so that they share their code: an error of one is an instance of the other's class.
  const { metafile } = await build({
    ...library,
    entryPoints: doors.map((name) => `src/${name}.ts`),
    outdir: "dist",
    splitting: true,
    chunkNames: "part-[hash]",
    platform: "neutral",
    external: ["node:*"],
    // White space stays: without it esbuild drops the marks of what has no effect.
    minifyIdentifiers: true,
    minifySyntax: true,
    metafile: true,
    plugins: [smallParts],
  });
  for (const name of Object.keys(metafile.outputs)) {
    // Bare imports keep an order in which nothing happens, and bundlers wonder about them.
    const text = readFileSync(name, "utf8").replaceAll(/^import "\.\/[\w-]+\.js";\n/gm, "");
    writeFileSync(name, text);
  }
  // Not bundled: so that of its parts, those that a page does not use are not looked at.
  const { code } = await transform(readFileSync("src/index.ts", "utf8"), { loader: "ts" });
  const list = metafile.outputs["dist/functions.js"].exports.join(", ");
  writeFileSync("dist/index.js", code.replaceAll('.ts"', '.js"').replace("*", `{ ${list} }`));
  copyFileSync("build/kernels.wasm", "dist/kernel.wasm");
  writeFileSync("dist/worker.js", await workerScript("browser"));
  await build({
    ...library,
    entryPoints: ["src/edge/cli/bin.ts"],
    outfile: "dist/cli.js",
    platform: "node",
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  await buildPage("dist/web");
  execFileSync("node", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
  if (process.argv.includes("--accept")) {
    const { poolJsonSchema } = await import(new URL("dist/index.js", import.meta.url));
    writeFileSync("schema/pool.json", `${JSON.stringify(poolJsonSchema(), null, 2)}\n`);
  }
}

buildKernel();
await buildNodeWorker();
if (!process.argv.includes("kernel")) await buildLibrary();
