// Method: the views beside the valuation in real Chromium: their numbers are those of the engine in
// Node for the request that the room says it made; keys and pointers do what they should; axe looks at
// them in both themes, an explanation open.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LIVE_RULES, type RoomRequest } from "../../src/edge/web/controls.ts";
import { shockSetOf } from "../../src/edge/web/scenario.ts";
import type { StudyResult } from "../../src/edge/web/study.ts";
import { pathOptions } from "../../src/edge/web/study.ts";
import { loadSync, shockLosses } from "../../src/index.ts";
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

/** The component with what stands beside its valuation. */
interface Room extends RoomElement {
  readonly views: { readonly isIdle: boolean; resultOf(key: string): StudyResult | null };
}

/** The full run and everything that follows it have come in. */
const idle = (tab: Page): Promise<unknown> =>
  tab.waitForFunction(
    () => {
      const room = document.querySelector("risk-room") as unknown as Room | null;
      return room?.settled && room.views.isIdle;
    },
    null,
    { timeout: 60_000 },
  );

async function request(tab: Page): Promise<RoomRequest> {
  await idle(tab);
  return (await shownBy(tab)).request;
}

const resultOf = async (tab: Page, key: string): Promise<StudyResult | null> => {
  await idle(tab);
  return tab.evaluate(
    (name) => (document.querySelector("risk-room") as unknown as Room).views.resultOf(name),
    key,
  );
};

describe.skipIf(!hasChromium)("views of the room in Chromium", () => {
  let rooms: Rooms;
  beforeAll(async () => {
    rooms = await startRooms("views-test");
  });
  afterAll(() => rooms?.close());

  async function opened(...given: Parameters<Rooms["opened"]>): Promise<Page> {
    const tab = await rooms.opened(...given);
    await idle(tab);
    return tab;
  }

  test("views: rules, shocks and paths have the bits of Node", async () => {
    const tab = await opened({ hash: "#volatility=150&spot.ORB=-10" });
    const { document, options } = await request(tab);
    const engine = loadSync();
    const rules = LIVE_RULES.map((rule) => ({ rule }));
    const { worstPaths, ...asked } = options;
    expect(worstPaths).toBe(10);
    expect(await resultOf(tab, "rules")).toEqual({
      name: "rules",
      allocations: await engine.allocate(document, { ...asked, rules }),
    });
    const { shocks } = shockSetOf(document);
    const losses = await shockLosses(document, shocks);
    expect(await resultOf(tab, "shocks")).toEqual({ name: "shocks", losses });
    const { samplePaths } = await engine.value(document, pathOptions({ document, options }));
    expect(await resultOf(tab, "paths")).toEqual({ name: "paths", paths: samplePaths });
    await tab.locator("#shocks").scrollIntoViewIfNeeded();
    const first = await tab.locator("table.shocks tbody td").first().textContent();
    const loss = losses[0]!.loss / 1000;
    expect(first!.replace("\u2212", "-")).toMatch(new RegExp(`^${loss.toFixed(1)}`));
    await tab.close();
  });

  test("views: the worst scenarios are those of the run, with what the loss reaches", async () => {
    const tab = await opened();
    const { document, options } = await request(tab);
    const { worstPaths } = await loadSync().value(document, options);
    const rows = tab.locator("#worst tbody tr");
    await rows.first().scrollIntoViewIfNeeded();
    expect(await rows.count()).toBe(10);
    const cells = await rows.first().locator("th,td").allTextContents();
    const { scenarios, losses, prices } = worstPaths!;
    expect(Number(cells[0]!.replaceAll(",", ""))).toBe(scenarios[0]);
    expect(Number(cells[1])).toBeCloseTo(losses[0]! / 1000, 1);
    const change = prices[0]![0]!.at(-1)! / 2000 - 1;
    expect(Number(cells[2]!.replace("\u2212", "-").replace(/[^\d.-]/g, ""))).toBeCloseTo(
      100 * change,
      1,
    );
    await tab.close();
  });

  test("views: a figure explains itself to the keyboard, and Escape closes it", async () => {
    const tab = await opened();
    const term = tab.locator("#headline button.term").first();
    await term.focus();
    const box = tab.locator(".explanation");
    await box.waitFor();
    expect(await term.getAttribute("aria-describedby")).toBe("explanation");
    const { risk } = await tab.evaluate(
      () => (document.querySelector("risk-room") as unknown as Room).valuation!,
    );
    const text = (await box.textContent())!.replaceAll("\u00a0", " ");
    expect(text).toContain("Expected shortfall 97.5 %");
    expect(text).toContain(`${(risk.scenarios / 1000).toFixed(0)},000`);
    // The link is next in the order of focus, and leads to the method without touching the address.
    await tab.keyboard.press("Tab");
    const focused = () =>
      tab.evaluate(() => document.querySelector("risk-room")!.shadowRoot!.activeElement?.outerHTML);
    expect(await focused()).toMatch(/^<a href="#method-shortfall"/);
    expect(await box.isVisible()).toBe(true);
    await tab.keyboard.press("Escape");
    await box.waitFor({ state: "detached" });
    expect(await focused()).toMatch(/data-term="shortfall"/);
    await tab.keyboard.press("Enter");
    await box.waitFor();
    await tab.keyboard.press("Tab");
    await tab.keyboard.press("Enter");
    await box.waitFor({ state: "detached" });
    expect(await focused()).toMatch(/^<li id="method-shortfall"/);
    expect(new URL(tab.url()).hash).toBe("");
    await tab.close();
  });

  test("views: a name keeps the focus while the figures under it are renewed", async () => {
    const tab = await opened();
    await tab.locator("#capital [data-term=exhausted]").focus();
    await tab.locator(".explanation").waitFor();
    const before = await tab.locator(".explanation dd").first().textContent();
    await tab.evaluate(() => {
      location.hash = "#volatility=200";
    });
    await tab.waitForFunction(
      () => {
        const room = document.querySelector("risk-room") as unknown as Room;
        const { market } = room.request?.options ?? {};
        return room.settled && market?.volatility[0] === 1;
      },
      null,
      { timeout: 20_000 },
    );
    await tab.waitForTimeout(300);
    const focused = await tab.evaluate(() => {
      const { activeElement } = document.querySelector("risk-room")!.shadowRoot!;
      return (activeElement as HTMLElement | null)?.dataset["term"];
    });
    expect(focused).toBe("exhausted");
    // And what is said is what is now on show.
    const after = await tab.locator(".explanation dd").first().textContent();
    expect(after).not.toBe(before);
    await tab.close();
  });

  test("views: a figure explains itself to the pointer, which may rest on the words", async () => {
    const tab = await opened();
    const term = tab.locator("button.term[data-term=hit]");
    await term.scrollIntoViewIfNeeded();
    await term.hover();
    const box = tab.locator(".explanation");
    await box.waitFor();
    const { valuation, words } = await tab.evaluate(() => ({
      valuation: (document.querySelector("risk-room") as unknown as Room).valuation!,
      words: document.querySelector("risk-room")!.shadowRoot!.querySelector(".explanation")!
        .textContent,
    }));
    for (const { id, hit } of valuation.waterfall.layers) {
      expect(words).toContain(id);
      const figures = (hit.value * 100).toFixed(6).slice(0, 3);
      expect(words).toContain(figures);
    }
    await box.hover();
    await tab.waitForTimeout(500);
    expect(await box.isVisible()).toBe(true);
    await tab.mouse.move(1, 1);
    await box.waitFor({ state: "detached" });
    await tab.close();
  });

  test("views: a correlation is set by the keyboard, stands in the address, and goes again", async () => {
    const tab = await opened();
    const cell = tab.locator("input[data-pair='ETA~ORB']");
    await cell.scrollIntoViewIfNeeded();
    await cell.focus();
    await tab.keyboard.press("ArrowUp");
    await tab.keyboard.press("Tab");
    expect((await request(tab)).options.market.correlation[0]).toEqual([1, 0.81]);
    await tab.waitForFunction(() => location.hash === "#pair.ETA%7EORB=81");
    const other = await opened({ hash: "#pair.ETA%7EORB=-40" });
    expect((await request(other)).options.market.correlation[1]).toEqual([-0.4, 1]);
    expect((await request(other)).options.market.repair).toBe("nearest");
    await other.close();
    await cell.fill("7");
    await cell.press("Enter");
    const wrong = tab.locator("#correlation-wrong");
    expect(await wrong.textContent()).toMatch(/lies between −0.99 and 0.99; the run keeps 0.81/);
    expect(await cell.getAttribute("aria-invalid")).toBe("true");
    await tab.locator("#as-fitted").click();
    expect((await request(tab)).options.market.correlation[0]).toEqual([1, 0.8]);
    await tab.waitForFunction(() => location.hash === "");
    await tab.close();
  });

  test("views: a slow rule comes when it is asked for, in order, and can be withdrawn", async () => {
    const tab = await opened({ pool: null });
    const table = tab.locator("#rules table");
    await table.scrollIntoViewIfNeeded();
    expect(await table.locator("thead th").count()).toBe(1 + LIVE_RULES.length);
    await tab.locator("[data-rule=shapley]").click();
    // At once: while the page still moves, the answer would come before a pointer could be there.
    await tab.locator("[data-cancel=shapley]").dispatchEvent("click");
    await idle(tab);
    expect(await resultOf(tab, "rule shapley")).toBeNull();
    await tab.locator("[data-rule=stand-alone]").click();
    await tab.locator("[data-sort=stand-alone]").waitFor();
    const found = await resultOf(tab, "rule stand-alone");
    if (found?.name !== "rules") throw new Error("no answer");
    await tab.locator("[data-sort=stand-alone]").click();
    expect(await table.locator("tbody tr").count()).toBe(21);
    await tab.locator("#all-rules").click();
    const ids = await table.locator("tbody th").allTextContents();
    const ranked = [...found.allocations[0]!.rows].sort(
      (a, b) => b.contribution.value - a.contribution.value || (a.id < b.id ? -1 : 1),
    );
    expect(ids).toEqual([...ranked.map(({ id }) => id), "Total"]);
    expect(await tab.locator("th[aria-sort=descending]").textContent()).toMatch(/Stand-alone/);
    // The next move leaves the answer on show and says that it is an earlier one.
    await tab.locator("#volatility").fill("120");
    await tab.locator("#rules.late").waitFor();
    await tab.locator("[data-rule=stand-alone]").waitFor();
    await tab.close();
  });

  test("views: a quote says what Node says, and a wrong one what is wrong", async () => {
    const tab = await opened();
    await tab.locator("#ask-quote").scrollIntoViewIfNeeded();
    await tab.locator("[name=quantity]").fill("2.5");
    await tab.locator("[name=quantity]").press("Tab");
    await tab.locator("#ask-quote").click();
    await tab.locator("#quoted").waitFor();
    const found = await resultOf(tab, "quote");
    const { document, options } = await request(tab);
    const { worstPaths, ...asked } = options;
    expect(worstPaths).toBe(10);
    const option = {
      id: "quoted-option",
      participant: "ada",
      asset: "ORB",
      type: "put",
      side: "long",
      strike: 36_000,
      expiry: "2025-11-28T08:00Z",
      quantity: 2.5,
      settlement: "linear",
      impliedVolatility: 0.55,
    } as const;
    const quote = await loadSync().quote(document, { option }, asked);
    expect(found).toEqual({ name: "quote", quote });
    expect(await tab.locator("#quoted").textContent()).toContain(
      quote.price!.amount.replace("-", ""),
    );
    await tab.selectOption("[name=side]", "short");
    await tab.locator("[name=collateral]").fill("much");
    await tab.locator("[name=collateral]").press("Tab");
    await tab.locator("#ask-quote").click();
    const wrong = tab.locator("#quote [role=alert]");
    await wrong.waitFor();
    expect(await wrong.textContent()).toContain("/collateral");
    await tab.close();
  });

  test("views: with liquidations on the fan is of the run itself, with when they happen", async () => {
    const { liquidation } = JSON.parse(example("pool.json"));
    const markets = liquidation.markets.filter(({ asset }: { asset: string }) =>
      ["ORB", "ETA"].includes(asset),
    );
    const pool = JSON.stringify({ ...JSON.parse(small), liquidation: { ...liquidation, markets } });
    const tab = await opened({ hash: "#liquidation=on&horizon=1", pool });
    expect(await resultOf(tab, "paths")).toBeNull();
    const shown = await tab.evaluate(() => {
      const room = document.querySelector("risk-room") as unknown as Room;
      return [room.valuation!.samplePaths!.scenarios.length, room.valuation!.liquidation!.accounts];
    });
    expect(shown).toEqual([200, 3]);
    await tab.locator("#paths").scrollIntoViewIfNeeded();
    expect(await tab.locator("#paths figcaption").first().textContent()).toMatch(
      /the first 200 of 100,000 scenarios/,
    );
    expect(await tab.locator("#liquidation-times").count()).toBe(1);
    await tab.close();
  });

  test("views: a long run says what it has found so far", async () => {
    const tab = await opened({ hash: "#volatility=110", pool: null });
    await tab.locator("#with-liquidation").check();
    await tab.waitForFunction(() => {
      const state = document.querySelector("risk-room")!.shadowRoot!.querySelector(".strip .state");
      return /full run under way, [\d.]+.%, VaR so far USD/.test(state?.textContent ?? "");
    });
    // The next move does not wait for it.
    await tab.locator("#with-liquidation").uncheck();
    await idle(tab);
    expect((await request(tab)).document.liquidation).toBeUndefined();
    await tab.close();
  });

  test.each(["light", "dark"] as const)("views: axe finds nothing to mend, %s", async (scheme) => {
    const tab = await opened({
      hash: "#pair.ETA%7EORB=-90&pair.ORB%7EVLT=-40",
      scheme,
      pool: null,
    });
    await tab.locator("#ask-quote").click();
    await tab.locator("#quoted").waitFor();
    await tab.locator("#all-rules").click();
    await tab.locator("[data-term=contribution]").first().waitFor({ state: "attached" });
    await tab.locator("[data-term=coverage]").focus();
    await tab.locator(".explanation").waitFor();
    // What lies off the screen is not painted, and axe would pass it over.
    await tab.evaluate(() => {
      const style = document.createElement("style");
      style.textContent = ".panel{content-visibility:visible!important}";
      document.querySelector("risk-room")!.shadowRoot!.append(style);
    });
    expect(await faultsByAxe(tab)).toEqual([]);
    await tab.close();
  });

  test("views: fit a narrow screen, an explanation open", async () => {
    const tab = await opened({ pool: null });
    await tab.setViewportSize({ width: 360, height: 740 });
    await tab.locator("[data-term=hit]").scrollIntoViewIfNeeded();
    await tab.locator("[data-term=hit]").focus();
    await tab.locator(".explanation").waitFor();
    const box = (await tab.locator(".explanation").boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(360);
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await tab.close();
  });

  test("views: through all of this the browser had nothing to complain of", () => {
    expect(rooms.spoken).toEqual([]);
  });
});
