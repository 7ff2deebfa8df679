import {
  array,
  type Check,
  choice,
  constant,
  flag,
  integer,
  object,
  optional,
  text,
} from "../basics/index.ts";

/**
 * How every shard file begins: a byte that no text has, its name, and the two line ends that a
 * careless transfer would change.
 */
export const MAGIC: Uint8Array = Uint8Array.of(0x89, 0x52, 0x50, 0x53, 0x48, 0x44, 0x0d, 0x0a);

/** Goes up when an older reader would read a file wrongly. */
export const FORMAT_VERSION = 1;

/** Bytes before the header: magic, version and length of the header. */
export const PREFIX_BYTES = 16;

/** SHA-256 of all bytes before, at the end of every version. */
export const DIGEST_BYTES = 32;

/** Columns and header begin at multiples of this. */
export const ALIGNMENT = 8;

/** Bytes per number of every type of column. */
export const TYPES = { f64: 8, u32: 4, u8: 1 } as const;

/** A column, in the order in which they follow the header. */
export interface ColumnForm {
  readonly name: "note" | "losses" | "badDebt" | "liquidationSums" | "sumPlaces" | "sumValues";
  readonly type: keyof typeof TYPES;
  readonly length: number;
}

/** What stands in front of the columns, as JSON. */
export interface Header {
  readonly format: "riskpool shard";
  readonly endianness: "little";
  readonly job: string;
  readonly kernel: string;
  /** Of the package. */
  readonly version: string;
  readonly scenarios: number;
  readonly seed: string;
  readonly parts: number;
  /** Parts that are in it: [from, end). */
  readonly from: number;
  readonly end: number;
  readonly first: number;
  readonly withMoments: boolean;
  readonly momentCount: number;
  readonly columns: readonly ColumnForm[];
  /** How the sums lie in `sumPlaces` and `sumValues`, one after the other. */
  readonly sums: readonly SumsForm[];
}

export interface SumsForm {
  readonly from: number;
  readonly end: number;
  /** How many values; they have places unless they are all of them. */
  readonly length: number;
  readonly whole?: boolean;
}

const COUNT_MAX = Number.MAX_SAFE_INTEGER;
const count = (): Check<number> => integer({ min: 0, max: COUNT_MAX, unit: "" });

const column: Check<ColumnForm> = object({
  name: choice(["note", "losses", "badDebt", "liquidationSums", "sumPlaces", "sumValues"]),
  type: choice(["f64", "u32", "u8"]),
  length: count(),
});

const sums: Check<SumsForm> = object({
  from: count(),
  end: count(),
  length: count(),
  whole: optional(flag()),
});

const OTHER = { code: "ENUM", hint: "this is no header that this version writes" };

/** The form of a header. */
export const headerForm: Check<Header> = object({
  format: constant("riskpool shard", OTHER),
  endianness: constant("little", OTHER),
  job: text(64),
  kernel: text(64),
  version: text(64),
  scenarios: count(),
  seed: text(20),
  parts: count(),
  from: count(),
  end: count(),
  first: count(),
  withMoments: flag(),
  momentCount: count(),
  columns: array(column, { max: 6 }),
  sums: array(sums, { max: 100_000 }),
});
