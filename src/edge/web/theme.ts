/** `light` or `dark`; undefined is the visitor's own. */
export type Theme = "light" | "dark" | undefined;

const KEY = "risk-room-theme";

/** What is neither of the two themes is none. */
export function themeOf(text: string | null): Theme {
  return text === "light" || text === "dark" ? text : undefined;
}

/** The theme that was chosen here before. A browser may refuse to keep anything: then there is none. */
export function rememberedTheme(): Theme {
  try {
    return themeOf(localStorage.getItem(KEY));
  } catch {
    return undefined;
  }
}

/** Keeps the theme for the next visit, where the browser allows it. */
export function rememberTheme(theme: Theme): void {
  try {
    if (theme) localStorage.setItem(KEY, theme);
    else localStorage.removeItem(KEY);
  } catch {
    // The choice then holds for this visit.
  }
}
