// Method: the package as npm makes it, unpacked among the modules of small pages that every bundler
// builds as it comes; the built pages run in Chromium under a strict policy and must give the
// figures of Node.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KERNEL_TEXT } from "../../src/engine/binary-text.ts";
import { samplePool } from "../support/sample-pool.ts";
import {
  BUNDLERS,
  bundlers,
  launching,
  present,
  SELF,
  Site,
  SPLITTERS,
  Stranger,
  WITH_WASM,
} from "../support/stranger.ts";

const APPS = ["page", "workers", "external"] as const;
type App = (typeof APPS)[number];

/** Bytes after Brotli of what a page by Vite fetches before it asks for anything. */
const START_MAX = 25_000;

// A machine without Chromium cannot run these; CI installs it first and must not skip.
describe.skipIf(!present && process.env["CI"] !== "true")("built by a stranger", () => {
  let browser: Browser;
  let origin: string;
  let expected: string;
  let stranger: Stranger;
  const site = new Site();
  const built = new Map<string, string>();

  beforeAll(async () => {
    stranger = new Stranger();
    for (const app of APPS) {
      const folder = stranger.app(app);
      for (const name of BUNDLERS) {
        built.set(`${app} ${name}`, await bundlers[name](folder, stranger.modules));
      }
    }
    const { load } = (await import(
      join(stranger.modules, "dist/index.js")
    )) as typeof import("../../src/index.ts");
    const options = { scenarios: 20_000, seed: 7n };
    expected = JSON.stringify(await (await load()).value(samplePool(), options));
    origin = await site.open();
    browser = await chromium.launch(launching);
  });
  afterAll(async () => {
    await browser?.close();
    site.close();
    stranger?.dispose();
  });

  /** What the page of a build answers, and what it says on the console. */
  async function shown(app: App, bundler: string, policy: string, hash = "", headers = {}) {
    site.folder = built.get(`${app} ${bundler}`)!;
    site.headers = { "content-security-policy": policy, ...headers };
    const tab = await browser.newPage();
    const said: string[] = [];
    const failed: string[] = [];
    tab.on("console", (line) => void (line.type() === "warning" && said.push(line.text())));
    tab.on("pageerror", (error) => void failed.push(error.message));
    await tab.goto(`${origin}/${hash}`);
    try {
      await tab.waitForFunction(() => "answer" in globalThis, undefined, { timeout: 60_000 });
    } catch {
      throw new Error(`${bundler} ${app}: no answer; ${failed.join("; ")}`);
    }
    const answer = await tab.evaluate(
      () => (globalThis as unknown as { answer: { backend: string; result: string } }).answer,
    );
    const page = await tab.evaluate(() => ({
      isIsolated: crossOriginIsolated,
      refused: (globalThis as unknown as { refused?: string }).refused,
    }));
    await tab.close();
    return { answer, said, ...page };
  }

  test.each(APPS.flatMap((app) => BUNDLERS.map((bundler) => [app, bundler] as const)))(
    "consumer: %s by %s gives the figures of Node",
    async (app, bundler) => {
      const { answer, said, isIsolated } = await shown(app, bundler, WITH_WASM);
      expect(answer).toEqual({ backend: "wasm", result: expected });
      expect([said, isIsolated]).toEqual([[], false]);
    },
  );

  test.each(["", "#blob", "#own"])("consumer: workers%s in an isolated page", async (hash) => {
    const policy = `${WITH_WASM}; worker-src 'self' blob:`;
    const headers = {
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
    };
    const { answer, isIsolated } = await shown("workers", "vite", policy, hash, headers);
    expect([answer.result, isIsolated]).toEqual([expected, true]);
  });

  test.each(
    BUNDLERS.flatMap(
      (by) =>
        [
          [by, "#blob"],
          [by, "#own"],
        ] as const,
    ),
  )(
    "consumer: workers by %s begin from a Blob where the policy allows it: %s",
    async (by, hash) => {
      const policy = `${WITH_WASM}; worker-src blob:`;
      expect((await shown("workers", by, policy, hash)).answer.result).toBe(expected);
    },
  );

  test.each(["page", "external"] as const)(
    "consumer: %s falls back to plain JavaScript under a policy, and says so once",
    async (app) => {
      const { answer, said } = await shown(app, "vite", SELF);
      expect(answer).toEqual({ backend: "js", result: expected });
      expect(said).toEqual([expect.stringContaining("'wasm-unsafe-eval'")]);
    },
  );

  test.each(SPLITTERS)(
    "consumer: %s: a part that was not to be had is fetched anew",
    async (by) => {
      const { answer, refused } = await shown("page", by, WITH_WASM, "#broken");
      expect([answer.result, refused]).toEqual([expected, "PART_MISSING"]);
    },
  );

  test.each([
    ...["riskpool", "riskpool/browser", "riskpool/external", "riskpool/node"],
    ...["riskpool/element"],
  ])("consumer: %s can be imported where there is no window, and leaves no trace", (name) => {
    const code = `
      for (const name of ["fetch", "Worker", "document", "customElements", "navigator"])
        delete globalThis[name];
      const trace = () => [...Object.getOwnPropertyNames(globalThis), ...process.getActiveResourcesInfo()]
        // What comes and goes while files are read.
        .filter((name) => !name.endsWith("Req") && !name.startsWith("FSReq")).join();
      const before = trace();
      globalThis.WebAssembly.compile = globalThis.WebAssembly.Module = undefined;
      const { length } = Object.keys(await import(${JSON.stringify(name)}));
      console.log(length > 0, trace() === before);`;
    const args = ["--input-type=module", "-e", code];
    const out = execFileSync(process.execPath, args, { cwd: stranger.home, encoding: "utf8" });
    expect(out).toBe("true true\n");
  });

  test("consumer: a page fetches what it does not use later, if at all", () => {
    const out = join(stranger.home, "page/dist");
    const page = readFileSync(join(out, "index.html"), "utf8");
    const first = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(
      ([, name]) => name!,
    );
    const text = first.map((name) => readFileSync(join(out, name), "utf8")).join("\n");
    expect(text).toContain(KERNEL_TEXT.slice(0, 12));
    // Words of a valuation, of an allocation, of a document's form, and of a plain function.
    const words = ["expectedShortfall", "blockShortfall", "not part of the format"];
    for (const word of [...words, "fewer buy at a higher price"]) {
      expect(text).not.toContain(word);
    }
    const packed = first.map((name) => brotliCompressSync(readFileSync(join(out, name))).length);
    expect(packed.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(START_MAX);
  });
});
