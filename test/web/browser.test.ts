// Method: the built library in real Chromium gives the losses of Node, bit for bit, from a page
// whose content security policy allows no inline script and no network but its own origin.
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

  test("browser: gives the bits of Node", async () => {
    const tab = await browser.newPage();
    await tab.goto(origin);
    await tab.waitForFunction(() => document.title === "ready");
    const inBrowser = await tab.evaluate(async (pool) => {
      const { load } = (globalThis as unknown as { riskpool: typeof import("../../src/index.ts") })
        .riskpool;
      const engine = await load();
      return await engine.value(pool, { scenarios: 20_000, seed: 7n });
    }, samplePool());
    const inNode = await loadSync().value(samplePool(), { scenarios: 20_000, seed: 7n });
    expect(inBrowser.receipt.losses).toBe(inNode.receipt.losses);
    expect(inBrowser.contributions).toEqual(inNode.contributions);
    expect(inBrowser.risk).toEqual(inNode.risk);
  });

  test("browser: a policy without 'wasm-unsafe-eval' is answered with the mend", async () => {
    const tab = await browser.newPage();
    await tab.goto(`${origin}/strict`);
    await tab.waitForFunction(() => document.title === "ready");
    const error = await tab.evaluate(async () => {
      const { load } = (globalThis as unknown as { riskpool: typeof import("../../src/index.ts") })
        .riskpool;
      return await load().then(
        () => "loaded",
        (caught: { code: string; message: string }) => `${caught.code} ${caught.message}`,
      );
    });
    expect(error).toMatch(/^KERNEL_BLOCKED .*'wasm-unsafe-eval'/);
  });
});
