// Method: the program runs in memory on a made-up world and a core that answers with the sample;
// what it prints, writes and asks of the core is compared with what the command line promises.
import { expect, test } from "vitest";
import type { Core, RunRequest, ValueRequest } from "../../../src/edge/cli/core.ts";
import { nodeDisk } from "../../../src/edge/cli/disk.ts";
import type { Io, Site } from "../../../src/edge/cli/io.ts";
import { main } from "../../../src/edge/cli/program.ts";
import { type Issue, type PoolDocument, PoolError, type Quote } from "../../../src/index.ts";
import { sampleComparison } from "../../support/sample-comparison.ts";
import { sampleValuation } from "../../support/sample-valuation.ts";

const POOL: PoolDocument = {
  format: "riskpool",
  version: 1,
  name: "Northern Light",
  asOf: "2026-02-05T21:29:37Z",
  currency: { code: "USD", decimals: 2 },
  assets: [{ id: "BTC", spot: 71_250 }],
  participants: [{ id: "atlas", margin: "cross" }],
  options: [],
  perpetuals: [],
  holdings: [],
  covers: [],
  waterfall: { layers: [], lastResort: { kind: "socialised", weights: [] } },
};
const MARKET = {
  model: "gbm",
  assets: ["BTC"],
  volatility: [0.52],
  correlation: [[1]],
} as const;
const NOTICE = { code: "SHORT_HISTORY", detail: "Only 90 days of prices." };

const QUOTE: Quote = {
  id: "put-new",
  participant: "atlas",
  method: "adjoint",
  level: 0.975,
  exposure: 80_000,
  expectedLoss: { value: -111, standardError: 38 },
  marginalShortfall: { value: 9055, standardError: 98 },
  contribution: {
    before: { value: -4300, standardError: 210 },
    after: { value: 4755, standardError: 308 },
  },
  price: {
    premium: { value: 70, standardError: 38 },
    skewFee: 140.9,
    stressMultiplier: 1.0898,
    amount: "223.56",
  },
  limits: [
    {
      ...{ id: "pool-risk", scope: "pool", of: "", measure: "shortfall", action: "refuse" },
      ...{ max: "55000.00", before: 43_082, after: 52_137, isBroken: false },
    },
    {
      ...{ id: "direction", scope: "asset", of: "BTC", measure: "net-exposure", action: "warn" },
      ...{ max: "60000.00", before: 33_549, after: 60_015, isBroken: true },
    },
  ],
  isAllowed: true,
};
const REFUSED: Quote = {
  ...QUOTE,
  limits: [{ ...QUOTE.limits[0]!, after: 60_000, isBroken: true }],
  isAllowed: false,
};
/** What every command that simulates asks for when nothing is said. */
const DEFAULTS = {
  calibration: {},
  scenarios: 100_000,
  seed: 1n,
  horizonDays: 10,
  monitoring: "discrete",
  confidence: 0.975,
} as const satisfies Partial<RunRequest>;

interface World {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
  readonly files: Map<string, string>;
  readonly asked: unknown[];
}

interface Given {
  readonly core?: Partial<Core>;
  readonly io?: Partial<Io>;
}

async function run(line: string, given: Given = {}): Promise<World> {
  const files = new Map([
    ["pool.json", "{pool}"],
    ["example.json", "{example}"],
    ["example.csv", "time,example"],
    ["prices.csv", "ts,btc"],
    ["chain.csv", "chain"],
    ["position.json", "{position}"],
    ["gains.json", "{gains}"],
    ["policies.json", "[policies]"],
  ]);
  const asked: unknown[] = [];
  let out = "";
  let err = "";
  const answer =
    <Request, Answer>(statement: Answer) =>
    (request: Request): Promise<Answer> => {
      asked.push(request);
      return Promise.resolve(statement);
    };
  const core: Core = {
    version: "0.1.0",
    kernel: () => Promise.resolve("k"),
    value: answer(sampleValuation),
    allocate: answer({
      allocation: sampleValuation.allocation!,
      pool: POOL.name,
      currency: "USD",
      notices: [],
    }),
    compare: answer({ comparison: sampleComparison, notices: [NOTICE] }),
    quote: answer({ quote: QUOTE, currency: "USD", notices: [] }),
    settle: answer({
      currency: "USD",
      loss: "1250000.00",
      rows: [
        { layer: "operator-first-loss", payer: "Foundation", amount: "800000.00" },
        { layer: "member-fund", payer: "atlas", amount: "450000.00" },
      ],
      uncovered: "0.00",
      notices: [],
    }),
    batch: () => Promise.reject(new Error("no batches here")),
    importChain: answer({ pool: POOL, notices: [NOTICE] }),
    calibrate: answer({ market: MARKET, notices: [NOTICE] }),
    check: answer({ pool: POOL, notices: [] }),
    priced: answer({ pool: { ...POOL, market: MARKET }, notices: [NOTICE] }),
    shardPlan: answer(SHARD_PLAN),
    shardRun: answer({ from: 1, end: 2, parts: 4, scenarios: 9, job: "j", file: null }),
    shardMerge: answer(sampleValuation),
    shardSubmit: answer(sampleValuation),
    worker: answer({
      ...{ version: "0.1.0", kernel: "k".repeat(64), notices: [NOTICE] },
      probes: { host: "127.0.0.1", port: 9464 },
      stop: () => Promise.resolve(),
    }),
    schema: () => Promise.resolve('{"$id":"pool"}'),
    ...given.core,
  };
  const io: Io = {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    readFile: (path) => {
      const text = files.get(path);
      return text === undefined ? Promise.reject(new Error("ENOENT")) : Promise.resolve(text);
    },
    writeFile: (path, content) => {
      files.set(path, String(content));
      return Promise.resolve();
    },
    readBytes: () => Promise.reject(new Error("ENOENT")),
    listFolder: () => Promise.resolve(null),
    disk: nodeDisk,
    isTTY: { stdout: false, stderr: false },
    env: {},
    now: () => 0,
    example: { pool: "example.json", prices: "example.csv" },
    room: { page: "room", worker: "worker.js" },
    serve: () => Promise.reject(new Error("EADDRINUSE")),
    openBrowser: () => {},
    ended: () => Promise.resolve(),
    ...given.io,
  };
  const exit = await main(line.split(" ").filter(Boolean), io, core);
  return { exit, out, err, files, asked };
}

const SHARD_PLAN = {
  shards: 12,
  parts: 48,
  scenarios: 10_000_000,
  secondsPerShard: 4.812,
  bytesPerShard: 6_800_000,
  mergeSeconds: 7.04,
  mergeBytes: 180_000_000,
  coreSeconds: 64.8,
};

const issue: Issue = {
  code: "NUMBER_RANGE",
  pointer: "/options/3/strike",
  detail: "The strike must be above zero.",
  expected: "USD per coin, > 0",
  received: "number -5",
};

test("value: asks for the documented defaults on the example", async () => {
  const { exit, asked, files, out, err } = await run("value");
  expect(exit).toBe(0);
  expect(asked).toEqual([
    {
      pool: "{example}",
      prices: "time,example",
      calibration: {},
      scenarios: 100_000,
      seed: 1n,
      horizonDays: 10,
      monitoring: "discrete",
      samplePaths: 0,
      confidence: 0.975,
      levels: [0.95, 0.975, 0.99],
      mode: "profile",
      contributions: "all",
    },
  ]);
  expect(JSON.parse(files.get("out/result.json")!)).toEqual(sampleValuation);
  expect(files.get("out/report.html")).toMatch(/^<!doctype html>/);
  expect(out).toContain("Wrote out/result.json and out/report.html");
  expect(err).toBe("");
});

test("value: hands every option on in the core's units", async () => {
  const line =
    "value pool.json --prices prices.csv --scenarios 5e3 --seed 18446744073709551615 --horizon 36h --confidence .99 --levels 0.999,0.9,0.999 --model student-t --volatility ewma --correlation ledoit-wolf --repair shrink --window 365 --columns time=ts,BTC=btc --step 30m --continuous --paths 20 --audit --workers 3";
  const { exit, asked } = await run(line);
  expect(exit).toBe(0);
  expect(asked[0]).toEqual({
    pool: "{pool}",
    prices: "ts,btc",
    calibration: {
      model: "student-t",
      volatility: "ewma",
      correlation: "ledoit-wolf",
      repair: "shrink",
      window: 365,
      columns: { time: "ts", BTC: "btc" },
    },
    scenarios: 5_000,
    seed: 18_446_744_073_709_551_615n,
    horizonDays: 1.5,
    stepDays: 30 / 1440,
    monitoring: "continuous",
    samplePaths: 20,
    confidence: 0.99,
    levels: [0.9, 0.99, 0.999],
    mode: "audit",
    contributions: "all",
    workers: 3,
  } satisfies ValueRequest);
});

test("shard plan: prints what the core says, as a table and as JSON", async () => {
  const io = { readFile: () => Promise.resolve('{"pool":{}}') };
  const { exit, out, asked } = await run("shard plan --spec job.json", { io });
  expect([exit, asked]).toEqual([0, [{ issues: [], pool: "{}", calibration: {}, options: {} }]]);
  expect(out).toContain("12 (at most 48)");
  expect(out).toContain("4.8 s, 6.8 MB");
  expect(out).toContain("7 s, 180 MB of memory");
  const json = await run("shard plan --spec job.json --json", { io });
  expect(JSON.parse(json.out)).toEqual(SHARD_PLAN);
});

test("shard run: a file that cannot be written is named", async () => {
  const io = {
    readFile: () => Promise.resolve('{"pool":{}}'),
    readBytes: () => Promise.reject(new Error("ENOENT")),
    writeFile: () => Promise.reject(new Error("EROFS")),
  };
  const core = {
    shardRun: () =>
      Promise.resolve({
        ...{ from: 0, end: 1, parts: 1, scenarios: 1, job: "j" },
        file: new Uint8Array(3),
      }),
  };
  const line = "shard run --spec job.json --index 0 --count 1 --out o";
  const { exit, err } = await run(line, { io, core });
  expect([exit, err]).toEqual([4, "Cannot write o/00000-of-00001.shard: EROFS\n"]);
});

test("value: prints with --json the valuation alone on standard output", async () => {
  const { exit, out, err, files } = await run("value pool.json --json --no-report --result r.json");
  expect(exit).toBe(0);
  expect(JSON.parse(out)).toEqual(sampleValuation);
  expect(err).toBe("Wrote r.json\n");
  expect([...files.keys()]).not.toContain("out/report.html");
});

test("value: reports every bad number at once", async () => {
  const line =
    "value pool.json --scenarios 1e12 --seed abc --horizon -1 --confidence 99 --levels 0.95,1.5 --model garch --window 0.5 --columns BTC --json";
  const { exit, out, err, asked } = await run(line);
  expect(exit).toBe(3);
  expect(out).toBe("");
  expect(asked).toEqual([]);
  const { error } = JSON.parse(err) as { error: { code: string; issues: Issue[] } };
  expect(error.code).toBe("INVALID_INPUT");
  expect(error.issues.map((each) => `${each.code} ${each.pointer}`)).toEqual([
    "COLUMN_MAPPING /options/columns",
    "UNIT_SUSPECT /options/confidence",
    "NUMBER_RANGE /options/horizon",
    "UNIT_SUSPECT /options/levels",
    "VALUE_UNKNOWN /options/model",
    "NUMBER_RANGE /options/scenarios",
    "SEED_RANGE /options/seed",
    "NUMBER_RANGE /options/window",
  ]);
});

test("options: name the cause of a bad number", async () => {
  const table: [string, string][] = [
    ["--seed -1", "SEED_RANGE"],
    ["--seed 18446744073709551616", "SEED_RANGE"],
    ["--seed 2^64", "SEED_RANGE"],
    ["--seed 1.5", "SEED_RANGE"],
    ["--scenarios 2^64", "NUMBER_RANGE"],
    ["--scenarios NaN", "NUMBER_RANGE"],
    ["--scenarios 0x100", "NUMBER_RANGE"],
    ["--scenarios 1000.5", "NUMBER_RANGE"],
    ["--workers 0", "NUMBER_RANGE"],
    ["--workers 1.5", "NUMBER_RANGE"],
    ["--scenarios Infinity", "NUMBER_RANGE"],
    ["--confidence 0", "NUMBER_RANGE"],
    ["--confidence 1", "UNIT_SUSPECT"],
    ["--confidence 97.5", "UNIT_SUSPECT"],
    ["--confidence 975", "NUMBER_RANGE"],
    ["--horizon 10w", "NUMBER_RANGE"],
    ["--horizon 0d", "NUMBER_RANGE"],
    ["--columns time=a,time=b", "COLUMN_MAPPING"],
  ];
  for (const [option, code] of table) {
    const { exit, err } = await run(`value pool.json ${option}`);
    expect([option, exit, err.includes(`${code}  /options/`)]).toEqual([option, 3, true]);
  }
});

test("main: prints each issue of a PoolError in full and exits with 3", async () => {
  const fail = (): Promise<never> => Promise.reject(new PoolError([issue]));
  const { exit, out, err } = await run("check pool.json", { core: { check: fail } });
  expect(exit).toBe(3);
  expect(out).toBe("");
  expect(err).toBe(
    [
      "1 problem",
      "",
      "NUMBER_RANGE  /options/3/strike",
      "  The strike must be above zero.",
      "  expected  USD per coin, > 0",
      "  received  number -5",
      "",
    ].join("\n"),
  );
});

test("main: prints with --json one problem object on standard error and nothing else", async () => {
  const cases: [string, Given, number, string][] = [
    [
      "check pool.json",
      { core: { check: () => Promise.reject(new PoolError([issue])) } },
      3,
      "NUMBER_RANGE",
    ],
    ["check none.json", {}, 4, "FILE_UNREADABLE"],
    ["check pool.json --nonsense", {}, 2, "USAGE"],
    [
      "check pool.json",
      { core: { check: () => Promise.reject(new Error("boom")) } },
      1,
      "UNEXPECTED_FAULT",
    ],
  ];
  for (const [line, given, code, name] of cases) {
    const { exit, out, err } = await run(`${line} --json`, given);
    expect([line, exit, out]).toEqual([line, code, ""]);
    const problem = JSON.parse(err) as { error: { code: string; truncated: boolean } };
    expect(problem.error).toMatchObject({ code: name, truncated: false });
  }
});

test("main: gives the exit code that --help promises", async () => {
  const refuse = (): Promise<void> => Promise.reject(new Error("EACCES"));
  const table: [string, number, string, Given?][] = [
    ["--help", 0, "Exit codes:"],
    ["--version", 0, "0.1.0"],
    ["value --help", 0, "--confidence"],
    ["", 0, "Wrote out/result.json"],
    ["--seed 2", 0, "Wrote out/result.json"],
    ["--sede 2", 2, "--seed"],
    ["valeu", 2, "Did you mean value?"],
    ["settle pool.json", 2, "--loss"],
    ["settle --loss 1", 2, "missing required argument"],
    ["compare", 2, "missing required argument"],
    ["quote pool.json", 2, "--position"],
    ["quote pool.json --position none.json", 4, "Cannot read none.json"],
    ["quote pool.json --position position.json", 0, "Allowed"],
    [
      "quote pool.json --position position.json",
      5,
      "Refused by pool-risk.",
      { core: { quote: () => Promise.resolve({ quote: REFUSED, currency: "USD", notices: [] }) } },
    ],
    ["quote --help", 0, "5 when one does"],
    ["compare pool.json --policies none.json", 4, "Cannot read none.json"],
    ["compare pool.json", 4, "Cannot write out/compare.html", { io: { writeFile: refuse } }],
    ["allocate pool.json --rule fair", 3, "VALUE_UNKNOWN"],
    ["value none.json", 4, "Cannot read none.json"],
    ["value pool.json", 4, "Cannot write out/result.json", { io: { writeFile: refuse } }],
    [
      "schema",
      1,
      "mistake of riskpool",
      { core: { schema: () => Promise.reject(new Error("x")) } },
    ],
  ];
  for (const [line, code, words, given] of table) {
    const { exit, out, err } = await run(line, given);
    expect([line, exit]).toEqual([line, code]);
    expect(out + err).toContain(words);
  }
});

test("value: shows progress only on a terminal, and wipes it", async () => {
  const value: Core["value"] = (_, progress) => {
    for (const done of [0, 50, 50, 100]) progress(done, 100);
    return Promise.resolve(sampleValuation);
  };
  expect((await run("value pool.json", { core: { value } })).err).toBe("");
  const tty = { isTTY: { stdout: false, stderr: true } };
  const { err } = await run("value pool.json", { core: { value }, io: tty });
  expect(err).toBe("\rSimulating 0 %\rSimulating 50 %\rSimulating 100 %\r\u001b[K");
});

test("value: colours a terminal unless NO_COLOR asks not to", async () => {
  const isTTY = { stdout: true, stderr: false };
  const bold = "\u001b[1m";
  expect((await run("value pool.json", { io: { isTTY } })).out).toContain(bold);
  const quiet = { isTTY, env: { NO_COLOR: "1" } };
  expect((await run("value pool.json", { io: quiet })).out).not.toContain(bold);
});

test("quote: prints what a position means, pays and which limits it meets", async () => {
  const { exit, out, err, asked } = await run("quote pool.json --position position.json --seed 7");
  expect([exit, err]).toEqual([0, ""]);
  expect(asked).toEqual([{ pool: "{pool}", position: "{position}", ...DEFAULTS, seed: 7n }]);
  expect(out.replaceAll("\u00a0", " ").replaceAll("\u2212", "-")).toBe(
    [
      "put-new of atlas, exposure USD 80,000",
      "",
      "What it means for the pool, USD ± s.e.",
      "Expected loss                         -111 ± 38",
      "Marginal ES 97.5 %                   9,055 ± 98",
      "Participant's contribution before  -4,300 ± 210",
      "Participant's contribution after    4,760 ± 310",
      "",
      "What it pays on top of what it is worth, USD ± s.e.",
      "Premium            70 ± 38",
      "Skew fee            140.90",
      "Fee multiplied by    1.090",
      "To pay              223.56",
      "",
      "Limits, USD",
      "Limit      Counts     Measure       Before   After       Most",
      "pool-risk  pool       shortfall     43,082  52,137  55,000.00     ok",
      "direction  asset BTC  net-exposure  33,549  60,015  60,000.00  warns",
      "",
      "Allowed, with a warning by direction (BTC).",
      "",
    ].join("\n"),
  );
});

test("quote: a credit is received, and a rebate is not multiplied", async () => {
  const price = { ...QUOTE.price!, skewFee: -20, amount: "-1950.25" };
  const quote = () => Promise.resolve({ quote: { ...QUOTE, price }, currency: "USD", notices: [] });
  const { out } = await run("quote pool.json --position position.json", { core: { quote } });
  expect(out).toMatch(/Skew rebate +20\.00\nTo receive +1,950\.25\n/);
});

test("quote: answers with JSON alone when a limit refuses, and exits with 5", async () => {
  const quote = () => Promise.resolve({ quote: REFUSED, currency: "USD", notices: [] });
  const line = "quote pool.json --position position.json --json";
  const { exit, out, err } = await run(line, { core: { quote } });
  expect([exit, err]).toEqual([5, ""]);
  expect(JSON.parse(out)).toEqual(REFUSED);
});

test("quote: lets no escape code in through a name, and says what is not priced or limited", async () => {
  const id = `x${String.fromCharCode(27)}[2J`;
  const plain: Quote = { ...QUOTE, id, price: null, limits: [] };
  const quote = () => Promise.resolve({ quote: plain, currency: id, notices: [] });
  const { out } = await run("quote pool.json --position position.json", { core: { quote } });
  expect(out).not.toContain(String.fromCharCode(27));
  expect(out).toContain("No price: the pool has no pricing terms.");
  expect(out).toContain("No limit counts this position.");
});

test("compare: writes the page, prints the scores and keeps notices off standard output", async () => {
  const { exit, out, err, files, asked } = await run("compare pool.json --policies policies.json");
  expect(exit).toBe(0);
  expect(asked).toEqual([{ pool: "{pool}", policies: "[policies]", ...DEFAULTS }]);
  expect(files.get("out/compare.html")).toMatch(/^<!doctype html>/);
  for (const { name } of sampleComparison.rows) expect(out).toContain(`\n${name} `);
  expect(out).toContain("Wrote out/compare.html\n");
  expect(err).toBe("! SHORT_HISTORY: Only 90 days of prices.\n");
});

test("compare: prints with --json the comparison alone on standard output", async () => {
  const { exit, out, err, files, asked } = await run(
    "compare pool.json --prices prices.csv --window 30 --json --out c.html",
  );
  expect(exit).toBe(0);
  expect(asked).toEqual([
    { pool: "{pool}", prices: "ts,btc", ...DEFAULTS, calibration: { window: 30 } },
  ]);
  expect(JSON.parse(out)).toEqual(sampleComparison);
  expect(err).toBe("! SHORT_HISTORY: Only 90 days of prices.\nWrote c.html\n");
  expect(files.has("c.html")).toBe(true);
  const none = await run("compare pool.json --no-report");
  expect([...none.files.keys()].some((name) => name.endsWith(".html"))).toBe(false);
});

test("allocate: asks for the pool's own terms, or for a rule with its bounds", async () => {
  const { exit, asked, out } = await run("allocate pool.json");
  expect(exit).toBe(0);
  expect(asked).toEqual([{ pool: "{pool}", ...DEFAULTS, bounds: {} }]);
  expect(out).toMatch(/^Northern Light\n\nEuler shares of ES: /);
  for (const { id } of sampleValuation.allocation!.rows) expect(out).toContain(`\n${id} `);
  const line =
    "allocate pool.json --rule gearing --gearing 4.8 --no-negative --floor 10.00 --cap 500 --json";
  const json = await run(line);
  expect(json.asked).toEqual([
    {
      ...{ pool: "{pool}", ...DEFAULTS, rule: "gearing" },
      bounds: { noNegative: true, floor: "10.00", cap: "500", gearing: 4.8 },
    },
  ]);
  expect(JSON.parse(json.out)).toEqual(sampleValuation.allocation);
  expect(json.err).toBe("");
});

test("settle: prints who pays what and asks with the very digits given", async () => {
  const { exit, out, asked } = await run("settle pool.json --loss 1250000.00");
  expect(exit).toBe(0);
  expect(asked).toEqual([{ pool: "{pool}", loss: "1250000.00" }]);
  expect(out).toBe(
    [
      "Layer                Payer          Pays, USD",
      "operator-first-loss  Foundation    800,000.00",
      "member-fund          atlas         450,000.00",
      "Loss                             1,250,000.00",
      "",
    ].join("\n"),
  );
  const gained = await run("settle pool.json --loss 1250000.00 --gains gains.json");
  expect(gained.asked).toEqual([{ pool: "{pool}", loss: "1250000.00", gains: "{gains}" }]);
  const json = await run("settle pool.json --loss 1250000.00 --json");
  expect(JSON.parse(json.out)).toMatchObject({ loss: "1250000.00" });
  for (const loss of ["-5", "1e6", "1,000", "NaN"]) {
    const bad = await run(`settle pool.json --loss ${loss}`);
    expect([loss, bad.exit, bad.err.includes("MONEY_FORMAT")]).toEqual([loss, 3, true]);
  }
});

test("import-chain: writes the pool document and keeps notices off standard output", async () => {
  const { exit, out, err, files, asked } = await run(
    "import-chain chain.csv --share 0.05 --participants 200 --out pool-new.json",
  );
  expect(exit).toBe(0);
  expect(asked).toEqual([{ chain: "chain", share: 0.05, participants: 200 }]);
  expect(JSON.parse(files.get("pool-new.json")!)).toEqual(POOL);
  expect(out).toBe("Wrote pool-new.json: 0 options of 1 participants\n");
  expect(err).toBe("! SHORT_HISTORY: Only 90 days of prices.\n");
  expect((await run("import-chain chain.csv --share 5")).err).toContain("write 0.05");
});

test("calibrate: prints the market as JSON, or its volatilities", async () => {
  const json = await run("calibrate prices.csv --window 90 --json");
  expect(JSON.parse(json.out)).toEqual(MARKET);
  expect(json.asked).toEqual([{ window: 90, prices: "ts,btc" }]);
  const text = await run("calibrate prices.csv");
  expect(text.out.replaceAll("\u00a0", " ")).toMatch(/BTC +52\.0 %/);
});

test("check: counts what the pool holds", async () => {
  const { exit, out } = await run("check pool.json");
  expect(exit).toBe(0);
  expect(out).toMatch(/^Northern Light, 2026-02-05 21:29:37 UTC: a sound pool document\n/);
  const json = await run("check pool.json --json");
  expect(JSON.parse(json.out)).toMatchObject({
    valid: true,
    counts: { assets: 1, options: 0, barriers: 0 },
  });
});

test("schema: prints the JSON Schema and ends the line", async () => {
  expect((await run("schema")).out).toBe('{"$id":"pool"}\n');
});

const PAGE = new Map([
  [
    "room/index.html",
    `<meta content-type><meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<risk-room src="pools/example.json" pools='[["pools/example.json", "Example"]]'></risk-room>`,
  ],
  ["room/page.css", "css"],
  ["room/room.js", "room"],
  ["worker.js", "worker"],
]);

async function open(line: string, world: Partial<Io> = {}) {
  const sites: { site: Site; port: number }[] = [];
  const browsed: string[] = [];
  const ran = await run(line, {
    io: {
      readFile: async (path) => PAGE.get(path) ?? `{${path}}`,
      serve: async (site, port) => {
        sites.push({ site, port });
        return { address: "http://127.0.0.1:7/", closed: Promise.resolve() };
      },
      openBrowser: (address) => browsed.push(address),
      ended: () => Promise.resolve(),
      ...world,
    },
  });
  return { ...ran, sites, browsed };
}

test("open: serves the page with the priced pool, where the controls were told to begin", async () => {
  const { exit, out, err, asked, sites } = await open(
    "open pool.json --prices p.csv --model gbm --port 8080 --horizon 20d --confidence 0.975 --liquidation",
  );
  expect([exit, err]).toEqual([0, "! SHORT_HISTORY: Only 90 days of prices.\n"]);
  expect(asked).toEqual([
    { pool: "{pool.json}", prices: "{p.csv}", calibration: { model: "gbm" } },
  ]);
  // The pool has no liquidation terms, and 0.975 is where the room begins by itself.
  const address = "http://127.0.0.1:7/#horizon=20";
  expect(out).toBe(`Risk room of Northern Light: ${address}\nEnds with Ctrl-C.\n`);
  const [{ site, port } = { site: null, port: 0 }] = sites;
  expect(port).toBe(8080);
  expect(site?.policy).toBe("default-src 'none'");
  const text = (path: string) => new TextDecoder().decode(site?.files.get(path)?.bytes);
  expect([...(site?.files.keys() ?? [])].sort()).toEqual(
    ["/", "/page.css", "/pool.json", "/room-worker.js", "/room.js"].sort(),
  );
  expect(JSON.parse(text("/pool.json"))).toEqual({ ...POOL, market: MARKET });
  expect(text("/")).toMatch(/<risk-room src="pool.json" worker="room-worker.js"><\/risk-room>$/);
});

test.each([
  ["", {}, false],
  ["", { isTTY: { stdout: true, stderr: true } }, true],
  ["--browser", {}, true],
  ["--browser", { env: { CI: "true" } }, false],
  ["--no-browser", { isTTY: { stdout: true, stderr: true } }, false],
])("open: %s %j opens a browser: %s", async (option, world, isOpened) => {
  const { exit, browsed } = await open(`open pool.json ${option}`, world);
  expect(exit).toBe(0);
  expect(browsed).toEqual(isOpened ? ["http://127.0.0.1:7/"] : []);
});

test("worker: says where its queue is, and works until it is told to end", async () => {
  const { exit, asked, out, err } = await run(
    "worker --redis redis://h:1 --prefix p --concurrency 3 --listen 127.0.0.1:0 --grace 2.5 --lock 9 --unsafe-redis",
  );
  expect([exit, asked]).toEqual([
    0,
    [
      {
        ...{ redis: "redis://h:1", prefix: "p", isUnsafe: true, concurrency: 3 },
        ...{ listen: "127.0.0.1:0", graceSeconds: 2.5, lockSeconds: 9 },
      },
    ],
  ]);
  expect(out).toBe(
    "At work: riskpool 0.1.0, kernel kkkkkkkkkkkk, probes at http://127.0.0.1:9464\n",
  );
  expect(err).toContain(NOTICE.detail);
  const defaults = await run("worker --json");
  expect(defaults.asked).toEqual([
    {
      ...{ redis: "redis://127.0.0.1:6379", isUnsafe: false },
      ...{ concurrency: 1, graceSeconds: 8, lockSeconds: 30 },
    },
  ]);
  expect(JSON.parse(defaults.out)).toMatchObject({ version: "0.1.0", probes: { port: 9464 } });
  const wrong = await run("worker --concurrency 0 --grace x --lock 0.5");
  expect(wrong.exit).toBe(3);
  expect(wrong.err).toContain("3 problems");
});

test("queue: who does the work is said once", async () => {
  const twice = await run("batch pool.json --redis redis://h:1 --workers 2");
  expect([twice.exit, twice.err]).toEqual([3, expect.stringContaining("OPTION_CONFLICT")]);
  const cut = await run("shard submit --spec pool.json --count 3 --seconds 2");
  expect([cut.exit, cut.err]).toEqual([3, expect.stringContaining("OPTION_CONFLICT")]);
});
