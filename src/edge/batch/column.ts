import { figureColumns, PoolError } from "../../index.ts";
import type { BatchRecord } from "./record.ts";

/** A column of the results. */
export interface ResultColumn {
  readonly name: string;
  readonly type: "STRING" | "DOUBLE" | "INT32";
  readonly of: (record: BatchRecord) => string | number | null;
}

/** Layers that a table can have columns of and still be one. */
const LAYERS_MAX = 200;

/** What the records of a batch speak of, gathered one by one. */
export class Extent {
  readonly #levels = new Set<number>();
  readonly #layers = new Set<string>();
  /** Items that were refused. */
  faults = 0;
  count = 0;

  add({ figures, error }: BatchRecord): void {
    this.count++;
    if (error) this.faults++;
    for (const { level } of figures?.levels ?? []) this.#levels.add(level);
    for (const { id } of figures?.layers ?? []) this.#layers.add(id);
  }

  /** Ascending. */
  get levels(): number[] {
    return [...this.#levels].sort((a, b) => a - b);
  }

  /** In the order in which they were met. */
  get layers(): string[] {
    return [...this.#layers];
  }
}

const text = (name: string, of: (record: BatchRecord) => string | null): ResultColumn => ({
  ...{ name, type: "STRING", of },
});

const whole = (name: string, of: (record: BatchRecord) => number | null): ResultColumn => ({
  ...{ name, type: "INT32", of },
});

/**
 * Columns of a batch's table. Money is in the currency that its row names; `_se` is a standard error.
 *
 * @throws PoolError LAYERS_MANY where a table would be wider than anyone reads
 */
export function tableColumns(extent: Extent): ResultColumn[] {
  const { levels, layers } = extent;
  if (layers.length > LAYERS_MAX) {
    throw new PoolError([
      {
        code: "LAYERS_MANY",
        pointer: "/options/out",
        detail: `the pools have ${layers.length} different layers, which is too many columns; write .ndjson, where every row has its own`,
        expected: `at most ${LAYERS_MAX} different layer ids`,
      },
    ]);
  }
  return [
    whole("index", ({ index }) => index),
    whole("line", ({ line }) => line),
    text("id", ({ id }) => id),
    text("pool_sha256", ({ pool }) => pool),
    text("input_sha256", ({ input }) => input),
    text("status", ({ error }) => (error ? "error" : "ok")),
    text("error_code", ({ error }) => error?.code ?? null),
    text("error_pointer", ({ error }) => error?.pointer ?? null),
    text("error_detail", ({ error }) => error?.detail ?? null),
    whole("error_count", ({ error }) => error?.count ?? 0),
    text("currency", ({ figures }) => figures?.currency ?? null),
    ...figureColumns(levels, layers).map(
      ({ name, of }): ResultColumn => ({
        ...{ name, type: "DOUBLE" },
        of: ({ figures }) => figures && of(figures),
      }),
    ),
  ];
}
