import { html, type ReactiveController, type ReactiveControllerHost, render } from "lit";
import { unsafeHTML } from "lit/directives/unsafe-html.js";
import type { PoolValuation } from "../../index.ts";
import { reading } from "../report/reading.ts";
import { type Explanation, explanationOf } from "./explanation.ts";

/** Milliseconds that a pointer rests before it is answered, and that it may stray. */
const OPEN_DELAY = 180;
const CLOSE_DELAY = 220;
/** Pixels between a name and its explanation, and to the window's edge. */
const GAP = 6;
const EDGE = 8;
const ID = "explanation";

type Host = ReactiveControllerHost & HTMLElement;

/**
 * Explains figures on hover and focus. Every `span[data-term]` that the pictures hold becomes a
 * button; what it says stands in the top layer, right behind the button in the order of focus, can
 * be pointed at, and goes with Escape.
 */
export class Explainer implements ReactiveController {
  readonly #host: Host;
  readonly #valuation: () => PoolValuation | null;
  readonly #box = document.createElement("div");
  #button: HTMLButtonElement | null = null;
  #timer = 0;
  /** Which button had the focus before pictures were replaced: its term and its place among equals. */
  #held: { readonly term: string; readonly index: number } | null = null;
  #isListening = false;

  /** @param valuation  the one on show; the host's pictures are of it */
  constructor(host: Host, valuation: () => PoolValuation | null) {
    this.#host = host;
    this.#valuation = valuation;
    this.#box.id = ID;
    this.#box.className = "explanation";
    this.#box.setAttribute("popover", "manual");
    this.#box.setAttribute("role", "note");
    host.addController(this);
  }

  hostConnected(): void {
    window.addEventListener("scroll", this.#onView, { capture: true, passive: true });
    window.addEventListener("resize", this.#onView);
  }

  hostDisconnected(): void {
    window.removeEventListener("scroll", this.#onView, { capture: true });
    window.removeEventListener("resize", this.#onView);
    this.#close();
  }

  hostUpdate(): void {
    const focused = this.#root?.activeElement;
    if (focused) this.#held = null;
    if (!(focused instanceof HTMLElement) || !focused.matches("button.term")) return;
    const term = focused.dataset["term"]!;
    const index = this.#buttonsOf(term).indexOf(focused as HTMLButtonElement);
    this.#held = { term, index };
  }

  hostUpdated(): void {
    const root = this.#root;
    if (!root || this.#isListening) return;
    this.#isListening = true;
    this.#listen(root);
    // Pictures come with an update or after it, whenever there is time to draw them.
    new MutationObserver(() => this.#equip(root)).observe(root, { childList: true, subtree: true });
    this.#equip(root);
  }

  #equip(root: ShadowRoot): void {
    for (const span of root.querySelectorAll<HTMLElement>("span[data-term]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "term";
      button.dataset["term"] = span.dataset["term"]!;
      button.append(...span.childNodes);
      span.replaceWith(button);
    }
    if (this.#button && !this.#button.isConnected) this.#close();
    if (!this.#held || root.activeElement) return;
    const again = this.#buttonsOf(this.#held.term)[this.#held.index];
    if (!again) return;
    this.#held = null;
    again.focus({ preventScroll: true });
  }

  get #root(): ShadowRoot | null {
    return this.#host.shadowRoot;
  }

  #buttonsOf(term: string): HTMLButtonElement[] {
    const all = this.#root?.querySelectorAll<HTMLButtonElement>("button.term") ?? [];
    return Array.from(all).filter((button) => button.dataset["term"] === term);
  }

  #listen(root: ShadowRoot): void {
    root.addEventListener("pointerover", (event) => this.#onPointer(event as PointerEvent));
    root.addEventListener("pointerout", (event) => this.#onLeave(event as PointerEvent));
    root.addEventListener("focusin", (event) => this.#onFocus(event));
    root.addEventListener("focusout", () => this.#later(CLOSE_DELAY, () => this.#closeIfLeft()));
    root.addEventListener("click", (event) => this.#onClick(event));
    root.addEventListener("keydown", (event) => this.#onKey(event as KeyboardEvent));
  }

  #later(delay: number, act: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(act, delay);
  }

  #onPointer(event: PointerEvent): void {
    if (event.pointerType === "touch") return;
    const button = termAt(event);
    if (button) this.#later(OPEN_DELAY, () => this.#open(button));
    else if (event.composedPath().includes(this.#box)) clearTimeout(this.#timer);
  }

  #onLeave(event: PointerEvent): void {
    if (termAt(event) || event.composedPath().includes(this.#box)) {
      this.#later(CLOSE_DELAY, () => this.#closeIfLeft());
    }
  }

  #onFocus(event: Event): void {
    const button = termAt(event);
    if (button) this.#later(0, () => this.#open(button));
    else if (event.composedPath().includes(this.#box)) clearTimeout(this.#timer);
  }

  #onClick(event: Event): void {
    const button = termAt(event);
    if (button) this.#open(button);
    const link = event.composedPath().find((each) => each instanceof HTMLAnchorElement);
    if (!(link instanceof HTMLAnchorElement) || !this.#box.contains(link)) return;
    // The address holds the controls; a jump inside the page must not write them over.
    event.preventDefault();
    const target = this.#root?.querySelector<HTMLElement>(`#${CSS.escape(link.hash.slice(1))}`);
    this.#close();
    if (!target) return;
    target.tabIndex = -1;
    target.scrollIntoView({ block: "center" });
    target.focus({ preventScroll: true });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !this.#button) return;
    const button = this.#button;
    if (this.#box.contains(this.#root?.activeElement ?? null)) button.focus();
    event.stopPropagation();
    this.#close();
  }

  #open(button: HTMLButtonElement): void {
    clearTimeout(this.#timer);
    if (this.#button === button || !button.isConnected) return;
    const valuation = this.#valuation();
    const found = valuation && explanationOf(button.dataset["term"]!, reading(valuation));
    if (!found) return;
    this.#close();
    this.#button = button;
    render(words(found), this.#box);
    button.after(this.#box);
    button.setAttribute("aria-describedby", ID);
    this.#box.showPopover();
    this.#place();
  }

  #closeIfLeft(): void {
    const focused = this.#root?.activeElement ?? null;
    const isHeld = focused === this.#button || this.#box.contains(focused);
    const isPointed = this.#button?.matches(":hover") || this.#box.matches(":hover");
    if (!isHeld && !isPointed) this.#close();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#button?.removeAttribute("aria-describedby");
    this.#button = null;
    if (this.#box.isConnected && this.#box.matches(":popover-open")) this.#box.hidePopover();
    this.#box.remove();
  }

  readonly #onView = (): void => this.#place();

  /** Below the name, or above it where there is more room. */
  #place(): void {
    if (!this.#button) return;
    const at = this.#button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.#box;
    const isBelow = at.bottom + GAP + height <= window.innerHeight - EDGE;
    const top = isBelow ? at.bottom + GAP : Math.max(EDGE, at.top - GAP - height);
    const room = document.documentElement.clientWidth - width - EDGE;
    const left = Math.max(EDGE, Math.min(at.left, room));
    this.#box.style.top = `${top}px`;
    this.#box.style.left = `${left}px`;
  }
}

function termAt(event: Event): HTMLButtonElement | null {
  const [target] = event.composedPath();
  return target instanceof Element ? target.closest<HTMLButtonElement>("button.term") : null;
}

function words({ title, formula, inputs, error, section }: Explanation) {
  // Only `html` of the report makes markup, and it escapes every text that is put in.
  return html`<p class="title">${title}</p><p class="formula">${unsafeHTML(formula.text)}</p>
<dl>${inputs.map(({ name, text }) => html`<div><dt>${name}</dt><dd>${text}</dd></div>`)}</dl>
<p class="error">${error}</p><p><a href="#${section}">How it is computed</a></p>`;
}
