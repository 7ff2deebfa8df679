// Method: a page that loads the library and values a pool, bundled as its author would, and what of
// it goes over the line. A size above its budget fails; one far below asks for a smaller budget.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Kilobytes (1,000 bytes) after Brotli at its best, summed over the files that are fetched. */
const BUDGET = {
  /** Before anything is asked: `load`, the kernel, reading of pool documents. */
  start: 59,
  /** With what the first valuation fetches. */
  valuation: 95,
  /** With what the first allocation, quote or comparison fetches. */
  allocation: 109,
  /** All, and plain JavaScript: where WebAssembly is forbidden. */
  whole: 122,
  /** All in one file: nothing is split. */
  single: 113,
  /** From `riskpool/external`, before anything is asked and without the kernel's own file. */
  external: 32,
  /** One plain function. */
  settle: 14,
};

/** A way into the bundle: its entry, or a chunk that is fetched later, by one of its exports. */
type Way = "entry" | "valuationOf" | "allocationsOf" | "twinKernels";

interface Bundle {
  readonly outputs: Metafile["outputs"];
  readonly packed: ReadonlyMap<string, number>;
}

async function bundled(contents: string, splitting = true): Promise<Bundle> {
  const { metafile, outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    splitting,
    format: "esm",
    outdir: "/out",
    absWorkingDir: root,
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  const sizes = outputFiles.map(
    ({ path, contents }) =>
      [path.split("/").at(-1)!, brotliCompressSync(contents, { params }).length] as const,
  );
  return { outputs: metafile.outputs, packed: new Map(sizes) };
}

/** Kilobytes of all files that are fetched by these ways. */
function fetched({ outputs, packed }: Bundle, ways: readonly Way[]): number {
  const seen = new Set<string>();
  const follow = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const { path, kind } of outputs[name]!.imports) {
      if (kind === "import-statement") follow(path);
    }
  };
  for (const way of ways) {
    const found = Object.entries(outputs).find(([, output]) =>
      way === "entry" ? output.entryPoint === "<stdin>" : output.exports.includes(way),
    );
    expect(found, way).toBeDefined();
    follow(found![0]);
  }
  const bytes = [...seen].map((name) => packed.get(name.split("/").at(-1)!)!);
  return bytes.reduce((sum, size) => sum + size, 0) / 1000;
}

const isBuilt = existsSync(new URL("../dist/index.js", import.meta.url));
describe.skipIf(!isBuilt && process.env["CI"] !== "true")("over the line", () => {
  let page: Bundle;
  beforeAll(async () => {
    page = await bundled(
      'import { load } from "./dist/index.js"; const engine = await load(); engine.value("{}");',
    );
  });

  const hold = (name: keyof typeof BUDGET, size: number) => {
    console.info(`${name}: ${size.toFixed(1)} KB of ${BUDGET[name]}`);
    expect(size).toBeLessThan(BUDGET[name]);
    // A budget that has room for everything holds nothing.
    expect(size).toBeGreaterThan(0.9 * BUDGET[name] - 1);
  };

  test.each<[keyof typeof BUDGET, Way[]]>([
    ["start", ["entry"]],
    ["valuation", ["entry", "valuationOf"]],
    ["allocation", ["entry", "valuationOf", "allocationsOf"]],
    ["whole", ["entry", "valuationOf", "allocationsOf", "twinKernels"]],
  ])("size: %s", (name, ways) => {
    hold(name, fetched(page, ways));
  });

  test("size: external", async () => {
    const script = 'import { load } from "./dist/external.js"; await load();';
    hold("external", fetched(await bundled(script), ["entry"]));
  });

  test.each<[keyof typeof BUDGET, string]>([
    ["single", 'import { load } from "./dist/index.js"; (await load()).value("{}");'],
    ["settle", 'import { settle } from "./dist/index.js"; console.log(settle);'],
  ])("size: %s, in one file", async (name, script) => {
    hold(name, fetched(await bundled(script, false), ["entry"]));
  });
});
