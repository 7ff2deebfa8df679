import { expect, test } from "vitest";
import type { BarrierPosition, OptionPosition } from "../../src/book/index.ts";
import { barrierOption, black76, exp, log, touchOption } from "../../src/numeric/index.ts";
import { carryOf } from "../../src/risk/account.ts";
import {
  aliveAt,
  type BarrierLeg,
  barrierLeg,
  barrierLoss,
  touchedAt,
  worthNow,
} from "../../src/risk/barrier.ts";
import { integral } from "../support/quadrature.ts";
import { expectClose } from "../support/reference.ts";

const SPOT = 62_800;

const common = {
  id: "b",
  participant: "alice",
  asset: "BTC",
  side: "long",
  quantity: 3,
  expiry: "2026-03-27T08:00:00Z",
  impliedVolatility: 0.6,
  settlement: "linear",
} as const;

/** Every kind in both directions, calls and puts, strikes on both sides of the barrier. */
function positions(): BarrierPosition[] {
  const list: BarrierPosition[] = [];
  for (const [direction, barrier] of [
    ["up", 71_000],
    ["down", 55_000],
  ] as const) {
    for (const kind of ["knock-in", "knock-out"] as const) {
      for (const type of ["call", "put"] as const) {
        for (const strike of [50_000, 63_000, 75_000]) {
          list.push({ ...common, kind, direction, barrier, type, strike });
        }
      }
    }
    for (const kind of ["one-touch", "no-touch"] as const) {
      list.push({ ...common, kind, direction, barrier, cash: "1000.00" });
    }
  }
  return list;
}

const market = { spot: SPOT, years: 0.4, horizon: 0.1, discountRate: 0.05 };
const FORWARD = 64_000;

/** Value of a position that is untouched, by the closed forms of contracts on a spot. */
function closedForm(position: BarrierPosition, spot: number, years: number): number {
  const { direction, barrier, quantity, impliedVolatility: volatility } = position;
  const carry = log(FORWARD / SPOT) / market.years;
  const terms = { spot, volatility, years, carry, rate: market.discountRate, direction, barrier };
  const { kind } = position;
  if (kind === "one-touch" || kind === "no-touch") {
    return quantity * touchOption({ ...terms, kind, cash: Number(position.cash) });
  }
  const { type, strike } = position as { type: "call" | "put"; strike: number };
  return quantity * barrierOption({ ...terms, kind, type, strike });
}

/** Value of a position that is touched: an option, cash or nothing. */
function whole(position: BarrierPosition, spot: number, years: number): number {
  const { kind, quantity, strike, type, impliedVolatility: volatility } = position;
  const discount = exp(-market.discountRate * years);
  if (kind === "knock-out" || kind === "no-touch") return 0;
  if (kind === "one-touch") return quantity * discount * Number(position.cash);
  const forward = spot * exp((log(FORWARD / SPOT) / market.years) * years);
  const option = { type: type!, strike: strike!, volatility, years, discount };
  return quantity * black76({ ...option, forward }).value;
}

test("barrierLeg: at the horizon it is worth what the closed forms say of the time left", () => {
  for (const position of positions()) {
    const leg = barrierLeg({ ...position, forward: FORWARD }, market);
    expect(leg.date).toBe(0.1);
    expectClose(leg.valueNow, closedForm(position, SPOT, 0.4), { rel: 1e-12, abs: 1e-9 });
    for (const x of [-0.5, -0.1, -0.03, 0, 0.02, 0.1, 0.4]) {
      const spot = SPOT * exp(x);
      const near = { rel: 1e-11, abs: 1e-8 };
      expectClose(touchedAt(leg, x).value, whole(position, spot, 0.3), near);
      expectClose(aliveAt(leg, x).value, closedForm(position, spot, 0.3), near);
    }
  }
});

test("barrierLeg: beyond the barrier, untouched is touched, and the value passes without a jump", () => {
  for (const position of positions()) {
    const leg = barrierLeg({ ...position, forward: FORWARD }, market);
    const away = position.direction === "up" ? 1 : -1;
    for (const beyond of [0, 1e-9, 0.05, 0.7]) {
      const x = leg.barrier.at + away * beyond;
      expect(aliveAt(leg, x)).toEqual(touchedAt(leg, x));
    }
    const at = leg.barrier.at;
    const inside = aliveAt(leg, at, at - away * 1e-9);
    expectClose(inside.value, touchedAt(leg, at).value, { abs: 1e-7 });
    expect(leg.kinks).toEqual([at]);
  }
});

// Method: fourth-order differences of the value, which were compared with closed forms above.
test("barrierLeg: slopes are the derivatives by the log return", () => {
  const h = 1e-3;
  for (const position of positions()) {
    const leg = barrierLeg({ ...position, forward: FORWARD }, market);
    for (const valueAt of [aliveAt, touchedAt]) {
      for (const x of [-0.4, -0.05, 0, 0.06, 0.3]) {
        const f = (y: number) => valueAt(leg, y, x).value;
        const difference = (8 * (f(x + h) - f(x - h)) - (f(x + 2 * h) - f(x - 2 * h))) / (12 * h);
        expectClose(valueAt(leg, x).slope, difference, { rel: 1e-7, abs: 2e-4 });
      }
    }
  }
});

test("barrierLeg: the side turns the sign and nothing else; carry is that of options", () => {
  const option = { ...common, type: "call", strike: 1, forward: FORWARD } satisfies OptionPosition;
  const { carry, discount } = carryOf(option, SPOT, 0.4, 0.05);
  for (const position of positions()) {
    const long = barrierLeg({ ...position, forward: FORWARD }, market);
    const short = barrierLeg({ ...position, forward: FORWARD, side: "short" }, market);
    expect(short.valueNow).toBe(-long.valueNow + 0);
    expect(aliveAt(short, 0.03).value).toBe(-aliveAt(long, 0.03).value + 0);
    expect(long.motion.mean).toBeCloseTo((carry - 0.18) * 0.3, 15);
    if (position.cash === undefined) continue;
    expectClose(long.claim.cash, 3 * 1000 * exp(-discount * 0.3), { rel: 1e-15 });
  }
});

test("barrierLeg: inside the horizon it is its payoff at its own expiry", () => {
  const early = { ...market, years: 0.06 };
  // direction, kind, type or cash, strike, price at expiry, untouched, touched
  for (const [direction, kind, type, strike, price, untouched, touched] of [
    ["up", "knock-out", "call", 65_000, 70_000, 5_000, 0],
    ["up", "knock-out", "call", 65_000, 72_000, 0, 0],
    ["up", "knock-out", "call", 65_000, 64_000, 0, 0],
    ["up", "knock-in", "call", 65_000, 70_000, 0, 5_000],
    ["up", "knock-in", "call", 65_000, 72_000, 7_000, 7_000],
    ["down", "knock-out", "put", 60_000, 56_000, 4_000, 0],
    ["down", "knock-in", "put", 60_000, 56_000, 0, 4_000],
    ["down", "knock-in", "put", 60_000, 50_000, 10_000, 10_000],
    ["down", "one-touch", undefined, undefined, 56_000, 0, 1_000],
    ["down", "one-touch", undefined, undefined, 54_000, 1_000, 1_000],
    ["up", "no-touch", undefined, undefined, 56_000, 1_000, 0],
    ["up", "no-touch", undefined, undefined, 72_000, 0, 0],
  ] as const) {
    const position: BarrierPosition = {
      ...common,
      direction,
      kind,
      barrier: direction === "up" ? 71_000 : 55_000,
      ...(type === undefined ? { cash: "1000" } : { type, strike }),
    };
    const leg = barrierLeg(position, early);
    expect(leg.date).toBe(0.06);
    const x = log(price / SPOT);
    expectClose(aliveAt(leg, x).value, 3 * untouched, { abs: 1e-9 });
    expectClose(touchedAt(leg, x).value, 3 * touched, { abs: 1e-9 });
    const strikes = strike === undefined ? [] : [log(strike / SPOT)];
    expect(leg.kinks).toEqual([...strikes, leg.barrier.at].sort((a, b) => a - b));
  }
});

test("barrierLeg: at a jump the point beside says which side counts", () => {
  const position: BarrierPosition = {
    ...common,
    ...{ kind: "knock-out", direction: "up", barrier: 71_000, type: "call", strike: 65_000 },
  };
  const leg = barrierLeg(position, { ...market, years: 0.06 });
  const at = leg.barrier.at;
  expectClose(aliveAt(leg, at, at - 1e-6).value, 3 * 6_000, { rel: 1e-12 });
  expectClose(aliveAt(leg, at, at - 1e-6).slope, 3 * 71_000, { rel: 1e-12 });
  expect(aliveAt(leg, at, at + 1e-6)).toEqual({ value: 0, slope: 0 });
});

test("barrierLeg: without volatility the forward decides, and its corners are moved by it", () => {
  const still = { ...common, impliedVolatility: 0, forward: SPOT * exp(0.4 * 0.2) };
  const position: BarrierPosition = {
    ...still,
    ...{ kind: "knock-in", direction: "up", barrier: 70_000, type: "call", strike: 66_000 },
  };
  const leg = barrierLeg(position, market);
  const [h, k] = [log(70_000 / SPOT), log(66_000 / SPOT)];
  expectClose(leg.kinks, [k - 0.06, h - 0.06, h], { abs: 1e-14 });
  const paid = 3 * exp(-0.05 * 0.3) * (SPOT * exp(h - 0.05 + 0.06) - 66_000);
  expectClose(aliveAt(leg, h - 0.05).value, paid, { rel: 1e-12 });
  expect(aliveAt(leg, h - 0.07).value).toBe(0);
  expectClose(touchedAt(leg, k - 0.05).slope, 3 * exp(-0.015) * 66_000 * exp(0.01), { rel: 1e-12 });
});

/**
 * Mean of a leg at its date over all paths of the position's own lognormal model: the density of
 * the log return, times the chance that a Brownian bridge to it has passed the barrier.
 */
function meanAt(leg: BarrierLeg, position: BarrierPosition, drift: number, strike: number): number {
  const time = leg.date;
  const s = position.impliedVolatility * Math.sqrt(time);
  const h = leg.barrier.at;
  const up = leg.barrier.direction === "up";
  const mean = (x: number) => {
    const z = (x - drift * time) / s;
    const isPast = up ? x >= h : x <= h;
    const chance = isPast ? 1 : Math.exp((-2 * h * (h - x)) / (s * s));
    const density = Math.exp(-0.5 * z * z) / (s * Math.sqrt(2 * Math.PI));
    return density * (chance * touchedAt(leg, x).value + (1 - chance) * aliveAt(leg, x).value);
  };
  const middle = drift * time;
  return integral(mean, [middle - 10 * s, h, log(strike / SPOT), middle + 10 * s], 60);
}

// Method: what a position is worth at a date, averaged over the exact joint law of the price and
// its extreme until then and discounted, is what it is worth now. The law is written out here.
test.each([
  ["no drift of the log price", SPOT * Math.exp(0.18 * 0.4), 0.1],
  ["no drift of the price", SPOT, 0.1],
  ["a forward below the spot", 59_000, 0.25],
  ["its own expiry inside the horizon", FORWARD, 0.7],
])("barrierLeg: is a martingale with %s", (_, forward, horizon) => {
  const setting = { ...market, horizon };
  const drift = Math.log(forward / SPOT) / market.years - 0.18;
  for (const position of positions()) {
    const leg = barrierLeg({ ...position, forward }, setting);
    const value =
      Math.exp(-0.05 * leg.date) * meanAt(leg, position, drift, position.strike ?? SPOT);
    expectClose(value, leg.valueNow, { rel: 1e-9, abs: 1e-9 });
  }
});

test("barrierLoss: is the change of value, and no more than the collateral leaves", () => {
  const [knockIn] = positions();
  const free = barrierLeg({ ...knockIn!, side: "short" }, market);
  const bound = barrierLeg({ ...knockIn!, side: "short", collateral: "40000.00" }, market);
  expect(bound.floor).toBe(-40_000);
  expect(free.valueNow).toBeLessThan(-30_000);
  for (const [x, isTouched] of [
    [0.02, false],
    [0.02, true],
    [0.3, false],
  ] as const) {
    const value = (isTouched ? touchedAt : aliveAt)(free, x).value;
    expect(barrierLoss(free, x, isTouched)).toBe(value - free.valueNow);
    expect(barrierLoss(bound, x, isTouched)).toBe(Math.max(-40_000, value) - worthNow(bound));
  }
  expect(touchedAt(free, 0.3).value).toBeLessThan(-40_000);
  // What is lost already today is not counted again.
  const drained = barrierLeg({ ...knockIn!, side: "short", collateral: "0" }, market);
  expect(barrierLoss(drained, 0.3, true)).toBe(0);
});
