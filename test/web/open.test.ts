// Method: the built command line serves the built room; the page, the pool and every refusal are
// fetched over a socket, and Chromium shows what `riskpool value --json` prints for the same request.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PoolValuation } from "../../src/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const cli = join(root, "dist/cli.js");
const small = join(root, "examples/small-pool.json");
const home = mkdtempSync(join(tmpdir(), "riskpool-open-"));
const executablePath = process.env["CHROME_BIN"] ?? "/usr/bin/chromium";

interface Opened {
  readonly address: string;
  readonly child: ChildProcess;
  /** Exit code and everything printed on standard error. */
  readonly ended: Promise<{ readonly code: number | null; readonly err: string }>;
}

const running = new Set<ChildProcess>();

/** Starts `riskpool open` and waits for its address. */
function opened(...args: readonly string[]): Promise<Opened> {
  const child = spawn(process.execPath, [cli, "open", ...args, "--json", "--no-browser"]);
  running.add(child);
  let err = "";
  child.stderr.on("data", (data) => {
    err += data;
  });
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.once("exit", (code) => {
      running.delete(child);
      resolve({ code, err });
    });
  });
  return new Promise((resolve, reject) => {
    child.stdout.once("data", (data) => {
      resolve({ address: (JSON.parse(`${data}`) as { address: string }).address, child, ended });
    });
    void ended.then(({ code }) => reject(new Error(`ended with ${code}: ${err}`)));
  });
}

/** What the command line answers when it ends by itself. */
function run(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    cwd: home,
    timeout: 60_000,
  });
  return { status, out: stdout, err: stderr };
}

/** Status line of a request as it is sent: a client would tidy its path. */
function raw(address: string, request: string): Promise<string> {
  const { port } = new URL(address);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(request));
    let answer = "";
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
  });
}

describe.skipIf(!existsSync(cli) && process.env["CI"] !== "true")("riskpool open", () => {
  afterAll(() => {
    for (const child of running) child.kill();
    rmSync(home, { recursive: true, force: true });
  });

  test("open: serves the page and the pool, under a strict policy", async () => {
    const { address, child, ended } = await opened(small);
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await fetch(address);
    expect(page.status).toBe(200);
    const policy = page.headers.get("content-security-policy");
    expect(policy).toMatch(/^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; /);
    expect(policy).toMatch(/; frame-ancestors 'none'$/);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    const text = await page.text();
    expect(text).toContain('<risk-room src="pool.json" worker="room-worker.js"></risk-room>');
    expect(text).not.toContain("pools/");
    const pool = (await (await fetch(`${address}pool.json`)).json()) as { name: string };
    expect(pool.name).toBe("Small pool (synthetic)");
    const head = await fetch(`${address}room.js`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(100_000);
    child.kill("SIGTERM");
    expect(await ended).toEqual({ code: 0, err: "" });
    await expect(fetch(address)).rejects.toThrow();
  });

  test("open: gives nothing else, and takes no other method, name or path", async () => {
    const { address, child, ended } = await opened(small);
    const { host } = new URL(address);
    const status = async (path: string, method = "GET", name = host) => {
      const answer = await raw(
        address,
        `${method} ${path} HTTP/1.1\r\nHost: ${name}\r\nConnection: close\r\n\r\n`,
      );
      return answer.split(" ")[1];
    };
    expect(await status("/pool.json?a=b")).toBe("200");
    for (const path of [
      "/../cli.js",
      "/../../package.json",
      "/%2e%2e/cli.js",
      "/..%2fcli.js",
      "/..\\cli.js",
      "//etc/passwd",
      "/pool.json/",
      "/POOL.JSON",
      "/index.html",
      "/pools/example.json",
      "/__proto__",
    ]) {
      expect([path, await status(path)]).toEqual([path, "404"]);
    }
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"]) {
      expect([method, await status("/", method)]).toEqual([method, "405"]);
    }
    // A page of another site that has given its name this machine's address.
    expect(await status("/pool.json", "GET", `evil.example:${new URL(address).port}`)).toBe("421");
    child.kill("SIGINT");
    expect((await ended).code).toBe(0);
  });

  test("open: refuses a broken pool, option or port before it serves anything", async () => {
    const broken = join(home, "broken.json");
    writeFileSync(broken, readFileSync(small, "utf8").replace('"spot": 2000', '"spot": -1'));
    const codes = (...args: readonly string[]) => {
      const { status, out, err } = run("open", ...args, "--json", "--no-browser");
      expect(out).toBe("");
      const { error } = JSON.parse(err) as {
        error: { issues: { code: string; pointer: string }[] };
      };
      return [status, ...error.issues.map(({ code, pointer }) => `${code} ${pointer}`)];
    };
    expect(codes(broken)).toEqual([3, "MODEL_DOMAIN /assets/1/spot"]);
    expect(codes(join(home, "nothing.json"))).toEqual([4, "FILE_UNREADABLE "]);
    const { market, ...bare } = JSON.parse(readFileSync(small, "utf8"));
    expect(market.model).toBe("student-t");
    writeFileSync(broken, JSON.stringify(bare));
    expect(codes(broken)).toEqual([3, "MARKET_MISSING /market"]);
    expect(codes(small, "--horizon", "31d", "--confidence", "0.9999", "--port", "x")).toEqual([
      3,
      "VALUE_UNKNOWN /options/confidence",
      "NUMBER_RANGE /options/horizon",
      "NUMBER_RANGE /options/port",
    ]);
    const { address, child, ended } = await opened(small);
    expect(codes(small, "--port", new URL(address).port)).toEqual([
      3,
      "PORT_UNAVAILABLE /options/port",
    ]);
    child.kill("SIGTERM");
    await ended;
  });

  describe.skipIf(!existsSync(executablePath) && process.env["CI"] !== "true")(
    "in Chromium",
    () => {
      let browser: Browser;
      beforeAll(async () => {
        browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
      });
      afterAll(() => browser?.close());

      test.each([
        ["its own market", [small], ["--levels", "0.95,0.975,0.99"]],
        [
          "prices and options",
          [
            ...[join(root, "examples/pool.json"), "--prices", join(root, "examples/prices.csv")],
            ...["--model", "gbm", "--horizon", "5d", "--confidence", "0.995", "--liquidation"],
          ],
          ["--levels", "0.95,0.975,0.99", "--paths", "200"],
        ],
      ])("open: shows the bits of `riskpool value --json`, %s", async (_, args, more) => {
        const { address, child, ended } = await opened(...args);
        const tab = await browser.newPage();
        const spoken: string[] = [];
        tab.on("console", (message) => spoken.push(message.text()));
        tab.on("pageerror", (error) => spoken.push(error.message));
        await tab.goto(address);
        await tab.waitForFunction(
          () => (document.querySelector("risk-room") as unknown as { settled: boolean }).settled,
          null,
          { timeout: 60_000 },
        );
        const shown = JSON.parse(
          await tab.evaluate(() => {
            const room = document.querySelector("risk-room") as unknown as { valuation: unknown };
            return JSON.stringify(room.valuation);
          }),
        ) as PoolValuation;
        await tab.close();
        child.kill("SIGTERM");
        expect((await ended).code).toBe(0);
        const own = args.filter((each) => each !== "--liquidation");
        const { status, out } = run("value", ...own, ...more, "--no-report", "--json");
        expect(status).toBe(0);
        const printed = JSON.parse(out) as PoolValuation;
        // The room asks for no more of contributions than it shows.
        const { risk, waterfall, market, liquidation, allocation } = printed;
        expect(market).toEqual(shown.market);
        expect(risk).toEqual(shown.risk);
        expect(waterfall).toEqual(shown.waterfall);
        expect(liquidation).toEqual(shown.liquidation);
        expect(allocation).toEqual(shown.allocation);
        expect(spoken).toEqual([]);
      });
    },
  );
});
