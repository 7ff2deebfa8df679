import { assert } from "../../basics/index.ts";
import { printable } from "./format.ts";

/** Text that is already markup. Only {@link html} makes it, so nothing else escapes escaping. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes text safe as content or in a quoted attribute. */
export function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (letter) => ENTITIES[letter]!);
}

/**
 * Template tag for HTML and SVG: every text put in is escaped, every number is a finite coordinate
 * with at most two decimals, markup and lists of parts go in as they are.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0]!;
  for (let i = 0; i < parts.length; i++) text += print(parts[i]!) + strings[i + 1]!;
  return new Markup(text);
}

/** No markup. */
export const NOTHING: Markup = new Markup("");

function print(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "string") return escaped(part);
  if (typeof part === "number") return coordinate(part);
  return part.map(print).join("");
}

function coordinate(value: number): string {
  assert(Number.isFinite(value), "a coordinate of the report is finite");
  const text = value.toFixed(2).replace(/\.?0+$/, "");
  return text === "-0" ? "0" : text;
}

/** A column of a table: its heading, its unit and how its cells stand. */
export interface Column {
  readonly heading: string;
  readonly unit?: string;
  /** A second line under the unit. */
  readonly hint?: string;
  /** What the heading is explained as where a page can explain it. */
  readonly term?: string;
  /** Words stand left, numbers right. */
  readonly text?: boolean;
}

/**
 * A table in a box that scrolls sideways on narrow screens; the first cell of a row is its heading.
 *
 * @param emphasised  index of a row to set apart
 */
export function table(
  caption: string,
  columns: readonly Column[],
  rows: readonly (readonly (string | Markup)[])[],
  emphasised = -1,
): Markup {
  const head = columns.map(
    (column) =>
      html`<th scope="col"${textClass(column)}>${
        column.term ? term(column.term, column.heading) : column.heading
      }${
        column.unit ? html` <span class="unit">${column.unit}</span>` : NOTHING
      }${column.hint ? html` <span class="unit">${column.hint}</span>` : NOTHING}</th>`,
  );
  const body = rows.map(
    (row, index) =>
      html`<tr${index === emphasised ? html` class="primary"` : NOTHING}>${row.map((cell, at) =>
        at === 0
          ? html`<th scope="row">${cell}</th>`
          : html`<td${textClass(columns[at]!)}>${cell}</td>`,
      )}</tr>\n`,
  );
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody></table></div>
`;
}

function textClass(column: Column): Markup {
  return column.text ? html` class="text"` : NOTHING;
}

/** The name of a figure, marked so that a page with scripts can explain it; plain text elsewhere. */
export function term(id: string, name: string): Markup {
  return html`<span data-term="${id}">${name}</span>`;
}

/** A section under a second-level heading. */
export function section(id: string, heading: string, ...content: readonly Markup[]): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${heading}</h2>
${content}</section>
`;
}
