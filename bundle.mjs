// The one place that says how a worker's script is made, for the build and for its test.
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

/** What every bundle of this package has in common. */
export const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  mainFields: ["module", "main"],
};

/** A script that runs by itself in a worker of Node or a browser; it knows nothing but the protocol. */
export async function workerScript(platform) {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [`src/runtime/${platform}/worker-entry.ts`],
    absWorkingDir: import.meta.dirname,
    format: platform === "node" ? "cjs" : "iife",
    platform,
    minify: true,
    write: false,
  });
  return outputFiles[0].text;
}

/** A script of a whole engine, for workers of Node that value items. */
export async function itemWorkerScript() {
  const { outputFiles } = await build({
    ...common,
    entryPoints: ["src/item-worker.ts"],
    absWorkingDir: import.meta.dirname,
    format: "cjs",
    platform: "node",
    minify: true,
    write: false,
  });
  return outputFiles[0].text;
}

/** Scripts of Node that bring packages made for `require`. */
const requiring =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** What a program of this package is bundled with; `#!` is for one that is called by its name. */
export function programOf(hashBang = "") {
  return {
    platform: "node",
    // Whoever uses a queue has installed them.
    external: ["bullmq", "ioredis"],
    banner: { js: `${hashBang}${requiring}` },
  };
}

/**
 * The queue and its worker's threads. They stand on the package's own `index.js` as any user would:
 * its errors are theirs, and it does not grow by a byte.
 */
export const queueParts = {
  ...common,
  ...programOf(),
  entryPoints: ["src/queue.ts", "src/queue-processor.ts"],
  splitting: true,
  chunkNames: "queue-part-[hash]",
  plugins: [
    {
      name: "on the public door",
      setup({ onResolve }) {
        onResolve({ filter: /^\.\.\/\.\.\/index\.ts$/ }, () => ({
          path: "./index.js",
          external: true,
        }));
      },
    },
  ],
};

/** Where a door has its names from, through whatever doors: name to the file that declares it. */
function namesOf(door) {
  const names = new Map();
  const text = readFileSync(door, "utf8");
  const declared = /^export (?:async )?(?:function\*?|const|class) (\w+)/gm;
  for (const [, name] of text.matchAll(declared)) names.set(name, door);
  for (const [, list, from] of text.matchAll(/^export (\{[^}]*\}|\*) from "([^"]+)";/gm)) {
    const behind = namesOf(join(dirname(door), from));
    const wanted =
      list === "*"
        ? behind.keys()
        : list
            .slice(1, -1)
            .split(",")
            .map((word) => word.trim());
    for (const name of wanted) if (behind.has(name)) names.set(name, behind.get(name));
  }
  return names;
}

/** Goes past the doors of rooms, straight to the files. */
function straight(text, path) {
  return text.replace(
    /^(import|export) \{([^}]*)\} from "(\.[^"]*\/index\.ts)";/gm,
    (_, word, list, from) => {
      const door = join(dirname(path), from);
      const names = namesOf(door);
      const wanted = list.split(",").map((name) => name.trim());
      return wanted
        .filter((name) => name !== "" && !name.startsWith("type "))
        .map((name) => {
          const file = names.get(name.split(" as ")[0]);
          if (!file) throw new Error(`${path}: ${from} has no ${name}`);
          const way = relative(dirname(path), file);
          return `${word} { ${name} } from "./${way.replaceAll("\\", "/")}";`;
        })
        .join(" ");
    },
  );
}

/** Functions that make forms of each other, and do nothing else. */
const MAKERS = [
  ...["optional", "required", "object", "array", "variant", "choice", "constant", "flag", "number"],
  ...["integer", "text", "id", "instant", "money"],
];

/** Those that a file imports, or has of its own: others may have one of their names. */
function makersIn(text) {
  const own = /^(?:const (\w+) = \(.*\): Check<|function (\w+)<.*\): Check<)/gm;
  return [
    ...MAKERS.filter((name) => text.includes(`import { ${name} } from "./../basics/check.ts"`)),
    ...[...text.matchAll(own)].map(([, value, named]) => value ?? named),
  ];
}

const statement =
  /^(?:(?:export )?const \w+(?:: Check<|\b[^\n]* = \w+[(<]|[^\n]*\): Check<)|function \w+<.*\): Check<)(?:[^\n]*;$|[\s\S]*?^[)}\]][^\n]*$)/gm;
const initialising = /^((?:export )?const \w+(?:: [^=]+)? =\s+)(?=(?:new )?\w[\w.]*[(<])/gm;

/**
 * Marks what is called when a file is read, and the making of forms in it, as without effect: what
 * nobody uses of it is then left out.
 */
function withoutEffect(text) {
  const makers = makersIn(text).join("|");
  const making = new RegExp(
    `(?<![.\\w"'\`]|function |const |PURE__ \\*/ )(?=(?:${makers})[(<])`,
    "g",
  );
  const marked =
    makers === ""
      ? text
      : text.replace(statement, (whole) =>
          whole.includes(".check(") ? whole : whole.replace(making, "/* @__PURE__ */ "),
        );
  return marked.replace(initialising, "$1/* @__PURE__ */ ");
}

/**
 * Makes the library's parts small: where code is split, esbuild takes all that a room's door opens
 * for needed wherever one name of it is, and it keeps every call that might have an effect.
 */
export const smallParts = {
  name: "small-parts",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const text = straight(readFileSync(path, "utf8"), path);
      const isCheck = /basics[\\/]check\.ts$/.test(path);
      return { contents: isCheck ? text : withoutEffect(text), loader: "ts" };
    });
  },
};

/** From where a built file takes its names: own name to [part, name there]. */
function takenBy(text) {
  const taken = new Map();
  for (const [, list, from] of text.matchAll(/^import \{([^}]*)\} from "(\.\/[^"]+)";/gm)) {
    for (const each of list.split(",")) {
      const [there, here = there] = each.trim().split(" as ");
      taken.set(here, [from, there]);
    }
  }
  return taken;
}

/**
 * Names for a package's first file. Where esbuild splits a user's code, a file that hands names on
 * draws in all that they lead to, used or not. A name that is made anew in a file of its own leads
 * nowhere until it is used; so one such file stands between the first file and each part that a page
 * does not begin with.
 *
 * @param text    of a built file that exports plain functions and classes
 * @param isFirst whether a page begins with a part
 * @returns       lines for the first file, and the files between
 */
export function handedOn(text, isFirst) {
  const taken = takenBy(text);
  const own = [];
  const between = new Map();
  const lines = [];
  const [, list] = /^export \{([^}]*)\};\s*$/m.exec(text);
  for (const each of list.split(",").map((word) => word.trim())) {
    const [here, name = here] = each.split(" as ");
    const [part, there] = taken.get(here) ?? [];
    if (!part) own.push(name);
    else if (isFirst(part)) lines.push(`export { ${there} as ${name} } from "${part}";`);
    else between.set(part, [...(between.get(part) ?? []), [there, name]]);
  }
  lines.push(`export { ${own.join(", ")} } from "./functions.js";`);
  const files = new Map();
  for (const [part, names] of between) {
    const file = part.replace("part", "names");
    lines.push(`export { ${names.map(([, name]) => name).join(", ")} } from "${file}";`);
    const imported = names.map(([there, name]) => `${there} as ${name}_`).join(", ");
    const made = names.map(([, name]) => `export const ${name} = ${name}_;`);
    files.set(file, [`import { ${imported} } from "${part}";`, ...made, ""].join("\n"));
  }
  return { lines, files };
}
