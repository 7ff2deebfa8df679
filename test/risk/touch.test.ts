import { expect, test } from "vitest";
import type { BarrierPosition } from "../../src/book/index.ts";
import type { Account } from "../../src/risk/account.ts";
import {
  aliveAt,
  type BarrierLeg,
  barrierLeg,
  touchedAt,
  worthNow,
} from "../../src/risk/barrier.ts";
import {
  addTouchedCorrection,
  addUntouchedLoss,
  barrierEdges,
  touchGroups,
} from "../../src/risk/touch.ts";

const SPOT = 62_800;
const HORIZON = 10 / 365;
const DEVIATION = 0.55 * Math.sqrt(HORIZON);

/** Base edges as a node has them: 0.005 apart in the core, 0.02 beyond. */
const BASE = Float64Array.of(
  ...Array.from({ length: 30 }, (_, i) => -1.24 + 0.02 * i),
  ...Array.from({ length: 257 }, (_, i) => -0.64 + 0.005 * i),
  ...Array.from({ length: 30 }, (_, i) => 0.66 + 0.02 * i),
);

const common = {
  id: "b",
  participant: "alice",
  asset: "BTC",
  side: "long",
  quantity: 2,
  expiry: "2026-03-27T08:00:00Z",
  impliedVolatility: 0.6,
  settlement: "linear",
} as const;

const calls = { type: "call", strike: 65_000 } as const;
const puts = { type: "put", strike: 66_000 } as const;
const upOut = { ...common, kind: "knock-out", direction: "up", barrier: 71_000, ...calls } as const;
const downIn = {
  ...common,
  kind: "knock-in",
  direction: "down",
  barrier: 56_000,
  ...puts,
} as const;
const downOut = { ...downIn, kind: "knock-out" } as const;
const touch = {
  ...common,
  kind: "one-touch",
  direction: "up",
  barrier: 68_000,
  cash: "900",
} as const;
const noTouch = { ...touch, kind: "no-touch", direction: "down", barrier: 57_000 } as const;

function legOf(position: BarrierPosition, days: number): BarrierLeg {
  const setting = { spot: SPOT, years: days / 365, horizon: HORIZON, discountRate: 0.04 };
  return barrierLeg(position, setting);
}

/** Value of Hermite cells at a place of one cell. */
function hermite(cells: Float64Array, c: number, t: number): number {
  const [f0, f1, g0, g1] = cells.subarray(4 * c, 4 * c + 4) as unknown as [
    number,
    number,
    number,
    number,
  ];
  return f0 + t * (g0 + t * (3 * (f1 - f0) - 2 * g0 - g1 + t * (2 * (f0 - f1) + g0 + g1)));
}

/** Largest difference of cells from a function, within four tenths of today's log price. */
function largestError(
  edges: Float64Array,
  cells: Float64Array,
  f: (x: number) => number,
): { error: number; x: number } {
  let worst = { error: 0, x: 0 };
  for (let c = 0; c < edges.length - 1; c++) {
    for (const t of [0.01, 0.2, 0.5, 0.81]) {
      const x = edges[c]! + t * (edges[c + 1]! - edges[c]!);
      const error = Math.abs(hermite(cells, c, t) - f(x));
      if (Math.abs(x) < 0.4 && error > worst.error) worst = { error, x };
    }
  }
  return worst;
}

const held = (leg: BarrierLeg, value: number) => Math.max(value, leg.floor);

test.each([
  ["settled inside the horizon", 5],
  ["with nine seconds left", 10.0001],
  ["with a quarter of an hour left", 10.01],
  ["with five hours left", 10.2],
  ["with a day left", 11],
  ["with a month left", 40],
  ["with a year left", 375],
])("barrierEdges: cells follow both functions of every kind, %s", (_, days) => {
  const drifting = { impliedVolatility: 0.05, forward: 68_000 };
  for (const position of [upOut, downIn, downOut, touch, noTouch]) {
    for (const terms of [{}, drifting, { side: "short", collateral: "2500" } as const]) {
      const leg = legOf({ ...position, ...terms }, days);
      const edges = barrierEdges(BASE, [leg], DEVIATION);
      const untouched = new Float64Array(4 * (edges.length - 1));
      const correction = new Float64Array(4 * (edges.length - 1));
      addUntouchedLoss(edges, leg, untouched);
      addTouchedCorrection(edges, leg, correction);
      const alive = (x: number) => held(leg, aliveAt(leg, x).value);
      const change = (x: number) => held(leg, touchedAt(leg, x).value) - alive(x);
      // The part of a leg's size that is let pass: of cash, or of coins times a deviation.
      const size = position.kind.endsWith("touch") ? 1800 : 2 * SPOT * DEVIATION;
      const first = largestError(edges, untouched, (x) => alive(x) - worthNow(leg));
      const second = largestError(edges, correction, change);
      expect(first.error / size, `${position.kind} untouched at ${first.x}`).toBeLessThan(4e-10);
      expect(second.error / size, `${position.kind} correction at ${second.x}`).toBeLessThan(4e-10);
      expect(edges.length).toBeLessThan(10_000);
      for (const kink of leg.kinks) {
        expect(edges.some((edge) => Math.abs(edge - kink) < 1e-12)).toBe(true);
      }
    }
  }
});

test("barrierEdges: an edge stands where the collateral is used up, touched or not", () => {
  const leg = legOf({ ...downIn, side: "short", collateral: "12000" }, 40);
  const edges = barrierEdges(BASE, [leg], DEVIATION);
  const roots = (f: typeof aliveAt) =>
    Array.from(edges).filter((x) => Math.abs(f(leg, x).value + 12_000) < 1e-6);
  expect(roots(aliveAt)).toHaveLength(1);
  expect(roots(touchedAt)).toHaveLength(1);
  expect(barrierEdges(BASE, [], DEVIATION)).toEqual(BASE);
});

test("addTouchedCorrection: adds nothing beyond the barrier, not even a rounding", () => {
  for (const days of [5, 40]) {
    for (const position of [upOut, downIn, downOut, touch, noTouch]) {
      const leg = legOf(position, days);
      const edges = barrierEdges(BASE, [leg], DEVIATION);
      const cells = new Float64Array(4 * (edges.length - 1)).fill(1e-20);
      addTouchedCorrection(edges, leg, cells);
      const up = position.direction === "up";
      const beyond = Array.from(cells).filter((_, i) => {
        const middle = (edges[i >> 2]! + edges[(i >> 2) + 1]!) / 2;
        return up ? middle > leg.barrier.at : middle < leg.barrier.at;
      });
      expect(beyond.length).toBeGreaterThan(100);
      expect(beyond.every((value) => value === 1e-20)).toBe(true);
    }
  }
});

test("touchGroups: one for every owner and touch, whatever the order of the book", () => {
  const leg = (position: BarrierPosition, id: string) => legOf({ ...position, id }, 40);
  const here = [
    leg(touch, "a"),
    leg({ ...upOut, barrier: 68_000 }, "b"),
    leg(upOut, "d"),
    leg({ ...touch, cash: "0.1" }, "g"),
  ];
  const other = [leg(touch, "c"), leg(downIn, "e")];
  const later = [leg(touch, "f")];
  const account = (owner: number, barriers: [number, BarrierLeg[]][]): Account => ({
    ...{ owner, floored: false, margined: false, value: new Map(), collateral: new Map() },
    ...{ barriers: new Map(barriers), valueNow: 0, barriersNow: 0, collateralNow: 0 },
  });
  const book = [
    account(0, [[0, other]]),
    account(1, [
      [0, here],
      [1, later],
    ]),
  ];
  const groups = touchGroups(book);
  expect(
    groups.map(({ node, owner, barrier, legs }) => [
      node,
      barrier.direction,
      owner,
      legs.map(({ id }) => id).join(" "),
    ]),
  ).toEqual([
    [0, "down", 0, "e"],
    [0, "up", 0, "c"],
    [0, "up", 1, "a b g"],
    [0, "up", 1, "d"],
    [1, "up", 1, "f"],
  ]);
  const turned = [
    account(1, [
      [1, later],
      [0, [...here].reverse()],
    ]),
    account(0, [[0, [...other].reverse()]]),
  ];
  expect(touchGroups(turned)).toEqual(groups);
  const all = [...here, ...other];
  expect(barrierEdges(BASE, [...all].reverse(), DEVIATION)).toEqual(
    barrierEdges(BASE, all, DEVIATION),
  );
});
