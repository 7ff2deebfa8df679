// Method: the closed forms of laws whose mean given the sum is known, within the errors given, and
// the axioms of the rule on the sample itself.
import { describe, expect, test } from "vitest";
import { atOnce } from "../../src/basics/index.ts";
import {
  type ConditionalSharing,
  conditionalMean,
  conditionalShares,
  conditionalSharesWork,
  type JointLaw,
} from "../../src/sharing/index.ts";
import { memberLosses, normals, uniforms } from "../support/member-losses.ts";
import { expectClose } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const SCENARIOS = 60_000;
const sum = (values: Iterable<number>) => [...values].reduce((above, value) => above + value, 0);

const exponential = (random: () => number) => -Math.log(1 - random());
const gamma = (random: () => number, shape: number) =>
  sum(Array.from({ length: shape }, () => exponential(random)));

/** How members of a law lose. */
const LAWS: Readonly<
  Record<string, { law: JointLaw; draw: (random: () => number, member: number) => number }>
> = {
  "gamma losses": {
    law: { kind: "gamma", shapes: [2, 3, 5] },
    draw: (random, m) => gamma(random, [2, 3, 5][m]!),
  },
  "two exponentials": {
    law: { kind: "exponential", rates: [1, 2] },
    draw: (random, m) => exponential(random) / [1, 2][m]!,
  },
  "two exponentials far apart": {
    law: { kind: "exponential", rates: [4, 0.25] },
    draw: (random, m) => exponential(random) / [4, 0.25][m]!,
  },
  "losses of one unit": {
    law: {
      kind: "lattice",
      masses: [
        [0.9, 0.1],
        [0.8, 0.2],
        [0.5, 0.5],
      ],
    },
    draw: (random, m) => Number(random() < [0.1, 0.2, 0.5][m]!),
  },
};

function membersOf(law: JointLaw): number {
  if (law.kind === "gamma") return law.shapes.length;
  return law.kind === "lattice" ? law.masses.length : law.rates.length;
}

function columnsOf(name: string, seed: number): number[][] {
  const { law, draw } = LAWS[name]!;
  const random = uniforms(seed);
  return Array.from({ length: membersOf(law) }, (_, m) =>
    Array.from({ length: SCENARIOS }, () => draw(random, m)),
  );
}

const totals = (columns: readonly number[][]) =>
  Float64Array.from(columns[0]!, (_, s) => sum(columns.map((column) => column[s]!)));

describe("closed forms", () => {
  test.each(Object.keys(LAWS))("conditionalShares: %s", (name) => {
    const { law } = LAWS[name]!;
    const columns = columnsOf(name, 11);
    const sorted = totals(columns).sort();
    const places = [0.0005, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 0.995, 0.9995];
    for (const isotonic of [true, false]) {
      const shares = conditionalShares(memberLosses(columns), { isotonic });
      const apart: number[] = [];
      for (const place of places) {
        const loss = sorted[Math.floor(place * SCENARIOS)]!;
        const known = conditionalMean(loss, law);
        const found = shares.at(loss);
        const errors = shares.errorsAt(loss);
        expectClose(sum(found), loss, { rel: 1e-13 });
        known.forEach((share, i) => {
          // Where all lose or nobody does, nothing is left to chance.
          expect(Math.abs(found[i]! - share)).toBeLessThanOrEqual(4 * errors[i]! + 1e-12);
          if (errors[i]! > 0) apart.push((found[i]! - share) / errors[i]!);
        });
      }
      const spread = Math.sqrt(sum(apart.map((one) => one * one)) / apart.length);
      expect(spread).toBeLessThan(1.3);
      expect(Math.max(...Array.from(shares.errorsAt(sorted[SCENARIOS / 2]!)))).toBeLessThan(
        0.03 * sorted[SCENARIOS / 2]!,
      );
    }
  });

  test("conditionalShares: smoothing where it may be is nearer to the truth", () => {
    const distance = (isotonic: boolean) => {
      const { law } = LAWS["gamma losses"]!;
      const columns = columnsOf("gamma losses", 12);
      const shares = conditionalShares(memberLosses(columns), { isotonic, bins: 400 });
      return Array.from({ length: 160 }, (_, i) => 4 + i / 10)
        .map((loss) => {
          const known = conditionalMean(loss, law);
          return sum(shares.at(loss).map((share, m) => (share - known[m]!) ** 2));
        })
        .reduce((a, b) => a + b);
    };
    expect(distance(true)).toBeLessThan(0.5 * distance(false));
  });
});

/** Members who lose and gain together, or against each other, with a sure one and a seldom one. */
function anyLosses(seed: number): number[][] {
  const normal = normals(seed);
  const common = Array.from({ length: 20_000 }, normal);
  return [
    common.map((z) => 2 * z + normal()),
    common.map((z) => Math.exp(z / 2 + normal() / 3)),
    common.map((z) => -z + normal()),
    common.map(() => 1.5),
    common.map(() => (normal() > 2.5 ? 20 : 0)),
  ];
}

describe("axioms on the sample", () => {
  const pools: Readonly<Record<string, number[][]>> = {
    "losses of any sign": anyLosses(3),
    "losses that are never negative": anyLosses(4).map((column) => column.map(Math.abs)),
    "losses of one unit": columnsOf("losses of one unit", 5),
    "gamma losses": columnsOf("gamma losses", 6),
  };

  test.each(Object.keys(pools))("conditionalShares: %s", (name) => {
    const columns = pools[name]!;
    const total = totals(columns);
    const sorted = total.slice().sort();
    for (const isotonic of [true, false]) {
      const shares = conditionalShares(memberLosses(columns), { isotonic, bins: 100 });
      const means = columns.map(() => 0);
      const squares = columns.map(() => 0);
      total.forEach((loss) => {
        shares.at(loss).forEach((share, i) => {
          means[i]! += share / total.length;
          squares[i]! += (share * share) / total.length;
        });
      });
      columns.forEach((column, i) => {
        const mean = sum(column) / column.length;
        const variance = sum(column.map((loss) => (loss - mean) ** 2)) / column.length;
        // Fair: where the bins are right, but for lines between them and corrections.
        expectClose(means[i], mean, { abs: 0.02 * Math.sqrt(variance) + 1e-9 });
        // Shares that would fall, and may not, can vary more than the loss they stand for.
        if (isotonic && name.startsWith("losses that are")) return;
        // Nor do lines between bins average what jumps there.
        const most = name === "losses that are never negative" ? 1.03 * variance : variance;
        expect(squares[i]! - means[i]! ** 2).toBeLessThanOrEqual(most + 1e-9);
      });
      for (const loss of [-30, 0, 0.7, 5, 1e4, ...sorted.filter((_, s) => s % 997 === 0)]) {
        if (loss < 0 && !name.endsWith("sign")) continue;
        const found = shares.at(loss);
        expectClose(sum(found), loss, { rel: 1e-12, abs: 1e-12 });
        if (loss < sorted[0]! || loss > sorted.at(-1)!) continue;
        columns.forEach((column, i) => {
          // No rip-off: inside the table nobody bears more than can be lost.
          expect(found[i]!).toBeLessThanOrEqual(column.reduce((a, b) => Math.max(a, b)) + 1e-9);
        });
      }
      if (!name.endsWith("sign")) {
        expect(shares.at(0).every((share) => share === 0)).toBe(true);
        expect(refusals(() => shares.at(-1))).toEqual(["NUMBER_RANGE /loss"]);
        expect(shares.nodes.every((node) => shares.at(node).every((one) => one >= 0))).toBe(true);
      }
    }
  });

  test("conditionalShares: no share falls while the loss rises, where that is assumed", () => {
    const columns = anyLosses(6);
    const shares = conditionalShares(memberLosses(columns));
    const free = conditionalShares(memberLosses(columns), { isotonic: false });
    const fall = ({ nodes, at }: { nodes: Float64Array; at: (loss: number) => Float64Array }) =>
      Array.from(nodes.subarray(1), (node, b) => {
        const before = at(nodes[b]!);
        return Math.max(...Array.from(at(node), (share, i) => before[i]! - share));
      }).reduce((most, one) => Math.max(most, one), 0);
    // Who gains when the others lose would get back ever more; that is what smoothing forbids.
    expect(fall({ nodes: free.nodes, at: (loss) => free.at(loss) })).toBeGreaterThan(0.2);
    expect(fall({ nodes: shares.nodes, at: (loss) => shares.at(loss) })).toBeLessThan(1e-3);
  });

  test("conditionalShares: what chance leaves of the large does not spill over onto the small", () => {
    const random = uniforms(21);
    const columns = [1e4, 1e4, 1].map((size) =>
      Array.from({ length: 20_000 }, () => size * random()),
    );
    const shares = conditionalShares(memberLosses(columns));
    for (let loss = 2000; loss < 18_000; loss += 500) {
      const own = shares.at(loss)[2]!;
      expect(Math.abs(own - 0.5)).toBeLessThan(4 * shares.errorsAt(loss)[2]!);
    }
  });

  test("conditionalShares: a sure loss is one's own, and members' order and unit do not matter", () => {
    const columns = anyLosses(7);
    const shares = conditionalShares(memberLosses(columns));
    const turned = conditionalShares(memberLosses([...columns].reverse()));
    const larger = conditionalShares(memberLosses(columns.map((own) => own.map((x) => 8 * x))));
    for (const loss of [-3, 0.5, 4, 30]) {
      const found = shares.at(loss);
      expectClose(found[3], 1.5, { rel: 1e-12 });
      expect(shares.errorsAt(loss)[3]).toBe(0);
      expectClose([...turned.at(loss)].reverse(), [...found], { rel: 1e-8, abs: 1e-9 });
      expect(larger.at(8 * loss)).toEqual(found.map((share) => 8 * share));
    }
  });
});

test("conditionalShares: a given total saves a pass, and pieces give the same bits", () => {
  const columns = columnsOf("gamma losses", 2);
  let asked = 0;
  const losses = memberLosses(columns);
  const column = (member: number) => {
    asked++;
    return losses.column(member);
  };
  const counting = { ...losses, column };
  const total = totals(columns);
  const shares = conditionalShares(counting, { total });
  expect(asked).toBe(3);
  const again = atOnce(conditionalSharesWork(counting));
  expect(asked).toBe(9);
  expect(again.at(7)).toEqual(shares.at(7));
  expect(again.errorsAt(7)).toEqual(shares.errorsAt(7));
  const many = memberLosses(Array.from({ length: 300 }, () => columns[0]!));
  expect([...conditionalSharesWork(many)].length).toBeGreaterThan(6);
});

describe("refusals", () => {
  const columns = anyLosses(1).slice(0, 2);
  const broken = (value: number) => columns.map((own, i) => (i ? own : [value, ...own.slice(1)]));
  const refused = (asked: ConditionalSharing, of: readonly number[][] = columns) =>
    refusals(() => conditionalShares(memberLosses(of), asked));

  test("conditionalShares: refuses what has no conditional mean", () => {
    expect(refused({ bins: 0 })).toEqual(["NUMBER_RANGE /bins"]);
    expect(refused({ bins: 1.5 })).toEqual(["NUMBER_RANGE /bins"]);
    expect(refused({ total: new Float64Array(3) })).toEqual(["MATRIX_SHAPE /total"]);
    expect(refused({}, [[1, 2, 3]])).toEqual(["NUMBER_RANGE /scenarios"]);
    expect(refused({}, broken(Number.NaN))).toEqual(["NUMBER_NOT_FINITE /total"]);
    expect(refused({ total: totals(columns) }, broken(Number.NaN))).toEqual([
      "NUMBER_NOT_FINITE /losses/0",
    ]);
    expect(refused({ total: totals(columns).map((loss) => loss + 0.01) })).toEqual([
      "WEIGHTS_SUM /total",
    ]);
    const nobody = { members: 0, scenarios: 100, column: () => new Float64Array(100) };
    expect(refusals(() => conditionalShares(nobody))).toEqual(["MEMBERS_NONE /members"]);
    const shares = conditionalShares(memberLosses(columns));
    expect(refusals(() => shares.at(Number.NaN))).toEqual(["NUMBER_NOT_FINITE /loss"]);
    expect(refusals(() => shares.errorsAt(Infinity))).toEqual(["NUMBER_NOT_FINITE /loss"]);
  });
});
