import { expect, test } from "vitest";
import { PoolError } from "../../src/basics/index.ts";
import { black76, blackScholes } from "../../src/numeric/index.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";

type Side = "call" | "put";
type Row = readonly [Side, number, number, number, number, number, number];

test("black76: agrees with known values", () => {
  const id = "px.black76";
  for (const [[type, forward, strike, discount, years, volatility], known] of referenceCases<
    readonly [Side, number, number, number, number, number],
    number
  >(id)) {
    const { value } = black76({ type, forward, strike, discount, years, volatility });
    expectClose(value, known, reference(id).tolerance);
  }
});

test("blackScholes: agrees with Haug's table", () => {
  for (const [[type, strike, spot, carried, rate, years, volatility], known] of referenceCases<
    Row,
    number
  >("px.bs.haug")) {
    const { value } = blackScholes({ type, spot, strike, rate, yield: carried, years, volatility });
    expectClose(value, known, reference("px.bs.haug").tolerance);
  }
});

test("blackScholes: agrees with Haug's Greeks", () => {
  type Greek = "delta" | "gamma" | "theta" | "rho";
  type Case = readonly [Greek, Side, number, number, number, number, number | string, number];
  const id = "px.bs.greeks.haug";
  for (const [
    [greek, type, strike, spot, carried, rate, time, volatility],
    known,
  ] of referenceCases<Case, number>(id)) {
    const years = time === "1/12" ? 1 / 12 : Number(time);
    const all = blackScholes({ type, spot, strike, rate, yield: carried, years, volatility });
    expectClose(all[greek], known, reference(id).tolerance);
  }
});

test("blackScholes: agrees with fifty-digit values and derivatives", () => {
  const id = "px.bs.highprec";
  for (const [[type, spot, strike, rate, carried, years, volatility], known] of referenceCases<
    Row,
    { price: number; delta: number; gamma: number; vega: number; theta: number; rho: number }
  >(id)) {
    const all = blackScholes({ type, spot, strike, rate, yield: carried, years, volatility });
    const { price, delta, gamma, vega, theta, rho } = known;
    expectClose(all, { value: price, delta, gamma, vega, theta, rho }, reference(id).tolerance);
  }
});

test("black76: without volatility or time it is the discounted intrinsic value", () => {
  const option = { forward: 120, strike: 100, discount: 0.9 } as const;
  const still = black76({ ...option, type: "call", volatility: 0, years: 1 });
  expect(still).toEqual({ value: 18, delta: 0.9, gamma: 0, vega: 0 });
  const expired = black76({ ...option, type: "put", volatility: 0.8, years: 0 });
  expect(expired.value).toBe(0);
  const atStrike = black76({ type: "put", forward: 7, strike: 7, volatility: 0.8, years: 0 });
  expect([atStrike.value, atStrike.delta]).toEqual([0, -0.5]);
});

test("black76: names every number out of range at once", () => {
  const attempt = (): unknown =>
    black76({ type: "call", forward: 0, strike: -1, volatility: Number.NaN, years: 1 });
  expect(attempt).toThrow(PoolError);
  try {
    attempt();
  } catch (error) {
    const issues = (error as PoolError).issues;
    expect(issues.map((issue) => [issue.pointer, issue.code])).toEqual([
      ["/forward", "NUMBER_RANGE"],
      ["/strike", "NUMBER_RANGE"],
      ["/volatility", "NUMBER_NOT_FINITE"],
    ]);
  }
});
