/** A cell: a text from the document, a number, an amount as decimal text, or nothing. */
export type Cell = string | number | { readonly decimal: string } | null;

/** A table with its units in its headings. */
export interface Table {
  /** Name of the file, without its ending. */
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What makes a spreadsheet compute a text instead of showing it. */
const FORMULA = /^[\s\p{Cc}]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/u;

/**
 * A table as CSV: CRLF between lines, quotes where they are needed. Texts that a spreadsheet would
 * take for a formula get an apostrophe in front; numbers are decimals without exponent that read back
 * as the same bits.
 *
 * @source RFC 4180 (2005); OWASP, CSV Injection
 */
export function csvText({ header, rows }: Table): string {
  return [header, ...rows].map((row) => `${row.map(printed).join(",")}\r\n`).join("");
}

function printed(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return Number.isFinite(cell) ? plainDecimal(cell) : "";
  if (typeof cell === "object") return cell.decimal;
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The shortest decimal that reads back as the same number, without exponent. */
export function plainDecimal(value: number): string {
  const [mantissa = "0", power] = String(value).split("e");
  if (power === undefined) return mantissa;
  const isNegative = mantissa.startsWith("-");
  const [whole = "0", fraction = ""] = mantissa.replace("-", "").split(".");
  const digits = whole + fraction;
  const point = whole.length + Number(power);
  const text =
    point <= 0
      ? `0.${"0".repeat(-point)}${digits}`
      : point >= digits.length
        ? digits + "0".repeat(point - digits.length)
        : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return isNegative ? `-${text}` : text;
}
