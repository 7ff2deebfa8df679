// Rows with round numbers, so that every ratio is known without a calculator.
import { type MachineResults, RISKPOOL, type Row } from "../../bench/row.ts";

/** A row of W1 in Node 24, but for what is said. */
export function row(implementation: string, nanoseconds: number, rest: Partial<Row> = {}): Row {
  return {
    workload: "W1",
    unit: "option and scenario",
    implementation,
    algorithm: "full",
    node: "v24.1.0",
    nanoseconds,
    spread: 0.04,
    hash: "aa",
    ...rest,
  };
}

/** One machine with two workloads, two versions of Node and two peers. */
export const results: MachineResults = {
  machine: "some-machine",
  description: "Some <processor> & more, 2 cores",
  date: "2026-03-01",
  command: "npm run bench -- --write",
  rows: [
    row(RISKPOOL, 10),
    row(`${RISKPOOL} in plain JS`, 25),
    row("tuned JS", 40, { hash: "bb" }),
    row("tuned JS, N from a table", 30, { algorithm: "table", hash: "cc" }),
    row("idiomatic JS", 1234, { algorithm: "inexact", hash: "dd" }),
    row(RISKPOOL, 8, { node: "v20.2.0" }),
    row("tuned JS", 24, { node: "v20.2.0", hash: "ee" }),
    row(RISKPOOL, 103, { workload: "W3", hash: "w3" }),
    row(`${RISKPOOL}, ES only`, 100, { workload: "W3", aside: true, algorithm: "totals" }),
  ],
  peers: [
    row(RISKPOOL, 12, { algorithm: "from the book" }),
    row(RISKPOOL, 10, { algorithm: "kernels" }),
    row("native C++, 128 bit", 9, { algorithm: "kernels" }),
    row("NumPy", 48, { algorithm: "columns", hash: "np" }),
  ],
  peersDate: "2026-02-27",
};
