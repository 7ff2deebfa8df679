/** Small dense linear programs. */

import { assert, type Issue, PoolError, received } from "../basics/index.ts";

/** One row: coefficients · x, and what it is held against. */
export interface LinearConstraint {
  /** [variables]. */
  readonly coefficients: ArrayLike<number>;
  readonly relation: "<=" | ">=" | "=";
  readonly bound: number;
}

/** The least of objective · x under constraints. */
export interface LinearProgram {
  /** [variables]; of what is to be largest, the negative. */
  readonly objective: ArrayLike<number>;
  readonly constraints: readonly LinearConstraint[];
  /** Places of variables that may be negative; all others are ≥ 0. */
  readonly free?: readonly number[];
}

/** What becomes of a linear program. */
export type LinearSolution =
  | {
      readonly state: "optimal";
      readonly value: number;
      /** [variables] */
      readonly x: Float64Array;
      /**
       * [constraints] change of the value per unit of the bound: ≤ 0 at `<=`, ≥ 0 at `>=`. Together
       * with x they prove the optimum: bounds · duals = value.
       */
      readonly duals: Float64Array;
    }
  | { readonly state: "infeasible" }
  | { readonly state: "unbounded" };

/** A tableau: `rows` rows of `width` numbers, the last of each the right-hand side. */
interface Tableau {
  readonly cells: Float64Array;
  readonly rows: number;
  readonly width: number;
  /** [rows] the variable that each row stands for. */
  readonly basis: Int32Array;
}

/** Where each part of the problem stands among the columns. */
interface Columns {
  /** [variables] column of the variable, and of its negative where it is free, else -1. */
  readonly negatives: Int32Array;
  /** First artificial variable: one for every row, which also tells its dual. */
  readonly artificials: number;
  /** [rows] what a row was multiplied with: its right-hand side is not negative, its size near 1. */
  readonly scales: Float64Array;
}

/** Below this a coefficient is rounding. */
const TOLERANCE = 1e-9;
/** Rows larger than this, or smaller than its inverse, are scaled. */
const ROW_SIZE_MAX = 1000;
/** Steps without gain after which the entering variable is chosen by its place alone. */
const STALLED = 8;

/**
 * Solves a linear program by the simplex method in two phases on a dense tableau.
 *
 * The steepest coefficient enters; after some steps without gain the first that may (Bland's rule),
 * until something is gained again: so it cannot go round in circles. Rows whose largest coefficient
 * is beyond 1000 or below 1/1000 are scaled to 1; then what is below 1e-9 counts as rounding.
 *
 * @throws  PoolError NUMBER_NOT_FINITE, NUMBER_RANGE, MATRIX_SHAPE; all at once
 * @cost    rows · (variables + 2 · rows) per step, in f64; good for some hundred rows
 * @source  Dantzig, Linear Programming and Extensions (1963); Bland, New finite pivoting rules for the
 *          simplex method (1977)
 */
export function linearProgram(program: LinearProgram): LinearSolution {
  check(program);
  const { tableau, columns } = layOut(program);
  const { cells, rows, width } = tableau;
  const { artificials, scales, negatives } = columns;
  const first = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    if (tableau.basis[row]! < artificials) continue;
    for (let j = 0; j < width; j++) first[j]! -= cells[row * width + j]!;
  }
  const need = -first[width - 1]!;
  iterate(tableau, first, artificials);
  if (-first[width - 1]! > TOLERANCE * (1 + need)) return { state: "infeasible" };
  dropArtificials(tableau, artificials);
  const second = new Float64Array(width);
  const variables = program.objective.length;
  for (let i = 0; i < variables; i++) {
    second[i] = program.objective[i]!;
    if (negatives[i]! >= 0) second[negatives[i]!] = -program.objective[i]!;
  }
  for (let row = 0; row < rows; row++) {
    const cost = second[tableau.basis[row]!]!;
    if (cost !== 0) subtractRow(tableau, row, second, cost);
  }
  if (!iterate(tableau, second, artificials)) return { state: "unbounded" };
  const found = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    found[tableau.basis[row]!] = cells[row * width + width - 1]!;
  }
  const x = Float64Array.from({ length: variables }, (_, i) =>
    negatives[i]! < 0 ? found[i]! : found[i]! - found[negatives[i]!]!,
  );
  const duals = scales.map((scale, row) => -second[artificials + row]! * scale + 0);
  let value = 0;
  for (let i = 0; i < variables; i++) value += program.objective[i]! * x[i]!;
  return { state: "optimal", value, x, duals };
}

function layOut({ objective, constraints, free = [] }: LinearProgram): {
  readonly tableau: Tableau;
  readonly columns: Columns;
} {
  const variables = objective.length;
  const rows = constraints.length;
  const negatives = new Int32Array(variables).fill(-1);
  let next = variables;
  for (const i of free) negatives[i] = next++;
  const slacks = constraints.map(({ relation }) => (relation === "=" ? -1 : next++));
  const artificials = next;
  const width = artificials + rows + 1;
  const cells = new Float64Array(rows * width);
  const scales = new Float64Array(rows);
  const basis = new Int32Array(rows);
  constraints.forEach(({ coefficients, relation, bound }, row) => {
    let size = 0;
    for (let i = 0; i < variables; i++) size = Math.max(size, Math.abs(coefficients[i]!));
    const isFar = size > ROW_SIZE_MAX || size < 1 / ROW_SIZE_MAX;
    const scale = (bound < 0 ? -1 : 1) / (isFar && size > 0 ? size : 1);
    scales[row] = scale;
    const start = row * width;
    for (let i = 0; i < variables; i++) {
      cells[start + i] = coefficients[i]! * scale;
      if (negatives[i]! >= 0) cells[start + negatives[i]!] = -coefficients[i]! * scale;
    }
    const slack = slacks[row]!;
    if (slack >= 0) cells[start + slack] = (relation === "<=") === bound >= 0 ? 1 : -1;
    // A slack that may stand for its row saves the first phase the work.
    basis[row] = slack >= 0 && cells[start + slack]! > 0 ? slack : artificials + row;
    cells[start + artificials + row] = 1;
    cells[start + width - 1] = bound * scale;
  });
  return { tableau: { cells, rows, width, basis }, columns: { negatives, artificials, scales } };
}

/**
 * Improves until no column below `allowed` has a negative cost; false where there is no end to it.
 * `costs` are the reduced costs, with minus the value at the end.
 */
function iterate(tableau: Tableau, costs: Float64Array, allowed: number): boolean {
  const { cells, rows, width } = tableau;
  let size = 0;
  for (let j = 0; j < allowed; j++) size = Math.max(size, Math.abs(costs[j]!));
  const least = -TOLERANCE * size;
  let stalled = 0;
  for (let step = 0; ; step++) {
    // Bland's rule visits no basis twice; only rounding could.
    assert(step < 50_000 + 200 * (rows + width), "the simplex method comes to an end");
    let entering = -1;
    let best = least;
    for (let j = 0; j < allowed; j++) {
      if (costs[j]! >= best) continue;
      entering = j;
      if (stalled > STALLED) break;
      best = costs[j]!;
    }
    if (entering < 0) return true;
    let leaving = -1;
    let ratio = Number.POSITIVE_INFINITY;
    for (let row = 0; row < rows; row++) {
      const pivot = cells[row * width + entering]!;
      if (pivot <= TOLERANCE) continue;
      const candidate = Math.max(0, cells[row * width + width - 1]!) / pivot;
      const isTie = candidate === ratio && tableau.basis[row]! < tableau.basis[leaving]!;
      if (candidate < ratio || isTie) {
        ratio = candidate;
        leaving = row;
      }
    }
    if (leaving < 0) return false;
    stalled = ratio > 0 ? 0 : stalled + 1;
    pivotOn(tableau, leaving, entering);
    subtractRow(tableau, leaving, costs, costs[entering]!);
    costs[entering] = 0;
  }
}

function pivotOn(tableau: Tableau, leaving: number, entering: number): void {
  const { cells, rows, width, basis } = tableau;
  const start = leaving * width;
  const pivot = cells[start + entering]!;
  for (let j = 0; j < width; j++) cells[start + j]! /= pivot;
  cells[start + entering] = 1;
  for (let row = 0; row < rows; row++) {
    if (row === leaving) continue;
    const factor = cells[row * width + entering]!;
    if (factor === 0) continue;
    subtractRow(tableau, leaving, cells.subarray(row * width, (row + 1) * width), factor);
    cells[row * width + entering] = 0;
  }
  basis[leaving] = entering;
}

function subtractRow(tableau: Tableau, row: number, from: Float64Array, factor: number): void {
  const { cells, width } = tableau;
  const start = row * width;
  for (let j = 0; j < width; j++) from[j]! -= factor * cells[start + j]!;
}

/** Puts a real variable in the place of every artificial one; a row without any says nothing new. */
function dropArtificials(tableau: Tableau, artificials: number): void {
  const { cells, rows, width, basis } = tableau;
  for (let row = 0; row < rows; row++) {
    if (basis[row]! < artificials) continue;
    let largest = -1;
    let size = TOLERANCE;
    for (let j = 0; j < artificials; j++) {
      const entry = Math.abs(cells[row * width + j]!);
      if (entry <= size) continue;
      size = entry;
      largest = j;
    }
    cells[row * width + width - 1] = 0;
    if (largest >= 0) pivotOn(tableau, row, largest);
    else cells.fill(0, row * width, row * width + artificials);
  }
}

function check({ objective, constraints, free = [] }: LinearProgram): void {
  const issues: Issue[] = [];
  const finite = (value: number, pointer: string) => {
    if (Number.isFinite(value)) return;
    issues.push({
      code: "NUMBER_NOT_FINITE",
      pointer,
      detail: "a linear program is made of finite numbers",
      expected: "a finite number",
      received: received(value),
    });
  };
  const variables = objective.length;
  for (let i = 0; i < variables; i++) finite(objective[i]!, `/objective/${i}`);
  constraints.forEach(({ coefficients, bound }, row) => {
    finite(bound, `/constraints/${row}/bound`);
    for (let i = 0; i < coefficients.length; i++) {
      finite(coefficients[i]!, `/constraints/${row}/coefficients/${i}`);
    }
    if (coefficients.length === variables) return;
    issues.push({
      code: "MATRIX_SHAPE",
      pointer: `/constraints/${row}/coefficients`,
      detail: "every row has one coefficient for every variable",
      expected: `${variables} numbers`,
      received: received(coefficients.length),
    });
  });
  free.forEach((place, i) => {
    const isNew = free.indexOf(place) === i;
    if (isNew && Number.isInteger(place) && place >= 0 && place < variables) return;
    issues.push({
      code: "NUMBER_RANGE",
      pointer: `/free/${i}`,
      detail: "there is no such variable, or it was named before",
      expected: `integer, 0 … ${variables - 1}, each once`,
      received: received(place),
    });
  });
  if (issues.length > 0) throw new PoolError(issues, "linear program");
}
