// Method: the real engine behind the command line, through files in memory.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { nodeDisk } from "../../../src/edge/cli/disk.ts";
import type { Io } from "../../../src/edge/cli/io.ts";
import { localCore } from "../../../src/edge/cli/local-core.ts";
import { main } from "../../../src/edge/cli/program.ts";
import type { Allocation, Comparison, Quote, Valuation } from "../../../src/index.ts";
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
    writeFile: async (path, content) => void files.set(path, String(content)),
    readBytes: () => Promise.reject(new Error("ENOENT")),
    listFolder: async () => null,
    disk: nodeDisk,
    isTTY: { stdout: false, stderr: false },
    env: {},
    now: () => 0,
    example: { pool: "pool.json", prices: "prices.csv" },
    room: { page: "", worker: "" },
    serve: () => Promise.reject(new Error("no server")),
    openBrowser: () => {},
    ended: () => Promise.resolve(),
  };
  const exit = await main(line.split(" ").filter(Boolean), io, localCore);
  return { exit, out, err };
}

const world = () =>
  new Map([
    ["pool.json", example("pool.json")],
    ["prices.csv", example("prices.csv")],
    ["small.json", example("small-pool.json")],
    ["position.json", example("position.json")],
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

test("quote: the example's position is allowed, and twice as much of it refused", async () => {
  const files = world();
  const line = "quote small.json --position position.json --scenarios 20000 --json";
  const one = await run(line, files);
  expect([one.exit, one.err]).toEqual([0, ""]);
  const small = JSON.parse(one.out) as Quote;
  expect(small.isAllowed).toBe(true);
  files.set("position.json", example("position.json").replace('"quantity": 2', '"quantity": 4'));
  const two = await run(line, files);
  expect([two.exit, two.err]).toEqual([5, ""]);
  const large = JSON.parse(two.out) as Quote;
  expect(large.limits.filter(({ isBroken }) => isBroken).length).toBeGreaterThan(1);
  expect(large.marginalShortfall.value).toBeCloseTo(2 * small.marginalShortfall.value, 3);
});

test("quote: says which file is no JSON, and every problem of a position", async () => {
  const files = world().set("no.json", "{").set("other.json", '{"cover": {}}');
  const no = await run("quote small.json --position no.json", files);
  expect([no.exit, no.out]).toEqual([3, ""]);
  expect(no.err).toContain("JSON_SYNTAX  /position\n");
  const other = await run("quote small.json --position other.json --scenarios 20000", files);
  expect([other.exit, other.err.includes("KEY_MISSING  /position\n")]).toEqual([3, true]);
  const list = await run("compare small.json --policies no.json", files);
  expect([list.exit, list.err.includes("JSON_SYNTAX  /policies\n")]).toEqual([3, true]);
});

test("compare: without policies, the pool's terms, every rule and every way to share", async () => {
  const { exit, out } = await run("compare small.json --scenarios 20000 --json", world());
  expect(exit).toBe(0);
  const { rows, seeds } = JSON.parse(out) as Comparison;
  expect(seeds).toEqual(["1", "2"]);
  expect(rows.map(({ contribution, sharing }) => `${contribution} ${sharing}`)).toEqual([
    "euler-es calls",
    "euler-es calls",
    "euler-var calls",
    "covariance calls",
    "stand-alone calls",
    "with-without calls",
    "shapley calls",
    "aumann-shapley calls",
    "euler-es uniform",
    "euler-es proportional",
    "euler-es equal-awards",
    "euler-es equal-losses",
    "euler-es talmud",
    "euler-es queue",
  ]);
  expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
});

test("compare: a file of policies is read, and its problems carry its name", async () => {
  const policies = [{ name: "a", contribution: { rule: "gearing" }, sharing: "lottery" }];
  const files = world().set("policies.json", JSON.stringify(policies));
  const { exit, err } = await run("compare small.json --policies policies.json", files);
  expect(exit).toBe(3);
  expect(err).toContain("KEY_MISSING  /policies/0/contribution/gearing");
  expect(err).toContain("ENUM  /policies/0/sharing");
});

test("allocate: by the pool's own terms as value does, or by another rule", async () => {
  const files = world();
  const more = "small.json --scenarios 20000 --json";
  const own = JSON.parse((await run(`allocate ${more}`, files)).out) as Allocation;
  const valued = await run(`value ${more} --levels 0.975 --no-report`, files);
  expect((JSON.parse(valued.out) as { allocation: Allocation }).allocation).toEqual(own);
  const named = JSON.parse(
    (await run(`allocate ${more} --rule euler-es`, files)).out,
  ) as Allocation;
  expect(named).toEqual(own);
  const other = await run(`allocate ${more} --rule stand-alone --cap 9000`, files);
  const { rule, rows } = JSON.parse(other.out) as Allocation;
  expect(rule).toBe("stand-alone");
  expect(rows.filter(({ bound }) => bound === "cap").length).toBeGreaterThan(0);
  const bad = await run("allocate small.json --rule gearing --floor 0.001", files);
  expect(bad.exit).toBe(3);
  expect(bad.err).toContain("KEY_MISSING  /options/gearing\n");
  expect(bad.err).toContain("MONEY_TOO_PRECISE  /options/floor\n");
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

test("settle: takes from gains where the terms say so, and says what nobody bears", async () => {
  const pool = JSON.stringify({
    ...samplePool(),
    waterfall: { layers: [], lastResort: { kind: "haircut", rule: "proportional" } },
  });
  const gains = JSON.stringify([
    { participant: "alice", amount: "30.00" },
    { participant: "bob", amount: "10.00" },
  ]);
  const { rows, uncovered } = await localCore.settle({ pool, loss: "20", gains });
  expect(rows.map(({ payer, amount }) => [payer, amount])).toEqual([
    ["alice", "15.000000"],
    ["bob", "5.000000"],
  ]);
  expect(uncovered).toBe("0.000000");
  expect((await localCore.settle({ pool, loss: "100", gains })).uncovered).toBe("60.000000");
  await expect(localCore.settle({ pool, loss: "20" })).rejects.toThrow("KEY_MISSING: /gains");
  await expect(localCore.settle({ pool, loss: "20", gains: "{}" })).rejects.toThrow("TYPE: /gains");
});
