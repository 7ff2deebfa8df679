import { expect, test } from "vitest";
import type { BarrierPosition } from "../../src/book/index.ts";
import { CELL_BYTES, TILE } from "../../src/engine/index.ts";
import { marketModel } from "../../src/market/index.ts";
import { exp } from "../../src/numeric/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { accountsOf } from "../../src/risk/account.ts";
import {
  aliveAt,
  type BarrierLeg,
  barrierLeg,
  barrierLoss,
  touchedAt,
} from "../../src/risk/barrier.ts";
import { cubicsOf } from "../../src/risk/hermite.ts";
import { type LaidPool, layPool } from "../../src/risk/layout.ts";
import {
  addTouched,
  addTouchedCorrection,
  addUntouched,
  addUntouchedLoss,
  barrierEdges,
  type PlacedBarrier,
  type Touch,
  touchedCorrections,
} from "../../src/risk/touch.ts";
import { freshKernel, seeded } from "../support/kernel.ts";
import { expectClose } from "../support/reference.ts";
import { samplePool } from "../support/sample-pool.ts";

const SPOT = 62_800;
const HORIZON = 10 / 365;
const DEVIATION = 0.55 * Math.sqrt(HORIZON);

/** Base edges as a node has them: 0.005 apart in the core, 0.02 beyond. */
const BASE = [
  ...Array.from({ length: 30 }, (_, i) => -1.24 + 0.02 * i),
  ...Array.from({ length: 257 }, (_, i) => -0.64 + 0.005 * i),
  ...Array.from({ length: 30 }, (_, i) => 0.66 + 0.02 * i),
];

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
      addUntouched(edges, leg, untouched);
      addTouchedCorrection(edges, leg, correction);
      const alive = (x: number) => held(leg, aliveAt(leg, x).value);
      const change = (x: number) => held(leg, touchedAt(leg, x).value) - alive(x);
      // The part of a leg's size that is let pass: of cash, or of coins times a deviation.
      const size = position.kind.endsWith("touch") ? 1800 : 2 * SPOT * DEVIATION;
      const first = largestError(edges, untouched, alive);
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
  expect(Array.from(barrierEdges(BASE, [], DEVIATION))).toEqual(BASE);
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

test("touchedCorrections: one for every owner and touch, whatever the order of the book", () => {
  const leg = (position: BarrierPosition, id: string) => legOf({ ...position, id }, 40);
  const placed: PlacedBarrier[] = [
    { leg: leg(touch, "a"), owner: 1, node: 0, account: -1 },
    { leg: leg({ ...upOut, barrier: 68_000 }, "b"), owner: 1, node: 0, account: -1 },
    { leg: leg(touch, "c"), owner: 0, node: 0, account: 3 },
    { leg: leg(upOut, "d"), owner: 1, node: 0, account: -1 },
    { leg: leg(downIn, "e"), owner: 0, node: 0, account: 3 },
    { leg: leg(touch, "f"), owner: 1, node: 1, account: -1 },
    { leg: leg({ ...touch, cash: "0.1" }, "g"), owner: 1, node: 0, account: -1 },
  ];
  const all = placed.map((one) => one.leg);
  const edges = barrierEdges(BASE, all, DEVIATION);
  const { touches, corrections } = touchedCorrections(placed, () => edges);
  expect(touches.map(({ node, barrier }) => [node, barrier.direction])).toEqual([
    [0, "down"],
    [0, "up"],
    [0, "up"],
    [1, "up"],
  ]);
  expect(touches[1]!.barrier.at).toBeLessThan(touches[2]!.barrier.at);
  expect(corrections.map((one) => [one.touch, one.owner, one.node, one.account])).toEqual([
    [0, 0, 0, 3],
    [1, 0, 0, 3],
    [1, 1, 0, -1],
    [2, 1, 0, -1],
    [3, 1, 1, -1],
  ]);
  const sum = new Float64Array(corrections[2]!.cells.length);
  addTouchedCorrection(edges, all[0]!, sum);
  addTouchedCorrection(edges, all[1]!, sum);
  addTouchedCorrection(edges, all[6]!, sum);
  expect(corrections[2]!.cells).toEqual(sum);
  expect(touchedCorrections([...placed].reverse(), () => edges)).toEqual({ touches, corrections });
  expect(barrierEdges(BASE, [...all].reverse(), DEVIATION)).toEqual(edges);
});

const RATE = 0.04;
const VOLATILITY = 0.55;

/** One asset and one node at the horizon, laid with the edges that some legs ask for. */
function laidWith(legs: readonly BarrierLeg[]): LaidPool {
  const sample = samplePool();
  const { document, asOfMs } = readPool({
    ...sample,
    assets: [sample.assets[0]!],
    participants: [{ id: "alice", margin: "isolated" }],
    ...{ options: [], perpetuals: [], covers: [], holdings: [{ asset: "BTC", amount: "1" }] },
    waterfall: {
      layers: [],
      lastResort: { kind: "socialised", weights: [{ participant: "alice", weight: 1 }] },
    },
    market: {
      ...{ model: "gbm", assets: ["BTC"], volatility: [VOLATILITY], correlation: [[1]] },
      drift: [-0.5 * VOLATILITY * VOLATILITY],
      discountRate: RATE,
    },
  });
  const accounts = accountsOf(document, HORIZON, RATE);
  const model = marketModel(document.market!);
  const input = { accounts, covers: [], asOfMs, model, seed: 11n, mode: "profile" } as const;
  const { edges } = layPool(freshKernel().kernels, input).grids[0]!;
  // Settled options of no size: each puts an edge at its strike and changes nothing else.
  const legsHere = accounts.list[0]!.value.get(0)!;
  for (const edge of barrierEdges(edges, legs, DEVIATION)) {
    legsHere.settled.push({ sign: 0, slope: 1, constant: exp(edge) });
  }
  return layPool(freshKernel().kernels, input);
}

/** 1 for the paths that touched: certain beyond the barrier, else drawn from the Brownian bridge. */
function touchedOf({ barrier }: Touch, x: readonly number[], random: () => number): number[] {
  const h = barrier.at;
  return x.map((end) => {
    const isPast = barrier.direction === "up" ? end >= h : end <= h;
    const chance = Math.exp((-2 * h * (h - end)) / (DEVIATION * DEVIATION));
    return isPast || random() < chance ? 1 : 0;
  });
}

// Method: paths of the kernel in the positions' own model. Path by path the tables give the loss
// of full revaluation; its mean, discounted, returns today's value.
test("addTouched: in a simulation the tables are the full revaluation, and a martingale", () => {
  const positions = [upOut, { ...downIn, side: "short" }, touch, noTouch, downOut] as const;
  const legs = positions.map((position, i) => {
    const own = { ...position, impliedVolatility: VOLATILITY, id: `b${i}` };
    return legOf(own, i === 4 ? 10 : 40);
  });
  const laid = laidWith(legs);
  const { arena, placesAddress } = laid.simulation;
  const { edges } = laid.grids[0]!;
  const placed = legs.map((leg): PlacedBarrier => ({ leg, owner: 0, node: 0, account: -1 }));
  const { touches, corrections } = touchedCorrections(placed, () => edges);
  expect(corrections).toHaveLength(4);
  const column = arena.take(TILE * 8);
  const places = { at: placesAddress, t: placesAddress + TILE * 4 };
  const random = seeded(5);
  const count = 400 * TILE;
  for (const correction of corrections) {
    const { barrier } = touches[correction.touch]!;
    const here = legs.filter((leg) => leg.barrier.at === barrier.at);
    const cells = new Float64Array(4 * (edges.length - 1));
    for (const leg of here) addUntouchedLoss(edges, leg, cells);
    const untouched = arena.put(cubicsOf(cells));
    const cubics = arena.put(cubicsOf(correction.cells));
    let [sum, squares, worst, touchCount] = [0, 0, 0, 0];
    for (let first = 0; first < count; first += TILE) {
      laid.simulation.runRange(first, TILE);
      const t = arena.f64(places.t, TILE);
      const x = Array.from(arena.i32(places.at, TILE), (byte, p) => {
        const cell = byte / CELL_BYTES;
        return edges[cell]! + t[p]! * (edges[cell + 1]! - edges[cell]!);
      });
      const touched = touchedOf(touches[correction.touch]!, x, random);
      arena.f64(column, TILE).fill(0);
      arena.kernels.addCubic(untouched, places.at, places.t, column, TILE);
      addTouched(arena, cubics, places, touched, column, TILE);
      arena.f64(column, TILE).forEach((loss, p) => {
        const full = here.reduce((all, leg) => all + barrierLoss(leg, x[p]!, touched[p] === 1), 0);
        worst = Math.max(worst, Math.abs(loss - full));
        sum += loss;
        squares += loss * loss;
        touchCount += touched[p]!;
      });
    }
    const now = here.reduce((all, leg) => all + leg.valueNow, 0);
    const error = Math.sqrt((squares / count - (sum / count) ** 2) / count);
    expect(touchCount / count).toBeGreaterThan(0.05);
    expect(touchCount / count).toBeLessThan(0.95);
    expect(worst / (2 * SPOT * DEVIATION)).toBeLessThan(1e-9);
    expectClose(sum / count, now * (Math.exp(RATE * HORIZON) - 1), { abs: 4 * error });
  }
});
