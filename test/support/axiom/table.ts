// The whole table: a row for every rule of src/sharing, and for parts of expected shortfall.
import { CAPITAL_ROWS } from "./capital.ts";
import { BEARER_ROWS, CLAIM_ROWS } from "./claim.ts";
import { LAW_ROWS } from "./law.ts";
import { LOSS_ROWS } from "./loss.ts";
import { type Trial, trialsOf } from "./row.ts";

/** Every cell of the table, row by row. */
export const TRIALS: readonly Trial[] = [
  ...LOSS_ROWS.flatMap((row) => trialsOf(row)),
  ...LAW_ROWS.flatMap((row) => trialsOf(row)),
  ...CLAIM_ROWS.flatMap((row) => trialsOf(row)),
  ...BEARER_ROWS.flatMap((row) => trialsOf(row)),
  ...CAPITAL_ROWS.flatMap((row) => trialsOf(row)),
];
