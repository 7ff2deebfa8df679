// The packed package in Deno and Bun: both entries must give the figures of Node. Asks npm for the
// two, so it is no part of the tests:
//   npm run consumers:more
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");
const home = mkdtempSync(join(tmpdir(), "riskpool-more-"));
const script = `
  import { readFileSync } from "node:fs";
  import { load } from "riskpool";
  import { load as loadExternal } from "riskpool/external";
  const pool = JSON.parse(readFileSync("pool.json", "utf8"));
  for (const engine of [await load(), await loadExternal(), await load({ backend: "js" })]) {
    const result = await engine.value(pool, { scenarios: 20_000, seed: 7n });
    console.log(engine.backend, JSON.stringify(result));
  }
`;
/** The npm that runs this; a dependency brings an old one, which the path of a script puts first. */
const own = process.env.npm_execpath;
const npm = own ? [process.execPath, own] : ["npm"];
const runtimes = {
  node: [process.execPath, "main.mjs"],
  deno: [...npm, "exec", "-y", "deno@2.9.6", "--", "run", "-A", "main.mjs"],
  bun: [...npm, "exec", "-y", "bun@1.4.5", "--", "main.mjs"],
};

const run = (command, cwd) =>
  spawnSync(command[0], command.slice(1), { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
let differing = 0;
try {
  const modules = join(home, "node_modules/riskpool");
  mkdirSync(modules, { recursive: true });
  run([...npm, "pack", "--ignore-scripts", "--pack-destination", home], root);
  const tarball = readdirSync(home).find((name) => name.endsWith(".tgz"));
  run(["tar", "-xzf", join(home, tarball), "-C", modules, "--strip-components=1"], home);
  // Deno looks for modules where there is a package.
  writeFileSync(join(home, "package.json"), '{ "type": "module" }');
  writeFileSync(join(home, "main.mjs"), script);
  cpSync(join(root, "examples/small-pool.json"), join(home, "pool.json"));
  const answers = Object.entries(runtimes).map(([name, command]) => {
    const { status, stdout, stderr } = run(command, home);
    return { name, stdout: status === 0 ? stdout : "", stderr };
  });
  for (const { name, stdout, stderr } of answers) {
    const isSame = stdout !== "" && stdout === answers[0].stdout;
    console.log(`${name}: ${isSame ? "same figures" : `differs\n${stderr}`}`);
    if (!isSame) differing += 1;
  }
} finally {
  rmSync(home, { recursive: true, force: true });
}
process.exit(differing);
