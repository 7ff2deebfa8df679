import { render } from "lit";
import type { PoolValuation } from "../../index.ts";
import { csvText } from "./csv.ts";
import { type MenuItem, menu } from "./menu.ts";
import { pictureOf, pngOf } from "./picture-export.ts";
import { saveFile } from "./save.ts";
import { hasTable, tableOf } from "./table-export.ts";

/** What a menu was made of, so that it is made anew only where that has changed. */
const made = new WeakMap<Element, string>();

/**
 * Gives every panel of a page a menu with what can be saved of it. A menu stands outside of what a
 * panel shows and stays when that is drawn again.
 *
 * @param valuation  the one that is shown when something is saved
 */
export function equipPanels(root: ParentNode, valuation: () => PoolValuation | null): void {
  const shown = valuation();
  if (!shown) return;
  for (const panel of root.querySelectorAll(".panel")) {
    const section = panel.querySelector("section");
    if (!section) continue;
    const figures = Array.from(section.querySelectorAll("figure")).filter((each) =>
      each.querySelector("svg"),
    );
    const key = [section.id, hasTable(shown, section.id), ...figures.map(titleOf)].join("\n");
    if (made.get(panel) === key) continue;
    made.set(panel, key);
    panel.querySelector(":scope > .panel-menu")?.remove();
    const items = itemsOf(section.id, figures.length, () => panel, valuation);
    if (items.length === 0) continue;
    const place = document.createElement("div");
    place.className = "panel-menu";
    // In front: what is drawn again is everything behind the first mark of the template.
    panel.prepend(place);
    const heading = section.querySelector("h2")?.textContent ?? section.id;
    render(menu("Save", `Save: ${heading}`, items), place);
  }
}

function titleOf(figure: Element): string {
  return figure.querySelector("title")?.textContent ?? "";
}

function itemsOf(
  section: string,
  figures: number,
  panel: () => Element,
  valuation: () => PoolValuation | null,
): MenuItem[] {
  const items: MenuItem[] = [];
  const now = valuation();
  if (now && hasTable(now, section)) {
    items.push({
      words: "Table as CSV",
      choose: () => {
        const shown = valuation();
        const table = shown && tableOf(shown, section);
        if (table) saveFile(`${table.name}.csv`, "text/csv", csvText(table));
      },
    });
  }
  for (let i = 0; i < figures; i++) {
    const name = figures > 1 ? `${section}-${i + 1}` : section;
    const words = figures > 1 ? `Chart ${i + 1}` : "Chart";
    const picture = () => {
      const found = Array.from(panel().querySelectorAll("section figure")).filter((each) =>
        each.querySelector("svg"),
      )[i];
      return found ? pictureOf(found, paperBehind(found)) : null;
    };
    items.push({
      words: `${words} as SVG`,
      choose: () => {
        const drawn = picture();
        if (drawn) saveFile(`${name}.svg`, "image/svg+xml", drawn.svg);
      },
    });
    items.push({
      words: `${words} as PNG`,
      choose: () => {
        const drawn = picture();
        if (drawn) void pngOf(drawn).then((blob) => saveFile(`${name}.png`, "image/png", blob));
      },
    });
  }
  return items;
}

function paperBehind(element: Element): string {
  const root = element.getRootNode();
  const host = root instanceof ShadowRoot ? root.host : document.documentElement;
  return getComputedStyle(host).backgroundColor;
}
