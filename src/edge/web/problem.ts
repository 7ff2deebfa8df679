import { html, nothing, type TemplateResult } from "lit";
import type { Issue } from "../../index.ts";
import { count } from "../report/format.ts";
import { Refusal, type Unpriced } from "./intake.ts";
import type { Excerpt } from "./locate.ts";
import { saveFile } from "./save.ts";

/** Why there is no answer, or no pool, as it is shown. */
export interface Problem {
  readonly subject: string;
  readonly message: string;
  readonly issues: readonly Issue[];
  /** The place of each issue in its file. */
  readonly excerpts?: readonly (Excerpt | null)[];
  /** A document that waits for its prices, and can be saved as it is. */
  readonly unpriced?: Unpriced | null;
}

/** What is shown of an error that came while files were opened. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) {
    const { message, issues, excerpts, unpriced } = error;
    return { subject: message, message, issues, excerpts, unpriced };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { subject: "Nothing was opened", message, issues: [] };
}

/** Every problem: where, what to do, what is expected and what came. */
export function problemView(problem: Problem | null): TemplateResult | typeof nothing {
  if (!problem) return nothing;
  const { subject, message, issues, excerpts, unpriced } = problem;
  return html`<div class="problems" role="alert"><h2>${subject}${
    issues.length > 1 ? `: ${count(issues.length)} problems` : ""
  }</h2>${
    issues.length === 0
      ? html`<p>${message}</p>`
      : html`<div>${issues.map((issue, i) => issueView(issue, excerpts?.[i] ?? null))}</div>`
  }${
    unpriced
      ? html`<button type="button" id="save-unpriced" @click=${() =>
          saveFile(
            "pool.json",
            "application/json",
            unpriced.source,
          )}>Save the pool document as it is</button>`
      : nothing
  }</div>`;
}

function issueView(issue: Issue, excerpt: Excerpt | null): TemplateResult {
  return html`<dl><dt>At</dt><dd><code>${issue.pointer || "the whole document"}</code></dd>${
    excerpt ? html`<dt>Line ${count(excerpt.line)}</dt><dd>${excerptView(excerpt)}</dd>` : nothing
  }
<dt>Remedy</dt><dd>${issue.detail}</dd><dt>Expected</dt><dd>${issue.expected}</dd>
<dt>Received</dt><dd>${issue.received ?? "–"}</dd><dt>Code</dt><dd><code>${issue.code}</code></dd></dl>`;
}

function excerptView({ text, from, to }: Excerpt): TemplateResult {
  return html`<code class="excerpt">${text.slice(0, from)}<mark>${text.slice(from, to)}</mark>${text.slice(to)}</code>`;
}

/** What was skipped or inferred when files were read. */
export function notesView(notes: readonly string[]): TemplateResult | typeof nothing {
  if (notes.length === 0) return nothing;
  return html`<details class="notes"><summary>How the files were read: ${count(notes.length)} ${notes.length === 1 ? "note" : "notes"}</summary><ul>${notes.map((each) => html`<li>${each}</li>`)}</ul></details>`;
}
