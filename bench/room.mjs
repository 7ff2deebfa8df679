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

/** 1,000 European options of 200 members on eight correlated assets, none expiring within the horizon. */
function plainPool() {
  const assets = Array.from({ length: 8 }, (_, i) => `A${i}`);
  let state = 12345;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const participants = Array.from({ length: 200 }, (_, i) => ({ id: `m${i}`, margin: "isolated" }));
  return {
    ...{
      format: "riskpool",
      version: 1,
      name: "1,000 options, 8 assets",
      asOf: "2026-06-01T08:00Z",
    },
    currency: { code: "USD", decimals: 2 },
    assets: assets.map((id, i) => ({ id, spot: 10 * (i + 1) })),
    participants,
    options: Array.from({ length: 1000 }, (_, i) => {
      const month = String(7 + Math.floor(5 * uniform())).padStart(2, "0");
      const day = String(1 + Math.floor(28 * uniform())).padStart(2, "0");
      return {
        ...{ id: `o${i}`, participant: participants[i % 200].id, asset: assets[i % 8] },
        ...{ type: uniform() < 0.5 ? "call" : "put", side: "long", settlement: "linear" },
        strike: Number((10 * ((i % 8) + 1) * (0.7 + 0.6 * uniform())).toFixed(2)),
        expiry: `2026-${month}-${day}T08:00Z`,
        quantity: Number((1 + 4 * uniform()).toFixed(3)),
        impliedVolatility: Number((0.5 + 0.4 * uniform()).toFixed(3)),
      };
    }),
    ...{ perpetuals: [], holdings: [], covers: [] },
    market: {
      ...{ model: "gbm", assets, volatility: assets.map((_, i) => 0.5 + 0.05 * i) },
      correlation: assets.map((_, i) => assets.map((__, j) => (i === j ? 1 : 0.6))),
    },
    waterfall: {
      layers: [
        { id: "first", order: 1, kind: "operator", provider: "operator", size: "500.00" },
        { id: "second", order: 2, kind: "reinsurance", provider: "reinsurer", size: "2000.00" },
      ],
      lastResort: {
        kind: "socialised",
        weights: participants.map(({ id }) => ({ participant: id, weight: 1 })),
      },
    },
  };
}

const plain = { name: "plain.json", mimeType: "application/json" };
plain.buffer = Buffer.from(JSON.stringify(plainPool()));

for (const pool of ["1,000 options", "pools/example.json", "pools/small.json"]) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(address);
  await page.waitForFunction(settled);
  if (pool.startsWith("pools/")) await page.selectOption("#pool", pool);
  else await page.setInputFiles("input[type=file]", plain);
  await page.waitForTimeout(200);
  await page.waitForFunction(settled);
  // The engine in the page's own thread is run in while nobody moves anything.
  await page.waitForTimeout(1500);
  // With the mouse, whose moves the browser hands out once a frame, as to a visitor.
  const { x, y, width, height } = await page.locator("#volatility").boundingBox();
  const at = (i) => [x + width * (0.3 + 0.02 * (i % 20)), y + height / 2];
  await page.mouse.move(...at(19));
  await page.mouse.down();
  for (let i = 0; i < moves; i++) {
    if (i === 5) await page.evaluate(() => performance.clearMeasures());
    await page.mouse.move(...at(i));
    await page.waitForFunction(settled);
    // What follows a full run begins 150 ms after the last move and is aborted by the next.
    await page.waitForTimeout(60);
  }
  await page.mouse.up();
  for (const pass of ["coarse", "coarse pictures", "full", "full pictures"]) {
    const times = await page.evaluate(
      (name) => performance.getEntriesByName(name).map(({ duration }) => duration),
      `room ${pass}`,
    );
    if (times.length === 0) continue;
    times.sort((a, b) => a - b);
    const [half, most] = [0.5, 0.95].map((each) => quantile(times, each).toFixed(0));
    console.log(`${pool} ${pass}: p50 ${half} ms, p95 ${most} ms (${times.length} moves)`);
  }
  await page.close();
}
await browser.close();
server.close();
