import { RiskRoom } from "./room.ts";

customElements.define("risk-room", RiskRoom);
// What lies behind the component when a page is pulled beyond its ends has the theme too.
document.querySelector("risk-room")?.addEventListener("theme", (event) => {
  const theme = (event as CustomEvent<string | null>).detail;
  if (theme === null) delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
});
