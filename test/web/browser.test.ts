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
  'import * as riskpool from "/index.js"; globalThis.riskpool = riskpool; document.title = "ready";';

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
    if (path === "/index.js" || path === "/main.js") {
      response.setHeader("content-type", "text/javascript");
      response.end(path === "/main.js" ? main : readFileSync(library));
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
      const { load } = (globalThis as unknown as { riskpool: typeof import("../../src/index.ts") })
        .riskpool;
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

  test("browser: a policy without 'wasm-unsafe-eval' is answered with the mend", async () => {
    const tab = await browser.newPage();
    await tab.goto(`${origin}/strict`);
    await tab.waitForFunction(() => document.title === "ready");
    const error = await tab.evaluate(async () => {
      const { load } = (globalThis as unknown as { riskpool: typeof import("../../src/index.ts") })
        .riskpool;
      return await load({ backend: "wasm" }).then(
        () => "loaded",
        (caught: { code: string; message: string }) => `${caught.code} ${caught.message}`,
      );
    });
    expect(error).toMatch(/^KERNEL_BLOCKED .*'wasm-unsafe-eval'/);
  });
});
