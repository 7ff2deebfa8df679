// Method: a page that loads the library and values a pool, bundled as its author would, and what of
// it goes over the line. A size above its budget fails; one far below asks for a smaller budget.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";
import { build as vite } from "vite";
import { beforeAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Kilobytes (1,000 bytes) after Brotli at its best, summed over the files that are fetched. */
const BUDGET = {
  /** Before anything is asked: `load` and the kernel. */
  "start, esbuild": 24,
  "start, Vite": 24,
  /** With what the first settlement fetches: the reading of pool documents too. */
  "settlement, esbuild": 53,
  "settlement, Vite": 53,
  /** With what the first valuation fetches. */
  "valuation, esbuild": 101,
  "valuation, Vite": 99,
  /** With what the first allocation, quote or comparison fetches. */
  "allocation, esbuild": 125,
  "allocation, Vite": 121,
  /** All, and plain JavaScript: where WebAssembly is forbidden. */
  "whole, esbuild": 139,
  "whole, Vite": 135,
  /** All in one file: nothing is split. */
  single: 130,
  /** From `riskpool/external`, before anything is asked and without the kernel's own file. */
  "external, esbuild": 14,
  "external, Vite": 15,
  /** One plain function. */
  settle: 14,
  /** `riskpool/element`: the risk room without its worker, which is a whole engine. */
  "room, esbuild": 91,
  "room, Vite": 88,
  "room's worker, esbuild": 134,
  "room's worker, Vite": 134,
};

/** A file of a bundle. */
interface Chunk {
  readonly isEntry: boolean;
  /** Files of the package that are in it. */
  readonly modules: readonly string[];
  /** Files that are fetched with it. */
  readonly imports: readonly string[];
  readonly packed: number;
}
type Bundle = ReadonlyMap<string, Chunk>;

const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
const packed = (text: string | Uint8Array): number => brotliCompressSync(text, { params }).length;
const last = (path: string): string => path.split("/").at(-1)!;

async function byEsbuild(contents: string, splitting = true): Promise<Bundle> {
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
  const texts = new Map(outputFiles.map((file) => [last(file.path), file.contents]));
  return new Map(
    Object.entries(metafile.outputs).map(([name, output]) => [
      last(name),
      {
        isEntry: output.entryPoint === "<stdin>",
        modules: Object.keys(output.inputs).map(last),
        imports: output.imports
          .filter(({ kind }) => kind === "import-statement")
          .map(({ path }) => last(path)),
        packed: packed(texts.get(last(name))!),
      },
    ]),
  );
}

async function byVite(contents: string): Promise<Bundle> {
  const entry = `${root}virtual-page.js`;
  const built = await vite({
    root,
    configFile: false,
    logLevel: "error",
    build: { write: false, rollupOptions: { input: entry } },
    plugins: [
      {
        name: "page",
        enforce: "pre",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? contents : null),
      },
    ],
  });
  const { output } = built as Extract<typeof built, { output: unknown }>;
  const chunks = output.filter((file) => file.type === "chunk");
  return new Map(
    chunks.map((chunk) => [
      last(chunk.fileName),
      {
        isEntry: chunk.isEntry,
        modules: chunk.moduleIds.map(last),
        imports: chunk.imports.map(last),
        packed: packed(chunk.code),
      },
    ]),
  );
}

/** The file of the package that a page fetches for a name: only those export it as it is. */
function fileOf(name: string): string {
  const files = readdirSync(`${root}dist`).filter((file) => /^part-.*\.js$/.test(file));
  const found = files.filter((file) =>
    new RegExp(`^ {2}(\\w+ as )?${name},?$`, "m").test(readFileSync(`${root}dist/${file}`, "utf8")),
  );
  expect(found, name).toHaveLength(1);
  return found[0]!;
}

/** Kilobytes of all files that are fetched for the page and then for these names. */
function fetched(bundle: Bundle, names: readonly string[] = []): number {
  const seen = new Set<string>();
  const follow = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const path of bundle.get(name)!.imports) follow(path);
  };
  const of = (test: (chunk: Chunk) => boolean) =>
    [...bundle].find(([, chunk]) => test(chunk))?.[0] ?? expect.unreachable("no such chunk");
  follow(of((chunk) => chunk.isEntry));
  for (const name of names) {
    const file = fileOf(name);
    follow(of((chunk) => chunk.modules.includes(file)));
  }
  return [...seen].reduce((sum, name) => sum + bundle.get(name)!.packed, 0) / 1000;
}

const hold = (name: keyof typeof BUDGET, size: number) => {
  console.info(`${name}: ${size.toFixed(1)} KB of ${BUDGET[name]}`);
  expect(size).toBeLessThan(BUDGET[name]);
  // A budget that has room for everything holds nothing.
  expect(size).toBeGreaterThan(0.9 * BUDGET[name] - 1);
};

const PAGE =
  'import { load } from "./dist/index.js"; const engine = await load(); engine.value("{}");';
const EXTERNAL = 'import { load } from "./dist/external.js"; await load();';

const ELEMENT = 'import "./dist/element.js";';

const isBuilt = existsSync(new URL("../dist/index.js", import.meta.url));
describe.skipIf(!isBuilt && process.env["CI"] !== "true")("over the line", () => {
  describe.each([
    ["esbuild", byEsbuild],
    ["Vite", byVite],
  ] as const)("by %s", (bundler, bundled) => {
    let page: Bundle;
    beforeAll(async () => {
      page = await bundled(PAGE);
    });

    test.each([
      ["start", []],
      ["settlement", ["settlePool"]],
      ["valuation", ["settlePool", "valuationOf"]],
      ["allocation", ["settlePool", "valuationOf", "allocationsOf"]],
      ["whole", ["settlePool", "valuationOf", "allocationsOf", "twinKernels"]],
    ] as const)("size: %s", (name, names) => {
      hold(`${name}, ${bundler}`, fetched(page, names));
    });

    test("size: external", async () => {
      hold(`external, ${bundler}`, fetched(await bundled(EXTERNAL)));
    });

    test("size: element", async () => {
      const page = await bundled(ELEMENT);
      // Until its own part is there, next to nothing.
      expect(fetched(page)).toBeLessThan(2);
      const room = fetched(page, ["EmbeddedRoom"]);
      hold(`room, ${bundler}`, room);
      const all = fetched(page, ["EmbeddedRoom", "ROOM_WORKER_SCRIPT"]);
      hold(`room's worker, ${bundler}`, all - room);
    });
  });

  test("size: a class and a reader do not draw in what the page does not begin with", async () => {
    const page = await byEsbuild(
      'import { load, PoolError, readJson } from "./dist/index.js"; console.log(load, PoolError, readJson);',
    );
    expect(fetched(page)).toBeLessThan(fetched(await byEsbuild(PAGE)) + 9);
  });

  test.each<[keyof typeof BUDGET, string]>([
    ["single", PAGE],
    ["settle", 'import { settle } from "./dist/index.js"; console.log(settle);'],
  ])("size: %s, in one file", async (name, script) => {
    hold(name, fetched(await byEsbuild(script, false)));
  });
});
