// Runs workloads in a page; bench/start.mjs serves it and asks for the rows.
import { EFFORTS, pageClock, type Size, timeCases } from "./harness.ts";
import { print } from "./print.ts";
import type { Row } from "./row.ts";
import { chosen } from "./workloads.ts";

/** Runs named workloads and gives each one's text and rows to `tell` as they come. */
async function bench(
  names: readonly string[],
  size: Size,
  node: string,
  tell: (text: string, rows: readonly Row[]) => Promise<void>,
): Promise<void> {
  for (const make of chosen(names)) {
    const workload = make(size);
    const timings = await timeCases(workload, EFFORTS[size], pageClock, node);
    await tell(
      print(workload.title, timings),
      timings.map(({ row }) => row),
    );
  }
}

Object.assign(globalThis, { bench });
document.title = "ready";
