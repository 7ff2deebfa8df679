import { tableFromIPC } from "@uwdata/flechette";
import { type Issue, PoolError } from "../../index.ts";

/** A table of an Arrow file, or stream. */
export interface ArrowRows {
  readonly header: readonly string[];
  readonly count: number;
  /** What stands in a row; null where nothing does. */
  readonly row: (index: number) => readonly unknown[];
}

/**
 * Reads an Arrow IPC file, or stream.
 *
 * @throws PoolError ARROW_INVALID
 */
export function readArrow(bytes: Uint8Array<ArrayBuffer>): ArrowRows {
  try {
    const table = tableFromIPC(bytes, { useBigInt: true });
    const header = table.names.map(String);
    if (header.length === 0) throw new Error("it has no columns");
    const children = table.children;
    return {
      header,
      count: table.numRows,
      row: (index) => children.map((column) => column.at(index) ?? null),
    };
  } catch (error) {
    const issue: Issue = {
      code: "ARROW_INVALID",
      pointer: "",
      detail: `this cannot be read as Arrow: ${error instanceof Error ? error.message : String(error)}`,
      expected: "an Arrow IPC file or stream that is not compressed",
    };
    throw new PoolError([issue], "table");
  }
}
