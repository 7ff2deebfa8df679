import { RESULT_KINDS, type ResultKind, resultKind } from "../batch/result.ts";
import type { BatchRequest } from "./core.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { readQueue } from "./queue-option.ts";
import { readRun } from "./run-option.ts";

/** What the options of a batch say. */
interface Asked {
  readonly request: Omit<BatchRequest, "base" | "prices" | "market">;
  readonly kind: ResultKind;
  readonly isFull: boolean;
}

/**
 * Reads the options of a batch.
 *
 * @throws PoolError with every mistake
 */
export function readBatch(texts: OptionTexts): Asked {
  const out = String(texts["out"]);
  const kind = resultKind(out);
  const options = new OptionReader({ ...texts, out: kind ?? out, full: kind ?? out });
  const own = readRun(options, texts);
  const request = {
    ...own,
    figures: options.choice("figures", ["measure", "value"]),
    levels: [...new Set([...options.fractions("levels"), own.confidence])].sort((a, b) => a - b),
    mode: texts["audit"] ? ("audit" as const) : ("profile" as const),
  };
  const queue = readQueue(options, texts);
  if (queue) options.alone("workers", "redis");
  options.choice("out", RESULT_KINDS);
  const isFull = texts["full"] === true;
  if (isFull) options.choice("full", ["ndjson"]);
  options.finish();
  return { request: { ...request, ...(queue && { queue }) }, kind: kind ?? "ndjson", isFull };
}
