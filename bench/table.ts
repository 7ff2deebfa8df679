// Rows as the page bench/RESULTS.md.
import { printNode, printRatio, printTime, type Ratio, ratiosOf } from "./ratio.ts";
import {
  differences,
  isReproducible,
  type MachineResults,
  nodesOf,
  RISKPOOL,
  type Row,
  type Run,
  runsOf,
} from "./row.ts";
import { factsOf, OFF_BY, peerTable, summaryTable, table, WORKLOAD_TEXTS } from "./summary.ts";

/** Cells of one line: what it is, and one value for each Node that has one. */
function byNode<Item extends { readonly node: string }>(
  items: readonly Item[],
  nodes: readonly string[],
  keyOf: (item: Item) => readonly string[],
  print: (item: Item) => string,
): string[][] {
  const lines = new Map<string, { cells: readonly string[]; values: Map<string, string> }>();
  for (const item of items) {
    const cells = keyOf(item);
    const key = cells.join("\n");
    const line = lines.get(key) ?? { cells, values: new Map<string, string>() };
    line.values.set(item.node, print(item));
    lines.set(key, line);
  }
  return [...lines.values()].map(({ cells, values }) => [
    ...cells,
    ...nodes.map((node) => values.get(node) ?? ""),
  ]);
}

function ratioTable(ratios: readonly Ratio[], kind: Ratio["kind"]): string {
  const nodes = nodesOf(ratios);
  const cells = byNode(
    ratios.filter((ratio) => ratio.kind === kind),
    nodes,
    ({ row: { workload, implementation, algorithm } }) => [workload, implementation, algorithm],
    ({ times }) => printRatio(times),
  );
  return table(["", "", "what it does", ...nodes.map(printNode)], cells);
}

function timeTable(rows: readonly Row[]): string {
  const nodes = nodesOf(rows);
  const cells = byNode(
    rows,
    nodes,
    ({ workload, unit, implementation, algorithm }) => [workload, implementation, algorithm, unit],
    ({ nanoseconds, spread }) => `${printTime(nanoseconds)} ± ${(50 * spread).toFixed(0)} %`,
  );
  return table(["", "", "what it does", "time per", ...nodes.map(printNode)], cells);
}

/** Implementations whose answers are the engine's to the last bit, with the workloads. */
function sameAnswers(runs: readonly Run[]): string[] {
  const lines = new Map<string, Set<string>>();
  for (const { workload, rows } of runs) {
    const own = rows.find(({ implementation }) => implementation === RISKPOOL);
    for (const { implementation, hash, aside } of rows) {
      if (implementation === RISKPOOL || aside || hash !== own?.hash) continue;
      lines.set(implementation, (lines.get(implementation) ?? new Set()).add(workload));
    }
  }
  return [...lines].map(([name, workloads]) => `- ${name}: ${[...workloads].join(", ")}`);
}

function equalBits(rows: readonly Row[], runs: readonly Run[]): string[] {
  const nodes = nodesOf(rows).map(printNode);
  const unlike = differences(rows).map(([row]) => row!);
  const namesOf = (list: readonly string[]) => [...new Set(list)].join("; ");
  const parts = [
    "Answers are compared by SHA-256. The same to the last bit as riskpool's, in the same run:",
    sameAnswers(runs).join("\n"),
  ];
  if (nodes.length > 1) {
    const own = unlike.filter(isReproducible);
    const others = unlike.filter((row) => !isReproducible(row));
    const list = `${nodes.slice(0, -1).join(", ")} and ${nodes.at(-1)}`;
    parts.push(
      own.length === 0
        ? `In ${list} every form of the engine and the scalar kernels give the same bits.`
        : // Rows of different days, because a run whose answers differ is not written.
          `In ${list}, rows of different versions of the engine, answers differ: **${namesOf(own.map(({ implementation, workload }) => `${implementation} (${workload})`))}**.`,
    );
    if (others.length > 0) {
      parts.push(
        `Not the same everywhere, because of the platform's \`Math\`: ${namesOf(others.map(({ implementation }) => implementation))}.`,
      );
    }
  }
  return parts;
}

function peerSection(results: MachineResults): string[] {
  const ratios = runsOf(results.peers).flatMap(ratiosOf);
  return [
    "### Beside native code and other languages",
    `From a run of its own ([\`peers/\`](peers)), ${results.peersDate}, \`npm run bench:peers\`, in times of riskpool just before. Native code is our kernels in C++ and starts from what was laid in memory, and so does the time of ours that it is compared with: a ratio below 1 is the part of native speed that WebAssembly reaches. The others start from the book and have generators of their own.`,
    peerTable(results),
    `![Time of every peer in times of riskpool's](result/${results.machine}-peers.svg)`,
    "#### Kernel ratios",
    ratioTable(ratios, "kernel"),
    "#### Algorithm ratios",
    ratioTable(ratios, "algorithm"),
    "#### Times",
    timeTable(results.peers),
  ];
}

/** One machine's part of the page. */
function machineSection(results: MachineResults): string {
  const { machine, description, date, command, rows, peers } = results;
  const runs = runsOf(rows);
  const ratios = runs.flatMap(ratiosOf);
  const facts = factsOf(runs);
  const parts = [
    `## ${machine}`,
    `${description}. ${nodesOf(rows).map(printNode).join(", ")}. ${date}, \`${command}\`.`,
    "Each workload in one line, in the newest Node; in italics by another algorithm; of several that are tuned, the quickest; – where there is none:",
    summaryTable(results),
    `![Time of every implementation in times of riskpool's](result/${machine}.svg)`,
    ...(facts.length > 0 ? ["### Parts and wholes", OFF_BY, facts.join("\n")] : []),
    "### Kernel ratios: the same algorithm in other code",
    "How long an implementation takes, in times of riskpool.",
    ratioTable(ratios, "kernel"),
    "### Algorithm ratios: another way to the same answer",
    "Here the way is part of the ratio; a program in any language may take either.",
    ratioTable(ratios, "algorithm"),
    "### Equal bits",
    ...equalBits(rows, runs),
    "### Times",
    timeTable(rows),
    ...(peers.length > 0 ? peerSection(results) : []),
  ];
  return `${parts.join("\n\n")}\n`;
}

const INTRODUCTION = `# Benchmark results

Written by \`npm run bench -- --write\`; [how](README.md). Implementations of a workload run in one process, in turns of about 150 ms each; times are medians over seven rounds of the process's CPU time (in a browser: wall time), ± half the distance between the quartiles. **Ratios are the result**; absolute times are those of one core of the machine.

${table(["Workload", "What"], Object.entries(WORKLOAD_TEXTS))}

${table(
  ["Implementation", "What"],
  [
    ["riskpool", "the engine: WebAssembly SIMD"],
    ["riskpool in plain JS", "the engine's other backend, with the same bits"],
    ["scalar AssemblyScript", "[`scalar/`](scalar): the engine's steps without SIMD"],
    [
      "tuned JS",
      "JavaScript written to win: typed arrays, ziggurat normals from a sequential generator, whatever algorithm helps",
    ],
    ["idiomatic JS", "what a good web developer would write with objects and `Math.*`"],
  ],
)}
`;

/** The whole page. */
export function resultsPage(all: readonly MachineResults[]): string {
  return [INTRODUCTION, ...all.map(machineSection)].join("\n");
}
