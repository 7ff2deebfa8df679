// Builds the kernel (byte-reproducible), the library, its types and the command line.
//   node build.mjs            everything
//   node build.mjs kernel     the kernel only
//   node build.mjs --accept   also writes the kernel's new digest to assembly/kernels.sha256, and
//                             the document's form to schema/pool.json
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

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
      `export const KERNEL_COLUMNS_START: number = ${exports.columnsStart()};\n` +
      `export const KERNEL_BASE64: string =\n  "${bytes.toString("base64")}";\n`,
  );
}

async function buildLibrary() {
  rmSync("dist", { recursive: true, force: true });
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const common = {
    bundle: true,
    format: "esm",
    target: "es2022",
    legalComments: "none",
    logLevel: "warning",
    define: { RISKPOOL_VERSION: JSON.stringify(version) },
  };
  await build({
    ...common,
    entryPoints: ["src/index.ts"],
    outfile: "dist/index.js",
    platform: "neutral",
    mainFields: ["module", "main"],
    minifySyntax: true,
  });
  await build({
    ...common,
    entryPoints: ["src/edge/cli/bin.ts"],
    outfile: "dist/cli.js",
    platform: "node",
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  execFileSync("node", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
  if (process.argv.includes("--accept")) {
    const { poolJsonSchema } = await import(new URL("dist/index.js", import.meta.url));
    writeFileSync("schema/pool.json", `${JSON.stringify(poolJsonSchema(), null, 2)}\n`);
  }
}

buildKernel();
if (!process.argv.includes("kernel")) await buildLibrary();
