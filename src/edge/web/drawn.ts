import type { TemplateResult } from "lit";
import { Directive, type DirectiveResult, directive } from "lit/directive.js";
import { getDirectiveClass, isTemplateResult } from "lit/directive-helpers.js";
import { UnsafeHTMLDirective } from "lit/directives/unsafe-html.js";

/** Milliseconds without a new drawing after which what is folded is put in its place all the same. */
const QUIET = 500;
const FOLDED = /(<details>\s*<summary>[\s\S]*?<\/summary>)([\s\S]*?)<\/details>/g;

/**
 * Puts markup on the page that changes as a whole and often: parsed once, in its place, where a
 * template would be parsed, walked and copied. What is folded is most of it and waits until it is
 * unfolded or nothing has moved for a while; what a reader has unfolded stays so.
 */
class Drawn extends Directive {
  #text = "";
  #bodies: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #host: HTMLElement | undefined;

  override render(text: string): HTMLElement {
    this.#host ??= this.#started();
    const host = this.#host;
    if (text === this.#text) return host;
    this.#text = text;
    const open = this.#folds().map((each) => each.open);
    this.#bodies = [];
    host.innerHTML = text.replace(FOLDED, (_, head: string, body: string) => {
      this.#bodies.push(body);
      return `${head}</details>`;
    });
    this.#folds().forEach((each, i) => {
      if (!open[i]) return;
      this.#fill(i);
      each.open = true;
    });
    // The text of a folded table is searched and printed too.
    clearTimeout(this.#timer);
    if (this.#bodies.length > 0) this.#timer = setTimeout(() => this.#fillAll(), QUIET);
    return host;
  }

  #started(): HTMLElement {
    const host = document.createElement("div");
    // It does not bubble.
    host.addEventListener("toggle", () => this.#fillOpen(), true);
    return host;
  }

  #folds(): HTMLDetailsElement[] {
    return Array.from(this.#host?.querySelectorAll("details") ?? []);
  }

  #fill(i: number): void {
    const body = this.#bodies[i];
    if (!body) return;
    this.#bodies[i] = "";
    this.#folds()[i]?.insertAdjacentHTML("beforeend", body);
  }

  #fillOpen(): void {
    this.#folds().forEach((each, i) => {
      if (each.open) this.#fill(i);
    });
  }

  #fillAll(): void {
    for (let i = 0; i < this.#bodies.length; i++) this.#fill(i);
  }
}

const drawn = directive(Drawn);

/** Whether something stands in a template as markup of ours: its text. */
function markupOf(value: unknown): string | null {
  if (getDirectiveClass(value) !== UnsafeHTMLDirective) return null;
  const text = (value as DirectiveResult<typeof UnsafeHTMLDirective> & { values: unknown[] })
    .values[0];
  return typeof text === "string" ? text : null;
}

/** A view whose markup is drawn in place, wherever it stands in it. */
export function drawnInPlace(view: TemplateResult): TemplateResult {
  return { ...view, values: view.values.map(inPlace) };
}

function inPlace(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inPlace);
  if (isTemplateResult(value)) return drawnInPlace(value as TemplateResult);
  const text = markupOf(value);
  return text === null ? value : drawn(text);
}
