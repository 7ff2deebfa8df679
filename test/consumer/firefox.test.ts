// Method: the pages that Vite builds from the packed package, in Firefox: the same figures, to the bit.
import { existsSync } from "node:fs";
import { join } from "node:path";
import puppeteer, { type Browser } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/index.ts";
import { samplePool } from "../support/sample-pool.ts";
import {
  builtPage,
  FROM_BLOB,
  FROM_SELF,
  present,
  repeated,
  SELF,
  Site,
  Stranger,
  WITH_WASM,
} from "../support/stranger.ts";

const executablePath = process.env["FIREFOX_BIN"] ?? "/usr/bin/firefox-esr";
const APPS = ["page", "workers", "external", "element", "react"] as const;
type App = (typeof APPS)[number];

interface Answer {
  readonly backend: string;
  readonly result: string;
  readonly room: string;
}

describe.skipIf(!present || !existsSync(executablePath))("in Firefox", () => {
  let browser: Browser;
  let origin: string;
  let stranger: Stranger;
  let engine: Engine;
  let expected: string;
  const site = new Site();
  const built = new Map<App, string>();

  beforeAll(async () => {
    stranger = new Stranger();
    stranger.addReact();
    for (const app of APPS) built.set(app, await builtPage(stranger, app, "vite"));
    const library = (await import(
      join(stranger.modules, "dist/index.js")
    )) as typeof import("../../src/index.ts");
    engine = await library.load();
    const options = { scenarios: 20_000, seed: 7n };
    expected = JSON.stringify(await engine.value(samplePool(), options));
    origin = await site.open();
    browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true });
  });
  afterAll(async () => {
    await browser?.close();
    site.close();
    stranger?.dispose();
  });

  async function answer(app: App, policy: string, hash = "", name = "answer"): Promise<Answer> {
    site.folder = built.get(app)!;
    site.headers = { "content-security-policy": policy };
    const tab = await browser.newPage();
    await tab.goto(`${origin}/${hash}`);
    if (app === "react") await tab.locator("#change").click();
    await tab.waitForFunction((name) => name in globalThis, { timeout: 30_000 }, name);
    const found = await tab.evaluate((name) => (globalThis as never)[name], name);
    // Scripts can be had again, whatever the page has come to.
    await fetch(`${origin}/mend`);
    await tab.close();
    return found;
  }

  test.each([
    ["page", "", WITH_WASM, "wasm"],
    ["page", "", SELF, "js"],
    ["workers", "", WITH_WASM, "wasm"],
    ["workers", "#blob", `${WITH_WASM}; worker-src blob:`, "wasm"],
    ["workers", "#own", `${WITH_WASM}; worker-src blob:`, "wasm"],
    ["external", "", WITH_WASM, "wasm"],
  ] as const)("firefox: %s%s under %s", async (app, hash, policy, backend) => {
    const found = await answer(app, policy, hash);
    expect([found.backend, found.result]).toEqual([backend, expected]);
  });

  test("firefox: a part that was not to be had is told of", async () => {
    // It remembers modules that failed, so that only a page loaded anew can have them.
    const told = await answer("page", WITH_WASM, "#broken", "refused");
    expect(told).toBe("PART_MISSING");
    expect((await answer("page", WITH_WASM)).result).toBe(expected);
  });

  test.each([
    ["", FROM_BLOB],
    ["#own", FROM_SELF],
  ])("firefox: <risk-room>%s under %s", async (hash, policy) => {
    const { shown, found } = await repeated((await answer("element", policy, hash)).result, engine);
    expect(shown).toBe(found);
  });

  test("firefox: React", async () => {
    const { result, room } = await answer("react", FROM_BLOB);
    expect(result).toBe(expected);
    const { shown, found } = await repeated(room, engine);
    expect(shown).toBe(found);
  });
});
