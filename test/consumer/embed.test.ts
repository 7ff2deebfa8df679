// Method: the element and the React component of the packed package in pages that every bundler
// builds, in Chromium under a strict policy: their figures are those of Node for what they asked.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../src/index.ts";
import { samplePool } from "../support/sample-pool.ts";
import {
  BUNDLERS,
  type Bundler,
  builtPage,
  FROM_BLOB,
  FROM_SELF,
  launching,
  present,
  repeated,
  Site,
  Stranger,
} from "../support/stranger.ts";

const APPS = ["element", "react"] as const;
type App = (typeof APPS)[number];

interface Answer {
  readonly result: string;
  readonly room: string;
  readonly states: readonly string[];
  readonly theme: string;
  readonly aborted: readonly boolean[];
  readonly refused: readonly unknown[];
}

// A machine without Chromium cannot run these; CI installs it first and must not skip.
describe.skipIf(!present && process.env["CI"] !== "true")("in a stranger's page", () => {
  let browser: Browser;
  let origin: string;
  let stranger: Stranger;
  let engine: Engine;
  const site = new Site();
  const built = new Map<string, string>();

  beforeAll(async () => {
    stranger = new Stranger();
    stranger.addReact();
    for (const app of APPS) {
      for (const by of BUNDLERS) built.set(`${app} ${by}`, await builtPage(stranger, app, by));
    }
    const library = (await import(
      join(stranger.modules, "dist/index.js")
    )) as typeof import("../../src/index.ts");
    engine = await library.load();
    origin = await site.open();
    browser = await chromium.launch(launching);
  });
  afterAll(async () => {
    await browser?.close();
    site.close();
    stranger?.dispose();
  });

  async function opened(app: App, bundler: Bundler, policy: string, hash = "", headers = {}) {
    site.folder = built.get(`${app} ${bundler}`)!;
    site.headers = { "content-security-policy": policy, ...headers };
    const tab = await browser.newPage();
    const said: string[] = [];
    tab.on("pageerror", (error) => void said.push(error.message));
    tab.on("console", (line) => {
      if (["warning", "error"].includes(line.type())) said.push(line.text());
    });
    await tab.goto(`${origin}/${hash}`);
    return { tab, said };
  }

  async function answered(tab: Page, said: readonly string[]): Promise<Answer> {
    try {
      await tab.waitForFunction(() => "answer" in globalThis, undefined, { timeout: 20_000 });
    } catch {
      throw new Error(`no answer; ${said.join("; ")}`);
    }
    return tab.evaluate(() => (globalThis as unknown as { answer: Answer }).answer);
  }

  test.each(BUNDLERS)("embed: <risk-room> by %s gives the figures of Node", async (bundler) => {
    const { tab, said } = await opened("element", bundler, FROM_BLOB);
    const { shown, found } = await repeated((await answered(tab, said)).result, engine);
    expect(shown).toBe(found);
    expect(JSON.parse(found).risk.scenarios).toBe(100_000);
    expect(said).toEqual([]);
    await tab.close();
  });

  test("embed: <risk-room> in an isolated page", async () => {
    const { tab, said } = await opened("element", "vite", FROM_BLOB, "", {
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    });
    const { shown, found } = await repeated((await answered(tab, said)).result, engine);
    expect(shown).toBe(found);
    expect(await tab.evaluate(() => crossOriginIsolated)).toBe(true);
    await tab.close();
  });

  test("embed: workers from the page's own origin, where no Blob is allowed", async () => {
    const own = await opened("element", "vite", FROM_SELF, "#own");
    const { shown, found } = await repeated((await answered(own.tab, own.said)).result, engine);
    expect(shown).toBe(found);
    await own.tab.close();
    const { tab } = await opened("element", "vite", FROM_SELF);
    // A selector sees into the room.
    const problem = await tab.locator("[role=alert]").textContent({ timeout: 20_000 });
    expect(problem).toMatch(/cannot begin.*worker-src blob:.*worker="\/room-worker\.js"/s);
    await tab.close();
  });

  test("embed: the page's own rules set the room's colours", async () => {
    const { tab, said } = await opened("element", "vite", FROM_BLOB);
    await answered(tab, said);
    const colour = () =>
      tab.locator("risk-room").evaluate((room) => getComputedStyle(room).backgroundColor);
    expect(await colour()).not.toBe("rgb(1, 2, 3)");
    await tab.addStyleTag({ content: "risk-room { --paper: rgb(1, 2, 3) }" });
    expect(await colour()).toBe("rgb(1, 2, 3)");
    await tab.close();
  });

  test.each(BUNDLERS)("embed: React by %s gives the figures of Node", async (bundler) => {
    const { tab, said } = await opened("react", bundler, FROM_BLOB);
    await tab.locator("output", { hasText: "20000" }).waitFor();
    await tab.locator("[role=alert]", { hasText: "/none.json" }).waitFor();
    await tab.locator("#change").click();
    const { result, room, states, theme, aborted, refused } = await answered(tab, said);
    const options = { scenarios: 20_000, seed: 7n };
    expect(result).toBe(JSON.stringify(await engine.value(samplePool(), options)));
    const { shown, found } = await repeated(room, engine);
    expect([shown, theme]).toEqual([found, "dark"]);
    const waiting = { valuation: null, progress: null, error: null };
    expect(refused).toEqual(["PoolError", "INVALID_INPUT", waiting]);
    expect(aborted.length).toBeGreaterThan(0);
    expect(aborted).not.toContain(false);
    // Figures of the seed before are not shown for the one that follows.
    expect(states.filter((state) => state !== "progress")).toEqual([
      ...["waiting", "seed 8"],
      ...["waiting", "seed 7"],
    ]);
    expect(said.filter((line) => !line.includes("404"))).toEqual([]);
    await tab.close();
  });

  test("embed: React on a server writes the element, and a valuation that is under way", () => {
    const code = `
      for (const name of ["fetch", "Worker", "document", "customElements", "navigator"])
        delete globalThis[name];
      const { createElement, StrictMode } = await import("react");
      const { renderToString } = await import("react-dom/server");
      const { RiskRoom, usePoolValuation } = await import("riskpool/react");
      const State = () => JSON.stringify(usePoolValuation({}, { seed: 7n }));
      const room = createElement(RiskRoom, { src: "/pool.json", theme: "dark", className: "wide",
        pools: [["/pool.json", "Pool"]], onValuation() {} });
      console.log(renderToString(createElement(StrictMode, null, room, createElement(State))));`;
    const args = ["--input-type=module", "-e", code];
    const out = execFileSync(process.execPath, args, { cwd: stranger.home, encoding: "utf8" });
    expect(out.replaceAll("&quot;", '"')).toBe(
      '<risk-room src="/pool.json" theme="dark" class="wide" pools="[["/pool.json","Pool"]]"></risk-room>' +
        '{"valuation":null,"progress":null,"error":null}\n',
    );
  });
});
