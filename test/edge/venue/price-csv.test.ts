import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readPriceCsv } from "../../../src/edge/venue/price-csv.ts";
import { PoolError } from "../../../src/index.ts";

const REAL = new URL("../../../../shared/data/", import.meta.url);
const real = (name: string): URL => new URL(name, REAL);
const absent = (name: string): boolean => !existsSync(real(name));

type Options = Parameters<typeof readPriceCsv>[1];

/** The issues as `code pointer`, or the error that should not have come. */
function issuesOf(text: string, options?: Options): string[] {
  try {
    readPriceCsv(text, options);
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    return error.issues.map((issue) => `${issue.code} ${issue.pointer}`);
  }
  return [];
}

const HOUR = Date.UTC(2023, 10, 1);

test("readPriceCsv: a wide file becomes a matrix with NaN where a cell is empty", () => {
  const { history } = readPriceCsv(
    "time,BTC,ETH\n2023-11-01T00:00Z,34600,1810.5\n2023-11-01T01:00:00Z,,1811\n",
  );
  expect(history.assets).toEqual(["BTC", "ETH"]);
  expect([...history.times]).toEqual([HOUR, HOUR + 3_600_000]);
  expect([...history.prices]).toEqual([34600, 1810.5, Number.NaN, 1811]);
});

test.each([
  ["ISO with seconds", "2023-11-01T00:00:00Z"],
  ["ISO without seconds", "2023-11-01T00:00Z"],
  ["ISO with a blank", "2023-11-01 00:00:00"],
  ["ISO with milliseconds", "2023-11-01T00:00:00.000Z"],
  ["ISO with an offset", "2023-11-01T05:30+05:30"],
  ["ISO west of Greenwich", "2023-10-31T19:00:00-0500"],
  ["date", "2023-11-01"],
  ["epoch seconds", "1698796800"],
  ["epoch milliseconds", "1698796800000"],
])("readPriceCsv: %s is read as the same instant", (_name, time) => {
  expect([...readPriceCsv(`time,BTC\n${time},1\n`).history.times]).toEqual([HOUR]);
});

test.each(["time", "ts", "ts_utc", "Timestamp", "date", "datetime", "open_time", "Open time"])(
  "readPriceCsv: %s names the time",
  (name) => {
    expect(readPriceCsv(`BTC,${name}\n7,2023-11-01\n`).history.assets).toEqual(["BTC"]);
  },
);

test.each([
  ["BTC", "BTC"],
  ["btc", "BTC"],
  ["BTC-USD", "BTC"],
  ["BTC/USDT", "BTC"],
  ["BTCUSDT", "BTC"],
  ["btcusdt", "BTC"],
  ["btc_close", "BTC"],
  ["close_BTC", "BTC"],
  ["BTCUSDT_close", "BTC"],
  ["stETH", "stETH"],
  ["SUSD", "SUSD"],
])("readPriceCsv: a column %s is the asset %s", (name, asset) => {
  const { history, notes } = readPriceCsv(`time,${name}\n2023-11-01,1\n`);
  expect(history.assets).toEqual([asset]);
  expect(notes.some((note) => note.code === "COLUMNS_RENAMED")).toBe(name !== asset);
});

test("readPriceCsv: a long file in any order of assets comes onto one clock", () => {
  const { history } = readPriceCsv(
    [
      "date,symbol,open,close,volume",
      "2023-11-02,ETH-USD,9,20,1",
      "2023-11-03,ETH-USD,9,30,1",
      "2023-11-01,BTC-USD,9,1,1",
      "2023-11-02,BTC-USD,9,2,1",
    ].join("\n"),
  );
  expect(history.assets).toEqual(["ETH", "BTC"]);
  expect([...history.prices]).toEqual([Number.NaN, 1, 20, 2, 30, Number.NaN]);
});

test("readPriceCsv: bars of one asset are read once the caller says whose they are", () => {
  const bars = "ts,open,high,low,close\n2023-11-01,1,4,1,3\n";
  expect(issuesOf(bars)).toEqual(["COLUMN_MISSING /columns/assets"]);
  const { history } = readPriceCsv(bars, { columns: { assets: { BTC: "close" } } });
  expect([...history.prices]).toEqual([3]);
});

test("readPriceCsv: named columns and a window keep only what was asked for", () => {
  const { history } = readPriceCsv(
    "when,a,b,c\n2023-11-01,1,2,3\n2023-11-02,4,5,6\n2023-11-03,7,8,9\n",
    {
      columns: { time: "when", assets: { ETH: "c", BTC: "a" } },
      from: "2023-11-02",
      to: "2023-11-02T00:00Z",
    },
  );
  expect(history.assets).toEqual(["ETH", "BTC"]);
  expect([...history.prices]).toEqual([6, 4]);
});

test("readPriceCsv: an asset that never has a price is left out with a note", () => {
  const { history, notes } = readPriceCsv("time,BTC,ETH\n2023-11-01,1,\n2023-11-02,2,\n");
  expect(history.assets).toEqual(["BTC"]);
  expect(notes.map((note) => note.code)).toEqual(["ASSET_WITHOUT_PRICE"]);
});

const one = (time: string, price = "1"): string => `time,BTC\n${time},${price}\n`;

test.each<[string, string, string[]]>([
  ["an empty file", "", ["HISTORY_EMPTY "]],
  ["a header alone", "time,BTC\n", ["HISTORY_EMPTY "]],
  ["no time column", "BTC,ETH\n1,2\n", ["COLUMN_MISSING /columns/time"]],
  ["no price column", "time,volume\n2023-11-01,2\n", ["COLUMN_MISSING /columns/assets"]],
  ["two time columns", "date,unix,BTC\n2023-11-01,1,2\n", ["COLUMN_AMBIGUOUS /columns/time"]],
  [
    "two columns of one asset",
    "time,BTCUSDT,btc_close\n2023-11-01,1,2\n",
    ["COLUMN_AMBIGUOUS /columns/assets/BTC"],
  ],
  [
    "one name twice",
    "time,BTC,BTC\n2023-11-01,1,2\n",
    ["COLUMN_AMBIGUOUS /columns/assets/BTC", "COLUMN_AMBIGUOUS /columns/assets/BTC"],
  ],
  ["a date of no calendar", one("2023-02-30"), ["TIME_SYNTAX /rows/2/time"]],
  ["a time of another country", one("01/11/2023"), ["TIME_SYNTAX /rows/2/time"]],
  ["microseconds", one("1698796800000000"), ["TIME_UNIT_SUSPECT /rows/2/time"]],
  ["a date as a number", one("20231101"), ["TIME_UNIT_SUSPECT /rows/2/time"]],
  ["mixed units", "time,BTC\n1698796800,1\n1698796801000,1\n", ["TIME_UNIT_SUSPECT /rows/3/time"]],
  ["a repeated time", "time,BTC\n2023-11-01,1\n2023-11-01,1\n", ["TIME_ORDER /rows/3/time"]],
  ["newest first", "time,BTC\n2023-11-02,1\n2023-11-01,1\n", ["TIME_ORDER /rows/3/time"]],
  [
    "a repeated time of one asset",
    "time,asset,close\n2023-11-01,BTC,1\n2023-11-01,ETH,1\n2023-11-01,BTC,1\n",
    ["TIME_ORDER /rows/4/time"],
  ],
  ["a decimal comma", "time;BTC\n2023-11-01;1,5\n", ["NUMBER_SYNTAX /rows/2/BTC"]],
  ["a word", one("2023-11-01", "abc"), ["NUMBER_SYNTAX /rows/2/BTC"]],
  ["hexadecimal", one("2023-11-01", "0x10"), ["NUMBER_SYNTAX /rows/2/BTC"]],
  ["nan", one("2023-11-01", "nan"), ["NUMBER_NOT_FINITE /rows/2/BTC"]],
  ["an overflow", one("2023-11-01", "1e999"), ["NUMBER_NOT_FINITE /rows/2/BTC"]],
  ["zero", one("2023-11-01", "0"), ["MODEL_DOMAIN /rows/2/BTC"]],
  ["a negative price", one("2023-11-01", "-3"), ["MODEL_DOMAIN /rows/2/BTC"]],
  ["a short line", "time,BTC,ETH\n\n2023-11-01,1\n", ["CSV_SYNTAX /rows/3"]],
  [
    "many mistakes",
    "time,BTC,ETH\n2023-13-01,x,0\n2023-11-01,1,inf\n",
    [
      "MODEL_DOMAIN /rows/2/ETH",
      "NUMBER_NOT_FINITE /rows/3/ETH",
      "NUMBER_SYNTAX /rows/2/BTC",
      "TIME_SYNTAX /rows/2/time",
    ],
  ],
])("readPriceCsv: %s is refused", (_name, text, expected) => {
  expect(issuesOf(text).sort()).toEqual(expected);
});

test("readPriceCsv: an unclosed quote is refused", () => {
  expect(issuesOf('time,BTC\n2023-11-01,"1\n')[0]).toMatch(/^CSV_SYNTAX/);
});

test("readPriceCsv: a bound that is no time is refused with its name", () => {
  expect(issuesOf(one("2023-11-01"), { from: "yesterday" })).toEqual(["TIME_SYNTAX /from"]);
});

test("readPriceCsv: a thousand mistakes are cut at a hundred and said to be", () => {
  const text = `time,BTC\n${Array.from({ length: 1000 }, () => "x,y").join("\n")}\n`;
  try {
    readPriceCsv(text);
    expect.unreachable();
  } catch (error) {
    expect((error as PoolError).issues.length).toBe(100);
    expect((error as PoolError).truncated).toBe(true);
  }
});

test.skipIf(absent("prices_hourly_close_binance.csv"))(
  "readPriceCsv: the wide hourly closes are read whole",
  () => {
    const { history } = readPriceCsv(readFileSync(real("prices_hourly_close_binance.csv"), "utf8"));
    expect(history.assets.join()).toBe("BTC,ETH,SOL,AVAX,MATIC,DOGE,ADA,XRP,BNB");
    expect(history.times.length).toBe(50_028);
    const row = history.times.indexOf(Date.UTC(2021, 4, 19, 12));
    expect([...history.prices.subarray(row * 9, row * 9 + 9)]).toEqual([
      35234.62, 2365.18, 35.49, 21.897, 1.79195, 0.28232, 1.2509, 1.0833, 335.5,
    ]);
  },
);

test.skipIf(absent("prices_daily_yahoo.csv"))(
  "readPriceCsv: the long daily bars are read by their close",
  () => {
    const { history } = readPriceCsv(readFileSync(real("prices_daily_yahoo.csv"), "utf8"));
    expect(history.assets.length).toBe(15);
    const row = history.times.indexOf(Date.UTC(2020, 2, 12));
    expect(history.prices[row * 15 + history.assets.indexOf("BTC")]).toBe(4970.788086);
    // Counted apart with awk: one price per line of the file.
    expect(history.prices.filter((price) => price > 0).length).toBe(27_767);
  },
);

test.skipIf(absent("crisis_hourly_ohlcv_binance.csv"))(
  "readPriceCsv: the windows of crisis bars follow each other with gaps",
  () => {
    const { history } = readPriceCsv(readFileSync(real("crisis_hourly_ohlcv_binance.csv"), "utf8"));
    expect(history.assets.length).toBe(9);
    expect(history.prices.filter((price) => price > 0).length).toBe(12_360);
    const gaps = history.times.filter((time, i) => i > 0 && time - history.times[i - 1]! > 3.6e6);
    expect(gaps.length).toBe(5);
  },
);
