// Method: the built room in real Chromium, served under its own strict policy: its figures are those
// of `engine.value` in Node for the request it says it made, every control changes that request and
// nothing else, axe looks at it in both themes, and the console stays empty.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportHtml } from "../../src/edge/report/report.ts";
import type { RoomRequest } from "../../src/edge/web/controls.ts";
import { loadSync } from "../../src/index.ts";
import {
  example,
  faultsByAxe,
  hasChromium,
  type RoomElement,
  type Rooms,
  shownBy,
  startRooms,
} from "../support/room-page.ts";

const small = example("small-pool.json");

describe.skipIf(!hasChromium)("risk room in Chromium", () => {
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await startRooms("test");
  });
  afterAll(() => rooms?.close());

  /** Moves a slider as its reader does. */
  const slide = (tab: Page, name: string, value: number): Promise<void> =>
    tab.locator(`[id="${name}"]`).fill(String(value));

  test("room: opens with the bits of Node for its request", async () => {
    const tab = await rooms.opened({ pool: null });
    const { request, valuation } = await shownBy(tab);
    expect(request.document.options).toHaveLength(1_000);
    expect(request.options.scenarios).toBe(100_000);
    const inNode = await loadSync().value(request.document, request.options);
    const { receipt, ...figures } = valuation;
    const { receipt: own, ...ownFigures } = inNode;
    expect({ ...receipt, version: "" }).toEqual({ ...own, version: "" });
    expect(figures).toEqual(ownFigures);
    const shown = await tab.locator("#es").textContent();
    const shortfall = inNode.risk.levels.find(({ level }) => level === 0.975)!.expectedShortfall;
    expect(shown?.replaceAll("\u00a0", " ")).toBe(
      `USD ${(shortfall.value / 1e6).toFixed(3)} million`,
    );
    await tab.close();
  });
  test("room: every control changes its part of the request and nothing else", async () => {
    const tab = await rooms.opened();
    const before = (await shownBy(tab)).request;
    const moved = async (move: () => Promise<unknown>): Promise<RoomRequest> => {
      await move();
      const { request, valuation } = await shownBy(tab);
      expect(valuation.risk.scenarios).toBe(100_000);
      await tab.locator("#reset").click();
      expect((await shownBy(tab)).request).toEqual(before);
      return request;
    };
    const { document, options } = before;
    const { market } = options;
    const withMarket = (change: object) => ({
      document,
      options: { ...options, market: { ...market, ...change } },
    });
    const [orb, eta] = document.assets;

    expect(await moved(() => slide(tab, "volatility", 200))).toEqual(
      withMarket({ volatility: [1, 1.3] }),
    );
    const up = [1, 0.5 * 0.8 + 0.5];
    expect(await moved(() => slide(tab, "correlation", 50))).toEqual(
      withMarket({ correlation: [up, [up[1], up[0]]] }),
    );
    expect(await moved(() => slide(tab, "correlation", -50))).toEqual(
      withMarket({
        correlation: [
          [1, 0.4],
          [0.4, 1],
        ],
      }),
    );
    const { degreesOfFreedom, ...normal } = market;
    expect(degreesOfFreedom).toBe(5);
    expect(await moved(() => tab.selectOption("#model", "gbm"))).toEqual({
      document,
      options: { ...options, market: { ...normal, model: "gbm" } },
    });
    expect(await moved(() => slide(tab, "freedom", 3.1))).toEqual(
      withMarket({ degreesOfFreedom: 3.1 }),
    );
    expect(await moved(() => slide(tab, "horizon", 5))).toEqual({
      document,
      options: { ...options, horizon: 5 },
    });
    expect(await moved(() => tab.selectOption("#confidence", "99.5"))).toEqual({
      document,
      options: { ...options, confidence: 0.995, levels: [0.95, 0.975, 0.99, 0.995] },
    });
    expect(await moved(() => slide(tab, "spot.ETA", -25))).toEqual({
      document: {
        ...document,
        assets: [orb, { ...eta, spot: eta!.spot * 0.75 }],
        options: document.options.map((each) =>
          each.forward === undefined ? each : { ...each, forward: each.forward * 0.75 },
        ),
      },
      options,
    });
    const fallen = await moved(() => slide(tab, "all-prices", -30));
    expect(fallen.document.assets.map(({ spot }) => spot)).toEqual([40_000 * 0.7, 2_000 * 0.7]);
    expect(fallen.document.options[1]?.forward).toBe(2_010 * 0.7);
    const layers = document.waterfall.layers.map((each) =>
      each.id === "members-fund" ? { ...each, size: "45000.00" } : each,
    );
    expect(await moved(() => slide(tab, "layer.members-fund", 150))).toEqual({
      document: { ...document, waterfall: { ...document.waterfall, layers } },
      options,
    });
    expect(await moved(() => tab.selectOption("#rule", "covariance"))).toEqual({
      document: { ...document, contribution: { ...document.contribution, rule: "covariance" } },
      options,
    });
    await tab.close();
  });

  test("room: the address holds the controls, and they come back from it", async () => {
    const tab = await rooms.opened({
      pool: null,
      hash: "#volatility=150&spot.ORB=-10&spot.NOT=9&horizon=9000&model=wrong",
    });
    const { request } = await shownBy(tab);
    expect(request.options.horizon).toBe(10);
    expect(request.document.assets[0]?.spot).toBe(26_377 * 0.9);
    await tab.waitForFunction(() => location.hash === "#volatility=150&spot.ORB=-10");
    await slide(tab, "horizon", 20);
    await tab.waitForFunction(() => location.hash === "#volatility=150&horizon=20&spot.ORB=-10");
    // Another pool is shown under the same controls.
    await tab.selectOption("#pool", "pools/small.json");
    await tab.waitForFunction(() => {
      const room = document.querySelector("risk-room") as RoomElement | null;
      return room?.request?.document.assets.length === 2;
    });
    const { request: onSmallPool } = await shownBy(tab);
    expect(onSmallPool.options.market.volatility).toEqual([0.5 * 1.5, 0.65 * 1.5]);
    expect(onSmallPool.document.assets[0]?.spot).toBe(40_000 * 0.9);
    await tab.close();
  });

  test("room: the latest of many quick moves is what is shown in the end", async () => {
    const tab = await rooms.opened();
    // All at once, so that most of them find a run under way.
    await tab.locator("#volatility").evaluate((element) => {
      const slider = element as HTMLInputElement;
      for (const value of [110, 150, 200, 260, 120]) {
        slider.value = String(value);
        slider.dispatchEvent(new Event("input"));
      }
    });
    const { request, valuation } = await shownBy(tab);
    expect(request.options.market.volatility).toEqual([0.5 * 1.2, 0.65 * 1.2]);
    // The engine names assets in the order of their ids.
    expect(valuation.market.volatility).toEqual([0.65 * 1.2, 0.5 * 1.2]);
    await tab.close();
  });

  test("room: a broken file shows its problems, and the pool before it stays", async () => {
    const tab = await rooms.opened();
    const before = await shownBy(tab);
    const drop = (name: string, text: string) =>
      tab.locator("input[type=file]").setInputFiles({
        name,
        mimeType: "application/json",
        buffer: Buffer.from(text),
      });
    await drop(
      "broken.json",
      small.replace('"spot": 2000', '"spot": -1').replace("2025-11-28", "2025-13-28"),
    );
    const problem = tab.locator("[role=alert]");
    await problem.waitFor();
    const text = (await problem.textContent()) ?? "";
    expect(text).toMatch(/broken\.json was not opened/);
    expect(text).toContain("/assets/1/spot");
    expect(text).toMatch(/Remedy\s*there is no such date or time/);
    expect(text).toMatch(/Expected\s*number > 0 \(pool currency per coin\)/);
    expect(text).toContain("number -1");
    expect(await shownBy(tab)).toEqual(before);
    // Without a market it waits for prices.
    const { market, ...bare } = JSON.parse(small);
    expect(market.model).toBe("student-t");
    await drop("bare.json", JSON.stringify(bare));
    await tab.locator("text=MARKET_MISSING").first().waitFor();
    await drop("prices.csv", example("prices.csv"));
    await problem.waitFor({ state: "detached" });
    const { request } = await shownBy(tab);
    expect(request.document.name).toBe("Small pool (synthetic)");
    expect(request.options.market.assets).toEqual(["ORB", "ETA"]);
    expect(request.options.market.volatility).not.toEqual(market.volatility);
    await tab.close();
  });

  test("room: saves what it shows", async () => {
    const tab = await rooms.opened();
    const { request, valuation } = await shownBy(tab);
    const saved = async (button: string): Promise<string> => {
      const [download] = await Promise.all([
        tab.waitForEvent("download"),
        tab
          .locator("header summary")
          .click()
          .then(() => tab.locator(button).click()),
      ]);
      return readFileSync(await download.path(), "utf8");
    };
    expect(JSON.parse(await saved("#save-result"))).toEqual(valuation);
    expect(JSON.parse(await saved("#save-pool"))).toEqual(request.document);
    expect(await saved("#save-report")).toBe(reportHtml(valuation));
    await tab.close();
  });

  test.each(["light", "dark"] as const)("room: axe finds nothing to mend, %s", async (scheme) => {
    const tab = await rooms.opened({ hash: "#volatility=150", scheme, pool: null });
    await tab.waitForFunction(() => {
      const room = document.querySelector("risk-room");
      return (room as unknown as { base: unknown }).base !== null;
    });
    expect(await faultsByAxe(tab)).toEqual([]);
    await tab.close();
  });

  test("room: has a theme of its own when it is told one", async () => {
    const tab = await rooms.opened();
    const paper = () =>
      tab.evaluate(() => {
        const room = document.querySelector("risk-room")!;
        return [room, document.documentElement].map(
          (each) => getComputedStyle(each).backgroundColor,
        );
      });
    const [white, black] = ["rgb(255, 255, 255)", "rgb(18, 23, 29)"];
    expect(await paper()).toEqual([white, white]);
    await tab.selectOption("#theme", "dark");
    expect(await paper()).toEqual([black, black]);
    await tab.selectOption("#theme", "");
    expect(await paper()).toEqual([white, white]);
    await tab.close();
  });

  test("room: is worked by the keyboard, and fits a narrow screen", async () => {
    const tab = await rooms.opened();
    await tab.setViewportSize({ width: 360, height: 740 });
    const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
    expect(wide).toBe(360);
    const toggle = tab.locator(".toggle");
    await toggle.focus();
    await tab.keyboard.press("Enter");
    expect(await toggle.getAttribute("aria-expanded")).toBe("true");
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("ArrowRight");
    expect((await shownBy(tab)).request.options.market.volatility).toEqual([
      0.5 * 1.05,
      0.65 * 1.05,
    ]);
    await tab.close();
  });

  test("room: through all of this the browser had nothing to complain of", () => {
    expect(rooms.spoken).toEqual([]);
  });
});
