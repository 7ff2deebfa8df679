import { type Issue, PoolError, received } from "../../index.ts";
import { type Io, readText } from "./io.ts";
import type { OptionTexts } from "./option.ts";

/** Where batch systems say which of many a process is. */
export const INDEX_NAMES = ["JOB_COMPLETION_INDEX", "AWS_BATCH_JOB_ARRAY_INDEX"] as const;
const COUNT_NAME = "AWS_BATCH_JOB_ARRAY_SIZE";
const COUNT_MAX = 1_000_000;

/** A range by its ends, or one of many shards. */
export type Choice =
  | { readonly from: number; readonly end: number }
  | { readonly index: number; readonly count: number };

/** Which shards a process is to run, by file name. */
export interface Wanted {
  readonly name: string;
  readonly choice: Choice;
}

/**
 * Which shards are asked for: a range, or those of some indices by options, spec or environment.
 *
 * @param unit   what a range counts, and the option that says it
 * @param inSpec how many shards the spec says there are
 * @throws PoolError with every mistake
 */
export async function wantedShards(
  texts: OptionTexts,
  io: Io,
  inSpec: number | undefined,
  unit: "parts" | "items",
): Promise<Wanted[]> {
  const issues: Issue[] = [];
  const range = texts[unit];
  if (typeof range === "string") return [rangeIn(range, unit)];
  const total = countOf(texts, io, inSpec, issues);
  const indices = await indicesOf(texts, io, total, issues);
  if (issues.length > 0) throw new PoolError(issues, "command line");
  const digits = Math.max(5, String(total).length);
  const padded = (value: number) => String(value).padStart(digits, "0");
  return indices.map((index) => ({
    name: `${padded(index)}-of-${padded(total)}.shard`,
    choice: { index, count: total },
  }));
}

/** A range as it is written, both ends included. */
function rangeIn(text: string, unit: "parts" | "items"): Wanted {
  const [, from, last] = /^(\d{1,9})-(\d{1,9})$/.exec(text) ?? [];
  if (from === undefined || last === undefined) {
    const fault = wrong(
      unit,
      `--${unit} is no range of ${unit}`,
      "two numbers such as 12-23",
      text,
    );
    throw new PoolError([fault], "command line");
  }
  const name = `${unit}-${from.padStart(6, "0")}-${last.padStart(6, "0")}.shard`;
  return { name, choice: { from: Number(from), end: Number(last) + 1 } };
}

function countOf(texts: OptionTexts, io: Io, inSpec: number | undefined, issues: Issue[]): number {
  const text = texts["count"] ?? inSpec ?? io.env[COUNT_NAME];
  const total = numberIn(text);
  if (total >= 1 && total <= COUNT_MAX) return total;
  const missing = text === undefined;
  issues.push({
    ...wrong(
      "count",
      missing
        ? "nobody has said how many shards there are, and each machine must be told the same; ask riskpool shard plan, then write it into the spec or give --count"
        : "the number of shards must be a whole number within the bounds",
      `a whole number, 1 to ${COUNT_MAX}`,
      text,
    ),
    ...(missing && { code: "SHARD_COUNT" }),
  });
  return 1;
}

async function indicesOf(
  texts: OptionTexts,
  io: Io,
  total: number,
  issues: Issue[],
): Promise<number[]> {
  const name = INDEX_NAMES.find((each) => io.env[each] !== undefined);
  const text = texts["index"] ?? (name && io.env[name]);
  const lines = async () => (await readText(io, "-")).split("\n").map((line) => line.trim());
  const given = text === "-" ? (await lines()).filter((line) => line !== "") : [text];
  return given.flatMap((line) => {
    const index = numberIn(line);
    if (index >= 0 && index < total) return [index];
    const detail =
      line === undefined
        ? `nobody has said which shard this is; give --index, or set ${INDEX_NAMES.join(" or ")}`
        : "the index of a shard must be a whole number below their number";
    issues.push(wrong("index", detail, `a whole number, 0 to ${total - 1}`, line));
    return [];
  });
}

function numberIn(text: unknown): number {
  return /^\d{1,9}$/.test(String(text)) ? Number(text) : Number.NaN;
}

/** Says what is wrong with an option, or that it is missing. */
export function wrong(name: string, detail: string, expected: string, given: unknown): Issue {
  const code = given === undefined ? "KEY_MISSING" : "NUMBER_RANGE";
  return { code, pointer: `/options/${name}`, detail, expected, received: received(given) };
}
