// Many moves of the risk room in one tab of Chromium: what the page holds of memory before and after,
// when its rubbish was collected, what the whole process holds, and for how long a move keeps the main
// thread. Ends with 1 where a heap went on to grow after the first
// tenth of the moves.
//   node build.mjs kernel && node test/battery/room.mjs          10,000 moves
//   node build.mjs kernel && node test/battery/room.mjs 500
import { readFileSync, rmSync } from "node:fs";
import { chromium } from "playwright-core";
import { buildRoom, serveRoom } from "../../src/edge/web/build.mjs";

const moves = Number(process.argv[2] ?? 10_000);
const WARM = 100;
const ROUNDS = 10;
const folder = new URL(`../../build/web-battery-${process.pid}`, import.meta.url).pathname;
await buildRoom(folder);
const { server, address } = await serveRoom(folder);
const browser = await chromium.launch({
  executablePath: process.env.CHROME_BIN ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const tab = await browser.newPage({ viewport: { width: 1440, height: 900 } });
await tab.addInitScript(() => {
  // Long tasks as the browser counts them, and how long the thread does not come round.
  globalThis.held = { long: [], gaps: [] };
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) globalThis.held.long.push(duration);
  }).observe({ entryTypes: ["longtask"] });
  globalThis.listen = () => {
    const { port1, port2 } = new MessageChannel();
    let last = performance.now();
    port1.onmessage = () => {
      const now = performance.now();
      if (now - last > 16) globalThis.held.gaps.push(now - last);
      last = now;
      if (globalThis.held.isOn) port2.postMessage(0);
    };
    globalThis.held.isOn = true;
    port2.postMessage(0);
  };
});
await tab.goto(address);
const settled = () => document.querySelector("risk-room")?.settled;
await tab.waitForFunction(settled);
await tab.selectOption("#pool", "pools/small.json");
await tab.waitForTimeout(500);
await tab.waitForFunction(settled);

/** Moves the volatility so many times, each when the one before has been answered and drawn. */
const move = (times) =>
  tab.evaluate(async (times) => {
    const room = document.querySelector("risk-room");
    const slider = room.shadowRoot.querySelector("#volatility");
    for (let i = 0; i < times; i++) {
      const answered = new Promise((resolve) =>
        room.addEventListener("valuation", resolve, { once: true }),
      );
      slider.value = String(100 + 5 * (1 + (i % 20)));
      slider.dispatchEvent(new Event("input"));
      await answered;
    }
  }, times);

const client = await tab.context().newCDPSession(tab);
await client.send("Performance.enable");
const all = await browser.newBrowserCDPSession();

/** The workers, each a target of its own: how to ask one and hear what it answers. */
const workers = new Set();
client.on("Target.attachedToTarget", ({ sessionId }) => workers.add(sessionId));
await client.send("Target.setAutoAttach", {
  autoAttach: true,
  waitForDebuggerOnStart: false,
  flatten: false,
});
let asked = 0;
function askWorker(sessionId, method) {
  const id = ++asked;
  return new Promise((resolve) => {
    const hear = ({ sessionId: from, message }) => {
      const answer = JSON.parse(message);
      if (from !== sessionId || answer.id !== id) return;
      client.off("Target.receivedMessageFromTarget", hear);
      resolve(answer.result);
    };
    client.on("Target.receivedMessageFromTarget", hear);
    const message = JSON.stringify({ id, method });
    void client.send("Target.sendMessageToTarget", { sessionId, message });
  });
}

/** Heaps of the workers together, megabytes. */
async function weighWorkers() {
  let bytes = 0;
  for (const worker of workers) {
    await askWorker(worker, "HeapProfiler.collectGarbage");
    bytes += (await askWorker(worker, "Runtime.getHeapUsage")).usedSize;
  }
  return bytes / 2 ** 20;
}

/** What is held now, megabytes. */
async function weigh() {
  await tab.waitForFunction(settled);
  await tab.waitForTimeout(1_000);
  await client.send("HeapProfiler.collectGarbage");
  await client.send("HeapProfiler.collectGarbage");
  const { metrics } = await client.send("Performance.getMetrics");
  const of = (name) => metrics.find((each) => each.name === name)?.value ?? Number.NaN;
  const { processInfo } = await all.send("SystemInfo.getProcessInfo");
  let resident = 0;
  for (const { type, id } of processInfo) {
    if (type !== "renderer") continue;
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    resident = Math.max(resident, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  }
  const inWorkers = await weighWorkers();
  return { heap: of("JSHeapUsedSize") / 2 ** 20, inWorkers, nodes: of("Nodes"), resident };
}

const words = ({ heap, inWorkers, nodes, resident }) =>
  `heap ${heap.toFixed(2)} MB, of workers ${inWorkers.toFixed(2)} MB, ${nodes} nodes, process ${resident.toFixed(0)} MB`;
await move(WARM);
const before = await weigh();
console.log(`after ${WARM} moves: ${words(before)}`);
let early = before;
let after = before;
for (let round = 1; round <= ROUNDS; round++) {
  await move(Math.ceil(moves / ROUNDS));
  after = await weigh();
  if (round === 1) early = after;
  console.log(`after ${WARM + round * Math.ceil(moves / ROUNDS)} moves: ${words(after)}`);
}

await tab.evaluate(() => {
  globalThis.held.long.length = 0;
  globalThis.listen();
});
await move(50);
const { long, gaps } = await tab.evaluate(() => {
  globalThis.held.isOn = false;
  return globalThis.held;
});
const most = (list) => (list.length > 0 ? Math.max(...list).toFixed(0) : "0");
console.log(
  `50 moves: ${long.length} long tasks, longest ${most(long)} ms; main thread away for more than 16 ms ${gaps.length} times, longest ${most(gaps)} ms (by the clock, of a machine that does other things too)`,
);
await browser.close();
server.close();
rmSync(folder, { recursive: true });
// The first rounds compile and fill what is kept; a leak goes on after them.
const hasGrown = (pick) => pick(after) > pick(early) * 1.1 + 0.5;
process.exit(hasGrown(({ heap }) => heap) || hasGrown(({ inWorkers }) => inWorkers) ? 1 : 0);
