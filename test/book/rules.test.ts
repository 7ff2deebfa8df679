import { expect, test } from "vitest";
import { Findings } from "../../src/basics/index.ts";
import { type BookSetting, checkBook } from "../../src/book/index.ts";
import { copyOf, type Loose } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

const setting: BookSetting = { asOfMs: Date.UTC(2026, 1, 5), currency: "USDC", decimals: 6 };

function issuesOf(spoil: (book: Loose) => void, change: Partial<BookSetting> = {}): string[] {
  const book = copyOf(samplePool());
  spoil(book);
  const found = new Findings();
  checkBook(book, { ...setting, ...change }, found);
  return found.issues.map(({ code, pointer }) => `${code} ${pointer}`);
}

test("checkBook: finds nothing in the sample", () => {
  expect(issuesOf(() => undefined)).toEqual([]);
});

test("checkBook: measures each amount by the decimals of what it is paid in", () => {
  const nine = "0.123456789";
  expect(
    issuesOf((book) => {
      book["holdings"][0].amount = nine; // BTC: 8
      book["participants"][2].collateral[0].amount = "0.1234567"; // USDC: 6
      book["participants"][2].collateral[1].amount = nine; // BTC: 8
      book["perpetuals"][0].collateral = "0.1234567"; // linear: USDC, 6
    }),
  ).toEqual([
    "MONEY_TOO_PRECISE /participants/2/collateral/0/amount",
    "MONEY_TOO_PRECISE /participants/2/collateral/1/amount",
    "MONEY_TOO_PRECISE /perpetuals/0/collateral",
    "MONEY_TOO_PRECISE /holdings/0/amount",
  ]);
  // The same seven digits fit an inverse contract, which is paid in a coin of eight.
  expect(
    issuesOf((book) => {
      book["perpetuals"][0].settlement = "inverse";
      book["perpetuals"][0].collateral = "0.1234567";
      book["assets"][1].decimals = 18;
      book["holdings"].push({ asset: "ETH", amount: "0.123456789012345678" });
    }),
  ).toEqual([]);
});

test("checkBook: cannot judge times and amounts while asOf and currency are unknown", () => {
  const spoil = (book: Loose): void => {
    book["options"][0].expiry = "2020-01-01T00:00:00Z";
    book["covers"][0].sumInsured = "0.1234567";
    book["covers"][0].currency = "EUR";
  };
  expect(issuesOf(spoil)).toHaveLength(3);
  const unknown = { asOfMs: undefined, currency: undefined, decimals: undefined };
  expect(issuesOf(spoil, unknown)).toEqual([]);
});

test("checkBook: refuses a uniform severity whose ends are swapped", () => {
  const severity = (min: number, max: number) => (book: Loose) => {
    book["covers"][0].severity = { kind: "uniform", min, max };
  };
  expect(issuesOf(severity(0.8, 0.2))).toEqual(["NUMBER_RANGE /covers/0/severity/max"]);
  expect(issuesOf(severity(0.5, 0.5))).toEqual([]);
});

test("checkBook: lets a cross participant stand without collateral, an isolated one with an empty list", () => {
  expect(
    issuesOf((book) => {
      delete book["participants"][3].collateral;
      book["participants"][0].collateral = [];
    }),
  ).toEqual([]);
});
