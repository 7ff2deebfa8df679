// Method: the package as npm makes it, installed in a folder of its own and used as a stranger would.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { samplePool } from "./support/sample-pool.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "riskpool-"));
const user = join(home, "user");

function run(command: string, args: readonly string[], cwd: string) {
  const options = { cwd, encoding: "utf8", timeout: 30_000 } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, out: `${stdout}`, err: `${stderr}` };
}

/** The npm that runs this; a dependency brings an old one, which the path of a script puts first. */
function npm(args: readonly string[], cwd: string) {
  const own = process.env["npm_execpath"];
  return own ? run(process.execPath, [own, ...args], cwd) : run("npm", args, cwd);
}

// What a user writes: with and without threads, an error by class, and no dispose at the end, which
// must not keep the process.
const script = `
  import { load, PoolError } from "riskpool";
  import { workerPool } from "riskpool/node";
  const pool = ${JSON.stringify(samplePool())};
  const options = { scenarios: 220_000, seed: 7n };
  const alone = await load();
  const spread = await load({ executor: workerPool({ workers: 2 }) });
  const same = JSON.stringify(await alone.value(pool, options)) ===
    JSON.stringify(await spread.value(pool, options));
  const refused = await spread.value(pool, { ...options, budget: { bytes: 1 } }).catch((e) => e);
  let lost;
  try { workerPool({ workers: 0 }); } catch (error) { lost = error; }
  console.log(same, refused instanceof PoolError, lost instanceof PoolError, lost.code);
`;
const answer = "true true true NUMBER_RANGE\n";

describe.skipIf(!existsSync(join(root, "dist/node.js")) && process.env["CI"] !== "true")(
  "installed",
  () => {
    beforeAll(() => {
      mkdirSync(user);
      writeFileSync(join(user, "package.json"), '{ "type": "module" }');
      writeFileSync(join(user, "main.js"), script);
      // The build stands; its scripts would make it again under the feet of other tests.
      const pack = npm(["pack", "--ignore-scripts", "--pack-destination", home], root);
      expect(pack.status, pack.err).toBe(0);
      const tarball = readdirSync(home).find((name) => name.endsWith(".tgz"))!;
      const install = npm(["install", "--offline", "--no-audit", join(home, tarball)], user);
      expect(install.status, install.err).toBe(0);
    });
    afterAll(() => rmSync(home, { recursive: true, force: true }));

    test("package: threads work from node_modules, and an idle pool lets the process end", () => {
      const { status, out, err } = run(process.execPath, ["main.js"], user);
      expect([status, out, err]).toEqual([0, answer, ""]);
    });

    test("package: threads work from a user's own bundle", async () => {
      const outfile = join(home, "bundle", "main.mjs");
      await build({
        entryPoints: [join(user, "main.js")],
        bundle: true,
        minify: true,
        format: "esm",
        platform: "node",
        outfile,
        logLevel: "silent",
      });
      const { status, out, err } = run(process.execPath, [outfile], home);
      expect([status, out, err]).toEqual([0, answer, ""]);
    });

    test("package: types of every door are found", () => {
      writeFileSync(
        join(user, "main.ts"),
        `import { load, type Progress, type RunPlan } from "riskpool";
         import { workerPool } from "riskpool/node";
         import { workerPool as browserPool } from "riskpool/browser";
         const engine = await load({ executor: workerPool({ workers: 2 }) });
         const plan: RunPlan = await engine.plan("{}", { budget: { bytes: 1 } });
         const seconds: number = plan.coreSeconds;
         await load({ executor: browserPool({ script: new URL("x:y") }) });
         await engine.value("{}", { onProgress: ({ estimate }: Progress) => estimate?.level });
         // @ts-expect-error: a page must say where its worker script is
         browserPool({ workers: seconds });`,
      );
      const compilerOptions = { noEmit: true, strict: true, target: "es2022", module: "nodenext" };
      writeFileSync(
        join(user, "tsconfig.json"),
        JSON.stringify({ compilerOptions: { ...compilerOptions, types: [] }, files: ["main.ts"] }),
      );
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      const { out } = run(process.execPath, [tsc, "-p", "."], user);
      expect(out).toBe("");
    });

    test("package: the script for browsers has an address", () => {
      const code = 'console.log(import.meta.resolve("riskpool/worker.js"))';
      const { out } = run(process.execPath, ["--input-type=module", "-e", code], user);
      expect(existsSync(new URL(out.trim()))).toBe(true);
    });
  },
);
