// Method: the package as npm makes it, installed in a folder of its own and used as a stranger would.
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasRedis, RedisServer } from "./support/redis-server.ts";
import { samplePool } from "./support/sample-pool.ts";
import { npm } from "./support/tarball.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const home = mkdtempSync(join(tmpdir(), "riskpool-"));
const user = join(home, "user");

function run(command: string, args: readonly string[], cwd: string) {
  const options = { cwd, encoding: "utf8", timeout: 30_000 } as const;
  const { status, stdout, stderr } = spawnSync(command, args, options);
  return { status, out: `${stdout}`, err: `${stderr}` };
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

    test("package: holds these files and no others", () => {
      const listed = npm(["pack", "--dry-run", "--ignore-scripts", "--json"], root);
      const [{ files }] = JSON.parse(listed.out) as [{ files: { path: string }[] }];
      // Parts are named by what is in them; types are told apart by their folders.
      const names = files.map(({ path }) =>
        path.replace(/(part|names)-\w{8}/, "$1-*").replace(/^(dist\/types\/\w+)\/.*/, "$1/*"),
      );
      expect([...new Set(names)].sort()).toMatchSnapshot();
    });

    test("package: publint has nothing to say", async () => {
      const { messages, pkg } = await publint({ pkgDir: root, pack: false, strict: true });
      expect(messages.map((message) => formatMessage(message, pkg!))).toEqual([]);
    });

    test("package: its types are right wherever modules are", async () => {
      const tarball = readdirSync(home).find((name) => name.endsWith(".tgz"))!;
      const packed = createPackageFromTarballData(
        new Uint8Array(readFileSync(join(home, tarball))),
      );
      const files = [/\.wasm$/, /worker\.js$/, /\.json$/];
      const checked = await checkPackage(packed, { excludeEntrypoints: files });
      if (!checked.types) expect.unreachable("there are no types");
      expect(Object.keys(checked.entrypoints).sort()).toEqual([
        ...[".", "./browser", "./element", "./external", "./node", "./queue", "./react"],
      ]);
      // Modules only: what Node 10 and `require` would find is none of its promises.
      const elsewhere = ["node10", "node16-cjs"];
      const problems = checked.problems.filter(
        (problem) => !("resolutionKind" in problem) || !elsewhere.includes(problem.resolutionKind),
      );
      expect(problems).toEqual([]);
    });

    test("package: the kernel comes from wherever it is", () => {
      writeFileSync(
        join(user, "external.js"),
        `import { readFile } from "node:fs/promises";
         import { fileURLToPath } from "node:url";
         import { load } from "riskpool/external";
         const url = new URL(import.meta.resolve("riskpool/kernel.wasm"));
         const bytes = await readFile(url);
         const sources = [undefined, url, url.href, fileURLToPath(url), bytes, bytes.buffer.slice(
           bytes.byteOffset, bytes.byteOffset + bytes.length), new Response(bytes),
           new WebAssembly.Module(bytes), "data:application/wasm;base64," + bytes.toString("base64")];
         const backends = [];
         for (const wasm of sources) backends.push((await load({ wasm })).backend);
         bytes[100] ^= 1;
         const wrong = [bytes, "./nothing.wasm", new Response("", { status: 404 }), 7, new Response("<html>")];
         const codes = [];
         for (const wasm of wrong) codes.push(await load({ wasm }).then(() => "", ({ code }) => code));
         codes.push(await load(null).then(() => "", ({ code }) => code));
         console.log(backends.join(" "), codes.join(" "));`,
      );
      const { out, err } = run(process.execPath, ["external.js"], user);
      const codes = "KERNEL_DIFFERS KERNEL_MISSING KERNEL_MISSING TYPE KERNEL_DIFFERS TYPE";
      expect([err, out]).toEqual(["", `${"wasm ".repeat(9)}${codes}\n`]);
    });

    test("package: a queue says what to install, and then works from node_modules", async () => {
      const url = "redis://127.0.0.1:1";
      const ask = `import { openQueue, startWorker } from "riskpool/queue";
        import { load, PoolError } from "riskpool";
        const codes = (work) => work.then(() => "", (e) => [e instanceof PoolError, e.code].join());`;
      const missing = ["--input-type=module", "-e"];
      const first = `${ask} console.log(await codes(openQueue({ redis: "${url}" })));`;
      expect(run(process.execPath, [...missing, first], user).out).toBe("true,PEER_MISSING\n");
      const command = ["node_modules/riskpool/dist/cli.js", "worker", "--redis", url, "--json"];
      const { status, err } = run(process.execPath, command, user);
      expect([status, JSON.parse(err).error.code]).toEqual([3, "PEER_MISSING"]);
      for (const name of ["bullmq", "ioredis"]) {
        symlinkSync(join(root, "node_modules", name), join(user, "node_modules", name));
      }
      if (!hasRedis && process.env["CI"] !== "true") return;
      const server = await RedisServer.start();
      try {
        const second = `${ask}
          const redis = ${JSON.stringify(server.url)};
          const worker = await startWorker({ redis, concurrency: 2, listen: "127.0.0.1:0" });
          const queue = await openQueue({ redis });
          const pool = ${JSON.stringify(samplePool())};
          const options = { scenarios: 50_000 };
          const found = await queue.value(pool, { ...options, shards: { count: 3 } });
          const engine = await load();
          const same = JSON.stringify(found) === JSON.stringify(await engine.value(pool, options));
          const refused = await codes(queue.value({}, options));
          await queue.close();
          console.log(same, refused, /^riskpool_queue_commits_total 4$/m.test(await worker.metrics()));
          await worker.stop();`;
        // Whoever has stopped and closed all of it is let go.
        const { out, err } = run(process.execPath, [...missing, second], user);
        expect([out, err]).toEqual(["true true,INVALID_INPUT true\n", ""]);
      } finally {
        await server.end();
      }
    });

    test("package: types of every door are found", () => {
      writeFileSync(
        join(user, "main.ts"),
        `import { load, type Progress, type RunPlan, type Valuer } from "riskpool";
         import { openQueue, startWorker } from "riskpool/queue";
         import { workerPool } from "riskpool/node";
         import { workerPool as browserPool } from "riskpool/browser";
         import { load as loadFrom, type KernelSource } from "riskpool/external";
         const source: KernelSource = new URL("x:y");
         const same: Promise<Awaited<ReturnType<typeof load>>> = loadFrom({ wasm: source });
         const engine = await load({ executor: workerPool({ workers: 2 }) });
         const plan: RunPlan = await engine.plan("{}", { budget: { bytes: 1 } });
         const seconds: number = plan.coreSeconds;
         await load({ executor: browserPool({ script: new URL("x:y") }) });
         await engine.value("{}", { onProgress: ({ estimate }: Progress) => estimate?.level });
         const valuers: Valuer[] = [engine, await openQueue({ redis: "redis://h" })];
         for await (const { id } of valuers[0]!.valueMany([], { figures: "measure" })) id?.length;
         const port: number | undefined = (await startWorker({ redis: "redis://h" })).probes?.port;
         // @ts-expect-error: a queue has workers of its own
         (await openQueue({ redis: "redis://h" })).valueMany([], { workers: port });
         // @ts-expect-error: a page must say where its worker script is
         browserPool({ workers: seconds });`,
      );
      writeFileSync(
        join(user, "room.tsx"),
        `import "riskpool/element";
         import type { RiskRoomElement } from "riskpool/element";
         import { RiskRoom, usePoolValuation } from "riskpool/react";
         const room: RiskRoomElement = document.createElement("risk-room");
         room.addEventListener("valuation", ({ detail }) => detail.risk.levels);
         export function App() {
           const { valuation, error } = usePoolValuation("{}", { seed: 7n });
           const level: number | undefined = valuation?.risk.levels[0]?.level;
           return <main>{level}{error?.message}
             <RiskRoom src="/pool.json" theme="dark" className="wide" pools={[["/a", "A"]]}
               ref={(room) => void room?.open("/b")} onValuation={(found, room) => room.settled} />
             <risk-room src="/pool.json" pools="[]" class="wide" />
             {/* @ts-expect-error: a component's pools are no text */}
             <RiskRoom pools="[]" />
             {/* @ts-expect-error: there is no such theme */}
             <risk-room theme="grey" />
           </main>;
         }
         // @ts-expect-error: the hook itself aborts
         usePoolValuation("{}", { signal: AbortSignal.abort() });`,
      );
      // As a user of React has them.
      const types = join(user, "node_modules/@types");
      mkdirSync(types, { recursive: true });
      symlinkSync(join(root, "node_modules/@types/react"), join(types, "react"));
      symlinkSync(join(root, "node_modules/csstype"), join(user, "node_modules/csstype"));
      const compilerOptions = {
        ...{ noEmit: true, strict: true, target: "es2022", module: "nodenext", types: [] },
        ...{ jsx: "react-jsx", exactOptionalPropertyTypes: true },
      };
      const files = ["main.ts", "room.tsx"];
      writeFileSync(join(user, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
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
