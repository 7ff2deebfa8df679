// Compares the answers of a run, and publishes its rows.
//   --rows=file     of a run; as often as there are files
//   --to=folder     where bench/result, bench/RESULTS.md and README.md are written, if anywhere
//   --peers=file, --machine=name, --description=…, --date=…, --command=…   what is published with them
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { ratioChart } from "./chart.ts";
import { printNode } from "./ratio.ts";
import {
  differences,
  isReproducible,
  type MachineResults,
  newestNode,
  nodesOf,
  type Row,
  replaced,
  runsOf,
} from "./row.ts";
import { filled, readmeText } from "./summary.ts";
import { resultsPage } from "./table.ts";

function all(name: string): string[] {
  const start = `--${name}=`;
  return process.argv
    .filter((word) => word.startsWith(start))
    .map((word) => word.slice(start.length));
}

function readRows(files: readonly string[]): Row[] {
  return files.flatMap((file) => JSON.parse(readFileSync(file, "utf8")) as Row[]);
}

function readResults(file: string): MachineResults {
  return JSON.parse(readFileSync(file, "utf8")) as MachineResults;
}

/** Day on which the last of the files was written. */
function dayOf(files: readonly string[]): string | undefined {
  return files
    .map((file) => statSync(file).mtime.toISOString().slice(0, 10))
    .sort()
    .at(-1);
}

/** Puts rows beside what the file of a machine holds already. */
function keep(folder: string, fresh: readonly Row[]): void {
  const machine = all("machine")[0]!;
  const file = `${folder}/${machine}.json`;
  const peers = all("peers");
  const old = existsSync(file) ? readResults(file) : undefined;
  const results: MachineResults = {
    machine,
    description: all("description")[0]!,
    // What is only drawn again was measured when it was.
    date: fresh.length === 0 && old ? old.date : all("date")[0]!,
    command: fresh.length === 0 && old ? old.command : all("command")[0]!,
    rows: replaced(old?.rows ?? [], fresh),
    peers: replaced(old?.peers ?? [], readRows(peers)),
    peersDate: dayOf(peers) ?? old?.peersDate ?? "",
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

function draw(folder: string, { machine, description, rows, peers }: MachineResults): void {
  const [processor] = description.split(",");
  for (const [name, list, what] of [
    [machine, rows, ""],
    [`${machine}-peers`, peers, ", beside native code and other languages"],
  ] as const) {
    if (list.length === 0) continue;
    // The newest Node: a browser's times are not of the same clock.
    const newest = newestNode(list);
    const title = `${printNode(newest)}, ${processor}${what}`;
    const runs = runsOf(list).filter(({ node }) => node === newest);
    writeFileSync(`${folder}/${name}.svg`, ratioChart(title, runs));
  }
}

/** Writes page, charts and the README's part from the rows that are kept. */
function publish(to: string): void {
  const folder = `${to}/bench/result`;
  const machines = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => readResults(`${folder}/${name}`));
  for (const machine of machines) draw(folder, machine);
  writeFileSync(`${to}/bench/RESULTS.md`, resultsPage(machines));
  const [latest] = [...machines].sort((a, b) => b.date.localeCompare(a.date));
  const readme = filled(readFileSync("README.md", "utf8"), "speed", readmeText(latest!));
  writeFileSync(`${to}/README.md`, readme);
}

const fresh = readRows(all("rows"));
const unlike = differences(fresh.filter(isReproducible));
const nodes = nodesOf(fresh).map(printNode);
for (const same of unlike) {
  const { workload, implementation } = same[0]!;
  const answers = same.map(({ node, hash }) => `${printNode(node)} ${hash}`);
  console.error(`${workload}, ${implementation}: ${answers.join(", ")}`);
  process.exitCode = 1;
}
if (unlike.length === 0 && nodes.length > 1) {
  console.log(`\nequal answers of the engine, bit for bit: ${nodes.join(", ")}`);
}
const [to] = all("to");
if (to !== undefined && unlike.length === 0) {
  keep(`${to}/bench/result`, fresh);
  publish(to);
}
