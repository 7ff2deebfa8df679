// Shapley: what 1,000 members cause of the pool's ES (97.5 %), from 2,000 random orders of joining, on
// the losses of all in 4,096 scenarios. The plain way finds ES of every coalition on the way anew.
import { sampledShapleyWork } from "../../src/allocation/index.ts";
import { atOnce } from "../../src/basics/index.ts";
import { largest } from "../../src/risk/tail.ts";
import type { MemberLosses } from "../../src/sharing/index.ts";
import { engines } from "../engine.ts";
import type { Answer, Case, Size, Workload } from "../harness.ts";
import { mulberry32 } from "../plain.ts";

const LEVEL = 0.975;
const BLOCK = 512;
const TAIL = BLOCK * (1 - LEVEL);
const EXACT = "orders with their reverses, ES among the losses near its quantile";
const SELECTED = "orders one by one, ES of each coalition by selection";
const SORTED = "orders one by one, ES of each coalition by sorting";

/** Losses that share three shocks and have heavy tails of their own: the same numbers everywhere. */
export function factorLosses(members: number, scenarios: number): Float64Array[] {
  const random = mulberry32(5);
  const shock = () => random() + random() + random() - 1.5;
  const shocks = [0, 1, 2].map(() => Float64Array.from({ length: scenarios }, shock));
  return Array.from({ length: members }, () => {
    const size = 1 / (random() + 0.05);
    const [a, b, c] = [random(), random() - 0.3, random() - 0.5] as const;
    return Float64Array.from({ length: scenarios }, (_, s) => {
      const common = a * shocks[0]![s]! + b * shocks[1]![s]! + c * shocks[2]![s]!;
      return size * (common + shock() + 0.05 / (random() + 0.05));
    });
  });
}

/** A random order. */
function shuffled(members: number, random: () => number): Uint32Array {
  const order = Uint32Array.from({ length: members }, (_, m) => m);
  for (let i = members - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Plain JavaScript written to win: columns, and the tail by selection. */
function tunedShapley(columns: readonly Float64Array[], orders: number): Float64Array {
  const members = columns.length;
  const random = mulberry32(1);
  const parts = new Float64Array(members);
  const losses = new Float64Array(BLOCK);
  const copy = new Float64Array(BLOCK);
  const whole = Math.floor(TAIL);
  for (let o = 0; o < orders; o++) {
    const first = (o * BLOCK) % columns[0]!.length;
    losses.fill(0);
    let before = 0;
    for (const member of shuffled(members, random)) {
      const column = columns[member]!;
      for (let s = 0; s < BLOCK; s++) losses[s]! += column[first + s]!;
      copy.set(losses);
      let sum = (TAIL - whole) * largest(copy, whole + 1);
      for (let s = 0; s < whole; s++) sum += copy[s]!;
      parts[member]! += (sum / TAIL - before) / orders;
      before = sum / TAIL;
    }
  }
  return parts;
}

/** What a good web developer would write. */
function idiomaticShapley(columns: readonly (readonly number[])[], orders: number): number[] {
  const random = mulberry32(1);
  const parts = columns.map(() => 0);
  const count = Math.round(TAIL);
  for (let o = 0; o < orders; o++) {
    let losses = new Array<number>(BLOCK).fill(0);
    let before = 0;
    for (const member of shuffled(columns.length, random)) {
      losses = losses.map((loss, s) => loss + columns[member]![s]!);
      const tail = [...losses].sort((a, b) => b - a).slice(0, count);
      const shortfall = tail.reduce((a, b) => a + b, 0) / count;
      parts[member]! += (shortfall - before) / orders;
      before = shortfall;
    }
  }
  return parts;
}

/** The workload in the given size. */
export function shapleySampling(size: Size): Workload {
  const [members, scenarios, orders, few, fewest] =
    size === "smoke" ? [30, 2 * 4096, 32, 8, 4] : [1000, 4096, 2000, 40, 4];
  const columns = factorLosses(members, scenarios);
  const losses: MemberLosses = { members, scenarios, column: (member) => columns[member]! };
  const answer = (parts: Float64Array): Answer => ({
    output: parts,
    figures: { "ES 97.5 %": parts.reduce((a, b) => a + b, 0) },
  });
  const one = (
    implementation: string,
    algorithm: string,
    walked: number,
    run: () => Float64Array,
  ): Case => ({
    ...{ implementation, algorithm },
    units: members * walked,
    run: () => answer(run()),
  });
  return {
    id: "shapley",
    title: `Shapley values of ES 97.5 % for ${members} members from ${orders} orders`,
    unit: "member and order",
    cases: [
      ...engines().map(({ implementation, kernels }) =>
        one(implementation, EXACT, orders, () => {
          const asked = { level: LEVEL, orders, blockScenarios: BLOCK };
          return atOnce(sampledShapleyWork(kernels, losses, asked)).parts;
        }),
      ),
      one("tuned JS", SELECTED, few, () => tunedShapley(columns, few)),
      one("idiomatic JS", SORTED, fewest, () => {
        const rows = columns.map((column) => Array.from(column.subarray(0, BLOCK)));
        return Float64Array.from(idiomaticShapley(rows, fewest));
      }),
    ],
  };
}
