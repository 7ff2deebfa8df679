// What a stranger has: the package among the modules of a folder, bundlers as they come, a server
// with whatever headers, and Chromium.
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import webpack from "webpack";
import type { Engine } from "../../src/index.ts";
import { samplePool } from "./sample-pool.ts";
import { unpacked } from "./tarball.ts";

function repository(folder: string): string {
  return existsSync(join(folder, "package.json")) ? folder : repository(dirname(folder));
}
/** Wherever this is bundled to. */
export const root: string = repository(dirname(fileURLToPath(import.meta.url)));
export const executablePath: string = process.env["CHROME_BIN"] ?? "/usr/bin/chromium";
/** Whether there is a browser and a build to try. */
export const present: boolean =
  existsSync(executablePath) && existsSync(join(root, "dist/index.js"));
export const launching: { executablePath: string; args: string[] } = {
  executablePath,
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
};

export const SELF = "default-src 'none'; connect-src 'self'; script-src 'self'";
export const WITH_WASM: string = `${SELF} 'wasm-unsafe-eval'`;

const page = (script: string, body: string) =>
  `<!doctype html><meta charset="utf-8"><title>page</title>${script}<body>${body}`;

/** A folder with the package in it, as npm makes it. */
export class Stranger {
  readonly home: string = mkdtempSync(join(tmpdir(), "riskpool-pages-"));
  readonly modules: string = join(this.home, "node_modules/riskpool");

  constructor() {
    unpacked(root, this.home, this.modules);
  }

  /** A folder of the app in test/consumer, with a pool beside it. */
  app(name: string): string {
    const folder = join(this.home, name);
    cpSync(join(root, "test/consumer", name), folder, { recursive: true });
    writeFileSync(join(folder, "pool.json"), JSON.stringify(samplePool()));
    return folder;
  }

  /** Has React among its modules too: the one of another folder of modules. */
  addReact(modules: string = join(root, "node_modules")): void {
    for (const name of ["react", "react-dom", "scheduler"]) {
      symlinkSync(join(modules, name), join(this.home, "node_modules", name));
    }
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}

async function byEsbuild(folder: string, modules: string, body = "", splitting: boolean) {
  const outdir = join(folder, splitting ? "out-esbuild-split" : "out-esbuild");
  const entryPoints = [join(folder, "main.js")];
  await esbuild({
    ...{ entryPoints, outdir, bundle: true, minify: true, format: "esm", splitting },
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const script = '<script type="module" src="/main.js"></script>';
  writeFileSync(join(outdir, "index.html"), page(script, body));
  // It follows no address in the code: files are copied to where the address points.
  cpSync(join(modules, "dist/kernel.wasm"), join(outdir, "kernel.wasm"));
  cpSync(join(modules, "dist/worker.js"), join(outdir, "riskpool/worker.js"));
  return outdir;
}

/**
 * Each builds the page in a folder as its own defaults say, and returns the folder to serve.
 *
 * @param body  HTML of the page
 */
export const bundlers: Readonly<
  Record<
    "esbuild" | "esbuild --splitting" | "vite" | "webpack",
    (folder: string, modules: string, body?: string) => Promise<string>
  >
> = {
  esbuild: (folder, modules, body) => byEsbuild(folder, modules, body, false),
  "esbuild --splitting": (folder, modules, body) => byEsbuild(folder, modules, body, true),
  async vite(folder, _, body = "") {
    const script = '<script type="module" src="/main.js"></script>';
    writeFileSync(join(folder, "index.html"), page(script, body));
    await vite({ root: folder, logLevel: "error", configFile: false });
    return join(folder, "dist");
  },
  async webpack(folder, _, body = "") {
    const path = join(folder, "out-webpack");
    await new Promise<void>((resolve, reject) => {
      webpack(
        {
          ...{ mode: "production", context: folder, entry: "./main.js", output: { path } },
          // It hints at the size of the room's worker, which is fetched when one is shown.
          performance: { hints: false },
        },
        (error, stats) => {
          const problems = stats?.hasErrors() || stats?.hasWarnings();
          if (error || problems) reject(error ?? new Error(stats!.toString("errors-warnings")));
          else resolve();
        },
      );
    });
    writeFileSync(join(path, "index.html"), page('<script defer src="/main.js"></script>', body));
    return path;
  },
};
export type Bundler = keyof typeof bundlers;
export const BUNDLERS: readonly Bundler[] = ["esbuild", "esbuild --splitting", "vite", "webpack"];
/** Those that make files of their own for parts that are fetched later. */
export const SPLITTERS: readonly Bundler[] = BUNDLERS.slice(1);

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

/** What each app's page has in its body. */
export const BODIES: Readonly<Record<string, string>> = {
  element: '<risk-room src="/pool.json"></risk-room>',
  react: '<div id="root"></div>',
};

/** The room writes the colours of a table as styles. */
const STRICT: string = `${WITH_WASM}; style-src 'unsafe-inline'`;
/** Policies of a page with a room. */
export const FROM_BLOB: string = `${STRICT}; worker-src blob:`;
export const FROM_SELF: string = `${STRICT}; worker-src 'self'`;

/** Builds an app, with all that its page may ask for. @returns the folder to serve */
export async function builtPage(stranger: Stranger, app: string, by: Bundler): Promise<string> {
  const folder = join(stranger.home, app);
  if (!existsSync(folder)) stranger.app(app);
  const out = await bundlers[by](folder, stranger.modules, BODIES[app]);
  cpSync(join(folder, "pool.json"), join(out, "pool.json"));
  cpSync(join(stranger.modules, "dist/room-worker.js"), join(out, "room-worker.js"));
  return out;
}

/** What Node finds for what a room says it asked, beside what the room shows. */
export async function repeated(
  text: string,
  engine: Engine,
): Promise<{ readonly shown: string; readonly found: string }> {
  const { request, valuation } = JSON.parse(text, (_, value) =>
    typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
  const again = await engine.value(request.document, request.options);
  return { shown: JSON.stringify(valuation), found: JSON.stringify(again) };
}

/** A server of whatever folder with whatever headers, on this machine alone. */
export class Site {
  folder = "";
  headers: Readonly<Record<string, string>> = {};
  /** Scripts are not to be had. */
  #isBroken = false;
  readonly #server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://site");
    if (pathname === "/break" || pathname === "/mend") this.#isBroken = pathname === "/break";
    const file = join(this.folder, pathname === "/" ? "index.html" : pathname);
    const isThere = existsSync(file) && !(this.#isBroken && file.endsWith(".js"));
    for (const [name, value] of Object.entries(this.headers)) response.setHeader(name, value);
    response.setHeader("content-type", TYPES[extname(file)] ?? "text/plain");
    response.statusCode = isThere ? 200 : 404;
    response.end(isThere ? readFileSync(file) : "");
  });

  /** @returns its origin */
  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
  }
}
