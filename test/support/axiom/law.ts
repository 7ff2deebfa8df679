// Rules that share a realised loss by the mean given the sum, for laws with a closed form.
import { conditionalMean, type JointLaw } from "../../../src/sharing/index.ts";
import type { Cell, Row } from "./row.ts";
import {
  ALWAYS,
  apart,
  column,
  expected,
  NO_COALITION,
  SEE_BALANCE,
  type Shares,
  sum,
  swapped,
  variance,
} from "./shares.ts";

/** Independent losses of one kind of law. */
export interface LawPool {
  readonly law: JointLaw;
}

/** Nodes of the sum with their chances, and what is known of every member. */
interface LawView {
  readonly totals: readonly number[];
  readonly chances: readonly number[];
  readonly means: readonly number[];
  readonly variances: readonly number[];
}

const parametersOf = (law: JointLaw): readonly number[] =>
  law.kind === "gamma" ? law.shapes : law.kind === "lattice" ? [] : law.rates;

function withParameters(law: JointLaw, values: readonly number[]): JointLaw {
  if (law.kind === "gamma") return { kind: "gamma", shapes: values };
  if (law.kind === "lattice") return law;
  return { kind: law.kind, rates: values };
}

/** Nodes and weights of Simpson's rule on [0, 1]. */
const SIMPSON = Array.from({ length: 401 }, (_, i) => ({
  x: i / 400,
  weight: (i === 0 || i === 400 ? 1 : i % 2 === 1 ? 4 : 2) / 1200,
}));

/**
 * Where shares are straight lines in the sum, any law of the sum with its mean and variance will do:
 * 0 or one other value. For exponentials the density of the sum, on a stretched grid.
 */
function viewOf({ law }: LawPool): LawView {
  const values = parametersOf(law);
  if (law.kind === "exponential") {
    const [a, b] = [Math.max(...values), Math.min(...values)];
    const reach = 45 / b;
    // s = reach · u³ puts nodes where the density moves.
    const nodes = SIMPSON.map(({ x, weight }) => {
      const s = reach * x ** 3;
      const density = (a * b * Math.exp(-b * s) * -Math.expm1(-(a - b) * s)) / (a - b);
      return { s, chance: weight * 3 * reach * x * x * density };
    });
    return {
      totals: nodes.map(({ s }) => s),
      chances: nodes.map(({ chance }) => chance),
      means: values.map((rate) => 1 / rate),
      variances: values.map((rate) => 1 / rate ** 2),
    };
  }
  const mean = sum(values);
  const t = (mean + mean * mean) / mean;
  return { totals: [0, t], chances: [1 - mean / t, mean / t], means: values, variances: values };
}

const sharesOf = ({ law }: LawPool, totals: readonly number[]): Shares =>
  totals.map((total) => conditionalMean(total, law));

const lawChecks: Row<LawPool>["checks"] = {
  balance: (pool) => {
    const { totals } = viewOf(pool);
    return Math.max(
      ...sharesOf(pool, totals).map((row, k) => Math.abs(sum(row) - totals[k]!) / (1 + totals[k]!)),
    );
  },
  fairness: (pool) => {
    const { totals, chances, means } = viewOf(pool);
    const shares = sharesOf(pool, totals);
    return Math.max(
      ...means.map((mean, i) => Math.abs(expected(column(shares, i), chances) / mean - 1)),
    );
  },
  normalisation: (pool) => Math.max(...Array.from(sharesOf(pool, [0])[0]!, Math.abs)),
  comonotonicity: (pool) => {
    const totals = [...viewOf(pool).totals, 1, 5, 30].sort((a, b) => a - b);
    const shares = sharesOf(pool, totals);
    let worst = 0;
    for (let k = 1; k < totals.length; k++) {
      for (let i = 0; i < shares[0]!.length; i++) {
        worst = Math.max(worst, shares[k - 1]![i]! - shares[k]![i]!);
      }
    }
    return worst;
  },
  "less variance": (pool) => {
    const { totals, chances, variances } = viewOf(pool);
    const shares = sharesOf(pool, totals);
    return Math.max(
      0,
      ...variances.map((own, i) => variance(column(shares, i), chances) / own - 1),
    );
  },
  "order independence": (pool) => exchanged(pool, (list) => [...list].reverse()),
  symmetry: ({ law }) => {
    const values = parametersOf(law);
    const same = withParameters(law, [values[0]!, values[0]!, ...values.slice(2)]);
    return Math.max(
      ...sharesOf({ law: same }, [0.3, 2, 9]).map((row) => Math.abs(row[0]! - row[1]!)),
    );
  },
  reshuffling: (pool) => exchanged(pool, swapped),
  "source anonymity": (pool) => {
    const other = { law: withParameters(pool.law, swapped(parametersOf(pool.law))) };
    return apart(sharesOf(pool, [0.3, 2, 9]), sharesOf(other, [0.3, 2, 9]));
  },
};

function exchanged(pool: LawPool, turn: (list: readonly number[]) => number[]): number {
  const totals = [0.3, 2, 9];
  const other = { law: withParameters(pool.law, turn(parametersOf(pool.law))) };
  return apart(
    sharesOf(other, totals),
    sharesOf(pool, totals).map((row) => turn(Array.from(row))),
  );
}

function lawRow(
  kind: "gamma" | "poisson" | "exponential",
  tolerance: number,
  anonymity: Cell<LawPool>,
): Row<LawPool> {
  const draw = (random: () => number): LawPool => {
    const count = kind === "exponential" ? 2 : 2 + Math.floor(random() * 5);
    const values = Array.from({ length: count }, () => 0.2 + 4 * random());
    return { law: lawOf(kind, values) };
  };
  return {
    rule: `conditional mean of ${kind} losses`,
    draw,
    checks: lawChecks,
    tolerance,
    cells: {
      ...ALWAYS,
      "full allocation": SEE_BALANCE,
      "core membership": NO_COALITION,
      fairness: "holds",
      normalisation: "holds",
      translation: { notDefined: "a loss of such a law and a certain amount is not of such a law" },
      comonotonicity: "holds",
      "no rip-off": { notDefined: "there is no most that can be lost" },
      "less variance": "holds",
      "source anonymity": anonymity,
    },
  };
}

function lawOf(kind: "gamma" | "poisson" | "exponential", values: readonly number[]): JointLaw {
  return kind === "gamma" ? { kind, shapes: values } : { kind, rates: values };
}

/** Conditional means in closed form. */
export const LAW_ROWS: readonly Row<LawPool>[] = [
  lawRow("gamma", 1e-9, { fails: { law: lawOf("gamma", [1, 3]) }, by: 4.5 }),
  lawRow("poisson", 1e-9, { fails: { law: lawOf("poisson", [1, 3]) }, by: 4.5 }),
  lawRow("exponential", 1e-5, {
    fails: { law: lawOf("exponential", [1, 3]) },
    by: 8 + 18 / Math.expm1(18),
  }),
];
