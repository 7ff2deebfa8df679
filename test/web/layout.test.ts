// Method: fonts differ between machines, so of what has letters no picture is kept, but the boxes that
// Chromium laid out (picture.test.ts has drawings). Room and report at the widths of phones, tablets, laptops and walls (720 px is also a screen of
// 1440 px at twice the size): nothing wider than the page, no label upon another or outside of its
// drawing, nothing to hit that is too small, and a focus that can be seen.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportHtml } from "../../src/edge/report/report.ts";
import { pricedPool } from "../../src/edge/web/intake.ts";
import { example, hasChromium, type Rooms, settled, startRooms } from "../support/room-page.ts";
import { sampleValuation } from "../support/sample-valuation.ts";

const WIDTHS = [360, 720, 768, 1024, 1440, 1920];
const pool = JSON.stringify(pricedPool(example("pool.json"), example("prices.csv")));

/** What is wrong with the boxes of a page, in words. */
function faults(tab: Page): Promise<string[]> {
  return tab.evaluate(() => {
    const room = document.querySelector("risk-room");
    const root: ParentNode = room?.shadowRoot ?? document;
    const found: string[] = [];
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) found.push(`page is ${scrollWidth} wide`);
    const name = (each: Element): string => `${each.tagName} ${each.textContent?.slice(0, 30)}`;
    for (const drawing of root.querySelectorAll("svg")) {
      const frame = drawing.getBoundingClientRect();
      if (frame.width === 0) continue;
      const texts = Array.from(drawing.querySelectorAll("text"), (text) => ({
        text,
        box: text.getBoundingClientRect(),
      }));
      // A mark may pass behind the name of a bar, which has a halo; never through a figure.
      for (const mark of drawing.querySelectorAll("line.mark")) {
        const { left, top, bottom } = mark.getBoundingClientRect();
        for (const { text, box } of texts) {
          const isFigure = text.getAttribute("text-anchor") === "end" && !text.matches(".strong");
          const isCrossed = left > box.left && left < box.right && top < box.bottom;
          if (isFigure && isCrossed && bottom > box.top) found.push(`crossed: ${name(text)}`);
        }
      }
      texts.forEach(({ text, box }, i) => {
        const isOut = box.left < frame.left - 3 || box.right > frame.right + 3;
        if (isOut) found.push(`outside: ${name(text)}`);
        for (const other of texts.slice(i + 1)) {
          const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
          const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
          // Boxes are as high as a line, letters are not.
          if (across > 1 && down > 0.45 * box.height) {
            found.push(`upon each other: ${name(text)} | ${name(other.text)}`);
          }
        }
      });
    }
    for (const each of root.querySelectorAll("button,select,summary,input,.file")) {
      const { width, height } = each.getBoundingClientRect();
      const isHidden = width <= 1 || (each as HTMLInputElement).type === "file";
      if (!isHidden && (width < 24 || height < 24)) {
        found.push(`small: ${each.id || name(each)} ${width} x ${height}`);
      }
    }
    return found;
  });
}

/** Draws what is out of sight too. */
const unfold = (tab: Page): Promise<void> =>
  tab.evaluate(() => {
    const root = document.querySelector("risk-room")!.shadowRoot!;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".panel{content-visibility:visible!important}");
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  });

describe.skipIf(!hasChromium)("layout in Chromium", () => {
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await startRooms("layout");
  });
  afterAll(() => rooms?.close());

  test.each([
    ["as it opens", ""],
    ["with ES far to the right", "#volatility=300&horizon=30"],
    [
      "with hardly any capital",
      "#volatility=200&layer.operator-first-loss=10&layer.reinsurance=10",
    ],
  ])("layout: the room at every width, %s", async (_, hash) => {
    const tab = await rooms.opened({ pool, hash });
    await unfold(tab);
    for (const width of WIDTHS) {
      await tab.setViewportSize({ width, height: 900 });
      expect([width, await faults(tab)]).toEqual([width, []]);
    }
    await tab.close();
  });

  test("layout: the report at every width", async () => {
    const tab = await rooms.browser.newPage();
    await tab.setContent(reportHtml(sampleValuation));
    for (const width of WIDTHS) {
      await tab.setViewportSize({ width, height: 900 });
      expect([width, await faults(tab)]).toEqual([width, []]);
    }
    await tab.close();
  });

  test("layout: the controls are all there at the narrowest width, and errors fit", async () => {
    const tab = await rooms.opened({ pool });
    await tab.setViewportSize({ width: 360, height: 740 });
    await tab.locator(".toggle").click();
    await tab.locator("#horizon-typed").fill("one-word-that-is-far-too-long-for-a-column");
    await tab.locator("#horizon-typed").press("Enter");
    await unfold(tab);
    expect(await faults(tab)).toEqual([]);
    await tab.close();
  });

  test("layout: the focus can be seen wherever the keyboard goes", async () => {
    const tab = await rooms.opened();
    const unseen: string[] = [];
    for (let i = 0; i < 40; i++) {
      await tab.keyboard.press("Tab");
      const fault = await tab.evaluate(() => {
        const focused = document.querySelector("risk-room")!.shadowRoot!.activeElement;
        if (!focused) return "";
        const isFile = (focused as HTMLInputElement).type === "file";
        const { outlineStyle, outlineWidth } = getComputedStyle(
          isFile ? focused.parentElement! : focused,
        );
        const isSeen = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
        return isSeen ? "" : `${focused.tagName} ${focused.id}`;
      });
      if (fault) unseen.push(fault);
    }
    expect(unseen).toEqual([]);
    await tab.close();
  });

  test("layout: nothing moves for those who asked for less motion", async () => {
    const context = await rooms.browser.newContext({ reducedMotion: "reduce" });
    const tab = await rooms.opened({ context });
    const moving = await tab.evaluate(() =>
      Array.from(document.querySelector("risk-room")!.shadowRoot!.querySelectorAll("*"))
        .filter((each) => {
          const { transitionDuration, animationName } = getComputedStyle(each);
          return transitionDuration !== "0s" || animationName !== "none";
        })
        .map((each) => each.tagName),
    );
    expect(moving).toEqual([]);
    await context.close();
  });

  test("layout: the first number is there with the coarse run, before the pictures", async () => {
    const tab = await rooms.opened({ pool });
    await tab.waitForFunction(() => performance.getEntriesByName("room full pictures").length > 0);
    const ends = await tab.evaluate(() =>
      ["room coarse", "room full pictures"].map((name) => {
        const [first] = performance.getEntriesByName(name);
        return first ? first.startTime + first.duration : Number.NaN;
      }),
    );
    expect(ends[0]).toBeLessThan(ends[1]!);
    // 0.3 s on an idle machine; the bound is for one that is shared.
    expect(ends[0]).toBeLessThan(5_000);
    await settled(tab);
    await tab.close();
  });
});
