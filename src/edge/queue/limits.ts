import { type Issue, received } from "../../index.ts";

/** A number of an option, and its bounds. */
export interface Limit {
  readonly name: string;
  readonly value: number;
  readonly isWhole: boolean;
  readonly min: number;
  readonly max: number;
}

/** What is wrong with the numbers of options: NUMBER_RANGE at /options/name. */
export function limitIssues(limits: readonly Limit[]): Issue[] {
  return limits.flatMap(({ name, value, isWhole, min, max }) => {
    const isNumber = isWhole ? Number.isInteger(value) : Number.isFinite(value);
    if (isNumber && value >= min && value <= max) return [];
    const issue: Issue = {
      code: "NUMBER_RANGE",
      pointer: `/options/${name}`,
      detail: `${name} must be a ${isWhole ? "whole " : ""}number within the bounds`,
      expected: `${min} to ${max}`,
      received: received(value),
    };
    return [issue];
  });
}
