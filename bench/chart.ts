// Ratios as a bar chart: an SVG with a ground of its own, light or dark as the reader has it.
import { printRatio, type Ratio, ratiosOf } from "./ratio.ts";
import type { Run } from "./row.ts";
import { WORKLOAD_TEXTS } from "./summary.ts";

const WIDTH = 860;
const LEFT = 250;
const RIGHT = 60;
const BAR = 15;
const GAP = 4;
const HEAD = 26;
const TOP = 64;
const FOOT = 34;

/** Blue and orange of equal lightness, told apart by those who see no red or green as well. */
export const STYLE = `
.ground { fill: #ffffff; }
text { font: 12px system-ui, sans-serif; fill: #24292f; }
.halo { paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round; }
.title { font-size: 15px; font-weight: 600; }
.head { font-weight: 600; }
.soft { fill: #57606a; font-size: 11px; font-weight: 400; }
.grid { stroke: #d0d7de; }
.one { stroke: #24292f; stroke-width: 1.5; }
.kernel { fill: #2f7fd1; }
.algorithm { fill: #d9822b; }
@media (prefers-color-scheme: dark) {
  .ground { fill: #0d1117; }
  text { fill: #e6edf3; }
  .halo { stroke: #0d1117; }
  .soft { fill: #9198a1; }
  .grid { stroke: #3d444d; }
  .one { stroke: #e6edf3; }
  .kernel { fill: #4a9bf0; }
  .algorithm { fill: #e8993f; }
}`;

/** Text as XML has it. */
export const inXml = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** Ends of the axis as powers of ten: all ratios and 1, and a little. */
function extent(ratios: readonly Ratio[]): { low: number; high: number } {
  const logs = ratios.map(({ times }) => Math.log10(times));
  return { low: Math.min(0, ...logs) - 0.05, high: Math.max(0.3, ...logs) };
}

/** 1, 2 and 5 times the powers of ten between two ends. */
function ticksOf(low: number, high: number): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; power++) {
    // Divided, because 2 · 0.1 is not 0.2 to print.
    for (const digit of [1, 2, 5])
      ticks.push(power < 0 ? digit / 10 ** -power : digit * 10 ** power);
  }
  return ticks.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high);
}

/**
 * Bars on a logarithmic scale, from 1 (the engine's time) to the right where an implementation takes
 * longer and to the left where it takes less; one group per workload.
 *
 * @param runs  of one Node version
 * @returns     the text of an SVG file
 */
export function ratioChart(title: string, runs: readonly Run[]): string {
  const groups = runs
    .map((run) => ({ name: run.workload, ratios: ratiosOf(run) }))
    .filter(({ ratios }) => ratios.length > 0);
  const { low, high } = extent(groups.flatMap(({ ratios }) => ratios));
  const scale = (WIDTH - LEFT - RIGHT) / (high - low);
  const at = (times: number) => LEFT + (Math.log10(times) - low) * scale;
  const marks: string[] = [];
  let y = TOP;
  for (const { name, ratios } of groups) {
    marks.push(
      `<text class="head halo" x="8" y="${y + 15}">${inXml(name)} <tspan class="soft" dx="6">${inXml(WORKLOAD_TEXTS[name] ?? "")}</tspan></text>`,
    );
    y += HEAD - 6;
    for (const { row, times, kind } of ratios) {
      const [from, to] = [Math.min(1, times), Math.max(1, times)];
      const width = Math.max(1, at(to) - at(from));
      const middle = y + BAR - 3.5;
      marks.push(
        `<text x="${LEFT - 8}" y="${middle}" text-anchor="end">${inXml(row.implementation)}</text>`,
        `<rect class="${kind}" x="${at(from).toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" rx="2"/>`,
        // Beside the bar; right of the line of 1 even where the bar is left of it.
        `<text class="halo" x="${(at(to) + 5).toFixed(1)}" y="${middle}">${printRatio(times)}</text>`,
      );
      y += BAR + GAP;
    }
    y += 8;
  }
  const height = y + FOOT;
  const grid = ticksOf(low, high).map((tick) => {
    const x = at(tick).toFixed(1);
    return [
      `<line class="${tick === 1 ? "one" : "grid"}" x1="${x}" x2="${x}" y1="${TOP}" y2="${y}"/>`,
      `<text class="soft" x="${x}" y="${y + 16}" text-anchor="middle">${tick}</text>`,
    ].join("\n");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${inXml(title)}">
<style>${STYLE}
</style>
<rect class="ground" width="${WIDTH}" height="${height}"/>
<text class="title" x="8" y="22">${inXml(title)}</text>
<rect class="kernel" x="8" y="36" width="12" height="12" rx="2"/>
<text class="soft" x="25" y="46">the same algorithm in other code</text>
<rect class="algorithm" x="228" y="36" width="12" height="12" rx="2"/>
<text class="soft" x="245" y="46">another algorithm</text>
<text class="soft" x="${WIDTH - 8}" y="46" text-anchor="end">time in times of riskpool's, logarithmic</text>
${grid.join("\n")}
${marks.join("\n")}
</svg>
`;
}
