import { expect, test } from "vitest";
import { logReturns } from "../../src/market/index.ts";
import { expectClose } from "../support/reference.ts";
import { DAY_MS, START_MS } from "./seeded-history.ts";

test("logReturns: takes returns between neighbours one interval apart, with every price", () => {
  // Days 0 1 2 3 5 6 7: day 4 is missing, and on day 6 one price is.
  const days = [0, 1, 2, 3, 5, 6, 7];
  const prices = [1, 8, 2, 4, 4, 2, 8, 1, 100, 1, 7, Number.NaN, 9, 9];
  const { intervalMs, complete, returns, returnTimes } = logReturns({
    assets: ["A", "B"],
    times: Float64Array.from(days, (day) => START_MS + day * DAY_MS),
    prices: Float64Array.from(prices),
  });
  const two = Math.LN2;
  expect(intervalMs).toBe(DAY_MS);
  expect([...complete]).toEqual([1, 1, 1, 1, 1, 0, 1]);
  expectClose([...returns], [two, -two, two, -two, two, -two], { rel: 1e-15 });
  expect([...returnTimes]).toEqual([1, 2, 3].map((day) => START_MS + day * DAY_MS));
});
