// Method: the report's drawings as Chromium paints them, held against pictures that are kept. Letters
// are left out, as fonts differ between machines; both are looked at a quarter of the size, as the
// edges of shapes do. PICTURES=write keeps what is painted now.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportHtml } from "../../src/edge/report/report.ts";
import type { PoolValuation } from "../../src/index.ts";
import { chromiumPath, hasChromium } from "../support/room-page.ts";
import { sampleValuation } from "../support/sample-valuation.ts";

const folder = new URL("picture/", import.meta.url);
const isWriting = process.env["PICTURES"] === "write";
/** Part of the picture that may look different. */
const DIFFERENT_MAX = 0.002;

type Scheme = "light" | "dark";

describe.skipIf(!hasChromium)("pictures in Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
  });
  afterAll(() => browser?.close());

  /** All drawings of a report, one beneath the other. */
  async function pictureOf(valuation: PoolValuation, scheme: Scheme): Promise<Buffer> {
    const tab = await browser.newPage({
      colorScheme: scheme,
      viewport: { width: 680, height: 900 },
    });
    await tab.setContent(reportHtml(valuation));
    await tab.addStyleTag({
      content: "svg{display:block;width:640px!important;height:auto!important}svg text{opacity:0}",
    });
    const count = await tab.evaluate(() => {
      const drawings = Array.from(document.querySelectorAll("svg"));
      document.body.replaceChildren(...drawings);
      return drawings.length;
    });
    expect(count).toBeGreaterThanOrEqual(3);
    const picture = await tab.screenshot({ fullPage: true });
    await tab.close();
    return picture;
  }

  /** Part of two pictures that looks different; 1 where their sizes do. */
  async function difference(one: Buffer, other: Buffer): Promise<number> {
    const tab = await browser.newPage();
    const pictures = [one, other].map((png) => `data:image/png;base64,${png.toString("base64")}`);
    const part = await tab.evaluate(async ([first, second]) => {
      const pixels = async (address: string) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        const width = Math.round(image.width / 4);
        const height = Math.round(image.height / 4);
        const canvas = new OffscreenCanvas(width, height);
        const context = canvas.getContext("2d")!;
        context.imageSmoothingQuality = "high";
        context.drawImage(image, 0, 0, width, height);
        return { width, height, data: context.getImageData(0, 0, width, height).data };
      };
      const [a, b] = [await pixels(first!), await pixels(second!)];
      if (a.width !== b.width || a.height !== b.height) return 1;
      let different = 0;
      for (let i = 0; i < a.data.length; i += 4) {
        const apart = [0, 1, 2].map((k) => Math.abs(a.data[i + k]! - b.data[i + k]!));
        if (Math.max(...apart) > 24) different++;
      }
      return different / (a.data.length / 4);
    }, pictures);
    await tab.close();
    return part;
  }

  test.each(["light", "dark"] as const)("picture: the report's drawings, %s", async (scheme) => {
    const file = new URL(`report-${scheme}.png`, folder);
    const painted = await pictureOf(sampleValuation, scheme);
    if (isWriting) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, painted);
    }
    expect(existsSync(file)).toBe(true);
    expect(await difference(painted, readFileSync(file))).toBeLessThan(DIFFERENT_MAX);
  });

  test("picture: other losses and another theme are told apart", async () => {
    const { risk } = sampleValuation;
    const { edges, counts } = risk.histogram;
    const moved = counts.map((_, i) => counts[(i + 3) % counts.length]!);
    const histogram = { edges, counts: moved };
    const other = { ...sampleValuation, risk: { ...risk, histogram } };
    const painted = await pictureOf(sampleValuation, "light");
    expect(await difference(painted, await pictureOf(other, "light"))).toBeGreaterThan(
      DIFFERENT_MAX,
    );
    expect(await difference(painted, await pictureOf(sampleValuation, "dark"))).toBeGreaterThan(
      0.5,
    );
  });
});
