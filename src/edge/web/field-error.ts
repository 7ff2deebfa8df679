import type { Issue, PoolDocument } from "../../index.ts";
import type { Span } from "./controls.ts";

/** A number as it was typed, or why it is none that the control can take. */
export type Typed = { readonly value: number } | { readonly error: string };

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/**
 * Reads what was typed into a control. A true minus, spaces and the unit behind the number are fine.
 *
 * @param isWhole  whether only whole numbers count
 */
export function readTyped(text: string, span: Span, unit: string, isWhole: boolean): Typed {
  const bare = text.trim().replace(/^[\u2212\u2013]/, "-");
  const digits = unit && bare.endsWith(unit) ? bare.slice(0, -unit.length).trim() : bare;
  const range = `${isWhole ? "a whole number" : "a number"} from ${span.min} to ${span.max}${unit && ` ${unit}`}`;
  const value = NUMBER.test(digits) ? Number(digits) : Number.NaN;
  if (Number.isNaN(value)) {
    const mend = /^[+-]?[\d.,\s']+$/.test(digits)
      ? "; write a point, and nothing between thousands"
      : "";
    return { error: `“${text.trim().slice(0, 24)}” is not a number${mend}. Expected ${range}.` };
  }
  if (isWhole && !Number.isInteger(value)) {
    return { error: `${digits} is not whole. Expected ${range}.` };
  }
  if (value < span.min || value > span.max) {
    return { error: `${digits} is out of range. Expected ${range}.` };
  }
  return { value };
}

/** Id of the control that a problem of a request is about; null where it is about none. */
export function controlOf(pointer: string, document: PoolDocument): string | null {
  const fixed = FIELDS.find(([start]) => pointer === start || pointer.startsWith(`${start}/`));
  if (fixed) return fixed[1];
  const match = /^\/(assets|waterfall\/layers)\/(\d+)/.exec(pointer);
  if (!match) return null;
  const at = Number(match[2]);
  if (match[1] === "assets") return idOf("spot", document.assets[at]?.id);
  return idOf("layer", document.waterfall.layers[at]?.id);
}

const FIELDS = [
  ["/options/market/volatility", "volatility"],
  ["/options/market/correlation", "correlation"],
  ["/options/market/degreesOfFreedom", "freedom"],
  ["/options/market/model", "model"],
  ["/market/volatility", "volatility"],
  ["/market/correlation", "correlation"],
  ["/market/degreesOfFreedom", "freedom"],
  ["/options/horizon", "horizon"],
  ["/options/confidence", "confidence"],
  ["/options/levels", "confidence"],
  ["/options/scenarios", "confidence"],
  ["/contribution", "rule"],
  ["/liquidation", "with-liquidation"],
] as const;

function idOf(kind: string, id: string | undefined): string | null {
  return id === undefined ? null : `${kind}.${id}`;
}

/** Says at a control what is wrong with it; an empty text takes that back. */
export function markField(root: ParentNode, control: string, message: string): void {
  const place = root.querySelector(`#${CSS.escape(`${control}-error`)}`);
  if (!place) return;
  place.textContent = message;
  for (const each of fieldsOf(root, control)) {
    if (message) each.setAttribute("aria-invalid", "true");
    else each.removeAttribute("aria-invalid");
  }
}

function fieldsOf(root: ParentNode, control: string): Element[] {
  return [control, `${control}-typed`].flatMap((id) =>
    Array.from(root.querySelectorAll(`#${CSS.escape(id)}`)),
  );
}

/** Shows each problem of a request at the control that caused it. */
export function markIssues(
  root: ParentNode,
  issues: readonly Issue[],
  document: PoolDocument,
): void {
  const told = new Set<string>();
  for (const issue of issues) {
    const control = controlOf(issue.pointer, document);
    if (control === null || told.has(control)) continue;
    told.add(control);
    markField(root, control, `${issue.detail}. Expected ${issue.expected}.`);
  }
}

/** Takes back all that was said at controls. */
export function clearFields(root: ParentNode): void {
  for (const each of root.querySelectorAll(".field-error")) each.textContent = "";
  for (const each of root.querySelectorAll("form [aria-invalid]")) {
    each.removeAttribute("aria-invalid");
  }
}
