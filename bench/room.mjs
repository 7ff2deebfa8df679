// How long the risk room takes from a slider's move to the painted answer, in Chromium.
//   node build.mjs && node src/edge/web/build.mjs --once && node bench/room.mjs [moves]
import { chromium } from "playwright-core";
import { serveRoom } from "../src/edge/web/build.mjs";

const moves = Number(process.argv[2] ?? 40);
const { server, address } = await serveRoom();
const browser = await chromium.launch({
  executablePath: process.env.CHROME_BIN ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});

const settled = () => document.querySelector("risk-room")?.settled;

/** Milliseconds at a fraction of the sorted times. */
const quantile = (sorted, fraction) => sorted[Math.ceil(fraction * sorted.length) - 1];

for (const pool of ["pools/example.json", "pools/small.json"]) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  await page.waitForFunction(settled);
  await page.selectOption("#pool", pool);
  await page.waitForTimeout(200);
  await page.waitForFunction(settled);
  for (let i = 0; i < moves; i++) {
    if (i === 2) await page.evaluate(() => performance.clearMeasures());
    await page.locator("#volatility").fill(String(80 + 5 * (i % 20)));
    await page.waitForFunction(settled);
    await page.waitForTimeout(60);
  }
  for (const pass of ["coarse", "coarse pictures", "full", "full pictures"]) {
    const times = await page.evaluate(
      (name) => performance.getEntriesByName(name).map(({ duration }) => duration),
      `room ${pass}`,
    );
    times.sort((a, b) => a - b);
    const [half, most] = [0.5, 0.95].map((each) => quantile(times, each).toFixed(0));
    console.log(`${pool} ${pass}: p50 ${half} ms, p95 ${most} ms (${times.length} moves)`);
  }
  await page.close();
}
await browser.close();
server.close();
