// Method: files dropped and chosen in real Chromium, and numbers typed; what is refused is answered
// where it belongs, and nothing of it leaves the tab.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { localCore } from "../../src/edge/cli/local-core.ts";
import {
  example,
  hasChromium,
  type Rooms,
  savedBy,
  shownBy,
  startRooms,
} from "../support/room-page.ts";

const small = example("small-pool.json");
const prices = example("prices.csv");
const chain = `ts_utc,instrument_name,futures_price,mark_iv_pct,open_interest,index_price
2025-10-30T23:00:00Z,ORB-27MAR26-60000-P,26400,55,120,26377
2025-10-30T23:00:00Z,ETA-27MAR26-1500-C,1460,70,900,1450.8
`;

describe.skipIf(!hasChromium)("intake in Chromium", () => {
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await startRooms("intake");
  });
  afterAll(() => rooms?.close());

  const choose = (tab: Page, ...files: readonly (readonly [string, string | Buffer])[]) =>
    tab.locator("input[type=file]").setInputFiles(
      files.map(([name, text]) => ({
        name,
        mimeType: "text/plain",
        buffer: typeof text === "string" ? Buffer.from(text) : text,
      })),
    );

  test("intake: a chain that is dropped waits for its prices, and is the CLI's pool", async () => {
    const tab = await rooms.opened();
    const transfer = await tab.evaluateHandle((text) => {
      const made = new DataTransfer();
      made.items.add(new File([text], "chain.csv"));
      return made;
    }, chain);
    await tab.locator("div.room").dispatchEvent("drop", { dataTransfer: transfer });
    const { pool } = await localCore.importChain({ chain, share: 0.05, participants: 200 });
    const saved = await savedBy(tab, () => tab.locator("#save-unpriced").click());
    expect(saved.name).toBe("pool.json");
    expect(`${saved.bytes}`).toBe(`${JSON.stringify(pool, null, 2)}\n`);
    await choose(tab, ["prices.csv", prices]);
    await tab.locator("h1", { hasText: pool.name }).waitFor();
    const { request } = await shownBy(tab);
    expect(request.document.options).toEqual(pool.options);
    expect(await tab.locator(".notes li").count()).toBeGreaterThan(0);
    await tab.close();
  });

  test("intake: a broken file shows the line that is wrong", async () => {
    const tab = await rooms.opened();
    await choose(tab, ["broken.json", small.replace('"spot": 2000', '"spot": -1')]);
    const problem = tab.locator(".problems");
    await problem.locator("mark", { hasText: "-1" }).waitFor();
    expect(await problem.textContent()).toMatch(/broken\.json was not opened.*Line 9/s);
    // What is in a file stays text.
    await choose(tab, ["<img src=x onerror=alert(1)>.json", '{"format": "<b>x</b>"']);
    await problem.locator("h2", { hasText: "<img src=x" }).waitFor();
    expect(await problem.locator("img, b").count()).toBe(0);
    await choose(tab, ["empty.json", ""]);
    await problem.getByText("BODY_EMPTY").waitFor();
    await choose(tab, ["wide.csv", Buffer.from("\ufefftime,ORB", "utf16le")]);
    await problem.getByText("UTF-16").waitFor();
    await tab.close();
  });

  test("intake: the last of files opened at once is what is shown", async () => {
    const tab = await rooms.opened();
    const renamed = (name: string) => small.replace("Small pool (synthetic)", name);
    await tab.evaluate(
      ([first, second]) => {
        const room = document.querySelector("risk-room") as unknown as {
          openFiles(files: File[]): Promise<void>;
        };
        const slow = new File([first!], "first.json");
        const read = slow.arrayBuffer.bind(slow);
        Object.defineProperty(slow, "arrayBuffer", {
          value: () => new Promise((resolve) => setTimeout(() => resolve(read()), 200)),
        });
        return Promise.all([
          room.openFiles([slow]),
          room.openFiles([new File([second!], "second.json")]),
        ]);
      },
      [renamed("First"), renamed("Second")],
    );
    await tab.waitForTimeout(300);
    expect(await tab.locator("h1").textContent()).toBe("Second");
    await tab.close();
  });

  test("intake: a number typed wrongly is answered at its field, and moves nothing", async () => {
    const tab = await rooms.opened();
    const before = await shownBy(tab);
    const field = tab.locator("#volatility-typed");
    const error = tab.locator("#volatility-error");
    await field.fill("1,5");
    await field.press("Enter");
    expect(await error.textContent()).toMatch(/“1,5” is not a number; write a point.*25 to 300 %/);
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await field.inputValue()).toBe("1,5");
    expect(await tab.locator(".problems").count()).toBe(0);
    expect(await shownBy(tab)).toEqual(before);
    await field.fill("999");
    await field.press("Enter");
    expect(await error.textContent()).toMatch(/999 is out of range/);
    await field.fill("152 %");
    await field.press("Enter");
    expect(await error.textContent()).toBe("");
    expect(await field.getAttribute("aria-invalid")).toBeNull();
    const { request } = await shownBy(tab);
    expect(request.options.market.volatility).toEqual([0.5 * 1.52, 0.65 * 1.52]);
    expect(await field.inputValue()).toBe("152");
    await tab.locator("#reset").click();
    expect((await shownBy(tab)).request).toEqual(before.request);
    expect(await field.inputValue()).toBe("100");
    await tab.close();
  });

  test("intake: what the engine refuses of a control is said at the control", async () => {
    const wild = JSON.parse(small) as { market: { volatility: number[] } };
    wild.market.volatility = [20, 20];
    const tab = await rooms.opened({ pool: JSON.stringify(wild) });
    const error = tab.locator("#volatility-error");
    await tab.locator("#volatility").fill("300");
    await error.getByText("Expected").waitFor();
    expect(await tab.locator("#volatility").getAttribute("aria-invalid")).toBe("true");
    expect(await tab.locator(".problems").textContent()).toContain("/market/volatility/0");
    await tab.locator("#volatility").fill("100");
    await shownBy(tab);
    expect(await error.textContent()).toBe("");
    expect(await tab.locator(".problems").count()).toBe(0);
    await tab.close();
  });

  test("intake: the browser had nothing to complain of", () => {
    expect(rooms.spoken).toEqual([]);
  });
});
