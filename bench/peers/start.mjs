// Builds the peers that can be built on this machine, and runs the engine beside them.
//   npm run bench:peers                    every workload, in this Node
//   npm run bench:peers -- smoke           small, to see that it runs
//   npm run bench:peers -- w0 w2           some workloads
//   npm run bench:peers -- --nodes=20,24   in these versions of Node, one after the other
// Rows go to build/peers/v20.json and so on. See README.md for what to install.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const FOLDER = "build/peers";
const STRICT = ["-O3", "-std=c++17", `-I${FOLDER}`, "-ffp-contract=off"];
const NATIVE = "bench/peers/native/native.cpp";

function runs(program, args) {
  const { status } = spawnSync(program, args, { stdio: "ignore" });
  return status === 0;
}

function skip(what, why) {
  console.log(`skipped: ${what}; ${why}`);
}

/** Builds a program, unless what it needs is missing. */
function compile(name, source, flags, why) {
  const out = `${FOLDER}/${name}`;
  rmSync(out, { force: true });
  const { status, stderr } = spawnSync("g++", [...flags, source, "-o", out, ...libraries(name)], {
    encoding: "utf8",
  });
  if (status !== 0)
    skip(name, stderr.includes("QuantLib") || stderr.includes("ql/") ? why : stderr);
}

function libraries(name) {
  return name === "quantlib" ? ["-lQuantLib"] : [];
}

mkdirSync(FOLDER, { recursive: true });
execFileSync("node", ["build.mjs", "kernel"], { stdio: "inherit" });
await build({
  entryPoints: ["bench/peers/run.ts"],
  outfile: "build/peers.mjs",
  bundle: true,
  platform: "node",
  format: "esm",
  mainFields: ["module", "main"],
  target: "es2022",
  logLevel: "warning",
});
execFileSync("node", ["build/peers.mjs", "--plan"], { stdio: "inherit" });

if (runs("g++", ["--version"])) {
  compile("native-128", NATIVE, [...STRICT, "-msse4.2", "-DLANES=2"]);
  const wide = ["-march=native", "-mprefer-vector-width=512"];
  compile("native-wide", NATIVE, [...STRICT, ...wide]);
  compile("native-wide-fma", NATIVE, [...STRICT, ...wide, "-ffp-contract=fast"]);
  const source = "bench/peers/quantlib/quantlib.cpp";
  // Its headers take a minute, so it is built only once.
  if (!existsSync(`${FOLDER}/quantlib`)) {
    compile("quantlib", source, ["-O3", "-std=c++17"], "no QuantLib (libquantlib0-dev)");
  }
} else skip("native C++ and QuantLib", "no g++");

const python = "/usr/bin/python3";
const modules = [];
for (const [name, imports] of [
  ["numpy", "import numpy, scipy.special"],
  ["numba", "import numpy, numba"],
]) {
  if (runs(python, ["-c", imports])) modules.push(name);
  else skip(name, `${python} cannot ${imports}`);
}

// The npm that runs this; a dependency brings an old one, which the path of a script puts first.
const npm = process.env.npm_execpath ? ["node", process.env.npm_execpath] : ["npm"];

const words = process.argv.slice(2);
const versions = words
  .find((word) => word.startsWith("--nodes="))
  ?.slice(8)
  .split(",");
const prefix = words.includes("smoke") ? "smoke-v" : "v";
const rest = words.filter((word) => !word.startsWith("--nodes="));
const arguments_ = (rows) => ["build/peers.mjs", ...rest, `--modules=${modules}`, `--rows=${rows}`];
let failed = false;
for (const version of versions ?? [process.versions.node.split(".")[0]]) {
  const own = arguments_(`${FOLDER}/${prefix}${version}.json`);
  const [program, args] = versions
    ? [
        npm[0],
        [...npm.slice(1), "exec", "--yes", `--package=node@${version}`, "--", "node", ...own],
      ]
    : ["node", own];
  const { status } = spawnSync(program, args, { stdio: "inherit" });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
