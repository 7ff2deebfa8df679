// Runs the workloads beside their peers, turn by turn; rows go to the file of --rows.
import { rmSync, writeFileSync } from "node:fs";
import { medianOf, processClock, type Size } from "../harness.ts";
import { RISKPOOL, type Row } from "../row.ts";
import { tailOf } from "../tuned.ts";
import { FOLDER, writePlan } from "./inputs.ts";
import { digestOf, Peer } from "./peer.ts";
import { KERNELS, type Rival, rivals } from "./peers.ts";
import { drawNormals, type Task, tasks } from "./workloads.ts";

/** What a row needs beside itself to be printed. */
interface Line {
  readonly row: Row;
  readonly note: string;
}

const words = process.argv.slice(2);
const option = (name: string) =>
  words.find((word) => word.startsWith(`--${name}=`))?.slice(name.length + 3);
const size: Size = words.includes("smoke") ? "smoke" : "full";
const rounds = size === "smoke" ? 1 : 7;
const asked = words.filter((word) => /^w\d/i.test(word)).map((word) => word.toLowerCase());

/** Units of a share of a task. Tiles of the native kernels hold 128 paths, blocks of NumPy 16,384 numbers. */
function partOf(task: Task, share: number): number {
  const whole = task.id === "W0" ? 16384 : 1;
  return Math.max(whole, Math.floor((task.size * share) / whole) * whole);
}

/** CPU time of the engine for one run, by units. */
function timeOurs(task: Task, fromLaid: boolean): number {
  const start = processClock();
  if (fromLaid) task.laid();
  else task.whole();
  return (processClock() - start) / (task.size * task.unitsEach);
}

/** The whole answer of the engine: every number, not only those that are timed. */
function answerOf(task: Task): Float64Array {
  return task.id === "W0" ? drawNormals(task.size, true) : task.laid();
}

/** What stands behind a ratio: equal bits for a twin, the same risk for the others. */
async function check(
  task: Task,
  rival: Rival,
  peer: Peer,
  ours: Float64Array,
): Promise<[string, string]> {
  const part = partOf(task, rival.shares[task.id]!);
  const answer = await peer.answer(task.id, part);
  const hash = digestOf(answer);
  if (rival.isTwin) {
    if (hash !== digestOf(ours)) throw new Error(`${rival.implementation} differs in ${task.id}`);
    return [hash, "equal bits"];
  }
  if (task.id === "W0") return [hash, ""];
  if (answer.length < 1000) return [hash, `${answer.length} scenarios`];
  const { valueAtRisk } = tailOf(answer);
  const off = valueAtRisk / tailOf(ours).valueAtRisk - 1;
  // Four standard errors of a quantile estimated from a hundredth of the scenarios, and a little.
  if (!(Math.abs(off) < 4 / Math.sqrt(0.01 * answer.length) + 0.01)) {
    throw new Error(`${rival.implementation}: VaR of ${task.id} is off by ${off}`);
  }
  return [hash, `VaR ${(100 * off).toFixed(1)} %`];
}

async function compare(task: Task, running: readonly [Rival, Peer][]): Promise<Line[]> {
  const able = running.filter(([{ shares }]) => shares[task.id] !== undefined);
  const ours = answerOf(task);
  const hash = digestOf(ours);
  const checks: [string, string][] = [];
  for (const [rival, peer] of able) checks.push(await check(task, rival, peer, ours));
  for (let i = 0; i < 3; i++) for (const fromLaid of [true, false]) timeOurs(task, fromLaid);
  const times = able.map(() => [] as number[]);
  const ratios = able.map(() => [] as number[]);
  const own = { laid: [] as number[], whole: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < able.length; turn++) {
      const i = (turn + round) % able.length;
      const [rival, peer] = able[i]!;
      const mine = timeOurs(task, rival.fromLaid);
      own[rival.fromLaid ? "laid" : "whole"].push(mine);
      const part = partOf(task, rival.shares[task.id]!);
      const theirs = (await peer.run(task.id, part)) / (part * task.unitsEach);
      times[i]!.push(theirs);
      ratios[i]!.push(theirs / mine);
    }
  }
  const row = (implementation: string, algorithm: string, all: number[], digest: string): Row => ({
    workload: task.id,
    unit: task.unit,
    implementation,
    algorithm,
    node: process.version,
    ...medianOf(all),
    hash: digest,
  });
  const lines: Line[] = [];
  if (own.whole.length > 0) {
    lines.push({ row: row(RISKPOOL, "from the book", own.whole, hash), note: "" });
  }
  if (own.laid.length > 0) {
    lines.push({ row: row(RISKPOOL, KERNELS, own.laid, hash), note: "" });
  }
  able.forEach(([rival], i) => {
    lines.push({
      row: {
        ...row(rival.implementation, rival.algorithm, times[i]!, checks[i]![0]),
        ratio: medianOf(ratios[i]!).nanoseconds,
      },
      note: checks[i]![1],
    });
  });
  return lines;
}

function print(task: Task, lines: readonly Line[]): void {
  console.log(`\n${task.id}  ${task.title}; per ${task.unit}, ${process.version}`);
  for (const { row, note } of lines) {
    const name =
      row.implementation === RISKPOOL ? `${RISKPOOL}, ${row.algorithm}` : row.implementation;
    // A ratio below one is the part of native speed that we reach.
    console.log(
      `  ${name.padEnd(34)} ${row.nanoseconds.toPrecision(4).padStart(9)} ns` +
        `  ± ${(row.spread * 50).toFixed(0).padStart(2)} %  ${(row.ratio ?? 1).toFixed(2).padStart(7)} x  ${note}`,
    );
  }
}

if (words.includes("--plan")) writePlan();
else {
  const all = tasks(size);
  const chosen = all.filter(({ id }) => asked.length === 0 || asked.includes(id.toLowerCase()));
  const running = rivals((option("modules") ?? "").split(",")).map((rival): [Rival, Peer] => [
    rival,
    new Peer(rival.command),
  ]);
  const rows: Row[] = [];
  try {
    for (const task of chosen) {
      const lines = await compare(task, running);
      print(task, lines);
      rows.push(...lines.map(({ row }) => row));
    }
  } finally {
    for (const [, peer] of running) peer.end();
    rmSync(`${FOLDER}/answer`, { force: true });
  }
  const out = option("rows");
  if (out) writeFileSync(out, `${JSON.stringify(rows, null, 2)}\n`);
}
