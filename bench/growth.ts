// How what is asked for grows what it takes: core-seconds against pools, scenarios and positions, over
// three decades each, with the slope of the line through them where both are logarithms: 1 is in
// proportion, below it something is paid once.
//   npm run bench:growth                     prints the table, draws build/bench/growth.svg
//   npm run bench:growth -- docs/growth.svg  draws it there

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { loadSync } from "../src/index.ts";
import { optionBook } from "./book.ts";
import { inXml, STYLE } from "./chart.ts";
import { smallPools, smallRun } from "./workload/batch.ts";

interface Point {
  readonly size: number;
  readonly seconds: number;
}

interface Series {
  readonly name: string;
  readonly style: string;
  readonly points: readonly Point[];
}

const engine = loadSync();
const [small] = smallPools(1);
const texts = smallPools(500).map((pool) => JSON.stringify(pool));

async function coreSeconds(work: () => Promise<unknown>): Promise<number> {
  const start = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

/** The middle of three, where they are not too long. */
async function timed(work: (round: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  while (times.length < 3 && !(times[0]! > 5)) {
    times.push(await coreSeconds(() => work(times.length)));
  }
  return times.sort((a, b) => a - b)[(times.length - 1) >> 1]!;
}

async function pools(count: number): Promise<void> {
  function* source() {
    // Another name is another pool: nothing of an earlier one may be made use of.
    for (let i = 0; i < count; i++) {
      yield texts[i % texts.length]!.replace('"name":"small', `"name":"round ${i}`);
    }
  }
  const run = { ...smallRun, scenarios: 4_000 };
  for await (const { error } of engine.valueMany(source(), run)) if (error) throw error;
}

const asked: readonly [
  string,
  string,
  readonly number[],
  (size: number, round: number) => unknown,
][] = [
  [
    "pools of 20 options, 4,000 scenarios each, measured",
    "kernel",
    [10, 100, 1_000, 10_000],
    pools,
  ],
  [
    "scenarios of one pool of 20 options, valued",
    "algorithm",
    [10_000, 100_000, 1_000_000, 10_000_000],
    (scenarios, round) => engine.value(small, { scenarios, horizon: 10, seed: BigInt(round + 1) }),
  ],
  [
    "positions of one pool, a tenth as many participants, 20,000 scenarios, valued",
    "positions",
    [10, 100, 1_000, 10_000],
    (positions, round) =>
      engine.value(JSON.stringify(optionBook(positions, Math.max(2, positions / 10))), {
        scenarios: 20_000,
        horizon: 10,
        seed: BigInt(round + 1),
      }),
  ],
];

/** Slope of the least-squares line through the logarithms. */
function slopeOf(points: readonly Point[]): number {
  const x = points.map(({ size }) => Math.log10(size));
  const y = points.map(({ seconds }) => Math.log10(seconds));
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const [mx, my] = [mean(x), mean(y)];
  const across = x.reduce((sum, value, i) => sum + (value - mx) * (y[i]! - my), 0);
  return across / x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
}

/** Lines in a square of logarithms: an SVG with a ground of its own, as the other charts. */
function growthChart(series: readonly Series[]): string {
  const [width, height, left, top, foot] = [860, 470, 70, 96, 40];
  const all = series.flatMap(({ points }) => points);
  const powers = (values: readonly number[]) =>
    [
      Math.floor(Math.log10(Math.min(...values))),
      Math.ceil(Math.log10(Math.max(...values))),
    ] as const;
  const [x0, x1] = powers(all.map(({ size }) => size));
  const [y0, y1] = powers(all.map(({ seconds }) => seconds));
  const x = (size: number) => left + ((Math.log10(size) - x0) / (x1 - x0)) * (width - left - 20);
  const y = (seconds: number) =>
    height - foot - ((Math.log10(seconds) - y0) / (y1 - y0)) * (height - foot - top);
  const marks: string[] = [];
  for (let power = x0; power <= x1; power++) {
    const at = x(10 ** power).toFixed(1);
    marks.push(
      `<line class="grid" x1="${at}" x2="${at}" y1="${top}" y2="${height - foot}"/>`,
      `<text class="soft" x="${at}" y="${height - foot + 18}" text-anchor="middle">${(10 ** power).toLocaleString("en")}</text>`,
    );
  }
  for (let power = y0; power <= y1; power++) {
    const at = y(10 ** power).toFixed(1);
    const label = power < 0 ? (10 ** power).toFixed(-power) : String(10 ** power);
    marks.push(
      `<line class="grid" x1="${left}" x2="${width - 20}" y1="${at}" y2="${at}"/>`,
      `<text class="soft" x="${left - 8}" y="${Number(at) + 4}" text-anchor="end">${label} s</text>`,
    );
  }
  for (const [i, { name, style, points }] of series.entries()) {
    const line = points.map(
      ({ size, seconds }) => `${x(size).toFixed(1)},${y(seconds).toFixed(1)}`,
    );
    marks.push(
      `<polyline class="line ${style}" points="${line.join(" ")}"/>`,
      ...line.map((at) => {
        const [cx, cy] = at.split(",");
        return `<circle class="${style}" cx="${cx}" cy="${cy}" r="4"/>`;
      }),
      `<rect class="${style}" x="8" y="${36 + 18 * i}" width="12" height="12" rx="2"/>`,
      `<text x="26" y="${46 + 18 * i}">${inXml(name)}: slope ${slopeOf(points).toFixed(2)}</text>`,
    );
  }
  const title = "Core-seconds against what is asked for, both logarithmic";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${inXml(title)}">
<style>${STYLE}
.positions { fill: #57606a; }
.line { fill: none; stroke-width: 2; }
.line.kernel { stroke: #2f7fd1; }
.line.algorithm { stroke: #d9822b; }
.line.positions { stroke: #57606a; }
</style>
<rect class="ground" width="${width}" height="${height}"/>
<text class="title" x="8" y="22">${inXml(title)}</text>
${marks.join("\n")}
</svg>
`;
}

const series: Series[] = [];
for (const [name, style, sizes, work] of asked) {
  await work(sizes[1]!, 99);
  const points: Point[] = [];
  for (const size of sizes) {
    points.push({ size, seconds: await timed(async (round) => work(size, round)) });
  }
  series.push({ name, style, points });
  console.log(`\n${name}: slope ${slopeOf(points).toFixed(2)}`);
  for (const { size, seconds } of points) {
    const each = (1e6 * seconds) / size;
    console.log(
      `${size.toLocaleString("en").padStart(12)}  ${seconds.toPrecision(3).padStart(8)} s  ${each.toPrecision(3).padStart(8)} µs each`,
    );
  }
}
const file = process.argv[2] ?? "build/bench/growth.svg";
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, growthChart(series));
console.log(`\nWrote ${file}`);
