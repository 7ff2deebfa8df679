/** What of a drawing's look its sheet decides; it goes with the file as attributes. */
const LOOK = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin"],
  ...["opacity", "font-size", "font-weight", "font-family", "paint-order"],
] as const;
/** What a drawing has where nothing is said of it; saying it again would only lengthen the file. */
const USUAL: Readonly<Record<string, string>> = {
  "fill-opacity": "1",
  "stroke-dasharray": "none",
  "stroke-linejoin": "miter",
  opacity: "1",
  "paint-order": "normal",
  stroke: "none",
};
/** Inherited from the outermost element, and the same everywhere. */
const SHARED = new Set(["font-family"]);
const MARGIN = 16;
const COLUMNS = 3;
/** Device pixels to a unit of the drawing. */
const DENSITY = 2;

/** A drawing as a file: its text, and its size in its own units. */
export interface Picture {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/**
 * A figure as a drawing that stands alone: its colours are those of the theme it is seen in, its fonts
 * are named, and nothing is fetched. Small multiples are laid out in rows.
 *
 * @param paper  the colour behind it
 */
export function pictureOf(figure: Element, paper: string): Picture | null {
  const drawings = Array.from(figure.querySelectorAll<SVGSVGElement>("svg:not(.narrow)"));
  const first = drawings[0];
  if (!first) return null;
  const columns = Math.min(drawings.length, COLUMNS);
  const { width, height } = first.viewBox.baseVal;
  const rows = Math.ceil(drawings.length / columns);
  const whole = {
    width: columns * (width + MARGIN) + MARGIN,
    height: rows * (height + MARGIN) + MARGIN,
  };
  const own = getComputedStyle(first);
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  root.setAttribute("viewBox", `0 0 ${whole.width} ${whole.height}`);
  root.setAttribute("width", String(whole.width));
  root.setAttribute("height", String(whole.height));
  root.setAttribute("font-family", own.fontFamily.replaceAll('"', "'"));
  root.setAttribute("font-variant-numeric", "tabular-nums lining-nums");
  const ground = document.createElementNS("http://www.w3.org/2000/svg", "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", paper);
  root.append(ground);
  drawings.forEach((drawing, i) => {
    const copy = drawing.cloneNode(true) as SVGSVGElement;
    dress(drawing, copy);
    copy.setAttribute("x", String(MARGIN + (i % columns) * (width + MARGIN)));
    copy.setAttribute("y", String(MARGIN + Math.floor(i / columns) * (height + MARGIN)));
    copy.setAttribute("width", String(width));
    copy.setAttribute("height", String(height));
    root.append(copy);
  });
  return { svg: `${new XMLSerializer().serializeToString(root)}\n`, ...whole };
}

/** Writes the look of every part of a drawing into its copy. */
function dress(from: Element, to: Element): void {
  const style = getComputedStyle(from);
  const isDrawn = from.tagName !== "title" && from.tagName !== "desc" && from.tagName !== "svg";
  if (isDrawn) {
    const isText = from.tagName === "text" || from.tagName === "tspan";
    for (const name of LOOK) {
      const value = style.getPropertyValue(name);
      if (SHARED.has(name) || USUAL[name] === value || value === "") continue;
      if (name.startsWith("font") && !isText) continue;
      to.setAttribute(name, value);
    }
  }
  to.removeAttribute("class");
  for (let i = 0; i < from.children.length; i++) dress(from.children[i]!, to.children[i]!);
}

/** A picture as PNG, two pixels to a unit. @throws where the browser cannot draw it */
export async function pngOf({ svg, width, height }: Picture): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image(width, height);
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * DENSITY;
    canvas.height = height * DENSITY;
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("the browser drew no picture"))),
        "image/png",
      ),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}
