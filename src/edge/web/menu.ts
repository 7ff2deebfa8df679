import { html, type TemplateResult } from "lit";

/** One thing to choose. */
export interface MenuItem {
  readonly id?: string;
  readonly words: string;
  readonly isOff?: boolean;
  readonly choose: () => void;
}

/** A button that unfolds a short list; Escape and leaving it fold it again. */
export function menu(
  words: string | TemplateResult,
  label: string,
  items: readonly MenuItem[],
): TemplateResult {
  const fold = (event: Event): void => {
    (event.currentTarget as Element).closest("details")?.removeAttribute("open");
  };
  return html`<details class="menu" @keydown=${(event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    fold(event);
    (event.currentTarget as Element).querySelector("summary")?.focus();
  }} @focusout=${(event: FocusEvent) => {
    const own = event.currentTarget as Element;
    if (event.relatedTarget && !own.contains(event.relatedTarget as Node)) fold(event);
  }}><summary aria-label=${label}>${words}</summary><div>${items.map(
    (item) =>
      html`<button type="button" id=${item.id ?? ""} ?disabled=${item.isOff ?? false} @click=${(
        event: Event,
      ) => {
        fold(event);
        item.choose();
      }}>${item.words}</button>`,
  )}</div></details>`;
}
