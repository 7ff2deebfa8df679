// Method: everything that can be saved is saved in real Chromium under the page's policy and read by
// others: CSV by papaparse, SVG by the browser's XML parser on a blank page, PNG by its decoder.
import Papa from "papaparse";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportHtml } from "../../src/edge/report/report.ts";
import { loadSync } from "../../src/index.ts";
import {
  example,
  hasChromium,
  type Rooms,
  savedBy,
  shownBy,
  startRooms,
} from "../support/room-page.ts";

describe.skipIf(!hasChromium)("export in Chromium", () => {
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await startRooms("export");
  });
  afterAll(() => rooms?.close());

  /** Saves by the menu of a panel, with the keyboard alone. */
  const saved = (tab: Page, section: string, words: string) =>
    savedBy(tab, async () => {
      const panel = tab.locator(".panel", { has: tab.locator(`section#${section}`) });
      await panel.locator(".panel-menu summary").focus();
      await tab.keyboard.press("Enter");
      const button = panel.getByRole("button", { name: words });
      for (let i = 0; i < 10; i++) {
        await tab.keyboard.press("Tab");
        if (await button.evaluate((each) => each.matches(":focus"))) break;
      }
      await tab.keyboard.press("Enter");
    });

  test("export: tables as CSV with the valuation's digits", async () => {
    const tab = await rooms.opened();
    const { valuation } = await shownBy(tab);
    const table = async (section: string) => {
      const { name, bytes } = await saved(tab, section, "Table as CSV");
      const { data } = Papa.parse<Record<string, string>>(`${bytes}`, {
        header: true,
        skipEmptyLines: true,
      });
      return { name, data };
    };
    const levels = await table("loss");
    expect(levels.name).toBe("levels.csv");
    expect(levels.data.map((row) => Number(row["ES (USD)"]))).toEqual(
      valuation.risk.levels.map(({ expectedShortfall }) => expectedShortfall.value),
    );
    const layers = await table("capital");
    expect(layers.data.slice(0, -1).map((row) => Number(row["Capacity (USD)"]))).toEqual(
      valuation.waterfall.layers.map(({ capacity }) => capacity),
    );
    const contributions = await table("contributions");
    expect(contributions.data.map((row) => Number(row["Contribution (USD)"]))).toEqual(
      valuation.contributions.rows.map(({ contribution }) => contribution.value),
    );
    const exposures = await table("exposure");
    expect(exposures.data.map((row) => Number(row["Delta (coins)"]))).toEqual(
      valuation.exposures.map(({ deltaCoins }) => deltaCoins),
    );
    // After a move the menu saves what is shown then.
    await tab.locator("#volatility").fill("200");
    const { valuation: moved } = await shownBy(tab);
    const again = await table("loss");
    expect(Number(again.data[0]?.["ES (USD)"])).toBe(moved.risk.levels[0]!.expectedShortfall.value);
    await tab.close();
  });

  test("export: a name that begins like a formula is none in the table", async () => {
    const pool = example("small-pool.json").replace('"provider": "', '"provider": "=1+2, ');
    const tab = await rooms.opened({ pool });
    const { bytes } = await saved(tab, "capital", "Table as CSV");
    expect(`${bytes}`).toContain("\"'=1+2, ");
    await tab.close();
  });

  test.each(["light", "dark"] as const)("export: charts stand alone, %s", async (theme) => {
    const tab = await rooms.opened();
    await tab.selectOption("#theme", theme);
    const svg = `${(await saved(tab, "capital", "Chart as SVG")).bytes}`;
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    expect(svg).not.toMatch(/var\(|class=|light-dark|<style/);
    const paper = theme === "light" ? "rgb(255, 255, 255)" : "rgb(18, 23, 29)";
    expect(svg).toContain(`fill="${paper}"`);
    expect(svg).toContain(
      theme === "light" ? 'fill="rgb(27, 88, 166)"' : 'fill="rgb(130, 180, 245)"',
    );
    const { bytes } = await saved(tab, "capital", "Chart as PNG");
    // Width and height of a PNG stand in its first chunk; two pixels to a unit.
    const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? [];
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([
      Number(width) * 2,
      Number(height) * 2,
    ]);
    // Both drawn on a blank page: the same picture, and not a blank one.
    const blank = await rooms.browser.newPage();
    const { parsed, ink, differing } = await blank.evaluate(
      async ([svg, png]) => {
        const parsed = new DOMParser().parseFromString(svg!, "image/svg+xml");
        const draw = async (source: string) => {
          const image = new Image();
          image.src = source;
          await image.decode();
          const canvas = document.createElement("canvas");
          canvas.width = 760;
          canvas.height = 300;
          const context = canvas.getContext("2d")!;
          context.drawImage(image, 0, 0, 760, 300);
          return context.getImageData(0, 0, 760, 300).data;
        };
        const one = await draw(
          `data:image/svg+xml;base64,${btoa(unescape(encodeURIComponent(svg!)))}`,
        );
        const two = await draw(`data:image/png;base64,${png}`);
        let ink = 0;
        let differing = 0;
        for (let i = 0; i < one.length; i += 4) {
          if (Math.abs(one[i]! - one[0]!) > 40) ink++;
          if (Math.abs(one[i]! - two[i]!) > 64) differing++;
        }
        const isSound = parsed.querySelector("parsererror") === null;
        return { parsed: isSound, ink: ink / 228_000, differing: differing / 228_000 };
      },
      [svg, bytes.toString("base64")] as const,
    );
    expect(parsed).toBe(true);
    expect(ink).toBeGreaterThan(0.01);
    expect(differing).toBeLessThan(0.01);
    await blank.close();
    // Small multiples are one picture.
    const multiples = `${(await saved(tab, "exposure", "Chart as SVG")).bytes}`;
    expect(multiples.match(/<svg /g)?.length).toBe(3);
    await tab.close();
  });

  test("export: request and report; the request repeats the run, the report has the theme", async () => {
    const tab = await rooms.opened({ hash: "#horizon=5" });
    const { valuation } = await shownBy(tab);
    const byMenu = (id: string) =>
      savedBy(tab, async () => {
        await tab.locator("header summary").click();
        await tab.locator(id).click();
      });
    const { document, options } = JSON.parse(`${(await byMenu("#save-request")).bytes}`);
    const again = await loadSync().value(document, { ...options, seed: BigInt(options.seed) });
    expect(again.risk).toEqual(valuation.risk);
    await tab.selectOption("#theme", "dark");
    const report = `${(await byMenu("#save-report")).bytes}`;
    expect(report).toBe(reportHtml(valuation, "dark"));
    const paper = async (html: string) => {
      const page = await rooms.browser.newPage({ colorScheme: "light" });
      await page.setContent(html);
      const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await page.close();
      return colour;
    };
    expect(await paper(report)).toBe("rgb(18, 23, 29)");
    expect(await paper(reportHtml(valuation, "light"))).toBe("rgb(255, 255, 255)");
    await tab.close();
  });

  test("export: a menu closes by Escape and gives the focus back", async () => {
    const tab = await rooms.opened();
    const summary = tab.locator(".panel-menu summary").first();
    await summary.focus();
    await tab.keyboard.press("Enter");
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Escape");
    expect(await tab.locator("details.menu[open]").count()).toBe(0);
    expect(await summary.evaluate((each) => each.matches(":focus"))).toBe(true);
    await tab.close();
  });

  test("theme: is remembered for the next visit, and does without a memory", async () => {
    const context = await rooms.browser.newContext({ colorScheme: "light" });
    const tab = await rooms.opened({ context });
    await tab.selectOption("#theme", "dark");
    await tab.close();
    const paper = (page: Page) =>
      page.evaluate(() => {
        const room = document.querySelector("risk-room")!;
        return [room, document.documentElement].map(
          (each) => getComputedStyle(each).backgroundColor,
        );
      });
    const next = await rooms.opened({ context });
    expect(await next.locator("#theme").inputValue()).toBe("dark");
    expect(await paper(next)).toEqual(["rgb(18, 23, 29)", "rgb(18, 23, 29)"]);
    await next.selectOption("#theme", "");
    await next.close();
    await context.addInitScript(() => {
      Object.defineProperty(window, "localStorage", {
        get: () => {
          throw new DOMException("refused", "SecurityError");
        },
      });
    });
    const refused = await rooms.opened({ context });
    expect(await paper(refused)).toEqual(["rgb(255, 255, 255)", "rgb(255, 255, 255)"]);
    await refused.selectOption("#theme", "dark");
    expect((await paper(refused))[0]).toBe("rgb(18, 23, 29)");
    await context.close();
  });

  test("theme: colours and font are custom properties of the page", async () => {
    const tab = await rooms.opened();
    const style = await tab.evaluate(() => {
      const room = document.querySelector("risk-room") as HTMLElement;
      room.style.setProperty("--risk-room-paper", "rgb(1, 2, 3)");
      room.style.setProperty("--risk-room-accent", "rgb(4, 5, 6)");
      room.style.setProperty("--risk-room-font", "monospace");
      const { backgroundColor, fontFamily } = getComputedStyle(room);
      const lead = room.shadowRoot!.querySelector("#es")!;
      const tinted = room.shadowRoot!.querySelector(".heat td[style]")!;
      return [
        ...[backgroundColor, fontFamily, getComputedStyle(lead).color],
        getComputedStyle(tinted).backgroundColor,
      ];
    });
    expect(style.slice(0, 3)).toEqual(["rgb(1, 2, 3)", "monospace", "rgb(4, 5, 6)"]);
    expect(style[3]).toMatch(/^color\(srgb 0\.01\d+ 0\.01\d+ 0\.02\d+ \/ 0\.\d+\)$/);
    await tab.close();
  });

  test("export: the browser had nothing to complain of", () => {
    expect(rooms.spoken).toEqual([]);
  });
});
