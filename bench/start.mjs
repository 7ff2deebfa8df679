// Builds the benchmark and runs it; README.md says with what words.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { availableParallelism, cpus, release, type } from "node:os";
import { build } from "esbuild";

const FOLDER = "build/bench";
const IN_BROWSER = ["W0", "W1", "W1b", "W2", "W2x", "W3"];
const CHROMIUM = process.env.CHROME_BIN ?? "/usr/bin/chromium";

const words = process.argv.slice(2);
const option = (name) =>
  words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const isSmoke = words.includes("smoke");
const isWriting = words.includes("--write");
const names = words.filter((word) => !word.startsWith("--") && word !== "smoke");
// What is published is measured everywhere, unless it is said where.
const isEverywhere = isWriting && !option("nodes");
const versions = option("nodes")?.split(",") ?? (isEverywhere ? ["20", "24"] : [undefined]);
const inBrowser = words.includes("--browser") || isEverywhere;

/** Bundles a script; with the scalar kernels, where it runs workloads. */
async function bundle(entry, outfile, platform) {
  await build({
    bundle: true,
    format: "esm",
    mainFields: ["module", "main"],
    target: "es2022",
    logLevel: "warning",
    // Bundling makes variables of a module's constants; this puts the numbers back in their places.
    minifySyntax: true,
    define: { SCALAR_BASE64: JSON.stringify(readFileSync("build/scalar.wasm", "base64")) },
    ...{ entryPoints: [entry], outfile, platform },
  });
}

/** Runs the workloads in a Node, and returns the file of their rows. */
function runInNode(version) {
  const rows = `${FOLDER}/${version ?? "own"}.json`;
  const own = ["build/bench.mjs", ...(isSmoke ? ["smoke"] : []), ...names, `--rows=${rows}`];
  const npm = process.env.npm_execpath ? ["node", process.env.npm_execpath] : ["npm"];
  const [program, ...args] =
    version === undefined
      ? ["node", ...own]
      : [...npm, "exec", "--yes", `--package=node@${version}`, "--", "node", ...own];
  const { status } = spawnSync(program, args, { stdio: "inherit" });
  if (status !== 0) process.exit(1);
  return rows;
}

/** Serves the page on this machine alone. */
async function serve(script) {
  const page =
    '<!doctype html><meta charset="utf-8"><script type="module" src="/page.js"></script>';
  const server = createServer((request, response) => {
    // Alone in its process, a page may see a finer clock.
    response.setHeader("cross-origin-opener-policy", "same-origin");
    response.setHeader("cross-origin-embedder-policy", "require-corp");
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? script : page);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Runs the workloads in a page of headless Chromium, and returns the files of their rows. */
async function runInBrowser() {
  if (!existsSync(CHROMIUM)) {
    console.log(`skipped: Chromium; there is no ${CHROMIUM}`);
    return [];
  }
  const { chromium } = await import("playwright-core");
  await bundle("bench/page.ts", "build/bench-page.js", "browser");
  const server = await serve(readFileSync("build/bench-page.js"));
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
  });
  const rows = [];
  try {
    const tab = await browser.newPage();
    tab.setDefaultTimeout(0);
    await tab.exposeFunction("tell", (text, some) => {
      console.log(text);
      rows.push(...some);
    });
    await tab.goto(`http://127.0.0.1:${server.address().port}`);
    await tab.waitForFunction(() => document.title === "ready");
    const node = `Chromium ${browser.version().split(".")[0]}`;
    const asked = names.length > 0 ? names : IN_BROWSER;
    await tab.evaluate(
      ([list, size, name]) => globalThis.bench(list, size, name, globalThis.tell),
      [asked, isSmoke ? "smoke" : "full", node],
    );
  } finally {
    await browser.close();
    server.close();
  }
  const file = `${FOLDER}/chromium.json`;
  writeFileSync(file, JSON.stringify(rows));
  return [file];
}

/** What is published, and where: a smoke run's figures mean nothing, but its pages are made too. */
function publication() {
  const to = isSmoke ? `${FOLDER}/smoke` : ".";
  if (!isSmoke && !isWriting && !words.includes("--table")) return [];
  rmSync(`${FOLDER}/smoke`, { recursive: true, force: true });
  const [{ model }] = cpus();
  const system = `${availableParallelism()} cores, ${type()} ${release()}, ${process.arch}`;
  const peers = existsSync("build/peers")
    ? readdirSync("build/peers").filter((name) => /^v\d+\.json$/.test(name))
    : [];
  return [
    `--to=${to}`,
    `--machine=${option("machine") ?? model.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`,
    `--description=${option("description") ?? `${model}, ${system}`}`,
    `--date=${new Date().toISOString().slice(0, 10)}`,
    `--command=${["npm run bench --", ...words].join(" ")}`,
    ...peers.map((name) => `--peers=build/peers/${name}`),
  ];
}

mkdirSync(FOLDER, { recursive: true });
execFileSync("node", ["build.mjs", "kernel"], { stdio: "inherit" });
const asc = ["node_modules/assemblyscript/bin/asc.js", "bench/scalar/index.ts"];
const flags = ["-O3", "--noAssert", "--runtime", "stub", "--outFile", "build/scalar.wasm"];
// Its notes on optimisation are of no use here; a failure shows them.
execFileSync("node", [...asc, ...flags], { stdio: "pipe" });
await bundle("bench/run.ts", "build/bench.mjs", "node");
await bundle("bench/report.ts", "build/bench-report.mjs", "node");
const files = words.includes("--table") ? [] : versions.map(runInNode);
if (inBrowser && files.length > 0) files.push(...(await runInBrowser()));
const rows = files.map((file) => `--rows=${file}`);
const report = ["build/bench-report.mjs", ...rows, ...publication()];
process.exit(spawnSync("node", report, { stdio: "inherit" }).status ?? 1);
