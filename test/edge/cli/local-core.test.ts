// Method: the real engine behind the command line, through files in memory.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Io } from "../../../src/edge/cli/io.ts";
import { localCore } from "../../../src/edge/cli/local-core.ts";
import { main } from "../../../src/edge/cli/program.ts";
import type { Valuation } from "../../../src/index.ts";
import { samplePool } from "../../support/sample-pool.ts";

const example = (name: string) =>
  readFileSync(new URL(`../../../examples/${name}`, import.meta.url), "utf8");

async function run(line: string, files: Map<string, string>) {
  let out = "";
  let err = "";
  const io: Io = {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    readFile: async (path) => {
      const text = files.get(path);
      if (text === undefined) throw new Error("ENOENT");
      return text;
    },
    writeFile: async (path, text) => void files.set(path, text),
    isTTY: { stdout: false, stderr: false },
    env: {},
    example: { pool: "pool.json", prices: "prices.csv" },
  };
  const exit = await main(line.split(" ").filter(Boolean), io, localCore);
  return { exit, out, err };
}

const world = () =>
  new Map([
    ["pool.json", example("pool.json")],
    ["prices.csv", example("prices.csv")],
    ["sample.json", JSON.stringify(samplePool())],
  ]);

test("value: the receipt's command repeats a run bit for bit from its result", async () => {
  const files = world();
  const options =
    "--scenarios 20000 --seed 9 --horizon 5d --model student-t --systemic-loading 0.4";
  const first = await run(
    `value pool.json --prices prices.csv ${options} --out report.html`,
    files,
  );
  expect([first.exit, first.err]).toEqual([0, ""]);
  const before = JSON.parse(files.get("out/result.json")!) as Valuation;
  const [, command] = /<pre><code>riskpool (.*?)<\/code>/.exec(files.get("report.html")!)!;
  files.set("result.json", files.get("out/result.json")!);
  const second = await run(`${command!} --json`, files);
  expect([second.exit, second.err]).toEqual([0, "Wrote out/result.json and out/report.html\n"]);
  const after = JSON.parse(second.out) as Valuation;
  expect(after.receipt).toEqual(before.receipt);
  expect(after.contributions).toEqual(before.contributions);
});

test("value: workers do not change a byte of the result", async () => {
  const printed = async (more: string) => {
    const files = world();
    const { exit } = await run(`value sample.json --scenarios 20000 --no-report ${more}`, files);
    expect(exit).toBe(0);
    return files.get("out/result.json");
  };
  expect(await printed("--workers 2")).toBe(await printed(""));
});

test("settle: what is paid sums to the loss", async () => {
  const { exit, out } = await run("settle sample.json --loss 512345.678901 --json", world());
  expect(exit).toBe(0);
  const { rows } = JSON.parse(out) as { rows: { amount: string }[] };
  const sum = rows.reduce((total, { amount }) => total + BigInt(amount.replace(".", "")), 0n);
  expect(sum).toBe(512_345_678_901n);
});

test("calibrate: prints a market that a pool document accepts", async () => {
  const files = world();
  const { exit, out } = await run("calibrate prices.csv --json --window 200", files);
  expect(exit).toBe(0);
  const pool = { ...(JSON.parse(example("pool.json")) as object), market: JSON.parse(out) };
  files.set("with-market.json", JSON.stringify(pool));
  expect((await run("check with-market.json", files)).exit).toBe(0);
});

test("value: every problem of a file is printed and nothing is written", async () => {
  const files = world();
  const pool = samplePool() as unknown as { name: unknown; options: { strike: unknown }[] };
  pool.name = 5;
  pool.options[0]!.strike = -1;
  files.set("bad.json", JSON.stringify(pool));
  const { exit, out, err } = await run("value bad.json --seed -1", files);
  expect([exit, out]).toEqual([3, ""]);
  expect(err).toContain("SEED_RANGE");
  const again = await run("value bad.json", files);
  expect(again.err).toContain("/name");
  expect(again.err).toContain("/options/0/strike");
  expect([...files.keys()].filter((name) => name.startsWith("out/"))).toEqual([]);
});
