// Method: the package as npm makes it, unpacked among the modules of small pages that every bundler
// builds as it comes; the built pages run in Chromium under a strict policy and must give the
// figures of Node.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build as esbuild } from "esbuild";
import { type Browser, chromium } from "playwright-core";
import { build as vite } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import webpack from "webpack";
import { samplePool } from "../support/sample-pool.ts";
import { unpacked } from "../support/tarball.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "riskpool-pages-"));
const modules = join(home, "node_modules/riskpool");
const executablePath = process.env["CHROME_BIN"] ?? "/usr/bin/chromium";
const present = existsSync(executablePath) && existsSync(join(root, "dist/index.js"));

const APPS = ["page", "workers", "external"] as const;
type App = (typeof APPS)[number];
const html = (tag: string) => `<!doctype html><meta charset="utf-8"><title>page</title>${tag}`;

/** Each builds the page in a folder as its own defaults say, and returns the folder to serve. */
const bundlers = {
  async esbuild(folder: string) {
    const outdir = join(folder, "out-esbuild");
    const entryPoints = [join(folder, "main.js")];
    await esbuild({ entryPoints, outdir, bundle: true, minify: true, format: "esm" });
    writeFileSync(
      join(outdir, "index.html"),
      html('<script type="module" src="/main.js"></script>'),
    );
    // It follows no address in the code: files are copied to where the address points.
    cpSync(join(modules, "dist/kernel.wasm"), join(outdir, "kernel.wasm"));
    cpSync(join(modules, "dist/worker.js"), join(outdir, "riskpool/worker.js"));
    return outdir;
  },
  async vite(folder: string) {
    writeFileSync(
      join(folder, "index.html"),
      html('<script type="module" src="/main.js"></script>'),
    );
    await vite({ root: folder, logLevel: "error", configFile: false });
    return join(folder, "dist");
  },
  async webpack(folder: string) {
    const path = join(folder, "out-webpack");
    await new Promise<void>((resolve, reject) => {
      webpack(
        { mode: "production", context: folder, entry: "./main.js", output: { path } },
        (error, stats) => {
          const problems = stats?.hasErrors() || stats?.hasWarnings();
          if (error || problems) reject(error ?? new Error(stats!.toString("errors-warnings")));
          else resolve();
        },
      );
    });
    writeFileSync(join(path, "index.html"), html('<script defer src="/main.js"></script>'));
    return path;
  },
};
const BUNDLERS = Object.keys(bundlers) as (keyof typeof bundlers)[];

const TYPES: { readonly [extension: string]: string } = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** Bytes after Brotli of what a page by Vite fetches before it asks for anything. */
const START_MAX = 22_000;

const SELF = "default-src 'none'; connect-src 'self'; script-src 'self'";
const WITH_WASM = `${SELF} 'wasm-unsafe-eval'`;

// A machine without Chromium cannot run these; CI installs it first and must not skip.
describe.skipIf(!present && process.env["CI"] !== "true")("built by a stranger", () => {
  let browser: Browser;
  let origin: string;
  let expected: string;
  let folder = "";
  let policy = "";
  const built = new Map<string, string>();
  const server = createServer((request, response) => {
    const file = join(folder, request.url === "/" ? "index.html" : request.url!);
    response.setHeader("content-security-policy", policy);
    response.statusCode = existsSync(file) ? 200 : 404;
    response.setHeader("content-type", TYPES[extname(file)] ?? "text/plain");
    response.end(existsSync(file) ? readFileSync(file) : "");
  });

  beforeAll(async () => {
    unpacked(root, home, modules);
    for (const app of APPS) {
      cpSync(join(root, "test/consumer", app), join(home, app), { recursive: true });
      writeFileSync(join(home, app, "pool.json"), JSON.stringify(samplePool()));
      for (const name of BUNDLERS) {
        built.set(`${app} ${name}`, await bundlers[name](join(home, app)));
      }
    }
    const { load } = (await import(
      join(modules, "dist/index.js")
    )) as typeof import("../../src/index.ts");
    const options = { scenarios: 20_000, seed: 7n };
    expected = JSON.stringify(await (await load()).value(samplePool(), options));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
    });
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    server.close();
    rmSync(home, { recursive: true, force: true });
  });

  /** What the page of a build answers, and what it says on the console. */
  async function shown(app: App, bundler: string, given: string, hash = "") {
    folder = built.get(`${app} ${bundler}`)!;
    policy = given;
    const tab = await browser.newPage();
    const said: string[] = [];
    const failed: string[] = [];
    tab.on("console", (line) => void (line.type() === "warning" && said.push(line.text())));
    tab.on("pageerror", (error) => void failed.push(error.message));
    await tab.goto(`${origin}/${hash}`);
    try {
      await tab.waitForFunction(() => "answer" in globalThis, undefined, { timeout: 20_000 });
    } catch {
      throw new Error(`${bundler} ${app}: no answer; ${failed.join("; ")}`);
    }
    const answer = await tab.evaluate(
      () => (globalThis as unknown as { answer: { backend: string; result: string } }).answer,
    );
    await tab.close();
    return { ...answer, said };
  }

  test.each(APPS.flatMap((app) => BUNDLERS.map((bundler) => [app, bundler] as const)))(
    "consumer: %s by %s gives the figures of Node",
    async (app, bundler) => {
      const answer = await shown(app, bundler, WITH_WASM);
      expect(answer).toEqual({ backend: "wasm", result: expected, said: [] });
    },
  );

  test("consumer: workers begin from a Blob where the policy allows it", async () => {
    const answer = await shown("workers", "vite", `${WITH_WASM}; worker-src blob:`, "#blob");
    expect(answer.result).toBe(expected);
  });

  test.each(["page", "external"] as const)(
    "consumer: %s falls back to plain JavaScript under a policy, and says so once",
    async (app) => {
      const { backend, result, said } = await shown(app, "vite", SELF);
      expect([backend, result]).toEqual(["js", expected]);
      expect(said).toEqual([expect.stringContaining("'wasm-unsafe-eval'")]);
    },
  );

  test.each(["riskpool", "riskpool/browser", "riskpool/external", "riskpool/node"])(
    "consumer: %s can be imported where there is no window",
    (name) => {
      const code = `console.log(Object.keys(await import(${JSON.stringify(name)})).length > 0)`;
      const args = ["--input-type=module", "-e", code];
      expect(execFileSync(process.execPath, args, { cwd: home, encoding: "utf8" })).toBe("true\n");
    },
  );

  test("consumer: a page fetches what it does not use later, if at all", () => {
    const out = join(home, "page/dist");
    const page = readFileSync(join(out, "index.html"), "utf8");
    const first = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(
      ([, name]) => name!,
    );
    const text = first.map((name) => readFileSync(join(out, name), "utf8")).join("\n");
    expect(text).toContain("0061736d01000000");
    // Words of a valuation, of an allocation, of a document's form, and of a plain function.
    const words = ["expectedShortfall", "blockShortfall", "not part of the format"];
    for (const word of [...words, "fewer buy at a higher price"]) {
      expect(text).not.toContain(word);
    }
    const packed = first.map((name) => brotliCompressSync(readFileSync(join(out, name))).length);
    expect(packed.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(START_MAX);
  });
});
