import { type Check, type Fields, Findings, number, object } from "../basics/index.ts";

/** Checks the arguments of a function by name; further rules may add to what was found. */
export function gather<T>(fields: Fields<T>, values: T): Findings {
  const found = new Findings();
  object<T>(fields).check(values, null, found);
  return found;
}

/**
 * Refuses arguments that are not of their form.
 *
 * @throws PoolError TYPE, KEY_MISSING, KEY_UNKNOWN, NUMBER_NOT_FINITE, NUMBER_RANGE; all at once
 */
export function checkArguments<T>(fields: Fields<T>, values: T, subject: string): void {
  gather(fields, values).throwIfAny(subject);
}

/** A number of 0 or more. */
export const notNegative = (unit: string): Check<number> => number({ min: 0, unit });

/** A number above 0. */
export const positive = (unit: string): Check<number> => number({ exclusiveMin: 0, unit });

/** A number from 0 to 1. */
export const part = (unit: string): Check<number> => number({ min: 0, max: 1, unit });
