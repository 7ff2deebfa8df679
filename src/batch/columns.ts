import type { Source } from "./answers.ts";
import { type Figures, figureColumns, figuresOf, type Valued } from "./figures.ts";
import type { Answer } from "./item.ts";

/** The answers of a batch as plain columns, a row for each answer, in the order of answers. */
export interface BatchColumns {
  readonly rows: number;
  /**
   * By name: `id`, `pool_sha256`, `status` (ok or error), `error_code`, `error_pointer`,
   * `error_detail`, `currency`; null where an answer says nothing.
   */
  readonly texts: Readonly<Record<string, readonly (string | null)[]>>;
  /**
   * By name: `index`, `error_count`, and the figures with their units and standard errors, as
   * `riskpool batch` names them; NaN where an answer has no such figure.
   */
  readonly numbers: Readonly<Record<string, Float64Array<ArrayBuffer>>>;
}

/**
 * Gathers answers into columns of plain typed arrays, ready for a chart, a data frame or another
 * thread: a `Float64Array` for each figure.
 *
 * @param answers  of `engine.valueMany`, or a list of them
 *
 * @example
 * const { numbers } = await columnsOf(engine.valueMany(items, { figures: "measure" }));
 * Math.max(...numbers["es_0.975_in_currency"]);
 */
export async function columnsOf(answers: Source<Answer<Valued>>): Promise<BatchColumns> {
  const levels = new Set<number>();
  const layers = new Set<string>();
  const found: (Figures | null)[] = [];
  const index: number[] = [];
  const faults: number[] = [];
  const texts = {
    id: [] as (string | null)[],
    pool_sha256: [] as (string | null)[],
    status: [] as (string | null)[],
    error_code: [] as (string | null)[],
    error_pointer: [] as (string | null)[],
    error_detail: [] as (string | null)[],
    currency: [] as (string | null)[],
  };
  for await (const { index: place, id, valuation, error } of answers) {
    const figures = valuation ? figuresOf(valuation) : null;
    const issue = error?.issues[0];
    for (const { level } of figures?.levels ?? []) levels.add(level);
    for (const layer of figures?.layers ?? []) layers.add(layer.id);
    found.push(figures);
    index.push(place);
    faults.push(error?.issues.length ?? 0);
    texts.id.push(id);
    texts.pool_sha256.push(valuation?.receipt.pool ?? null);
    texts.status.push(error ? "error" : "ok");
    texts.error_code.push(issue?.code ?? null);
    texts.error_pointer.push(issue?.pointer ?? null);
    texts.error_detail.push(issue?.detail ?? null);
    texts.currency.push(figures?.currency ?? null);
  }
  const columns = figureColumns(
    [...levels].sort((a, b) => a - b),
    [...layers],
  );
  const numbers = {
    index: Float64Array.from(index),
    error_count: Float64Array.from(faults),
    ...Object.fromEntries(
      columns.map(({ name, of }) => [
        name,
        Float64Array.from(found, (figures) => (figures && of(figures)) ?? Number.NaN),
      ]),
    ),
  };
  return { rows: found.length, texts, numbers };
}
