import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
// @ts-expect-error The build is plain JavaScript.
import { buildRoom, serveRoom } from "../../src/edge/web/build.mjs";
import type { RoomRequest } from "../../src/edge/web/controls.ts";
import type { PoolValuation } from "../../src/index.ts";

const root: string = fileURLToPath(new URL("../..", import.meta.url));
/** Where Chromium is. */
export const chromiumPath: string = process.env["CHROME_BIN"] ?? "/usr/bin/chromium";

/** Whether the tests in Chromium run: a machine without it cannot, CI must. */
export const hasChromium: boolean = existsSync(chromiumPath) || process.env["CI"] === "true";

/** A file of examples/ as text. */
export function example(name: string): string {
  return readFileSync(`${root}examples/${name}`, "utf8");
}

const axe = readFileSync(`${root}node_modules/axe-core/axe.min.js`, "utf8");

/** What axe finds to mend in a tab: the rule, and the first place that breaks it. */
export async function faultsByAxe(tab: Page): Promise<string[]> {
  // As the page's own policy lets no script in, this one comes by the debugger.
  await tab.evaluate(axe);
  return tab.evaluate(async () => {
    interface Axe {
      run(): Promise<{ violations: { id: string; nodes: { target: unknown; html: string }[] }[] }>;
    }
    const { axe } = globalThis as unknown as { axe: Axe };
    const { violations } = await axe.run();
    return violations.map(
      ({ id, nodes }) => `${id}: ${JSON.stringify(nodes[0]?.target)} ${nodes[0]?.html}`,
    );
  });
}

/** The component as a page sees it. */
export interface RoomElement extends HTMLElement {
  readonly valuation: PoolValuation | null;
  readonly request: RoomRequest | null;
  readonly settled: boolean;
  openFiles(files: readonly File[]): Promise<void>;
}

/** The built room, served under its policy, and a browser to look at it. */
export interface Rooms {
  readonly browser: Browser;
  readonly address: string;
  /** Everything that consoles complained of, pages threw or asked another origin for. */
  readonly spoken: string[];
  /** A tab with the small pool, whose runs take a moment; null leaves the example where it is. */
  opened(given?: {
    readonly hash?: string;
    readonly pool?: string | null;
    readonly scheme?: "light" | "dark";
    readonly context?: BrowserContext;
  }): Promise<Page>;
  close(): Promise<void>;
}

/** Builds the room into a folder of its own, for tests run beside each other. */
export async function startRooms(name: string, args: readonly string[] = []): Promise<Rooms> {
  const folder = `${root}build/web-${name}`;
  await buildRoom(folder);
  const served = (await serveRoom(folder)) as { server: Server; address: string };
  const { server, address } = served;
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: [
      ...["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
      ...args,
    ],
  });
  const spoken: string[] = [];
  const opened: Rooms["opened"] = async ({ hash = "", pool, scheme, context } = {}) => {
    const tab = context
      ? await context.newPage()
      : await browser.newPage(scheme && { colorScheme: scheme });
    tab.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") spoken.push(message.text());
    });
    tab.on("request", (request) => {
      if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(address)) {
        spoken.push(`asked for ${request.url()}`);
      }
    });
    tab.on("pageerror", (error) => spoken.push(error.message));
    if (pool !== null) {
      const body = pool ?? example("small-pool.json");
      await tab.route("**/pools/example.json", (route) => route.fulfill({ body }));
    }
    await tab.goto(address + hash);
    await settled(tab);
    return tab;
  };
  const close = async (): Promise<void> => {
    await browser.close();
    server.close();
  };
  return { browser, address, spoken, opened, close };
}

/** Waits for the full run of where the controls stand. */
export async function settled(tab: Page): Promise<void> {
  await tab.waitForFunction(
    () => (document.querySelector("risk-room") as RoomElement | null)?.settled,
    null,
    { timeout: 20_000 },
  );
}

/** What the room asked for and what it shows. */
export async function shownBy(
  tab: Page,
): Promise<{ request: RoomRequest; valuation: PoolValuation }> {
  await settled(tab);
  const text = await tab.evaluate(() => {
    const { request, valuation } = document.querySelector("risk-room") as RoomElement;
    const plain = (_: string, value: unknown) => (typeof value === "bigint" ? `${value}n` : value);
    return JSON.stringify({ request, valuation }, plain);
  });
  return JSON.parse(text, (_, value) =>
    typeof value === "string" && /^\d+n$/.test(value) ? BigInt(value.slice(0, -1)) : value,
  );
}

/** The bytes of what a click saves, and the name of its file. */
export async function savedBy(
  tab: Page,
  click: () => Promise<unknown>,
): Promise<{ name: string; bytes: Buffer }> {
  const [download] = await Promise.all([tab.waitForEvent("download"), click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}
