// Amounts that are set beforehand: parts of the expected shortfall of a sample of losses.
import { coreExcess, nucleolus, shapley } from "../../../src/sharing/index.ts";
import type { Axiom, Cell, Row } from "./row.ts";

/** Equally likely scenarios; the worst of them, of which the last may count in part. */
export interface SamplePool {
  /** [scenarios][members] */
  readonly losses: readonly (readonly number[])[];
  /** (1 − level) · scenarios, > 0, not whole in general. */
  readonly tail: number;
}

/** Everyone's part of a cost that is known for every coalition. */
export type CapitalRule = (pool: SamplePool) => number[];

const sum = (values: readonly number[]) => values.reduce((above, value) => above + value, 0);
const swapped = <T>(list: readonly T[]): T[] => [list[1]!, list[0]!, ...list.slice(2)];
const apart = (a: readonly number[], b: readonly number[]) =>
  Math.max(0, ...a.map((value, i) => Math.abs(value - b[i]!)));
const membersIn = (row: readonly number[], coalition: number) =>
  sum(row.filter((_, i) => (coalition >> i) & 1));
const everyone = ({ losses }: SamplePool) => 2 ** losses[0]!.length - 1;

/** Weights of the worst scenarios for a coalition's total; ties by place. */
export function tailWeights({ losses, tail }: SamplePool, coalition: number): number[] {
  const totals = losses.map((row) => membersIn(row, coalition));
  const order = [...totals.keys()].sort((a, b) => totals[b]! - totals[a]! || a - b);
  const weights = losses.map(() => 0);
  order.forEach((scenario, rank) => {
    weights[scenario] = Math.min(1, Math.max(0, tail - rank)) / tail;
  });
  return weights;
}

/** Expected shortfall of a coalition. */
export function shortfall(pool: SamplePool, coalition: number): number {
  if (coalition === 0) return 0;
  const weights = tailWeights(pool, coalition);
  return sum(pool.losses.map((row, k) => weights[k]! * membersIn(row, coalition)));
}

/** Mean of everyone's losses in the worst scenarios of all. */
export const eulerShortfall: CapitalRule = (pool) => {
  const weights = tailWeights(pool, everyone(pool));
  return pool.losses[0]!.map((_, i) => sum(pool.losses.map((row, k) => weights[k]! * row[i]!)));
};

const costOf = (pool: SamplePool) => {
  const costs = Array.from({ length: everyone(pool) + 1 }, (_, c) => shortfall(pool, c));
  return (coalition: number) => costs[coalition]!;
};
const shapleyShortfall: CapitalRule = (pool) => [...shapley(pool.losses[0]!.length, costOf(pool))];
const nucleolusShortfall: CapitalRule = (pool) => [
  ...nucleolus(pool.losses[0]!.length, costOf(pool)),
];

/** What the coalition that is worst off is charged above its own shortfall. */
export function excessOf(pool: SamplePool, rule: CapitalRule): number {
  return Math.max(0, coreExcess(rule(pool), costOf(pool)).excess);
}

const onColumns = (pool: SamplePool, turn: <T>(list: readonly T[]) => T[]): SamplePool => ({
  ...pool,
  losses: pool.losses.map(turn),
});

function capitalChecks(rule: CapitalRule): Row<SamplePool>["checks"] {
  return {
    "full allocation": (pool) => Math.abs(sum(rule(pool)) - shortfall(pool, everyone(pool))),
    normalisation: (pool) => {
      // Someone joins who never loses anything.
      const joined = rule({ ...pool, losses: pool.losses.map((row) => [...row, 0]) });
      return Math.abs(joined.at(-1)!);
    },
    translation: (pool) => {
      const raised = pool.losses.map(([first, ...others]) => [first! + 2, ...others]);
      return apart(
        rule({ ...pool, losses: raised }),
        rule(pool).map((part, i) => part + (i === 0 ? 2 : 0)),
      );
    },
    comonotonicity: (pool) => {
      // All losses rise together: everyone pays the own shortfall and saves nothing.
      const columns = pool.losses[0]!.map((_, i) =>
        pool.losses.map((row) => row[i]!).sort((a, b) => a - b),
      );
      const together = {
        ...pool,
        losses: pool.losses.map((_, k) => columns.map((column) => column[k]!)),
      };
      return apart(
        rule(together),
        columns.map((_, i) => shortfall(together, 1 << i)),
      );
    },
    "no rip-off": (pool) =>
      Math.max(
        0,
        ...rule(pool).map((part, i) => part - Math.max(...pool.losses.map((row) => row[i]!))),
      ),
    "core membership": (pool) => excessOf(pool, rule),
    "order independence": (pool) =>
      apart(rule(onColumns(pool, (list) => [...list].reverse())).reverse(), rule(pool)),
    symmetry: (pool) => {
      const same = rule({
        ...pool,
        losses: pool.losses.map((row) => [row[0]!, row[0]!, ...row.slice(2)]),
      });
      return Math.abs(same[0]! - same[1]!);
    },
    reshuffling: (pool) => apart(rule(onColumns(pool, swapped)), swapped(rule(pool))),
    "source anonymity": (pool) => apart(rule(onColumns(pool, swapped)), rule(pool)),
  };
}

/** Losses and gains in six to twenty scenarios, of which a fraction is the tail. */
export function drawPool(random: () => number, most: number): SamplePool {
  const members = 2 + Math.floor(random() * (most - 1));
  const losses = Array.from({ length: 6 + Math.floor(random() * 15) }, () =>
    Array.from({ length: members }, () => (random() - 0.4) * (random() + 0.02) ** -0.6),
  );
  return { losses, tail: 0.5 + random() * 0.5 * losses.length };
}

const BEFOREHAND = { notDefined: "the amounts are set beforehand and do not vary with the loss" };
const CAPITAL = { notDefined: "capital is set above the mean on purpose" };
const SEE_FULL = { notDefined: "what is set beforehand is asked to be a full allocation" };
/** A small and a large loss that never meet. */
const unequal: SamplePool = {
  losses: [
    [1, 0],
    [0, 4],
    [0, 0],
  ],
  tail: 1,
};

function capitalRow(
  rule: string,
  of: CapitalRule,
  most: number,
  tolerance: number,
  thin: number,
  core: Cell<SamplePool>,
  anonymity: number,
): Row<SamplePool> {
  const cells: { [axiom in Axiom]: Cell<SamplePool> } = {
    balance: SEE_FULL,
    "full allocation": "holds",
    fairness: CAPITAL,
    normalisation: "holds",
    translation: "holds",
    comonotonicity: "holds",
    "no rip-off": "holds",
    "less variance": BEFOREHAND,
    "core membership": core,
    "order independence": "holds",
    symmetry: "holds",
    reshuffling: "holds",
    "source anonymity": { fails: unequal, by: anonymity },
  };
  const draw = (random: () => number) => drawPool(random, most);
  return { rule, draw, checks: capitalChecks(of), tolerance, thin, cells };
}

/** Costs by worst case are 4, 3 and 4, of the two last 1; the mean over all orders is 3, −1, 3. */
const beyondCore: SamplePool = {
  losses: [
    [4, -3, 4],
    [-2, 3, -2],
  ],
  tail: 1,
};

/** Parts of expected shortfall. */
export const CAPITAL_ROWS: readonly Row<SamplePool>[] = [
  capitalRow("Euler shortfall", eulerShortfall, 6, 1e-9, 1, "holds", 4),
  capitalRow("Shapley shortfall", shapleyShortfall, 4, 1e-9, 5, { fails: beyondCore, by: 1 }, 3),
  capitalRow("nucleolus of shortfall", nucleolusShortfall, 4, 1e-6, 20, "holds", 3),
];
