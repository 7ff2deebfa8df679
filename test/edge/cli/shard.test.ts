// Method: the command line on files of a folder, with the engine in this process and, to be killed, in
// another; what is merged is compared byte by byte with what `riskpool value` prints.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listFolder, readUtf8 } from "../../../src/edge/cli/file.ts";
import type { Io } from "../../../src/edge/cli/io.ts";
import type { Issue, PoolDocument } from "../../../src/index.ts";
import { buildCli } from "../../support/batch-run.ts";
import { runHere } from "../../support/io.ts";
import { FULL, mixedPool } from "../../support/liquidation-pool.ts";
import { samplePool } from "../../support/sample-pool.ts";

const home = mkdtempSync(join(tmpdir(), "riskpool-shard-"));
const root = fileURLToPath(new URL("../../..", import.meta.url));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const run = (line: string, env: Io["env"] = {}, stdin = "") =>
  runHere(line.replaceAll("@", `${home}/`), {
    env,
    readFile: (path) => (path === "-" ? Promise.resolve(stdin) : readUtf8(path)),
  });

const issuesIn = (err: string) =>
  (JSON.parse(err) as { error: { issues: Issue[] } }).error.issues.map(
    ({ code, pointer }) => `${code} ${pointer.replace(`${home}/`, "").replaceAll("~1", "/")}`,
  );

const write = (name: string, value: unknown) =>
  writeFileSync(join(home, name), JSON.stringify(value));

/** Runs all shards of a job but some, the last first. */
async function runAll(spec: string, out: string, count: number, more = "", without: number[] = []) {
  for (let index = count - 1; index >= 0; index--) {
    if (without.includes(index)) continue;
    const line = `shard run --spec @${spec} --index ${index} --count ${count} --out @${out} ${more}`;
    const { exit, err } = await run(line);
    expect([exit, err]).toEqual([0, ""]);
  }
}

const valued = async (pool: string, options: string) => {
  const { exit, out } = await run(
    `value @${pool} ${options} --json --no-report --result @serial.json`,
  );
  expect(exit).toBe(0);
  return out;
};
const merged = (files: string, more = "") =>
  run(`shard merge ${files} ${more} --json --no-report --result @merged.json`);

/** Changes a header and seals the file again, as another build would have written it. */
function rewrite(path: string, from: string, to: string): void {
  const text = readFileSync(path).toString("latin1");
  expect(text).toContain(from);
  const body = Buffer.from(text.replace(from, to), "latin1").subarray(0, -32);
  writeFileSync(path, Buffer.concat([body, createHash("sha256").update(body).digest()]));
}

const covers = (): PoolDocument => ({ ...samplePool(), options: [], perpetuals: [] });
const shard = (index: number, count: number) =>
  `${String(index).padStart(5, "0")}-of-${String(count).padStart(5, "0")}.shard`;

describe("bytes", () => {
  const pools: [string, () => PoolDocument, Record<string, unknown>, string][] = [
    ["sample", samplePool, { scenarios: 60_000, seed: "18446744073709551615" }, ""],
    [
      "liquidated",
      () => mixedPool(FULL, 12, 3),
      { scenarios: 12_000, seed: 5, step: "12h", confidence: 0.95 },
      "--step 12h --confidence 0.95",
    ],
    [
      "covers",
      covers,
      { scenarios: 30_000, seed: 9, levels: [0.9], worstPaths: 0 },
      "--levels 0.9",
    ],
  ];
  test.each(pools.flatMap((pool) => ["all", "euler"].map((extent) => [...pool, extent] as const)))(
    "shard merge: %s gives the bytes of `riskpool value`",
    async (name, pool, given, line, extent) => {
      write(`${name}.json`, pool());
      const options = { ...given, contributions: extent };
      write(`${name}-job.json`, { pool: `${name}.json`, options });
      const { scenarios, seed } = given;
      const expected = await valued(
        `${name}.json`,
        `--scenarios ${scenarios} --seed ${seed} --contributions ${extent} ${line}`,
      );
      const folder = `${name}-${extent}`;
      await runAll(`${name}-job.json`, folder, 7, extent === "all" ? "" : "--workers 2");
      // From the folder alone: the shard of the first part knows the job.
      expect(await merged(`@${folder}`)).toMatchObject({ exit: 0, out: expected });
      const spec = `--spec @${name}-job.json --workers 2`;
      expect(await merged(`@${folder}`, spec)).toMatchObject({ exit: 0, out: expected });
    },
  );

  test("shard merge: a market fitted to prices says the same about them", async () => {
    for (const name of ["pool.json", "prices.csv"]) {
      copyFileSync(join(root, "examples", name), join(home, name));
    }
    const calibration = { model: "student-t", window: 300 };
    const options = { scenarios: 12_000, horizon: "5d" };
    write("fitted.json", { pool: "pool.json", prices: "prices.csv", calibration, options });
    const expected = await valued(
      "pool.json",
      "--prices @prices.csv --model student-t --window 300 --scenarios 12000 --horizon 5d",
    );
    await runAll("fitted.json", "fitted", 3);
    expect(await merged("@fitted")).toMatchObject({ exit: 0, out: expected });
  });
});

describe("a folder of shards", () => {
  let expected: string;
  const path = (index: number) => join(home, "f", shard(index, 4));
  const pointer = (index: number) => `/shards/f/${shard(index, 4)}`;
  /** What a pointer shows of a long name. */
  const clipped = (found: string[]) => found.map((each) => each.replace(/(\/shards\/).*/, "$1…"));

  beforeAll(async () => {
    write("f.json", samplePool());
    write("f-job.json", {
      pool: "f.json",
      options: { scenarios: 30_000, seed: 3 },
      shards: { count: 4 },
    });
    expected = await valued("f.json", "--scenarios 30000 --seed 3");
    await runAll("f-job.json", "f", 4);
  });
  const files = () => merged("@f");

  test("shard merge: copies and drafts change nothing", async () => {
    copyFileSync(path(2), join(home, "f", "copy.shard"));
    writeFileSync(join(home, "f", `.${shard(1, 4)}.1f.tmp`), "half");
    expect(await files()).toMatchObject({ exit: 0, out: expected });
    rmSync(join(home, "f", "copy.shard"));
  });

  test("shard run: what stands there is not run again, what is damaged is", async () => {
    const line = "shard run --spec @f-job.json --index 1 --out @f";
    expect((await run(line)).out).toContain("is there already: parts 6 to 11 of 24");
    const bytes = readFileSync(path(1));
    for (const cut of [0, 20, bytes.length - 1]) {
      writeFileSync(path(1), bytes.subarray(0, cut));
      const found = await files();
      expect([found.exit, found.out]).toEqual([3, ""]);
      expect(clipped(issuesIn(found.err))).toEqual(["SHARD_GAP ", "SHARD_DAMAGED /shards/…"]);
      expect(found.err).toContain("riskpool shard run --parts 6-11");
      expect(found.err).toContain(`${home}/f/${shard(1, 4)}`);
    }
    expect((await run(line)).out).toContain("Wrote");
    expect(readFileSync(path(1)).equals(bytes)).toBe(true);
    expect((await files()).out).toBe(expected);
  });

  test("shard run: the parts that a gap names fill it", async () => {
    rmSync(path(3));
    expect(clipped(issuesIn((await files()).err))).toEqual(["SHARD_GAP "]);
    await run("shard run --spec @f-job.json --parts 18-23 --out @f");
    expect((await files()).out).toBe(expected);
    await run("shard run --spec @f-job.json --index 3 --out @f");
    // Twice the same parts, by another name: the same bytes.
    expect((await files()).out).toBe(expected);
    await run("shard run --spec @f-job.json --parts 20-23 --out @f");
    expect(clipped(issuesIn((await files()).err))).toEqual(["SHARD_OVERLAP /shards/…"]);
    for (const name of readdirSync(join(home, "f"))) {
      if (name.startsWith("parts-")) rmSync(join(home, "f", name));
    }
  });

  test("shard merge: a damaged file beside a whole set is told as well", async () => {
    const copy = join(home, "f", "copy.shard");
    const bytes = readFileSync(path(2));
    bytes[bytes.length - 100]! ^= 4;
    writeFileSync(copy, bytes);
    expect(clipped(issuesIn((await files()).err))).toEqual(["SHARD_DAMAGED /shards/…"]);
    rmSync(copy);
  });

  test("shard merge: another build's shard is refused, and run again", async () => {
    const kernel = readFileSync(join(root, "assembly/kernels.sha256"), "utf8").trim();
    rewrite(
      path(2),
      kernel,
      kernel.replace(/^./, (digit) => (digit === "0" ? "1" : "0")),
    );
    const found = await files();
    expect(clipped(issuesIn(found.err))).toEqual(["SHARD_GAP ", "SHARD_BUILD /shards/…"]);
    expect((await run("shard run --spec @f-job.json --index 2 --out @f")).out).toContain("Wrote");
    expect((await files()).out).toBe(expected);
  });

  test("shard run: another job's shard is not written over", async () => {
    write("g-job.json", { pool: "f.json", options: { scenarios: 30_000, seed: 4 } });
    const line = "shard run --spec @g-job.json --index 0 --count 4 --out @f --json";
    const { exit, err } = await run(line);
    expect([exit, issuesIn(err)]).toEqual([3, ["SHARD_JOB "]]);
    const other = await merged("@f", "--spec @g-job.json");
    expect(new Set(clipped(issuesIn(other.err)))).toEqual(
      new Set(["SHARD_GAP ", "SHARD_JOB /shards/…"]),
    );
  });

  test("shard merge: without the first part and a spec, nobody knows the job", async () => {
    const rest = [1, 2, 3].map((index) => `@f/${shard(index, 4)}`).join(" ");
    const { exit, err } = await merged(rest);
    expect([exit, issuesIn(err)]).toEqual([3, ["SHARD_GAP "]]);
    expect(err).toContain("--spec");
    expect(pointer(0)).toContain("f/00000");
  });

  test("shard merge: writes a report and prints tables", async () => {
    const { exit, out } = await run("shard merge @f --out @f.html --result @f-result.json");
    expect(exit).toBe(0);
    expect(out).toContain("Confidence");
    expect(readFileSync(join(home, "f.html"), "utf8")).toMatch(/^<!doctype html>/);
    expect(`${readFileSync(join(home, "f-result.json"), "utf8")}`).toBe(expected);
  });
});

describe("killed", () => {
  test("shard run: what kill -9 ended leaves no shard, and runs again", async () => {
    const cli = await buildCli(home);
    // A second or so each, so that they are killed before they end.
    write("k.json", mixedPool(FULL, 12, 3));
    const options = { scenarios: 60_000, seed: 3, step: "30m" };
    write("k-job.json", { pool: "k.json", options, shards: { count: 2 } });
    const expected = await valued("k.json", "--scenarios 60000 --seed 3 --step 30m");
    const start = (index: number) => {
      const args = [cli, "shard", "run", "--spec", "k-job.json", "--out", "k"];
      const env = { ...process.env, JOB_COMPLETION_INDEX: String(index) };
      return spawn(process.execPath, args, { cwd: home, env, stdio: "ignore" });
    };
    // At some moment of its life, and at another.
    for (const milliseconds of [150, 350]) {
      const child = start(0);
      setTimeout(() => child.kill("SIGKILL"), milliseconds);
      await once(child, "exit");
      expect(child.signalCode).toBe("SIGKILL");
      const left = await listFolder(join(home, "k"));
      expect(left?.filter((name) => name.endsWith(".shard")) ?? []).toEqual([]);
    }
    for (const index of [0, 1]) {
      const [code] = await once(start(index), "exit");
      expect(code).toBe(0);
    }
    expect(await merged("@k")).toMatchObject({ exit: 0, out: expected });
  }, 60_000);
});

describe("the spec", () => {
  beforeAll(() => write("s.json", samplePool()));
  const problems = async (spec: unknown, line = "run --index 0 --count 2 --out @s") => {
    write("s-job.json", spec);
    const { exit, err } = await run(`shard ${line} --spec @s-job.json --json`);
    expect(exit).toBe(3);
    return issuesIn(err);
  };

  test("shard: every problem of spec, pool and options at once", async () => {
    const pool = { ...samplePool(), asOf: "yesterday", currency: { code: "USD", decimals: 99 } };
    const found = await problems({
      pool,
      market: { model: "gbm" },
      calibration: { model: "garch", columns: ["a"] },
      options: { scenarios: 1, seed: "x", horizon: "10 parsecs", signal: {} },
      shards: { count: 0, seconds: -1 },
      share: 3,
    });
    for (const place of [
      "/calibration/columns",
      "/calibration/model",
      "/market/assets",
      "/options/horizon",
      "/options/scenarios",
      "/options/seed",
      "/options/signal",
      "/pool/asOf",
      "/pool/currency/decimals",
      "/share",
      "/shards/count",
      "/shards/seconds",
    ]) {
      expect(found.map((each) => each.split(" ")[1])).toContain(place);
    }
  });

  test.each<[unknown, string, string[]]>([
    [{}, "run --index 0 --count 2", ["KEY_MISSING /pool"]],
    [{ pool: "s.json" }, "run --index 0", ["SHARD_COUNT /options/count"]],
    [{ pool: "s.json", shards: { seconds: 5 } }, "run --index 0", ["SHARD_COUNT /options/count"]],
    [{ pool: "s.json", shards: { count: 4 } }, "run", ["KEY_MISSING /options/index"]],
    [{ pool: "s.json", shards: { count: 4 } }, "run --index 4", ["NUMBER_RANGE /options/index"]],
    [{ pool: "s.json" }, "run --parts 4", ["NUMBER_RANGE /options/parts"]],
    [{ pool: "s.json" }, "run --parts 4-2", ["NUMBER_RANGE /shard/end"]],
    [{ pool: "s.json", shards: { count: 99 } }, "run --index 1", ["NUMBER_RANGE /shard/count"]],
    [{ pool: "s.json", shards: { count: 2, seconds: 5 } }, "plan", ["SHARD_COUNT /shards"]],
  ])("shard: %o, %s", async (spec, line, expected) => {
    expect((await problems(spec, line)).slice(0, 1)).toEqual(expected);
  });

  test("shard: a spec or pool that is not there is a file's fault", async () => {
    write("s-job.json", { pool: "none.json" });
    for (const spec of ["none.json", "s-job.json"]) {
      const { exit, err } = await run(`shard run --index 0 --count 2 --spec @${spec}`);
      expect([exit, err.includes("none.json")]).toEqual([4, true]);
    }
  });

  test("shard run: batch systems and standard input say which shards", async () => {
    const options = { scenarios: 12_000 };
    write("e-job.json", { pool: samplePool(), options, shards: { count: 3 } });
    write("n-job.json", { pool: samplePool(), options });
    const line = "shard run --spec @e-job.json --out @e --json";
    const fileOf = (out: string) => JSON.parse(out).file.replace(`${home}/`, "");
    expect(fileOf((await run(line, { JOB_COMPLETION_INDEX: "2" })).out)).toBe(`e/${shard(2, 3)}`);
    const array = { AWS_BATCH_JOB_ARRAY_INDEX: "1", AWS_BATCH_JOB_ARRAY_SIZE: "3" };
    const other = await run("shard run --spec @n-job.json --out @e --json", array);
    expect(fileOf(other.out)).toBe(`e/${shard(1, 3)}`);
    const { out } = await run(`${line} --index -`, {}, "0\n\n 2\n");
    const [first, second] = out.trim().split("\n");
    expect([fileOf(first!), JSON.parse(first!).bytes > 1000]).toEqual([`e/${shard(0, 3)}`, true]);
    expect([fileOf(second!), JSON.parse(second!).bytes]).toEqual([`e/${shard(2, 3)}`, null]);
    expect((await merged("@e")).exit).toBe(0);
  });

  test("shard plan: cuts where chunks end, by time or by number", async () => {
    const options = { scenarios: 2_000_000 };
    write("p.json", mixedPool(FULL, 12, 3));
    write("p-job.json", { pool: "p.json", options, shards: { count: 10 } });
    const planned = async (more: string) =>
      JSON.parse((await run(`shard plan --spec @p-job.json --json ${more}`)).out);
    const own = await planned("");
    expect(own).toMatchObject({ shards: 10, scenarios: 2_000_000 });
    // Ten shards' time for three: the next number that ends with chunks is four, or six by chance.
    const few = await planned(`--seconds ${own.secondsPerShard * 3}`);
    expect(24 % few.shards).toBe(0);
    expect(few.shards).toBeLessThan(10);
    const many = await planned("--seconds 0.2");
    expect(many.shards % 24 === 0 || many.shards === many.parts).toBe(true);
    const { out } = await run("shard plan --spec @p-job.json");
    expect(out).toContain('"shards": { "count": 10 }');
  });
});
