import { html, Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/**
 * A complete HTML document around a body: no script, nothing fetched, the one style sheet.
 *
 * @param theme  that of the reader's system when left out; on paper it is light
 * @returns      ends in a line feed
 */
export function htmlPage(title: string, body: Markup, theme?: "light" | "dark"): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme ?? "light dark"}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Markup(styleOf(theme))}</style>
</head>
<body>
${body}</body>
</html>
`;
  return page.text;
}

/** The sheet with one theme of its two. */
function styleOf(theme: "light" | "dark" | undefined): string {
  if (theme === undefined) return STYLE;
  return STYLE.replace("color-scheme:light dark", `color-scheme:${theme}`).replace(
    "@media screen and (prefers-color-scheme:dark)",
    theme === "dark" ? "@media screen" : "@media not all",
  );
}
