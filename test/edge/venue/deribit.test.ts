// Method: invented chains small enough to work out the pool by hand; FNV-1a once more in bigint.
import { describe, expect, test } from "vitest";
import { type ChainImport, importDeribitChain } from "../../../src/edge/venue/deribit.ts";
import { readPool } from "../../../src/pool/index.ts";
import { refusal, refusals } from "../../support/refusal.ts";
import { sharedFile } from "./shared-file.ts";

/** FNV-1a of ASCII text by its definition, with integers that cannot overflow. */
function fnv1a32(text: string): number {
  let hash = 2_166_136_261n;
  for (const byte of Buffer.from(text, "ascii")) {
    hash = ((hash ^ BigInt(byte)) * 16_777_619n) % 4_294_967_296n;
  }
  return Number(hash);
}

const HEADER = "ts_utc,instrument_name,futures_price,mark_iv,open_interest,index_price";
const ROWS = [
  "2026-02-05T12:00:00Z,BTC-27MAR26-60000-P,64000,0.6,20.5,63000",
  "2026-02-05T11:59:58Z,BTC-27MAR26-70000-C,64010,0.55,0,63500",
  "2026-02-05T12:00:00Z,BTC-5FEB26-60000-C,63000,0,3,64100",
  "2026-02-05T12:00:00Z,ETH-26JUN26-2000-C,1900,0.8,100,1850",
  "2026-02-05T12:00:00Z,ETH-26JUN26-1600d5-P,1900.5,0.9,40,1860",
];
const OPTIONS: ChainImport = { share: 0.1, participants: 4 };
const BTC_PUT = 0;

const csv = (rows: readonly string[] = ROWS) => `${[HEADER, ...rows].join("\n")}\n`;
/** The first row with one cell changed. */
const spoilt = (column: string, value: string) => {
  const cells = ROWS[BTC_PUT]!.split(",");
  cells[HEADER.split(",").indexOf(column)] = value;
  return csv([cells.join(",")]);
};
/** The same chain as the API says it: percent, milliseconds, an index only here and there. */
const records = () =>
  ROWS.map((row) => {
    const [time, name, forward, volatility, interest, index] = row.split(",");
    return {
      instrument_name: name!,
      creation_timestamp: Date.parse(time!),
      underlying_price: Number(forward),
      mark_iv: Math.round(Number(volatility) * 1000) / 10,
      open_interest: Number(interest),
      estimated_delivery_price: Number(index),
    };
  });
const json = (list: unknown) => JSON.stringify({ jsonrpc: "2.0", result: list });
const imported = (text: string, options: ChainImport = OPTIONS) =>
  importDeribitChain(text, options);
const traderOf = (name: string, participants = 4) => {
  const number = String((fnv1a32(name) % participants) + 1);
  return `trader-${number.padStart(String(participants).length, "0")}`;
};

function expectedOptions() {
  const common = { side: "long", settlement: "inverse" };
  return [
    {
      ...common,
      id: "BTC-27MAR26-60000-P",
      asset: "BTC",
      type: "put",
      strike: 60_000,
      expiry: "2026-03-27T08:00:00Z",
      quantity: 2.05,
      impliedVolatility: 0.6,
      forward: 64_000,
    },
    {
      ...common,
      id: "ETH-26JUN26-2000-C",
      asset: "ETH",
      type: "call",
      strike: 2_000,
      expiry: "2026-06-26T08:00:00Z",
      quantity: 10,
      impliedVolatility: 0.8,
      forward: 1_900,
    },
    {
      ...common,
      id: "ETH-26JUN26-1600d5-P",
      asset: "ETH",
      type: "put",
      strike: 1_600.5,
      expiry: "2026-06-26T08:00:00Z",
      quantity: 4,
      impliedVolatility: 0.9,
      forward: 1_900.5,
    },
  ].map((option) => ({ ...option, participant: traderOf(option.id) }));
}

describe("option chain: the pool it makes", () => {
  test("FNV-1a: the check itself gives the published vectors", () => {
    expect(fnv1a32("")).toBe(0x811c9dc5);
    expect(fnv1a32("a")).toBe(0xe40c292c);
    expect(fnv1a32("foobar")).toBe(0xbf9cf968);
  });

  test("option chain: turns every instrument with open interest into a long position", () => {
    const { pool } = imported(csv());
    expect(pool.options).toEqual(expectedOptions());
    expect(pool).toMatchObject({
      format: "riskpool",
      version: 1,
      name: "10 % of the open interest of an option chain",
      asOf: "2026-02-05T12:00:00Z",
      currency: { code: "USD", decimals: 2 },
      perpetuals: [],
      holdings: [],
      covers: [],
    });
  });

  test("option chain: takes the median index of each currency for its spot", () => {
    // BTC of 63,000, 63,500 and 64,100; ETH halfway between 1,850 and 1,860.
    expect(imported(csv()).pool.assets).toEqual([
      { id: "BTC", spot: 63_500 },
      { id: "ETH", spot: 1_855 },
    ]);
  });

  test("option chain: sizes the capital by the notional at the spot", () => {
    // 2.05 · 63,500 + 14 · 1,855 = 156,145; each part rounded up to a whole and one more.
    const { waterfall, participants } = imported(csv()).pool;
    const ids = ["trader-1", "trader-2", "trader-3", "trader-4"];
    expect(participants).toEqual(ids.map((id) => ({ id, margin: "isolated" })));
    expect(waterfall.layers.map(({ kind, size }) => [kind, size])).toEqual([
      ["operator", "3124.00"],
      ["members", "7809.00"],
      ["reinsurance", "7809.00"],
    ]);
    expect(waterfall.layers[1]!.shares).toEqual(
      ids.map((participant) => ({ participant, share: 0.25 })),
    );
    expect(waterfall.assessments).toEqual(
      ids.map((participant) => ({ participant, cap: "1173.00" })),
    );
    expect(waterfall.lastResort).toEqual({
      kind: "socialised",
      weights: ids.map((participant) => ({ participant, weight: 1 })),
    });
  });

  test("option chain: says what it left out and how it read volatilities", () => {
    expect(imported(csv()).notes).toEqual([
      "1 instruments without open interest were left out",
      "1 instruments that had expired were left out",
      "implied volatilities were read as fractions",
    ]);
  });

  test("option chain: spreads instruments by the hash of their names", () => {
    const rows = Array.from(
      { length: 60 },
      (_, i) => `2026-02-05T12:00:00Z,BTC-27MAR26-${40_000 + 500 * i}-C,64000,0.6,1,63000`,
    );
    const { pool } = imported(csv(rows), { share: 1, participants: 200, name: "Sixty" });
    expect(pool.name).toBe("Sixty");
    expect(pool.options.length).toBe(60);
    for (const { id, participant } of pool.options) expect(participant).toBe(traderOf(id, 200));
  });

  test("option chain: makes a pool that the reader accepts", () => {
    const { pool } = imported(csv());
    expect(readPool(JSON.stringify(pool)).document.options.length).toBe(3);
  });

  test("option chain: stands in with the nearest expiry's underlying where no index is", () => {
    const rows = [ROWS[3]!, ROWS[0]!, ROWS[0]!.replace("27MAR", "24APR").replace("64000", "65000")];
    const { pool, notes } = imported(csv(rows).replaceAll(/,(63000|1850)\n/g, ",\n"));
    expect(pool.assets).toEqual([
      { id: "BTC", spot: 64_000 },
      { id: "ETH", spot: 1_900 },
    ]);
    expect(notes[0]).toBe(
      "BTC: no index price; the nearest expiry's underlying stands for the spot",
    );
  });

  test("option chain: takes names with a settlement currency for linear contracts", () => {
    const { pool } = imported(spoilt("instrument_name", "SOL_USDC-27MAR26-120-C"));
    expect(pool.options[0]).toMatchObject({ asset: "SOL", settlement: "linear", strike: 120 });
  });
});

describe("option chain: the API's JSON", () => {
  test("option chain: gives the same pool from JSON as from CSV, but for the unit it read", () => {
    const { pool, notes } = imported(json(records()));
    expect(pool).toEqual(imported(csv()).pool);
    expect(notes.at(-1)).toBe("implied volatilities were read as percent");
    expect(imported(JSON.stringify(records())).pool).toEqual(pool);
  });

  test("option chain: passes over futures", () => {
    const future = { instrument_name: "BTC-27MAR26", open_interest: 5 };
    const perpetual = { instrument_name: "BTC-PERPETUAL" };
    expect(imported(json([future, ...records(), perpetual])).pool.options.length).toBe(3);
  });

  test("option chain: reads one ticker", () => {
    const { creation_timestamp: timestamp, ...rest } = records()[BTC_PUT]!;
    const { pool } = imported(json({ ...rest, timestamp }));
    expect(pool.options).toEqual(expectedOptions().slice(0, 1));
  });

  test("option chain: trusts the API's percent however small or large they are", () => {
    for (const percent of [3, 700, 1_500]) {
      const { pool } = imported(json([{ ...records()[BTC_PUT]!, mark_iv: percent }]));
      expect(pool.options[0]!.impliedVolatility).toBe(percent / 100);
    }
  });

  test.each([
    ["no instruments", json([]), ["CHAIN_EMPTY "]],
    ["something else", json([null, 7]), ["TYPE /result/0", "TYPE /result/1"]],
    ["a result that is none", json(null), ["INSTRUMENT_NAME /instrument_name"]],
    ["a bare list of something else", "[[]]", ["TYPE /0"]],
    ["JSON that breaks off", '{"result": [', ["JSON_SYNTAX "]],
    [
      "fields that are missing or no numbers",
      json([{ instrument_name: "BTC-27MAR26-60000-P", mark_iv: "abc", open_interest: null }]),
      [
        "NUMBER_SYNTAX /result/0/mark_iv",
        "NUMBER_SYNTAX /result/0/open_interest",
        "NUMBER_SYNTAX /result/0/timestamp",
        "NUMBER_SYNTAX /result/0/underlying_price",
      ],
    ],
    [
      "a time that is no time of this century",
      json([{ ...records()[BTC_PUT]!, creation_timestamp: 1e300 }]),
      ["TIME_UNIT_SUSPECT /result/0/creation_timestamp"],
    ],
  ])("option chain: refuses JSON with %s", (_, text, issues) => {
    expect(refusals(() => imported(text))).toEqual(issues);
  });
});

describe("option chain: the unit of volatilities", () => {
  const withVolatility = (...values: number[]) =>
    csv(
      values.map(
        (value, i) => `2026-02-05T12:00:00Z,BTC-27MAR26-${i + 1}-P,64000,${value},1,63000`,
      ),
    );
  const read = (text: string) =>
    imported(text).pool.options.map(({ impliedVolatility }) => impliedVolatility);

  test("option chain: takes a median below 5 for fractions and above 10 for percent", () => {
    expect(read(withVolatility(0.4, 0.85, 12))).toEqual([0.4, 0.85, 12]);
    expect(read(withVolatility(4.99))).toEqual([4.99]);
    expect(read(withVolatility(4, 85, 57.3))).toEqual([0.04, 0.85, 0.573]);
    expect(read(withVolatility(10.01))).toEqual([0.1001]);
  });

  test.each([5, 7.5, 10])("option chain: refuses to guess at a median of %d", (middle) => {
    const error = refusal(() => imported(withVolatility(middle)));
    expect(error.code).toBe("UNIT_SUSPECT");
    expect(error.issues[0]!.pointer).toBe("/header/mark_iv");
  });

  test("option chain: need not guess where the column says percent", () => {
    expect(read(withVolatility(3, 7.5).replace("mark_iv", "mark_iv_pct"))).toEqual([0.03, 0.075]);
  });
});

describe("option chain: refusals", () => {
  test.each([
    ["an empty file", "", Array(5).fill("COLUMN_MISSING /header")],
    ["a header alone", `${HEADER}\n`, ["CHAIN_EMPTY "]],
    ["nothing but idle instruments", csv([ROWS[1]!]), ["CHAIN_EMPTY "]],
    [
      "columns that are missing",
      csv().replace("mark_iv", "iv").replace("open_interest", "oi"),
      ["COLUMN_MISSING /header", "COLUMN_MISSING /header"],
    ],
    [
      "a line that is too short",
      csv([...ROWS, "2026-02-05T12:00:00Z,BTC"]),
      ["CSV_SYNTAX /rows/7"],
    ],
    [
      "the same instrument twice",
      csv([ROWS[0]!, ROWS[0]!]),
      ["ID_DUPLICATE /rows/3/instrument_name"],
    ],
    [
      "a time without zone",
      spoilt("ts_utc", "2026-02-05T12:00:00"),
      ["TIME_SYNTAX /rows/2/ts_utc"],
    ],
    ["a time of 1970", spoilt("ts_utc", "1770292"), ["TIME_UNIT_SUSPECT /rows/2/ts_utc"]],
    ["a forward in words", spoilt("futures_price", "n/a"), ["NUMBER_SYNTAX /rows/2/futures_price"]],
    ["a forward of zero", spoilt("futures_price", "0"), ["NUMBER_RANGE /rows/2/futures_price"]],
    [
      "an infinite number",
      spoilt("open_interest", "1e400"),
      ["NUMBER_SYNTAX /rows/2/open_interest"],
    ],
    [
      "a hexadecimal number",
      spoilt("open_interest", "0x10"),
      ["NUMBER_SYNTAX /rows/2/open_interest"],
    ],
    [
      "negative open interest",
      spoilt("open_interest", "-1"),
      ["NUMBER_RANGE /rows/2/open_interest"],
    ],
    [
      "no volatility of a live instrument",
      spoilt("mark_iv", "0"),
      ["NUMBER_RANGE /rows/2/mark_iv"],
    ],
    [
      "several problems at once",
      csv([
        "never,BTC-27MAR26-60000-P,abc,-1,1,0",
        "2026-02-05T12:00:00Z,BTC-PERPETUAL,64000,0.6,1,63000",
      ]),
      [
        "NUMBER_RANGE /rows/2/index_price",
        "NUMBER_RANGE /rows/2/mark_iv",
        "NUMBER_SYNTAX /rows/2/futures_price",
        "TIME_SYNTAX /rows/2/ts_utc",
        "INSTRUMENT_NAME /rows/3/instrument_name",
      ],
    ],
  ])("option chain: refuses %s", (_, text, issues) => {
    expect(refusals(() => imported(text)).sort()).toEqual([...issues].sort());
  });

  test.each([
    "BTC-27MAR26-60000",
    "BTC-27MAR26-60000-X",
    "BTC-27MRZ26-60000-P",
    "BTC-31FEB26-60000-P",
    "BTC-0MAR26-60000-P",
    "BTC-27MAR26-0-P",
    "BTC-27MAR26-6e4-P",
    "btc-27MAR26-60000-P",
    "",
  ])("option chain: refuses the name '%s'", (name) => {
    expect(refusals(() => imported(spoilt("instrument_name", name)))).toEqual([
      "INSTRUMENT_NAME /rows/2/instrument_name",
    ]);
  });

  test.each([
    [0, "NUMBER_RANGE"],
    [-0.1, "NUMBER_RANGE"],
    [Number.NaN, "NUMBER_RANGE"],
    [5, "UNIT_SUSPECT"],
  ])("option chain: refuses %d for a share", (share, code) => {
    expect(refusals(() => imported(csv(), { ...OPTIONS, share }))).toEqual([
      `${code} /options/share`,
    ]);
  });

  test.each([0, 2.5, 100_001, Number.NaN])(
    "option chain: refuses %d participants",
    (participants) => {
      expect(refusals(() => imported(csv(), { ...OPTIONS, participants }))).toEqual([
        "NUMBER_RANGE /options/participants",
      ]);
    },
  );
});

const chain2026 = sharedFile("deribit_chain_20260205T212937Z.csv");
const chain2020 = sharedFile("deribit_chain_btc_greeks_20200521.csv");

describe("option chain: real files", () => {
  test.skipIf(chain2026.absent)("option chain: reads a chain of 1,840 instruments", () => {
    const { pool, notes } = imported(chain2026.text(), { share: 0.05, participants: 200 });
    expect(notes).toEqual([
      "212 instruments without open interest were left out",
      "implied volatilities were read as fractions",
    ]);
    expect(pool.options.length).toBe(1_628);
    expect(pool.assets).toEqual([
      { id: "BTC", spot: 63_858.345 },
      { id: "ETH", spot: 1_873.93 },
    ]);
    expect(readPool(pool).document.options.length).toBe(1_628);
  });

  test.skipIf(chain2020.absent)("option chain: reads a chain in percent of 2020", () => {
    const { pool, notes } = imported(chain2020.text(), { share: 0.05, participants: 200 });
    expect(notes).toEqual([
      "69 instruments without open interest were left out",
      "implied volatilities were read as percent",
    ]);
    expect(pool.asOf).toBe("2020-05-21T23:22:35Z");
    expect(pool.assets).toEqual([{ id: "BTC", spot: 9_085.195 }]);
    expect(pool.options[0]).toMatchObject({ strike: 6_000, impliedVolatility: 1.3421 });
    expect(readPool(pool).document.options.length).toBe(257);
  });
});

test("importDeribitChain: leaves the forward to the spot where the source has none, and says so", () => {
  const { pool, notes } = imported(spoilt("futures_price", ""));
  expect(pool.options.map((option) => option.forward)).toEqual([undefined]);
  expect(notes).toContain("1 instruments have no futures price; the spot stands for their forward");
});
