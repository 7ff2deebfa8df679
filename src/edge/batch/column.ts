import { PoolError } from "../../index.ts";
import type { BatchRecord, Pair } from "./record.ts";

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

type Numbers = (record: BatchRecord) => Pair | undefined;

/** A figure's column and that of its standard error. */
function pairOf(name: string, unit: string, of: Numbers): ResultColumn[] {
  const column = (label: string, at: 0 | 1): ResultColumn => ({
    ...{ name: `${label}_${unit}`, type: "DOUBLE" },
    of: (record) => of(record)?.[at] ?? null,
  });
  return [column(name, 0), column(`${name}_se`, 1)];
}

const text = (name: string, of: (record: BatchRecord) => string | null): ResultColumn => ({
  ...{ name, type: "STRING", of },
});

const whole = (name: string, of: (record: BatchRecord) => number | null): ResultColumn => ({
  ...{ name, type: "INT32", of },
});

const number = (name: string, of: (record: BatchRecord) => number | null): ResultColumn => ({
  ...{ name, type: "DOUBLE", of },
});

const MONEY = "in_currency";
const PROBABILITY = "probability";

/**
 * Columns of a batch's table. Money is in the currency that its row names; `_se` is a standard error.
 *
 * @throws PoolError LAYERS_MANY where a table would be wider than anyone reads
 */
export function columnsOf(extent: Extent): ResultColumn[] {
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
  const levelOf = (record: BatchRecord, level: number) =>
    record.figures?.levels.find((each) => each.level === level);
  const layerOf = (record: BatchRecord, id: string) =>
    record.figures?.layers.find((each) => each.id === id);
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
    ...pairOf("expected_loss", MONEY, ({ figures }) => figures?.expectedLoss),
    ...levels.flatMap((level) => [
      ...pairOf(`var_${level}`, MONEY, (record) => levelOf(record, level)?.valueAtRisk),
      ...pairOf(`es_${level}`, MONEY, (record) => levelOf(record, level)?.expectedShortfall),
    ]),
    ...pairOf("socialised", PROBABILITY, ({ figures }) => figures?.socialisedProbability),
    number(`required_capital_${MONEY}`, ({ figures }) => figures?.requiredCapital ?? null),
    number(`layer_capital_${MONEY}`, ({ figures }) => figures?.layerCapital ?? null),
    number("yield_fraction_per_year", ({ figures }) => figures?.yieldPerYear ?? null),
    ...layers.flatMap((id) => [
      ...pairOf(`layer_${id}_expected_loss`, MONEY, (record) => layerOf(record, id)?.expectedLoss),
      ...pairOf(`layer_${id}_tail_loss`, MONEY, (record) => layerOf(record, id)?.tailLoss),
    ]),
  ];
}
