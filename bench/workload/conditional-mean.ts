// Conditional mean: what everyone is expected to have lost given what all have, for 1,000 members in
// 100,000 scenarios, at 1,000 losses. The plain way keeps a row of losses for every scenario.
import { type ConditionalShares, conditionalShares } from "../../src/sharing/index.ts";
import type { Answer, Case, Size, Workload } from "../harness.ts";
import { RISKPOOL } from "../row.ts";
import { factorLosses } from "./shapley.ts";

const BINS = 200;
const LOSSES = 1000;
/** Columns that are told apart: members have them in turn, so that memory holds them. */
const DISTINCT = 40;
const TABLE = "bins by the sum, one pass over the columns, isotonic";

/** Shares at losses from the least to the worst sum. */
function sharesAt(total: Float64Array, shares: (loss: number) => ArrayLike<number>): Answer {
  const sorted = total.slice().sort();
  const output = new Float64Array(2 * LOSSES);
  for (let i = 0; i < LOSSES; i++) {
    const row = shares(sorted[Math.floor((i * sorted.length) / LOSSES)]!);
    output[2 * i] = row[0]!;
    output[2 * i + 1] = row[row.length - 1]!;
  }
  return { output, figures: { "the first one's share at the median": output[LOSSES]! } };
}

/** What a good web developer would write: rows sorted by their sum, bins of equally many, averages. */
function idiomaticShares(rows: readonly { total: number; losses: readonly number[] }[]) {
  const sorted = [...rows].sort((a, b) => a.total - b.total);
  const bins = new Map<number, (typeof sorted)[number][]>();
  sorted.forEach((row, i) => {
    const bin = Math.floor((i * BINS) / sorted.length);
    bins.set(bin, [...(bins.get(bin) ?? []), row]);
  });
  const table = [...bins.values()].map((bin) => ({
    total: bin.reduce((sum, { total }) => sum + total, 0) / bin.length,
    shares: bin[0]!.losses.map(
      (_, m) => bin.reduce((sum, { losses }) => sum + losses[m]!, 0) / bin.length,
    ),
  }));
  return (loss: number) => {
    const above = Math.max(
      1,
      table.findIndex(({ total }) => total >= loss),
    );
    const [low, high] = [table[above - 1]!, table[above]!];
    const part = (loss - low.total) / (high.total - low.total);
    return low.shares.map((share, m) => share + part * (high.shares[m]! - share));
  };
}

/** The workload in the given size. */
export function conditionalMeans(size: Size): Workload {
  const [members, scenarios, few] = size === "smoke" ? [60, 4000, 800] : [1000, 100_000, 2000];
  const distinct = factorLosses(Math.min(DISTINCT, members), scenarios);
  const column = (member: number) => distinct[member % distinct.length]!;
  const total = new Float64Array(scenarios);
  for (let m = 0; m < members; m++)
    column(m).forEach((loss, s) => {
      total[s]! += loss;
    });
  const losses = { members, scenarios, column };
  const own = (implementation: string, algorithm: string, isotonic: boolean): Case => ({
    ...{ implementation, algorithm },
    units: members * scenarios,
    run: () => {
      const shares: ConditionalShares = conditionalShares(losses, { total, bins: BINS, isotonic });
      return sharesAt(total, (loss) => shares.at(loss));
    },
  });
  const rows = Array.from({ length: few }, (_, s) => ({
    total: total[s]!,
    losses: Array.from({ length: members }, (_, m) => column(m)[s]!),
  }));
  return {
    id: "conditional",
    title: `Mean losses of ${members} members given their sum, from ${scenarios} scenarios`,
    unit: "member and scenario",
    cases: [
      own(RISKPOOL, TABLE, true),
      { ...own(`${RISKPOOL}, not smoothed`, "bins by the sum, one pass", false), aside: true },
      {
        implementation: "idiomatic JS",
        algorithm: "rows of losses, sorted and binned",
        units: members * few,
        run: () => sharesAt(total.subarray(0, few), idiomaticShares(rows)),
      },
    ],
  };
}
