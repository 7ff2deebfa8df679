// Builds the kernel (byte-reproducible), the library, its types and the command line.
//   node build.mjs            everything
//   node build.mjs kernel     the kernel and the worker's script: what the sources import
//   node build.mjs --accept   also writes the kernel's new digest to assembly/kernels.sha256, and
//                             the document's form to schema/pool.json
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { build, transform } from "esbuild";
import {
  common,
  handedOn,
  itemWorkerScript,
  programOf,
  queueParts,
  smallParts,
  workerScript,
} from "./bundle.mjs";
import { buildPage, roomWorkerScript } from "./src/edge/web/build.mjs";

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
      `export const KERNEL_TEXT: string =\n  ${JSON.stringify(textOf(bytes))};\n`,
  );
}

/**
 * Bytes as letters that no string and no page escapes: of 89 each has its own, with 3 added so that the
 * commonest are among them, and the others follow a sign. Packed on its way to a page this is 5 % less than
 * two digits a byte and a quarter less than Base64, whose letters straddle bytes. `src/engine/inlined.ts`
 * reads it.
 */
function textOf(bytes) {
  let text = "";
  for (const byte of bytes) {
    const number = (byte + 3) % 256;
    text += ["", "!", "#"][Math.floor(number / 89)];
    let code = 36 + (number % 89);
    if (code >= 60) code++;
    if (code >= 92) code++;
    text += String.fromCharCode(code);
  }
  return text;
}

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const library = { ...common, define: { RISKPOOL_VERSION: JSON.stringify(version) } };

/** A script as text in a module of its own. */
function writeScript(file, name, from, script) {
  const note = `/** Written by build.mjs from ${from}. */\n`;
  writeFileSync(file, `${note}export const ${name}: string =\n  ${JSON.stringify(script)};\n`);
}

async function buildWorkers() {
  for (const platform of ["node", "browser"]) {
    const script = await workerScript(platform);
    const file = `src/runtime/${platform}/worker-script.ts`;
    writeScript(file, "WORKER_SCRIPT", "worker-entry.ts", script);
  }
  const file = "src/runtime/node/item-worker-script.ts";
  writeScript(file, "ITEM_WORKER_SCRIPT", "src/item-worker.ts", await itemWorkerScript());
}

async function buildRoomWorker() {
  const script = await roomWorkerScript();
  writeScript("src/edge/web/worker-script.ts", "ROOM_WORKER_SCRIPT", "worker.ts", script);
  return script;
}

/** Files of the package that are imported by name. */
const doors = [
  ...["facade", "functions", "load", "load-sync"],
  ...["node", "browser", "external", "external-node", "element", "react"],
];

/** Not bundled: so that of its parts, those that a page does not use are not looked at. */
async function writeIndex({ outputs }) {
  const first = new Set();
  const follow = (name) => {
    if (first.has(name)) return;
    first.add(name);
    for (const { path, kind } of outputs[name].imports) {
      if (kind === "import-statement" && path in outputs) follow(path);
    }
  };
  follow("dist/load.js");
  const functions = readFileSync("dist/functions.js", "utf8");
  const { lines, files } = handedOn(functions, (part) => first.has(part.replace(".", "dist")));
  for (const [file, text] of files) writeFileSync(file.replace(".", "dist"), text);
  const { code } = await transform(readFileSync("src/index.ts", "utf8"), { loader: "ts" });
  const rest = code.replace(/^export \* from "\.\/functions\.ts";$/m, lines.join("\n"));
  writeFileSync("dist/index.js", rest.replaceAll('.ts"', '.js"'));
}

async function buildLibrary(roomWorker) {
  rmSync("dist", { recursive: true, force: true });
  // Together, so that they share their code: an error of one is an instance of the other's class.
  const { metafile } = await build({
    ...library,
    entryPoints: doors.map((name) => `src/${name}.ts`),
    outdir: "dist",
    splitting: true,
    chunkNames: "part-[hash]",
    platform: "neutral",
    external: ["node:*", "react"],
    mainFields: ["browser", ...common.mainFields],
    // Lit asks for its notice to stay.
    legalComments: "eof",
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
  await writeIndex(metafile);
  copyFileSync("build/kernels.wasm", "dist/kernel.wasm");
  writeFileSync("dist/worker.js", await workerScript("browser"));
  writeFileSync("dist/room-worker.js", roomWorker);
  // A server renders what is around its components, and must not look into them.
  writeFileSync("dist/react.js", `"use client";\n${readFileSync("dist/react.js", "utf8")}`);
  await build({
    ...library,
    entryPoints: ["src/edge/cli/bin.ts"],
    outfile: "dist/cli.js",
    ...programOf("#!/usr/bin/env node\n"),
    minify: true,
  });
  await build({ ...library, ...queueParts, outdir: "dist" });
  await buildPage("dist/web");
  execFileSync("node", ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"], {
    stdio: "inherit",
  });
  // The room's own types are Lit's, which users do not have; what they see of it is declared apart.
  for (const name of readdirSync("dist/types/edge")) {
    if (name !== "queue") rmSync(`dist/types/edge/${name}`, { recursive: true });
  }
  if (process.argv.includes("--accept")) {
    const { poolJsonSchema } = await import(new URL("dist/index.js", import.meta.url));
    writeFileSync("schema/pool.json", `${JSON.stringify(poolJsonSchema(), null, 2)}\n`);
  }
}

buildKernel();
await buildWorkers();
const roomWorker = await buildRoomWorker();
if (!process.argv.includes("kernel")) await buildLibrary(roomWorker);
