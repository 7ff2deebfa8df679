import Papa from "papaparse";
import type { Issue } from "../../index.ts";

/** One line of a table: its number in the file, the header being 1, and one cell per column. */
export interface CsvLine {
  readonly number: number;
  readonly cells: readonly string[];
}

export interface CsvTable {
  /** Names without the spaces around them. */
  readonly header: readonly string[];
  /** The lines that have a cell for every column; blank ones are left out. */
  readonly lines: readonly CsvLine[];
  /** CSV_SYNTAX and COLUMN_AMBIGUOUS. */
  readonly issues: readonly Issue[];
}

/**
 * Splits CSV text into a header and lines. The delimiter is the one that the header has most of:
 * comma, semicolon, tab or bar. Lines are counted as records, so a quoted line break does not
 * count.
 */
export function readTable(text: string): CsvTable {
  const plain = text.replace(/^\ufeff/, "");
  const { data, errors } = Papa.parse<string[]>(plain, { delimiter: delimiterOf(plain) });
  const header = (data[0] ?? []).map((name) => name.trim());
  const issues = repeated(header);
  const broken = new Set<number>();
  for (const { row, message } of errors) {
    if (row === undefined || broken.has(row)) continue;
    broken.add(row);
    issues.push(syntax(row + 1, message, header.length));
  }
  const lines: CsvLine[] = [];
  for (let row = 1; row < data.length; row++) {
    const cells = data[row]!;
    if (broken.has(row) || (cells.length === 1 && cells[0]!.trim() === "" && header.length > 1)) {
      continue;
    }
    if (cells.length === header.length) lines.push({ number: row + 1, cells });
    else issues.push(syntax(row + 1, `the line has ${cells.length} cells`, header.length));
  }
  return { header, lines, issues };
}

function delimiterOf(text: string): string {
  const header = /^[^\r\n]*/.exec(text)![0];
  const count = (delimiter: string) => header.split(delimiter).length;
  return [",", ";", "\t", "|"].reduce((best, one) => (count(one) > count(best) ? one : best));
}

function syntax(line: number, message: string, columns: number): Issue {
  return {
    code: "CSV_SYNTAX",
    pointer: `/rows/${line}`,
    detail: `${message}; every line must have the header's columns`,
    expected: `${columns} columns`,
  };
}

function repeated(header: readonly string[]): Issue[] {
  return [...new Set(header)]
    .filter((name) => name !== "" && header.indexOf(name) !== header.lastIndexOf(name))
    .map((name) => ({
      code: "COLUMN_AMBIGUOUS",
      pointer: "/header",
      detail: `column ${name} stands in the header twice; rename or remove one of them`,
      expected: "names that differ",
    }));
}

/** JSON pointer to a cell. */
export function cellPointer(line: number, column: string): string {
  return `/rows/${line}/${column.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
