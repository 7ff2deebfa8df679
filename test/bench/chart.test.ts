// Method: the bars' places are read from the SVG and turned back into the ratios they stand for.
import { expect, test } from "vitest";
import { ratioChart } from "../../bench/chart.ts";
import { RISKPOOL, runsOf } from "../../bench/row.ts";
import { results, row } from "./rows.ts";

const runs = runsOf([
  row(RISKPOOL, 10),
  row("ten times", 100),
  row("half", 5, { algorithm: "other" }),
  row(RISKPOOL, 10, { workload: "W2" }),
  row("a hundred <times>", 1000, { workload: "W2" }),
]);
const svg = ratioChart("A & B", runs);

const numbersOf = (text: string, name: string) =>
  Number(new RegExp(` ${name}="([^"]*)"`).exec(text)?.[1]);
const bars = [
  ...svg.matchAll(/<rect class="(kernel|algorithm)" [^>]*y="(\d+)"[^>]*height="15"[^>]*>/g),
];
const ticks = new Map(
  [...svg.matchAll(/<text class="soft" x="([\d.]+)" y="\d+" text-anchor="middle">([\d.]+)</g)].map(
    ([, x, tick]) => [Number(tick), Number(x)],
  ),
);

test("chart: bars reach from one to their ratio on the axis that is drawn", () => {
  const places = bars.map(([bar, kind]) => {
    const from = numbersOf(bar, "x");
    return [kind, from, from + numbersOf(bar, "width")];
  });
  const [half, one, ten, hundred] = [0.5, 1, 10, 100].map((tick) => ticks.get(tick)!);
  const expected = [
    ["kernel", one, ten],
    ["algorithm", half, one],
    ["kernel", one, hundred],
  ];
  expect(places).toHaveLength(expected.length);
  places.forEach(([kind, from, to], i) => {
    expect(kind).toBe(expected[i]![0]);
    expect(from).toBeCloseTo(expected[i]![1] as number, 0);
    expect(to).toBeCloseTo(expected[i]![2] as number, 0);
  });
  // Logarithmic: a decade is as long as the next.
  expect(hundred! - ten!).toBeCloseTo(ten! - one!, 0);
});

test("chart: everything lies inside, one bar below the other, in a ground of its own", () => {
  const height = numbersOf(svg, "height");
  const tops = bars.map(([, , y]) => Number(y));
  tops.slice(1).forEach((y, i) => {
    expect(y).toBeGreaterThanOrEqual(tops[i]! + 15);
  });
  expect(tops.at(-1)! + 15).toBeLessThan(height);
  for (const [, x] of svg.matchAll(/ x2?="([^"]*)"/g)) {
    expect(Number(x)).toBeGreaterThanOrEqual(0);
    expect(Number(x)).toBeLessThanOrEqual(860);
  }
  expect(svg).toContain(`<rect class="ground" width="860" height="${height}"/>`);
  expect(svg).toContain("prefers-color-scheme: dark");
});

test("chart: names and ratios are written, and nothing in them is markup", () => {
  for (const text of ["A &amp; B", ">W2 ", ">a hundred &lt;times&gt;<", ">100 ×<", ">0.50 ×<"]) {
    expect(svg).toContain(text);
  }
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});

test("chart: the engine has no bar, nor has what stands aside or a run with nothing to compare", () => {
  const marks = ratioChart(
    "",
    runsOf(results.rows).filter(({ node }) => node === "v24.1.0"),
  );
  expect(marks.match(/height="15"/g)).toHaveLength(4);
  expect(marks).not.toContain("ES only");
  expect(marks).not.toContain("W3");
});
