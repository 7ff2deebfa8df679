// Method: the built library in real Chromium gives the losses of Node, bit for bit, from a page
// whose content security policy allows no inline script and no network but its own origin, with
// WebAssembly and without.
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadSync } from "../../src/index.ts";
import { samplePool } from "../support/sample-pool.ts";

const executablePath = process.env["CHROME_BIN"] ?? "/usr/bin/chromium";
const library = new URL("../../dist/index.js", import.meta.url);
const present = existsSync(executablePath) && existsSync(library);

const policy = (evaluation: string) =>
  `default-src 'none'; script-src 'self' ${evaluation}; connect-src 'self'`;
const page =
  '<!doctype html><meta charset="utf-8"><title>riskpool</title><script type="module" src="/main.js"></script>';
const main =
  'import * as riskpool from "/index.js"; import { workerPool } from "/browser.js"; ' +
  'Object.assign(globalThis, { riskpool, workerPool }); document.title = "ready";';
/** A worker that dies over every third message. */
const dying =
  'importScripts("/worker.js"); const heard = self.onmessage; let count = 0; ' +
  'self.onmessage = (event) => { if (++count % 3 === 0) throw new Error("dies"); heard(event); };';
const scripts = new Map([
  ["/main.js", main],
  ["/dying.js", dying],
]);

/** What the page's script has put there. */
interface Page {
  readonly riskpool: typeof import("../../src/index.ts");
  readonly workerPool: typeof import("../../src/browser.ts").workerPool;
}

// A machine without Chromium cannot run these; CI installs it first and must not skip.
describe.skipIf(!present && process.env["CI"] !== "true")("in Chromium", () => {
  let browser: Browser;
  let origin: string;
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    response.setHeader(
      "content-security-policy",
      policy(path.startsWith("/strict") ? "" : "'wasm-unsafe-eval'"),
    );
    const file = new URL(`.${path}`, library);
    if (path.endsWith(".js")) {
      const script = scripts.get(path) ?? (existsSync(file) ? readFileSync(file) : null);
      response.statusCode = script === null ? 404 : 200;
      response.setHeader("content-type", "text/javascript");
      response.end(script);
    } else {
      response.setHeader("content-type", "text/html");
      response.end(page);
    }
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  test.each([
    ["gives the bits of Node", "", "wasm"],
    ["gives them in plain JavaScript where the policy forbids WebAssembly", "/strict", "js"],
  ])("browser: %s", async (_, path, backend) => {
    const tab = await browser.newPage();
    await tab.goto(origin + path);
    await tab.waitForFunction(() => document.title === "ready");
    const inBrowser = await tab.evaluate(async (pool) => {
      const { load } = (globalThis as unknown as Page).riskpool;
      const engine = await load();
      const result = await engine.value(pool, { scenarios: 20_000, seed: 7n });
      return { backend: engine.backend, result: JSON.stringify(result) };
    }, samplePool());
    expect(inBrowser.backend).toBe(backend);
    // The built library has the package's version, the source its own.
    const inNode = await loadSync().value(samplePool(), { scenarios: 20_000, seed: 7n });
    const { receipt, ...figures } = JSON.parse(inBrowser.result) as typeof inNode;
    const { receipt: own, ...ownFigures } = inNode;
    expect({ ...receipt, version: "" }).toEqual({ ...own, version: "" });
    expect(JSON.stringify(figures)).toBe(JSON.stringify(ownFigures));
  });

  // Under the same policy: the workers begin from a file of the page's own origin.
  const valuedBy = async (script: string, workers: number) => {
    const tab = await browser.newPage();
    await tab.goto(origin);
    await tab.waitForFunction(() => document.title === "ready");
    const answer = await tab.evaluate(
      async ([pool, script, workers]) => {
        const { riskpool, workerPool } = globalThis as unknown as Page;
        const executor = workerPool({ script, workers });
        const engine = await riskpool.load({ executor });
        try {
          return JSON.stringify(await engine.value(pool, { scenarios: 220_000, seed: 7n }));
        } catch (error) {
          const isOurs = error instanceof riskpool.PoolError;
          return isOurs ? `${error.code} ${error.message}` : String(error);
        } finally {
          await engine.dispose();
        }
      },
      [samplePool(), script, workers] as const,
    );
    await tab.close();
    return answer;
  };

  // Of the built library as well, whose version the receipt names.
  const valuedInNode = async () => {
    const riskpool = (await import(library.href)) as Page["riskpool"];
    const options = { scenarios: 220_000, seed: 7n };
    return JSON.stringify(await riskpool.loadSync().value(samplePool(), options));
  };

  test.each([1, 2, 3])("browser: %d workers give the bits of Node", async (workers) => {
    expect(await valuedBy("/worker.js", workers)).toBe(await valuedInNode());
  });

  test("browser: workers that die are replaced and leave no trace", async () => {
    expect(await valuedBy("/dying.js", 2)).toBe(await valuedInNode());
  });

  test("browser: a worker script that is not there is an error that names it", async () => {
    expect(await valuedBy("/missing.js", 2)).toMatch(/^WORKER_LOST .*\/missing\.js could not be/);
  });

  test("browser: an abort is heard at once", { retry: 2 }, async () => {
    const tab = await browser.newPage();
    await tab.goto(origin);
    await tab.waitForFunction(() => document.title === "ready");
    const [reason, waited] = await tab.evaluate(async (pool) => {
      const { riskpool, workerPool } = globalThis as unknown as Page;
      const engine = await riskpool.load({
        executor: workerPool({ script: "/worker.js", workers: 2 }),
      });
      const control = new AbortController();
      let aborted = 0;
      const reason = await engine
        .value(pool, {
          scenarios: 20_000_000,
          signal: control.signal,
          onProgress: () => {
            aborted ||= performance.now();
            control.abort("enough");
          },
        })
        .catch((error: unknown) => error);
      const waited = performance.now() - aborted;
      await engine.dispose();
      return [String(reason), waited] as const;
    }, samplePool());
    expect(reason).toBe("enough");
    expect(waited).toBeLessThan(100);
  });

  test("browser: a policy without 'wasm-unsafe-eval' is answered with the mend", async () => {
    const tab = await browser.newPage();
    await tab.goto(`${origin}/strict`);
    await tab.waitForFunction(() => document.title === "ready");
    const error = await tab.evaluate(async () => {
      const { load } = (globalThis as unknown as Page).riskpool;
      return await load({ backend: "wasm" }).then(
        () => "loaded",
        (caught: { code: string; message: string }) => `${caught.code} ${caught.message}`,
      );
    });
    expect(error).toMatch(/^KERNEL_BLOCKED .*'wasm-unsafe-eval'/);
  });
});
