// Method: published programs, two on which the steepest step goes round in circles; and on random
// ones a solution that proves itself by its duals.
import { describe, expect, test } from "vitest";
import {
  type LinearConstraint,
  type LinearProgram,
  type LinearSolution,
  linearProgram,
} from "../../src/numeric/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

type Row = readonly [readonly number[], LinearConstraint["relation"], number];
const program = (
  objective: readonly number[],
  rows: readonly Row[],
  free: readonly number[] = [],
): LinearProgram => ({
  objective,
  constraints: rows.map(([coefficients, relation, bound]) => ({ coefficients, relation, bound })),
  free,
});
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (value, i) => value * b[i]!).reduce((sum, value) => sum + value, 0);

describe("published programs", () => {
  test.each<[string, LinearProgram, number, number[]]>([
    [
      "Chvátal, Linear Programming (1983), chapter 2",
      program(
        [-5, -4, -3],
        [
          [[2, 3, 1], "<=", 5],
          [[4, 1, 2], "<=", 11],
          [[3, 4, 2], "<=", 8],
        ],
      ),
      -13,
      [2, 0, 1],
    ],
    [
      "Beale (1955), which cycles by the steepest step",
      program(
        [-0.75, 150, -0.02, 6],
        [
          [[0.25, -60, -0.04, 9], "<=", 0],
          [[0.5, -90, -0.02, 3], "<=", 0],
          [[0, 0, 1, 0], "<=", 1],
        ],
      ),
      -0.05,
      [0.04, 0, 1, 0],
    ],
    [
      "Kuhn, degenerate",
      program(
        [-2, -3, 1, 12],
        [
          [[-2, -9, 1, 9], "<=", 0],
          [[1 / 3, 1, -1 / 3, -2], "<=", 0],
          [[2, 3, -1, -12], "<=", 2],
        ],
      ),
      -2,
      [2, 0, 2, 0],
    ],
    [
      "Chvátal, chapter 3, degenerate, cycles by the largest coefficient",
      program(
        [-10, 57, 9, 24],
        [
          [[0.5, -5.5, -2.5, 9], "<=", 0],
          [[0.5, -1.5, -0.5, 1], "<=", 0],
          [[1, 0, 0, 0], "<=", 1],
        ],
      ),
      -1,
      [1, 0, 1, 0],
    ],
    [
      "Dantzig's transport (1963), the first model of the GAMS library",
      program(
        [0.225, 0.153, 0.162, 0.225, 0.162, 0.126],
        [
          [[1, 1, 1, 0, 0, 0], "<=", 350],
          [[0, 0, 0, 1, 1, 1], "<=", 600],
          [[1, 0, 0, 1, 0, 0], ">=", 325],
          [[0, 1, 0, 0, 1, 0], ">=", 300],
          [[0, 0, 1, 0, 0, 1], ">=", 275],
        ],
      ),
      153.675,
      [],
    ],
  ])("linearProgram: %s", (_, given, value, x) => {
    const found = optimum(linearProgram(given));
    expectClose(found.value, value, { rel: 1e-12 });
    if (x.length > 0) expectClose([...found.x], x, { rel: 1e-12, abs: 1e-12 });
    proves(given, found);
  });

  test("linearProgram: the cube of Klee and Minty (1972)", () => {
    for (let size = 2; size <= 8; size++) {
      const rows = Array.from({ length: size }, (_, i): Row => {
        const row = Array.from({ length: size }, (_, j) =>
          j < i ? 2 ** (i - j + 1) : j === i ? 1 : 0,
        );
        return [row, "<=", 5 ** (i + 1)];
      });
      const objective = Array.from({ length: size }, (_, j) => -(2 ** (size - 1 - j)));
      const found = optimum(linearProgram(program(objective, rows)));
      expectClose(found.value, -(5 ** size), { rel: 1e-12 });
    }
  });

  test("linearProgram: prices of the transport as published", () => {
    const demand: Row[] = [
      [[1, 1, 1, 0, 0, 0], "<=", 350],
      [[0, 0, 0, 1, 1, 1], "<=", 600],
      [[1, 0, 0, 1, 0, 0], ">=", 325],
      [[0, 1, 0, 0, 1, 0], ">=", 300],
      [[0, 0, 1, 0, 0, 1], ">=", 275],
    ];
    const { duals } = optimum(
      linearProgram(program([0.225, 0.153, 0.162, 0.225, 0.162, 0.126], demand)),
    );
    expectClose([...duals], [0, 0, 0.225, 0.153, 0.126], { rel: 1e-12, abs: 1e-12 });
  });
});

describe("programs of any form", () => {
  test("linearProgram: says where no point is allowed, and where there is no end", () => {
    expect(
      linearProgram(
        program(
          [1, 1],
          [
            [[1, 1], "<=", 1],
            [[1, 1], ">=", 2],
          ],
        ),
      ).state,
    ).toBe("infeasible");
    expect(linearProgram(program([1], [[[1], "=", -1]])).state).toBe("infeasible");
    expect(linearProgram(program([-1, 0], [[[1, -1], "<=", 1]])).state).toBe("unbounded");
    expect(linearProgram(program([1], [[[1], "<=", 3]], [0])).state).toBe("unbounded");
    expect(optimum(linearProgram(program([1], [[[1], ">=", -3]], [0]))).value).toBe(-3);
  });

  test("linearProgram: the unit of a row does not show, and its dual is per unit of the bound", () => {
    const rows: Row[] = [
      [[2e9, 3e9, 1e9], "<=", 5e9],
      [[4e-9, 1e-9, 2e-9], "<=", 11e-9],
      [[-3e5, -4e5, -2e5], ">=", -8e5],
    ];
    const { value, duals } = optimum(linearProgram(program([-5, -4, -3], rows)));
    expect(value).toBeCloseTo(-13, 10);
    expectClose([...duals], [-1e-9, 0, 1e-5], { rel: 1e-9, abs: 1e-15 });
  });

  test("linearProgram: rows that repeat others change nothing", () => {
    const rows: Row[] = [
      [[1, 1, 1], "=", 6],
      [[2, 2, 2], "=", 12],
      [[1, 0, -1], "=", -2],
      [[2, 1, 0], "=", 4],
    ];
    const given = program([3, 1, 2], rows);
    const found = optimum(linearProgram(given));
    expect(found.value).toBeCloseTo(8, 12);
    proves(given, found);
  });

  test("linearProgram: random programs prove themselves", () => {
    const random = seeded(7);
    const states = new Set<string>();
    for (let round = 0; round < 400; round++) {
      const variables = 1 + Math.floor(random() * 8);
      const count = 1 + Math.floor(random() * (round % 40 === 0 ? 200 : 12));
      const rows = Array.from({ length: count }, (): Row => {
        const row = Array.from({ length: variables }, () => Math.round(6 * random() - 2));
        const relation = random() < 0.7 ? "<=" : random() < 0.8 ? ">=" : "=";
        return [row, relation, Math.round(10 * random() - 1)];
      });
      const free = [...Array(variables).keys()].filter(() => random() < 0.2);
      const objective = Array.from({ length: variables }, () => Math.round(6 * random() - 3));
      const given = program(objective, rows, free);
      const solution = linearProgram(given);
      states.add(solution.state);
      if (solution.state === "optimal") proves(given, solution);
    }
    expect(states.size).toBe(3);
  });

  test("linearProgram: refuses what is no program, all at once", () => {
    const given = {
      objective: [1, Number.NaN],
      constraints: [{ coefficients: [1], relation: "<=", bound: Infinity } as const],
      free: [2],
    };
    expect(refusals(() => linearProgram(given))).toEqual([
      "NUMBER_NOT_FINITE /constraints/0/bound",
      "MATRIX_SHAPE /constraints/0/coefficients",
      "NUMBER_RANGE /free/0",
      "NUMBER_NOT_FINITE /objective/1",
    ]);
  });
});

type Optimum = Extract<LinearSolution, { state: "optimal" }>;

function optimum(solution: LinearSolution): Optimum {
  if (solution.state !== "optimal") throw new Error(`the program is ${solution.state}`);
  return solution;
}

/** A point that is allowed and prices of the rows that leave nothing to gain, with one value. */
function proves({ objective, constraints, free = [] }: LinearProgram, found: Optimum): void {
  const close = 1e-8;
  const gain = Float64Array.from(objective);
  constraints.forEach(({ coefficients, relation, bound }, row) => {
    const apart = dot(coefficients, found.x) - bound;
    if (relation !== ">=") expect(apart).toBeLessThan(close);
    if (relation !== "<=") expect(apart).toBeGreaterThan(-close);
    const price = found.duals[row]!;
    if (relation === "<=") expect(price).toBeLessThan(close);
    if (relation === ">=") expect(price).toBeGreaterThan(-close);
    for (let i = 0; i < gain.length; i++) gain[i]! -= price * coefficients[i]!;
  });
  gain.forEach((left, i) => {
    expect(left).toBeGreaterThan(-close);
    if (free.includes(i)) expect(left).toBeLessThan(close);
    else expect(found.x[i]!).toBeGreaterThan(-close);
  });
  const bounds = constraints.map(({ bound }) => bound);
  expectClose(dot(bounds, found.duals), found.value, { rel: close, abs: close });
}
