import { Directive, type DirectiveResult, directive } from "lit/directive.js";

/** Milliseconds without a new drawing after which what is folded is put in its place all the same. */
const QUIET = 500;
const FOLDED = /(<details>\s*<summary>[\s\S]*?<\/summary>)([\s\S]*?)<\/details>/g;

/** Drawings that wait for their turn, each once. */
const waiting = new Set<() => void>();
let told: (() => void)[] = [];
/** Made when it is first needed: where the page is only looked through, nothing may be started. */
let channel: MessageChannel | undefined;

function next(): void {
  channel ??= new MessageChannel();
  channel.port1.onmessage = drawNext;
  channel.port2.postMessage(null);
}

function drawNext(): void {
  const [draw] = waiting;
  if (draw) {
    waiting.delete(draw);
    draw();
  }
  if (waiting.size > 0) next();
  else {
    const done = told;
    told = [];
    for (const each of done) each();
  }
}

function inTurn(draw: () => void): void {
  if (waiting.size === 0) next();
  waiting.add(draw);
}

/** Whether something is still to be drawn. */
export function isDrawing(): boolean {
  return waiting.size > 0;
}

/** Resolves when all is drawn. */
export function allDrawn(): Promise<void> {
  return isDrawing() ? new Promise((resolve) => told.push(resolve)) : Promise.resolve();
}

/**
 * Puts markup on the page that changes as a whole and often: parsed once, in its place, where a
 * template would be parsed, walked and copied. Each is parsed in a task of its own, so that many of
 * them do not hold the page. What is folded is most of it and waits until it is
 * unfolded or nothing has moved for a while; what a reader has unfolded stays so.
 */
class Drawn extends Directive {
  /** What is drawn, and what is to be. */
  #text = "";
  #next = "";
  #bodies: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #host: HTMLElement | undefined;

  override render(text: string): HTMLElement {
    this.#host ??= this.#started();
    const host = this.#host;
    if (text === this.#next) return host;
    const isFirst = this.#next === "";
    this.#next = text;
    // What surrounds it looks at it; a later drawing only changes it.
    if (isFirst) this.#draw();
    else inTurn(this.#turn);
    return host;
  }

  readonly #turn = (): void => this.#draw();

  #draw(): void {
    const host = this.#host;
    if (!host || this.#text === this.#next) return;
    this.#text = this.#next;
    const open = this.#folds().map((each) => each.open);
    this.#bodies = [];
    host.innerHTML = this.#text.replace(FOLDED, (_, head: string, body: string) => {
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

/** Markup in a template's place, drawn anew as a whole whenever it changes. */
export const drawn: (text: string) => DirectiveResult = directive(Drawn);
