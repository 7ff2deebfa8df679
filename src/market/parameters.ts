/** What market parameters must be; every fault is named at once. */

import { type Issue, received } from "../basics/index.ts";
import type { MarketParameters } from "./model.ts";

/** Volatility or drift above this, per year, is a percentage or a mistake. */
const PER_YEAR_MAX = 50;
const SYMMETRY_MAX = 1e-12;

/**
 * Faults of market parameters other than definiteness, pointers relative to the parameters. A
 * market may be of no assets: the one of a pool of covers.
 *
 * @returns  codes TYPE, KEY_MISSING, ID_DUPLICATE, NUMBER_NOT_FINITE, NUMBER_RANGE,
 *           UNIT_SUSPECT, MATRIX_SHAPE, MATRIX_SYMMETRY, MATRIX_DIAGONAL; empty when there are none
 */
export function parameterIssues(parameters: MarketParameters): Issue[] {
  if (typeof parameters !== "object" || parameters === null) {
    return [type("", "market parameters", "an object", parameters)];
  }
  const { assets } = parameters;
  if (!Array.isArray(assets)) return [type("/assets", "assets", "an array of names", assets)];
  const issues = [...assetIssues(assets), ...choiceIssues(parameters)];
  issues.push(...vectorIssues("volatility", parameters.volatility, assets.length, 0));
  if (parameters.drift !== undefined) {
    issues.push(...vectorIssues("drift", parameters.drift, assets.length, -PER_YEAR_MAX));
  }
  issues.push(...correlationIssues(parameters.correlation, parameters.volatility, assets.length));
  issues.push(...scalarIssues(parameters));
  return issues;
}

function type(pointer: string, name: string, expected: string, value: unknown): Issue {
  const detail = `${name} must be ${expected}`;
  return { code: "TYPE", pointer, detail, expected, received: received(value) };
}

function assetIssues(assets: readonly unknown[]): Issue[] {
  const issues: Issue[] = [];
  assets.forEach((asset, u) => {
    const pointer = `/assets/${u}`;
    const first = assets.indexOf(asset);
    if (typeof asset !== "string" || asset === "") {
      issues.push(type(pointer, "an asset", "a name", asset));
    } else if (first < u) {
      const detail = `${asset} is already asset ${first}`;
      issues.push({ code: "ID_DUPLICATE", pointer, detail, expected: "names that differ" });
    }
  });
  return issues;
}

function choiceIssues(parameters: MarketParameters): Issue[] {
  const issues: Issue[] = [];
  const model: unknown = parameters.model;
  const repair: unknown = parameters.repair;
  if (model !== "gbm" && model !== "student-t") {
    issues.push(type("/model", "model", "gbm or student-t", model));
  }
  if (repair !== undefined && repair !== "nearest" && repair !== "shrink") {
    issues.push(type("/repair", "repair", "nearest or shrink, or left out", repair));
  }
  return issues;
}

function vectorIssues(name: string, vector: unknown, width: number, least: number): Issue[] {
  const expected = `a number of [${least}, ${PER_YEAR_MAX}] per year for each asset, 1 = 100 %`;
  if (!Array.isArray(vector)) return [type(`/${name}`, name, "an array of numbers", vector)];
  if (vector.length !== width) {
    const detail = `${name} must have one number for each of the ${width} assets`;
    const got = received(vector);
    return [{ code: "MATRIX_SHAPE", pointer: `/${name}`, detail, expected, received: got }];
  }
  const issues: Issue[] = [];
  vector.forEach((value: unknown, u) => {
    const pointer = `/${name}/${u}`;
    const fault = numberFault(value, least, PER_YEAR_MAX);
    if (fault === "TYPE") issues.push(type(pointer, name, "a number", value));
    else if (fault === "NUMBER_RANGE" && Math.abs(value as number) > PER_YEAR_MAX) {
      const detail =
        `${value} looks like percent or like another unit of time; write 0.8 for 80 % per ` +
        "year";
      issues.push({ code: "UNIT_SUSPECT", pointer, detail, expected, received: received(value) });
    } else if (fault !== undefined) {
      const detail = `${name} must be a finite number, at least ${least} per year`;
      issues.push({ code: fault, pointer, detail, expected, received: received(value) });
    }
  });
  return issues;
}

function numberFault(value: unknown, least: number, most: number): string | undefined {
  if (typeof value !== "number") return "TYPE";
  if (!Number.isFinite(value)) return "NUMBER_NOT_FINITE";
  return value >= least && value <= most ? undefined : "NUMBER_RANGE";
}

function correlationIssues(matrix: unknown, volatility: unknown, width: number): Issue[] {
  const rows: readonly unknown[] = Array.isArray(matrix) ? matrix : [];
  const square =
    rows.length === width && rows.every((row) => Array.isArray(row) && row.length === width);
  if (!square) {
    const expected = `${width} rows of ${width} numbers, in the order of assets`;
    const detail = `correlation must be ${expected}`;
    const got = received(matrix);
    return [{ code: "MATRIX_SHAPE", pointer: "/correlation", detail, expected, received: got }];
  }
  const entries = rows as readonly (readonly unknown[])[];
  const issues: Issue[] = [];
  entries.forEach((row, i) => {
    row.forEach((value, j) => {
      const pointer = `/correlation/${i}/${j}`;
      const fault = numberFault(value, i === j ? -Infinity : -1, i === j ? Infinity : 1);
      if (fault === undefined) return;
      const expected = "a finite number of [-1, 1]";
      const detail = `a correlation must be ${expected}`;
      issues.push({ code: fault, pointer, detail, expected, received: received(value) });
    });
  });
  if (issues.length > 0 && issues.some((issue) => issue.code !== "NUMBER_RANGE")) return issues;
  const numbers = entries as readonly (readonly number[])[];
  issues.push(...diagonalIssues(numbers, volatility), ...symmetryIssues(numbers));
  return issues;
}

function diagonalIssues(matrix: readonly (readonly number[])[], volatility: unknown): Issue[] {
  const wrong = matrix.findIndex((row, i) => !(Math.abs(row[i]! - 1) <= SYMMETRY_MAX));
  if (wrong < 0) return [];
  const vols: readonly unknown[] = Array.isArray(volatility) ? volatility : [];
  const squares = matrix.every((row, i) => {
    const square = Number(vols[i]) * Number(vols[i]);
    return Math.abs(row[i]! - square) <= 1e-6 * square;
  });
  const far = matrix.some((row, i) => Math.abs(row[i]! - 1) > 0.05);
  const guess =
    squares || far ? "; this looks like a covariance, divide it by the volatilities" : "";
  return [
    {
      code: "MATRIX_DIAGONAL",
      pointer: `/correlation/${wrong}/${wrong}`,
      detail: `the correlation of an asset with itself is 1${guess}`,
      expected: "1",
      received: received(matrix[wrong]![wrong]),
    },
  ];
}

function symmetryIssues(matrix: readonly (readonly number[])[]): Issue[] {
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j < i; j++) {
      const difference = matrix[i]![j]! - matrix[j]![i]!;
      if (Math.abs(difference) <= SYMMETRY_MAX) continue;
      return [
        {
          code: "MATRIX_SYMMETRY",
          pointer: `/correlation/${i}/${j}`,
          detail: `this differs from its mirror /correlation/${j}/${i} by ${difference}`,
          expected: `equal within ${SYMMETRY_MAX}`,
          received: received(matrix[i]![j]),
        },
      ];
    }
  }
  return [];
}

function scalarIssues(parameters: MarketParameters): Issue[] {
  const issues: Issue[] = [];
  const check = (
    name: string,
    value: unknown,
    met: boolean,
    suspect: boolean,
    expected: string,
  ) => {
    if (typeof value === "number" && met) return;
    const finite = typeof value === "number" && Number.isFinite(value);
    const kind = value === undefined ? "KEY_MISSING" : "TYPE";
    const code = typeof value !== "number" ? kind : finite ? "NUMBER_RANGE" : "NUMBER_NOT_FINITE";
    issues.push({
      code: finite && suspect ? "UNIT_SUSPECT" : code,
      pointer: `/${name}`,
      detail: `${name} must be ${expected}`,
      expected,
      received: received(value),
    });
  };
  const { degreesOfFreedom: n, systemicLoading: loading, discountRate: rate } = parameters;
  if (parameters.model === "student-t") {
    const met = n !== undefined && n > 2 && n < Infinity;
    check(
      "degreesOfFreedom",
      n,
      met,
      false,
      "a number > 2: at 2 and below the variance is infinite",
    );
  }
  if (loading !== undefined) {
    const met = loading >= -1 && loading <= 1;
    check("systemicLoading", loading, met, false, "a correlation of [-1, 1]");
  }
  if (rate !== undefined) {
    const met = rate >= -1 && rate <= 1;
    check("discountRate", rate, met, true, "a rate of [-1, 1] per year: 0.05 for 5 %");
  }
  return issues;
}
