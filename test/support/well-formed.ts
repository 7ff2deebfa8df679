const VOID = new Set(["meta", "link", "br", "hr", "img", "input"]);

/** Faults in markup: tags that do not balance, attributes without quotes, stray marks, double ids. */
export function markupFaults(page: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const ids = new Set<string>();
  const body = page.replace(/<style>[^<]*<\/style>/, "").replace("<!doctype html>", "");
  const tag = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/g;
  let rest = "";
  let from = 0;
  for (const match of body.matchAll(tag)) {
    rest += body.slice(from, match.index);
    from = match.index + match[0].length;
    const [, closing, name = "", attributes = "", empty] = match;
    const id = / id="([^"]*)"/.exec(attributes)?.[1];
    if (id !== undefined && ids.has(id)) faults.push(`double id ${id}`);
    if (id !== undefined) ids.add(id);
    if (closing) {
      const last = open.pop();
      if (last !== name) faults.push(`</${name}> closes <${last}>`);
    } else if (!empty && !VOID.has(name)) open.push(name);
  }
  rest += body.slice(from);
  for (const name of open) faults.push(`<${name}> stays open`);
  for (const stray of rest.match(/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/g) ?? []) {
    faults.push(`stray ${stray}`);
  }
  for (const match of body.matchAll(/aria-labelledby="([^"]*)"/g)) {
    for (const id of match[1]!.split(" ")) if (!ids.has(id)) faults.push(`no id ${id}`);
  }
  return faults;
}
