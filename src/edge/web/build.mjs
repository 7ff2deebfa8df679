// Builds the risk room to build/web: static files that any server can serve, under any path.
//   node src/edge/web/build.mjs          builds, then serves them on this machine alone
//   node src/edge/web/build.mjs --once   builds only
// The kernel must be there: node build.mjs kernel
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { common } from "../../../bundle.mjs";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const here = `${root}src/edge/web`;

/** What the page declares of itself, sent as a header too: a worker heeds only the header. */
export const POLICY = /Content-Security-Policy" content="([^"]+)"/.exec(
  readFileSync(`${here}/index.html`, "utf8"),
)[1];

const { version } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
const script = {
  ...common,
  absWorkingDir: root,
  platform: "browser",
  mainFields: ["browser", ...common.mainFields],
  minify: true,
  define: { RISKPOOL_VERSION: JSON.stringify(version) },
};

/** Builds the page into a folder, which is emptied first; no worker and no pool is in it. */
export async function buildPage(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({ ...script, entryPoints: [`${here}/main.ts`], outfile: `${folder}/room.js` });
  for (const name of ["index.html", "page.css"]) cpSync(`${here}/${name}`, `${folder}/${name}`);
}

/** The script of the room's workers: a whole engine. */
export async function roomWorkerScript() {
  const { outputFiles } = await build({
    ...script,
    entryPoints: [`${here}/worker.ts`],
    write: false,
  });
  return outputFiles[0].text;
}

/** Builds the page and the pools to choose from into a folder, which is emptied first. */
export async function buildRoom(folder = `${root}build/web`) {
  await buildPage(folder);
  writeFileSync(`${folder}/room-worker.js`, await roomWorkerScript());
  mkdirSync(`${folder}/pools`);
  const example = (name) => readFileSync(`${root}examples/${name}`, "utf8");
  const { examplePool } = await intake();
  writeFileSync(
    `${folder}/pools/example.json`,
    examplePool(example("pool.json"), example("prices.csv")),
  );
  writeFileSync(`${folder}/pools/small.json`, example("small-pool.json"));
}

/** The room's own reader, so that the shipped market is what the page would fit. */
async function intake() {
  const { outputFiles } = await build({
    ...script,
    entryPoints: [`${here}/intake.ts`],
    write: false,
  });
  const text = Buffer.from(outputFiles[0].contents).toString("base64");
  return import(`data:text/javascript;base64,${text}`);
}

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
};

/** Serves a built folder on this machine alone, under the page's policy. @returns server, address */
export async function serveRoom(folder = `${root}build/web`, port = 0) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://room");
    const path = pathname === "/" ? "/index.html" : pathname;
    response.setHeader("content-security-policy", POLICY);
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("cache-control", "no-cache");
    try {
      // A URL has no way up, and names with an encoded one are not read.
      if (!/^[\w./-]+$/.test(path)) throw new Error("no such file");
      const bytes = readFileSync(folder + path);
      response.setHeader("content-type", TYPES[extname(path)] ?? "application/octet-stream");
      response.end(bytes);
    } catch {
      response.statusCode = 404;
      response.end("not found\n");
    }
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, address: `http://127.0.0.1:${server.address().port}/` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildRoom();
  if (!process.argv.includes("--once")) {
    const { address } = await serveRoom(undefined, Number(process.env.PORT ?? 0));
    console.log(`risk room: ${address}`);
  }
}
