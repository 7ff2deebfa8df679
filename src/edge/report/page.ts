import { html, Markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/**
 * A complete HTML document around a body: no script, nothing fetched, the one style sheet.
 *
 * @returns ends in a line feed
 */
export function htmlPage(title: string, body: Markup): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${body}</body>
</html>
`;
  return page.text;
}
