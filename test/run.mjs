// Runs everything that must hold, and ends with "N passed, N failed" summed over the suites.
//   node test/run.mjs            all stages
//   node test/run.mjs vitest     one stage by name
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";

const MODULES_MIN = 100;
const NODE_VERSIONS = [20, 22, 24, 26];
const node = process.execPath;

function run(command, args, options = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    ...options,
  });
  return { ok: status === 0, text: `${stdout ?? ""}${stderr ?? ""}` };
}

/** A tool of the project's own, whatever else is called so on the path. */
const tool = (name) => `node_modules/.bin/${name}`;
/** The npm that runs this; a dependency brings an old one, which the path of a script puts first. */
const npm = process.env.npm_execpath ? [node, process.env.npm_execpath] : ["npm"];

/** A stage that passes or fails as one. */
function whole(command, args, check = () => true) {
  const { ok, text } = run(command, args);
  const passed = ok && check(text);
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, text };
}

const stages = {
  kernel: () => {
    // Twice, because the digest must not depend on what an earlier build left behind.
    const first = run(node, ["build.mjs", "kernel"]);
    const second = run(node, ["build.mjs"]);
    const passed = first.ok && second.ok;
    return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, text: first.text + second.text };
  },
  types: () => whole(node, ["node_modules/typescript/bin/tsc", "-p", "."]),
  lint: () => whole(tool("biome"), ["check", "--error-on-warnings", "."]),
  layers: () =>
    whole(
      tool("depcruise"),
      ["--config", ".dependency-cruiser.cjs", "src", "assembly", "--output-type", "err-long"],
      (text) => {
        // A checker that saw nothing also reports no violation.
        const modules = Number(/\((\d+) modules/.exec(text)?.[1] ?? 0);
        return modules >= MODULES_MIN;
      },
    ),
  "as-pect": () => {
    const { ok, text } = run(tool("asp"), ["--no-logo"]);
    const plain = stripVTControlCharacters(text);
    const [, passed, total] = /\[Tests\]:\s*(\d+)\s*\/\s*(\d+)/.exec(plain) ?? [];
    if (total === undefined) return { passed: 0, failed: 1, text };
    const failed = Number(total) - Number(passed);
    return { passed: Number(passed), failed: failed || (ok ? 0 : 1), text };
  },
  vitest: () => {
    const out = "build/vitest.json";
    const { ok, text } = run(tool("vitest"), [
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${out}`,
    ]);
    const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(out, "utf8"));
    return { passed: numPassedTests, failed: numFailedTests || (ok ? 0 : 1), text };
  },
};

/** The built command line gives the same bytes on every supported Node, with and without threads. */
function nodes() {
  const command = [
    "dist/cli.js",
    "value",
    "--scenarios",
    "20000",
    "--model",
    "student-t",
    "--json",
  ];
  const files = ["--result", "build/node.json", "--no-report"];
  const runs = NODE_VERSIONS.flatMap((version) => [
    { version, threads: [] },
    { version, threads: ["--workers", "2"] },
  ]);
  const outputs = runs.map(({ version, threads }) => {
    const { status, stdout } = spawnSync(
      npm[0],
      [
        ...npm.slice(1),
        "exec",
        "--yes",
        `--package=node@${version}`,
        "--",
        "node",
        ...command,
        ...files,
        ...threads,
      ],
      {
        encoding: "utf8",
        maxBuffer: 1 << 28,
      },
    );
    return { name: [version, ...threads].join(" "), output: status === 0 ? stdout : "" };
  });
  const reference = outputs[0].output;
  const differing = outputs.filter(({ output }) => output === "" || output !== reference);
  return {
    passed: outputs.length - differing.length,
    failed: differing.length,
    text: `differs from Node ${NODE_VERSIONS[0]}: ${differing.map(({ name }) => name)}`,
  };
}
stages.nodes = nodes;

/** What the README tells a newcomer to run. */
stages.examples = () => {
  const value = run(node, [
    "dist/cli.js",
    "--out",
    "build/example/report.html",
    "--result",
    "build/example/result.json",
  ]);
  const settle = run(node, ["dist/cli.js", "settle", "examples/pool.json", "--loss", "2000000.00"]);
  const small = ["examples/small-pool.json"];
  const compare = run(node, [
    "dist/cli.js",
    "compare",
    ...small,
    "--out",
    "build/example/compare.html",
  ]);
  const quote = run(node, [
    "dist/cli.js",
    "quote",
    ...small,
    "--position",
    "examples/position.json",
  ]);
  const code = run(node, ["examples/quote.mjs"]);
  const bench = run(npm[0], [...npm.slice(1), "run", "bench", "--silent", "--", "smoke"]);
  const night = run(npm[0], [...npm.slice(1), "run", "night", "--silent", "--", "300"]);
  const throughput = run(npm[0], [
    ...npm.slice(1),
    ...["run", "bench:batch", "--silent", "--", "200"],
  ]);
  const results = [value, settle, compare, quote, code, bench, night, throughput];
  const failed = results.filter(({ ok }) => !ok).length;
  return {
    passed: results.length - failed,
    failed,
    text: results.map(({ text }) => text).join("\n"),
  };
};

const only = process.argv[2];
let passed = 0;
let failed = 0;
for (const [name, stage] of Object.entries(stages)) {
  if (only && only !== name) continue;
  const start = process.hrtime.bigint();
  let result;
  try {
    result = stage();
  } catch (error) {
    result = { passed: 0, failed: 1, text: String(error) };
  }
  const seconds = Number((process.hrtime.bigint() - start) / 10_000_000n) / 100;
  console.log(`${name}: ${result.passed} passed, ${result.failed} failed (${seconds} s)`);
  if (result.failed > 0) console.log(result.text);
  passed += result.passed;
  failed += result.failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
