// What a reader wants first: each workload's ratios in one line, and the figures behind the words.
import { printNode, printRatio, printTime, quickest, ratiosOf } from "./ratio.ts";
import {
  type MachineResults,
  newestNode,
  nodesOf,
  PLAIN,
  RISKPOOL,
  type Run,
  runsOf,
} from "./row.ts";

/** What each workload is, in the order of the table. */
export const WORKLOAD_TEXTS: Readonly<Record<string, string>> = {
  W0: "standard normals, eight to a path",
  W1: "VaR and ES of 1,000 options on 8 assets by full revaluation, 100,000 scenarios",
  W1b: "the same from value profiles, their making included",
  W2: "loss from 256 leveraged perpetuals liquidated at first passage: 8 assets, 96 steps, slippage, bad debt",
  W2x: "64 cross-margined accounts over four assets each, liquidated likewise",
  W3: "Euler contributions of 1,000 participants with 10,000 options to ES 97.5 %, 100,000 scenarios",
  W3p: "the same for 1,000 perpetuals liquidated at first passage",
  covers: "VaR and ES of 1,000 covers of rare events that come together, 100,000 scenarios",
  frame: "VaR, ES and 1,000 contributions with standard errors: 10,000 options, 100,000 scenarios",
  shapley: "Shapley values of ES 97.5 % for 1,000 members: 2,000 orders, 4,096 scenarios in blocks",
  conditional: "mean losses of 1,000 members given their sum, 100,000 scenarios",
  quote:
    "marginal ES, expected loss and their standard errors of one more option: pool of 10,000 options, 100,000 scenarios",
  batch: "VaR, ES, layers of many small pools, reading included: 20 options, 10,000 scenarios each",
};

/** A column of a summary: of the implementations whose name begins so, the quickest. */
interface Column {
  readonly head: string;
  readonly name: string;
}

const OWN: readonly Column[] = [
  { head: "plain JS, same bits", name: PLAIN },
  { head: "scalar AssemblyScript", name: "scalar AssemblyScript" },
  { head: "tuned JS", name: "tuned JS" },
  { head: "idiomatic JS", name: "idiomatic JS" },
];

const BESIDE: readonly Column[] = [
  { head: "C++, 128 bit", name: "native C++, 128 bit" },
  { head: "C++, full width", name: "native C++, full width" },
  { head: "NumPy", name: "NumPy" },
  { head: "Numba", name: "Numba" },
  { head: "QuantLib", name: "QuantLib" },
];

/** A Markdown table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function summary(runs: readonly Run[], columns: readonly Column[]): string {
  const lines = runs.map((run) => {
    const ratios = ratiosOf(run);
    const own = run.rows.find(({ implementation }) => implementation === RISKPOOL);
    const cells = columns.map(({ name }) => {
      const found = quickest(ratios, name);
      if (!found) return "–";
      return found.kind === "kernel" ? printRatio(found.times) : `*${printRatio(found.times)}*`;
    });
    return [run.workload, own ? `${printTime(own.nanoseconds)} per ${own.unit}` : "–", ...cells];
  });
  return table(["", RISKPOOL, ...columns.map(({ head }) => head)], lines);
}

/** Each workload in one line, in the newest Node. */
export function summaryTable({ rows }: MachineResults): string {
  const newest = newestNode(rows);
  return summary(
    runsOf(rows).filter(({ node }) => node === newest),
    OWN,
  );
}

/** The same beside native code and other languages. */
export function peerTable({ peers }: MachineResults): string {
  const newest = newestNode(peers);
  return summary(
    runsOf(peers).filter(({ node }) => node === newest),
    BESIDE,
  );
}

/** A sentence about two rows of one run, for each Node that has both. */
interface Fact {
  readonly what: string;
  readonly workload: string;
  readonly row: string;
  readonly by: string;
  /** @param give  what the ratio may be off by */
  print(ratio: number, give: number): string;
}

const extra = (ratio: number, give: number) =>
  `${(100 * (ratio - 1)).toFixed(1)} ± ${(100 * give).toFixed(1)} %`;

function printGiving(ratio: number, give: number): string {
  const [digits] = printRatio(ratio).split(" ");
  return `${digits} ± ${give.toFixed(digits!.split(".")[1]?.length ?? 0)} ×`;
}

const FACTS: readonly Fact[] = [
  {
    what: "Full revaluation (W1) takes, in times of the same answer from value profiles (W1b)",
    workload: "W1b",
    row: `${RISKPOOL}, full revaluation`,
    by: RISKPOOL,
    print: printGiving,
  },
  {
    what: "What everyone's contributions cost on top of ES, options (W3)",
    workload: "W3",
    row: RISKPOOL,
    by: `${RISKPOOL}, ES only`,
    print: extra,
  },
  {
    what: "The same where losses depend on the path (W3p)",
    workload: "W3p",
    row: RISKPOOL,
    by: `${RISKPOOL}, ES only`,
    print: extra,
  },
  {
    what: "The frame in times of drawing its normals alone",
    workload: "frame",
    row: RISKPOOL,
    by: `${RISKPOOL}, the normals alone`,
    print: printGiving,
  },
  {
    what: "The frame by `engine.value`, with capital, exposures, histogram and digest, likewise",
    workload: "frame",
    row: `${RISKPOOL}, engine.value`,
    by: `${RISKPOOL}, the normals alone`,
    print: printGiving,
  },
];

/** What stands behind the ± of {@link factsOf}. */
export const OFF_BY = "± half the distance between the quartiles of both times, taken together.";

/** What the rows of one run say of each other: one line of a Markdown list each. */
export function factsOf(runs: readonly Run[]): string[] {
  return FACTS.flatMap(({ what, workload, row, by, print }) => {
    const values = runs.flatMap((run) => {
      if (run.workload !== workload) return [];
      const timed = (name: string) =>
        run.rows.find(({ implementation }) => implementation === name);
      const [a, b] = [timed(row), timed(by)];
      if (!a || !b) return [];
      const ratio = a.nanoseconds / b.nanoseconds;
      const give = (ratio * Math.hypot(a.spread, b.spread)) / 2;
      return [`${print(ratio, give)} (${printNode(run.node)})`];
    });
    return values.length > 0 ? [`- ${what}: ${values.join(", ")}.`] : [];
  });
}

/** What the README says of one machine. */
export function readmeText(results: MachineResults): string {
  const { description, date, rows, peers } = results;
  const runs = runsOf(rows).filter(({ node }) => node === newestNode(rows));
  const parts = [
    `How long others take, in times of riskpool; ${printNode(newestNode(rows))}, one thread of ${description.split(",")[0]}, ${date}. In italics: by another algorithm, so that the ratio is not of the code alone. Of several that are tuned, the quickest; – where there is none.`,
    summaryTable(results),
    [...new Set(runs.map(({ workload }) => workload))]
      .map((id) => `**${id}** ${WORKLOAD_TEXTS[id]}`)
      .join("; ")
      .concat("."),
    factsOf(runs).join("\n"),
  ];
  if (peers.length > 0) {
    parts.push(
      `Beside native code and other languages (${printNode(newestNode(peers))}; the C++ is our kernels and starts from what was laid, so below 1 is the part of native speed that WebAssembly reaches; the others, in italics, have generators of their own):`,
      peerTable(results),
    );
  }
  const nodes = nodesOf(rows).map(printNode).join(", ");
  parts.push(
    `${OFF_BY} Every ratio and every time, in ${nodes}: [\`bench/RESULTS.md\`](bench/RESULTS.md).`,
  );
  return parts.filter((part) => part !== "").join("\n\n");
}

/**
 * A text with something else between its two marks, `<!-- name:begin -->` and `<!-- name:end -->`.
 *
 * @throws Error when the text does not have both marks once
 */
export function filled(text: string, name: string, block: string): string {
  const [begin, end] = [`<!-- ${name}:begin -->`, `<!-- ${name}:end -->`];
  const [before, rest, ...more] = text.split(begin);
  const [, after, ...others] = rest?.split(end) ?? [];
  if (after === undefined || more.length > 0 || others.length > 0) {
    throw new Error(`there must be one ${begin} and after it one ${end}`);
  }
  return `${before}${begin}\n${block}\n${end}${after}`;
}
