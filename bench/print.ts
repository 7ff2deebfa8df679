import type { Timing } from "./harness.ts";

/** A workload's timings as text; the ratio is to the first of them. */
export function print(title: string, timings: readonly Timing[]): string {
  const first = timings[0]!.row;
  const lines = timings.map(({ row, figures }) => {
    const { implementation, nanoseconds, spread } = row;
    const ratio = (nanoseconds / first.nanoseconds).toFixed(2);
    const found = Object.entries(figures).map(([name, value]) => `${name} ${value.toPrecision(7)}`);
    return (
      `  ${implementation.padEnd(26)} ${nanoseconds.toPrecision(4).padStart(9)} ns` +
      `  ± ${(spread * 50).toFixed(0).padStart(2)} %  ${ratio.padStart(7)} x  ${found.join(", ")}`
    );
  });
  return `\n${first.workload}  ${title}; per ${first.unit}, ${first.node}\n${lines.join("\n")}`;
}
