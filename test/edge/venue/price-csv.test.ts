// Method: files written out by hand, with the times and prices that a reader of them would expect.
import { describe, expect, test } from "vitest";
import { type PriceCsvOptions, readPriceCsv } from "../../../src/edge/venue/price-csv.ts";
import { refusal, refusals } from "../../support/refusal.ts";
import { sharedFile } from "./shared-file.ts";

const FEB_5 = Date.UTC(2026, 1, 5);
const FEB_6 = Date.UTC(2026, 1, 6);
const MISSING = Number.NaN;

/** The history as plain lists: assets, times, prices row by row. */
function read(text: string, options?: PriceCsvOptions) {
  const { history, notes } = readPriceCsv(text, options);
  return {
    assets: [...history.assets],
    times: [...history.times],
    prices: [...history.prices],
    notes: notes.map(({ code, detail }) => `${code} ${detail}`),
  };
}

interface Layout {
  readonly layout: string;
  readonly text: string;
  readonly options?: PriceCsvOptions;
  readonly assets?: readonly string[];
  readonly times?: readonly number[];
  readonly prices?: readonly number[];
}

/** Where a row does not say: BTC at 10 and 11, on 5 and 6 February at midnight. */
const LAYOUTS: readonly Layout[] = [
  {
    layout: "wide, a column per asset",
    text: "time,BTC,ETH\n2026-02-05T00:00Z,10,1.5\n2026-02-06T00:00:00Z,11,1.6\n",
    assets: ["BTC", "ETH"],
    prices: [10, 1.5, 11, 1.6],
  },
  {
    layout: "wide, whole bars of several assets, of which only the closes count",
    text: "time,btc_open,btc_close,btc_volume,ETH-close,ETH-low\n2026-02-05,9,10,0,2,-1\n2026-02-06,9,11,0,3,-1\n",
    assets: ["BTC", "ETH"],
    prices: [10, 2, 11, 3],
  },
  {
    layout: "wide, a coin that is called like a dollar",
    text: "time,SUSD\n2026-02-05,10\n2026-02-06,11\n",
    assets: ["SUSD"],
  },
  {
    layout: "wide, two columns of times of which the caller chose one",
    text: "unix,date,BTC\n1,2026-02-05,10\n2,2026-02-06,11\n",
    options: { columns: { time: "date" } },
  },
  {
    layout: "wide, with a missing price that stays missing",
    text: "time,BTC,ETH\n2026-02-05,10,\n2026-02-06,11,1.6\n",
    assets: ["BTC", "ETH"],
    prices: [10, MISSING, 11, 1.6],
  },
  {
    layout: "long, unsorted between assets, with a hole",
    text: "date,asset,close\n2026-02-05,ETH,1.5\n2026-02-05,BTC,10\n2026-02-06,BTC,11\n",
    assets: ["BTC", "ETH"],
    prices: [10, 1.5, 11, MISSING],
  },
  {
    layout: "long bars, of which the close is read",
    text: "window,ts_utc,symbol,open,high,low,close,volume_base\nw,2026-02-05T00:00Z,BTCUSDT,9,12,8,10,5\nw,2026-02-06T00:00Z,BTCUSDT,10,13,9,11,6\n",
  },
  {
    layout: "long, with a time column named by the caller",
    text: "when,asset,close\n2026-02-05,BTC,10\n2026-02-06,BTC,11\n",
    options: { columns: { time: "when" } },
  },
  { layout: "BTC-USD", text: "time,BTC-USD\n2026-02-05,10\n2026-02-06,11\n" },
  { layout: "BTC/USD", text: "time,BTC/USD\n2026-02-05,10\n2026-02-06,11\n" },
  { layout: "BTCUSDT", text: "time,BTCUSDT\n2026-02-05,10\n2026-02-06,11\n" },
  { layout: "btc_close", text: "time,btc_close\n2026-02-05,10\n2026-02-06,11\n" },
  { layout: "close_BTC", text: "time,close_BTC\n2026-02-05,10\n2026-02-06,11\n" },
  {
    layout: "names of mixed case, and stablecoins whose name is a quote",
    text: "time,stETH,stETH_close_x,USDC-USD,USDT\n2026-02-05,10,2,1,1.01\n2026-02-06,11,3,1,0.99\n",
    assets: ["stETH", "stETH_close_x", "USDC", "USDT"],
    prices: [10, 2, 1, 1.01, 11, 3, 1, 0.99],
  },
  {
    layout: "seconds since 1970",
    text: "unix,BTC\n1770249600,10\n1770336000,11\n",
  },
  {
    layout: "milliseconds since 1970",
    text: "timestamp,BTC\n1770249600000,10\n1770336000000,11\n",
  },
  {
    layout: "offsets from UTC and a space for the T",
    text: "time,BTC\n2026-02-05 01:00:00+01:00,10\n2026-02-05 19:00:00.000-05:00,11\n",
  },
  {
    layout: "a byte order mark and lines that end in CR LF",
    text: "\ufefftime,BTC\r\n2026-02-05,10\r\n2026-02-06,11\r\n",
  },
  {
    layout: "semicolons and quotation marks",
    text: '"time";"BTC"\n"2026-02-05";"10"\n"2026-02-06";"11"\n',
  },
  {
    layout: "blank lines",
    text: "time,BTC\n\n2026-02-05,10\n\n2026-02-06,11\n\n",
  },
  {
    layout: "columns named by the caller, the others ignored",
    text: "when,last_btc,noise\n2026-02-05,10,abc\n2026-02-06,11,def\n",
    options: { columns: { time: "when", BTC: "last_btc" } },
  },
  {
    layout: "one asset's bars with the asset named by the caller",
    text: "time,open,high,low,close,volume\n2026-02-05,9,12,8,10,5\n2026-02-06,10,13,9,11,6\n",
    options: { columns: { BTC: "close" } },
  },
  {
    layout: "numbers with a sign, an exponent or no leading digit",
    text: "time,A,B,C\n2026-02-05,+10,1e-3,.5\n2026-02-06,11.,1.5E2,0.25\n",
    assets: ["A", "B", "C"],
    prices: [10, 0.001, 0.5, 11, 150, 0.25],
  },
];

describe("price file: layouts", () => {
  test.each(LAYOUTS)("price file: reads $layout", ({ text, options, assets, times, prices }) => {
    expect(read(text, options)).toMatchObject({
      assets: assets ?? ["BTC"],
      times: times ?? [FEB_5, FEB_6],
      prices: prices ?? [10, 11],
    });
  });

  test("price file: says which columns it renamed, and only those", () => {
    expect(read("time,BTC-USD,ETH\n2026-02-05,10,1\n").notes).toEqual([
      "COLUMN_READ column BTC-USD was read as the price of BTC",
    ]);
  });
});

interface Refusal {
  readonly fault: string;
  readonly text: string;
  readonly options?: PriceCsvOptions;
  readonly issues: readonly string[];
}

const btc = (...lines: string[]) => `time,BTC\n${lines.join("\n")}\n`;

const REFUSALS: readonly Refusal[] = [
  { fault: "an empty file", text: "", issues: ["COLUMN_MISSING /header", "HISTORY_EMPTY "] },
  { fault: "a header alone", text: "time,BTC\n", issues: ["HISTORY_EMPTY "] },
  {
    fault: "a line with too few cells",
    text: "time,BTC,ETH\n2026-02-05,10,1\n2026-02-06,11\n",
    issues: ["CSV_SYNTAX /rows/3"],
  },
  {
    fault: "a line with too many cells, such as a decimal comma",
    text: btc("2026-02-05,10", "2026-02-06,11,5"),
    issues: ["CSV_SYNTAX /rows/3"],
  },
  {
    fault: "a quotation that is never closed",
    text: btc("2026-02-05,10", '2026-02-06,"11'),
    issues: ["CSV_SYNTAX /rows/3"],
  },
  {
    fault: "a file without times",
    text: "day,BTC\n2026-02-05,10\n",
    issues: ["COLUMN_MISSING /header"],
  },
  {
    fault: "a file without prices",
    text: "time,volume\n2026-02-05,10\n",
    issues: ["COLUMN_MISSING /header"],
  },
  {
    fault: "a mapping to columns that are not there",
    text: btc("2026-02-05,10"),
    options: { columns: { time: "time", ETH: "eth", SOL: "sol" } },
    issues: ["COLUMN_MISSING /header", "COLUMN_MISSING /header"],
  },
  {
    fault: "a price of nothing in particular",
    text: "time,close\n2026-02-05,10\n",
    issues: ["COLUMN_AMBIGUOUS /header"],
  },
  {
    fault: "two columns of one asset",
    text: "time,BTC-USD,BTCUSDT\n2026-02-05,10,10.1\n",
    issues: ["COLUMN_AMBIGUOUS /header"],
  },
  {
    fault: "the same column twice",
    text: "time,BTC,BTC\n2026-02-05,10,99\n",
    issues: ["COLUMN_AMBIGUOUS /header"],
  },
  {
    fault: "times that do not ascend",
    text: btc("2026-02-06,10", "2026-02-05,11"),
    issues: ["TIME_ORDER /rows/3/time"],
  },
  {
    fault: "a time that stands twice",
    text: btc("2026-02-05,10", "2026-02-05T00:00Z,11"),
    issues: ["TIME_ORDER /rows/3/time"],
  },
  {
    fault: "a time that stands twice for one asset of a long file",
    text: "time,asset,close\n2026-02-05,BTC,10\n2026-02-05,ETH,1\n2026-02-05,BTC,11\n",
    issues: ["TIME_ORDER /rows/4/time"],
  },
  {
    fault: "two unreadable times of a long file, each once",
    text: "time,asset,close\nx,BTC,10\ny,BTC,11\n",
    issues: ["TIME_SYNTAX /rows/2/time", "TIME_SYNTAX /rows/3/time"],
  },
  {
    fault: "a line of a long file that names no asset",
    text: "time,asset,close\n2026-02-05,,10\n2026-02-05,BTC,10\n",
    issues: ["ID_SYNTAX /rows/2/asset"],
  },
  {
    fault: "a time without zone",
    text: btc("2026-02-05T21:00,10"),
    issues: ["TIME_SYNTAX /rows/2/time"],
  },
  {
    fault: "a day that does not exist",
    text: btc("2026-02-30,10", "2026-02-30T00:00Z,11", "2026-13-01,12"),
    issues: ["TIME_SYNTAX /rows/2/time", "TIME_SYNTAX /rows/3/time", "TIME_SYNTAX /rows/4/time"],
  },
  {
    fault: "an hour that does not exist",
    text: btc("2026-02-05T25:00Z,10"),
    issues: ["TIME_SYNTAX /rows/2/time"],
  },
  {
    fault: "two columns that could be the time",
    text: "date,unix,BTC\n2026-02-05,1770249600,10\n",
    issues: ["COLUMN_AMBIGUOUS /header"],
  },
  {
    fault: "two symbols of one asset in one history",
    text: "date,symbol,close\n2026-02-05,BTC-USD,10\n2026-02-06,BTCUSDT,11\n",
    issues: ["COLUMN_AMBIGUOUS /rows/3/symbol"],
  },
  {
    fault: "a local way to write a date",
    text: btc("05/02/2026,10"),
    issues: ["TIME_SYNTAX /rows/2/time"],
  },
  {
    fault: "a number that is neither seconds nor milliseconds",
    text: btc("2026,10", "1770249600000000,11", "1770249600,12"),
    issues: ["TIME_UNIT_SUSPECT /rows/2/time", "TIME_UNIT_SUSPECT /rows/3/time"],
  },
  {
    fault: "a decimal comma in quotation marks",
    text: btc('2026-02-05,"1,5"'),
    issues: ["NUMBER_SYNTAX /rows/2/BTC"],
  },
  ...["abc", "0x10", "NaN", "Infinity", "1 000", "10 USD"].map((price) => ({
    fault: `${price} for a price`,
    text: btc(`2026-02-05,${price}`),
    issues: ["NUMBER_SYNTAX /rows/2/BTC"],
  })),
  ...["0", "-1", "1e-400"].map((price) => ({
    fault: `${price} for a price`,
    text: btc(`2026-02-05,${price}`),
    issues: ["MODEL_DOMAIN /rows/2/BTC"],
  })),
  {
    fault: "1e400 for a price",
    text: btc("2026-02-05,1e400"),
    issues: ["NUMBER_NOT_FINITE /rows/2/BTC"],
  },
  {
    fault: "a line after blank lines by its own number",
    text: btc("", "2026-02-05,10", "", "2026-02-06,abc"),
    issues: ["NUMBER_SYNTAX /rows/5/BTC"],
  },
  {
    fault: "a column whose name needs escaping",
    text: "time,BTC/USD\n2026-02-05,abc\n",
    issues: ["NUMBER_SYNTAX /rows/2/BTC~1USD"],
  },
  {
    fault: "a column named like an object's inner parts",
    text: "time,__proto__\n2026-02-05,abc\n",
    issues: ["NUMBER_SYNTAX /rows/2/__proto__"],
  },
  {
    fault: "several problems at once",
    text: "time,BTC,ETH\n2026-02-05,0,abc\n2026-02-04,1,1\nnever,2,1e999\n2026-02-07,1\n",
    issues: [
      "CSV_SYNTAX /rows/5",
      "MODEL_DOMAIN /rows/2/BTC",
      "NUMBER_NOT_FINITE /rows/4/ETH",
      "NUMBER_SYNTAX /rows/2/ETH",
      "TIME_ORDER /rows/3/time",
      "TIME_SYNTAX /rows/4/time",
    ],
  },
];

describe("price file: refusals", () => {
  test.each(REFUSALS)("price file: refuses $fault", ({ text, options, issues }) => {
    expect(refusals(() => readPriceCsv(text, options)).sort()).toEqual([...issues]);
  });

  test("price file: shows the first hundred problems of many", () => {
    const lines = Array.from({ length: 150 }, (_, i) => `2026-02-05T00:00:00.${i + 100}Z,abc`);
    const { issues, truncated } = refusal(() => readPriceCsv(btc(...lines)));
    expect(issues.map(({ pointer }) => pointer)).toEqual(
      Array.from({ length: 101 }, (_, i) => `/rows/${i + 2}/BTC`)
        .sort()
        .slice(0, 100),
    );
    expect(truncated).toBe(true);
  });

  test("price file: shows what it received and how to mend it", () => {
    const [issue] = refusal(() => readPriceCsv(btc("2026-02-05,-1"))).issues;
    expect(issue).toMatchObject({
      received: 'string "-1"',
      expected: "> 0, pool currency per coin",
    });
    expect(issue?.detail).toMatch(/Bachelier/);
  });
});

const hourly = sharedFile("prices_hourly_close_binance.csv");
const daily = sharedFile("prices_daily_yahoo.csv");
const crisis = sharedFile("crisis_hourly_ohlcv_binance.csv");

describe("price file: real files", () => {
  test.skipIf(hourly.absent)("price file: reads hourly closes of nine assets", () => {
    const { history } = readPriceCsv(hourly.text());
    expect(history.assets).toEqual("BTC,ETH,SOL,AVAX,MATIC,DOGE,ADA,XRP,BNB".split(","));
    expect(history.times.length).toBe(50_028);
    expect(history.times[0]).toBe(Date.UTC(2017, 7, 17, 4));
    expect([...history.prices.subarray(0, 3)]).toEqual([4308.83, 301.61, MISSING]);
  });

  test.skipIf(daily.absent)("price file: reads daily bars of fifteen assets, one per line", () => {
    const text = daily.text();
    const { history } = readPriceCsv(text);
    expect(history.assets.length).toBe(15);
    const filled = history.prices.filter((price) => price > 0).length;
    const closes = text.split("\n").filter((line) => /^\d/.test(line) && line.split(",")[5]);
    expect(filled).toBe(closes.length);
    const ada = history.assets.indexOf("ADA");
    const row = history.times.indexOf(Date.UTC(2017, 10, 9));
    expect(history.prices[row * 15 + ada]).toBe(0.03205300122);
  });

  test.skipIf(crisis.absent)("price file: reads hourly bars of several windows", () => {
    const { history } = readPriceCsv(crisis.text());
    const btcColumn = history.assets.indexOf("BTC");
    expect(history.times[0]).toBe(Date.UTC(2020, 2, 9));
    expect(history.prices[btcColumn]).toBe(8081.54);
    expect(history.prices.filter((price) => price > 0).length).toBe(12_360);
  });
});
