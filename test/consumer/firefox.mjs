// The risk room in Firefox, driven over WebDriver BiDi: it opens under its content security policy,
// gives the bits of Node, follows a slider, and the console stays empty.
//   node build.mjs && npm run firefox        FIREFOX_BIN says where the browser is
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { loadSync } from "../../dist/index.js";
import { buildRoom, serveRoom } from "../../src/edge/web/build.mjs";

const root = new URL("../../", import.meta.url);
const folder = new URL("build/web-firefox", root).pathname;
await buildRoom(folder);
const { server, address } = await serveRoom(folder);
const browser = await puppeteer.launch({
  browser: "firefox",
  executablePath: process.env.FIREFOX_BIN ?? "/usr/bin/firefox-esr",
  headless: true,
  defaultViewport: { width: 1440, height: 900 },
});

/** What the room asked for and what it shows, bigints as text. */
const shown = () => {
  const { request, valuation } = document.querySelector("risk-room");
  const plain = (_, value) => (typeof value === "bigint" ? `${value}n` : value);
  return JSON.stringify({ request, valuation }, plain);
};
const settled = () => document.querySelector("risk-room")?.settled === true;

try {
  console.log(await browser.version());
  const page = await browser.newPage();
  const spoken = [];
  page.on("console", (message) => {
    if (["error", "warn", "assert"].includes(message.type())) spoken.push(message.text());
  });
  page.on("pageerror", (error) => spoken.push(String(error)));
  const engine = loadSync();

  /** Compares what the page shows with what Node computes of the same request. */
  const compare = async (what) => {
    await page.waitForFunction(settled, { timeout: 60_000 });
    const { request, valuation } = JSON.parse(await page.evaluate(shown));
    const seed = BigInt(request.options.seed.slice(0, -1));
    const own = await engine.value(request.document, { ...request.options, seed });
    const plain = (value) => JSON.parse(JSON.stringify(value));
    assert.deepEqual(valuation, plain(own), what);
    console.log(`${what}: the bits of Node, ES ${own.risk.levels[1].expectedShortfall.value}`);
    return valuation;
  };

  await page.goto(address);
  const first = await compare("opened");
  assert.equal(first.risk.scenarios, 100_000);

  // A slider as a hand moves it, and then the keyboard.
  const slider = await page.evaluateHandle(() =>
    document.querySelector("risk-room").shadowRoot.querySelector("#volatility"),
  );
  const { x, y, width, height } = await slider.asElement().boundingBox();
  const volatility = () =>
    page.evaluate(() => document.querySelector("risk-room").controls.volatility);
  await page.mouse.click(x + 0.75 * width, y + height / 2);
  await page.waitForFunction(() => document.querySelector("risk-room").controls.volatility > 150);
  const byHand = await volatility();
  await page.keyboard.press("ArrowRight");
  await page.waitForFunction(
    (before) => document.querySelector("risk-room").controls.volatility === before + 5,
    { timeout: 10_000 },
    byHand,
  );
  const moved = await compare("volatility moved");
  assert.notEqual(moved.risk.expectedLoss.value, first.risk.expectedLoss.value);
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "RISK-ROOM");

  // A file, read in the tab.
  const small = readFileSync(new URL("examples/small-pool.json", root), "utf8");
  await page.evaluate((text) => {
    const room = document.querySelector("risk-room");
    return room.openFiles([new File([text], "small.json")]);
  }, small);
  const opened = await compare("file opened");
  assert.equal(opened.pool.name, "Small pool (synthetic)");

  // A chart as PNG, under the policy.
  const [kind, bytes] = await page.evaluate(async () => {
    const make = URL.createObjectURL;
    const kept = [];
    URL.createObjectURL = (blob) => {
      kept.push(blob);
      return make.call(URL, blob);
    };
    const root = document.querySelector("risk-room").shadowRoot;
    const buttons = [...root.querySelectorAll(".panel-menu button")];
    buttons.find((each) => each.textContent.includes("PNG")).click();
    while (!kept.some((blob) => blob.type === "image/png")) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const png = kept.find((blob) => blob.type === "image/png");
    return [png.type, png.size];
  });
  assert.equal(kind, "image/png");
  assert.ok(bytes > 5_000, `PNG of ${bytes} bytes`);

  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(widths[0] <= widths[1], `page is ${widths[0]} wide`);
  assert.deepEqual(spoken, []);
  console.log("Firefox: all as it should be");
} finally {
  await browser.close();
  server.close();
}
