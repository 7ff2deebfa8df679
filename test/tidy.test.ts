// Method: read every source file as text and hold it against the page of style.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

function files(folder: string, ending: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending) && !name.includes("node_modules"))
    .map((name) => `${folder}/${name}`)
    .filter(
      (name) =>
        !/^src\/(engine\/binary(-text)?|(runtime\/(node|browser)|edge\/web)\/(item-)?worker-script)\.ts$/.test(
          name,
        ),
    )
    .sort();
}

const read = (name: string) => readFileSync(`${root}${name}`, "utf8");
const sources = files("src", ".ts");
const kernels = files("assembly", ".ts").filter((name) => !name.includes("__tests__"));

/** Every line of the named files that a pattern finds. */
function found(names: readonly string[], pattern: RegExp): string[] {
  return names.flatMap((name) =>
    read(name)
      .split("\n")
      .flatMap((line, i) => (pattern.test(line) ? [`${name}:${i + 1}: ${line.trim()}`] : [])),
  );
}

test("tidy: sees the whole house", () => {
  expect(sources.length).toBeGreaterThan(40);
  expect(kernels.length).toBeGreaterThan(10);
});

test("tidy: files have at most 500 lines", () => {
  const long = [...sources, ...kernels].filter((name) => read(name).split("\n").length > 501);
  expect(long).toEqual([]);
});

test("tidy: functions have at most 70 lines", () => {
  const long = [...sources, ...kernels].flatMap((name) => {
    let start = -1;
    return read(name)
      .split("\n")
      .flatMap((line, i) => {
        if (/^(export )?(async )?function\b/.test(line)) start = i;
        if (line !== "}" || start < 0) return [];
        const length = i - start + 1;
        const from = start;
        start = -1;
        return length > 70 ? [`${name}:${from + 1}`] : [];
      });
  });
  expect(long).toEqual([]);
});

test("tidy: results do not depend on an engine's mathematics", () => {
  const core = sources.filter((name) => !name.startsWith("src/edge/"));
  const pattern =
    /Math\.(exp|log|log2|log10|log1p|expm1|pow|sin|cos|tan|tanh|sinh|cosh|cbrt|hypot|atan2?|random)\b|\*\*/;
  const powers = found(core, pattern).filter(
    // Squares and powers of two are exact everywhere.
    (line) =>
      !/\*\* (2|3)\b|2 \*\* |2n \*\*|10n \*\*/.test(line) && !/^\S+ (\*|\/\*\*|\*\*)/.test(line),
  );
  expect(powers.filter((line) => !/: (\/\*\*|\*|\/\/)/.test(line))).toEqual([]);
});

test("tidy: the core knows no clock, no chance and no network", () => {
  const core = sources.filter((name) => !/^src\/(edge|runtime)\//.test(name));
  expect(found(core, /Date\.now|new Date\(|performance\.now|Math\.random|\bfetch\(/)).toEqual([]);
});

test("tidy: what pays holds no floating-point number", () => {
  const paying = sources.filter((name) => name.startsWith("src/settlement/"));
  expect(paying.length).toBeGreaterThan(1);
  expect(found(paying, /parseFloat|Number\(/)).toEqual([]);
});

test("tidy: no default exports, no any, no leftovers", () => {
  expect(found(sources, /^export default/)).toEqual([]);
  expect(found([...sources, ...kernels], /\bTO[D]O\b|\bFIX[M]E\b|\bXX[X]\b/)).toEqual([]);
});

test("tidy: kernels use no relaxed SIMD and no managed objects", () => {
  expect(found(kernels, /relaxed_|new (Array|Float64Array|StaticArray|Map)|unchecked\(/)).toEqual(
    [],
  );
});

test("tidy: exported functions say what they do", () => {
  const silent = [...sources, ...kernels].flatMap((name) => {
    const lines = read(name).split("\n");
    return lines.flatMap((line, i) => {
      if (!/^export (async )?function /.test(line)) return [];
      let above = i - 1;
      while (/^(\/\/ @ts-ignore|@inline)/.test(lines[above] ?? "")) above--;
      return /\*\/\s*$/.test(lines[above] ?? "") || lines[above]?.startsWith("//")
        ? []
        : [`${name}:${i + 1}`];
    });
  });
  const inlineHelpers = /assembly\/(plan|philox|vector-math)\.ts/;
  expect(silent.filter((place) => !inlineHelpers.test(place))).toEqual([]);
});

test("tidy: every room has a card", () => {
  const rooms = readdirSync(`${root}src`, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
  for (const room of rooms) {
    expect(read(`src/${room}/README.md`), room).toMatch(/\*\*For\*\*[\s\S]*\*\*Never\*\*/);
  }
  expect(rooms.length).toBeGreaterThan(9);
});

test("tidy: the host's plan has the kernel's fields at the kernel's places", async () => {
  const { MARGIN, PLAN, TILE } = await import("../src/engine/index.ts");
  const text = read("assembly/plan.ts");
  const fields = [...text.matchAll(/export const (\w+): usize = (\d+);/g)].map((m) => [
    m[1],
    Number(m[2]),
  ]);
  expect(Object.fromEntries(fields)).toEqual({ ...PLAN, ...MARGIN });
  expect(Number(/export const TILE: i32 = (\d+)/.exec(text)?.[1])).toBe(TILE);
});
