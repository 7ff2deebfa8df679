import type {
  BarrierPosition,
  MarketParameters,
  PoolDocument,
  Valuation,
} from "../../src/index.ts";
import { log } from "../../src/numeric/index.ts";
import { type BarrierLeg, barrierLeg, barrierLoss } from "../../src/risk/barrier.ts";
import { seeded } from "./kernel.ts";

export const AS_OF = "2026-01-01T00:00:00Z";
export const SPOT: Readonly<Record<string, number>> = { A: 100, B: 20 };
export const VOLATILITY = 0.6;

/** The instant so many days after the pool's. */
export function daysOn(days: number): string {
  return new Date(Date.parse(AS_OF) + Math.round(days * 1440) * 60_000).toISOString();
}

/** How A and B move; the expected price stands still. */
export function marketOf(more: Partial<MarketParameters> = {}): MarketParameters {
  return {
    model: "gbm",
    assets: ["A", "B"],
    volatility: [VOLATILITY, VOLATILITY],
    correlation: [
      [1, 0.4],
      [0.4, 1],
    ],
    drift: [-0.5 * VOLATILITY ** 2, -0.5 * VOLATILITY ** 2],
    ...more,
  };
}

/** A pool of barriers, whose owners are isolated, and of what else is given. */
export function bookOf(
  barriers: readonly BarrierPosition[],
  parts: Partial<PoolDocument> = {},
): PoolDocument {
  const owners = new Set(barriers.map(({ participant }) => participant));
  for (const { participant } of [...(parts.perpetuals ?? []), ...(parts.options ?? [])]) {
    owners.add(participant);
  }
  const participants = [...owners].map((id) => ({ id, margin: "isolated" as const }));
  return {
    format: "riskpool",
    version: 1,
    name: "Barriers",
    asOf: AS_OF,
    currency: { code: "USD", decimals: 6 },
    assets: Object.entries(SPOT).map(([id, spot]) => ({ id, spot })),
    participants,
    options: [],
    barriers,
    perpetuals: [],
    holdings: [],
    covers: [],
    waterfall: {
      layers: [],
      lastResort: {
        kind: "socialised",
        weights: [{ participant: participants[0]!.id, weight: 1 }],
      },
    },
    market: marketOf(),
    ...parts,
  };
}

type Terms = Partial<BarrierPosition> & Pick<BarrierPosition, "kind" | "direction" | "barrier">;

/** A position on A, bought by a participant of its own name, expiring in a month. */
export function position(id: string, terms: Terms): BarrierPosition {
  const isOption = terms.kind.startsWith("knock");
  return {
    id,
    participant: id,
    asset: "A",
    ...(isOption ? { type: "call" as const, strike: 100 } : { cash: "10" }),
    side: "long",
    quantity: 1,
    expiry: daysOn(30),
    impliedVolatility: VOLATILITY,
    settlement: "linear",
    ...terms,
  };
}

/** Every kind, direction and type, once for every expiry. */
export function everyKind(
  expiries: readonly number[],
  more: Partial<BarrierPosition> = {},
): BarrierPosition[] {
  const list: BarrierPosition[] = [];
  for (const days of expiries) {
    for (const direction of ["up", "down"] as const) {
      const barrier = direction === "up" ? 112 : 90;
      const common = { direction, barrier, expiry: daysOn(days), ...more };
      for (const kind of ["knock-in", "knock-out"] as const) {
        for (const type of ["call", "put"] as const) {
          const strike = type === "call" ? 102 : 99;
          const id = `${kind}-${direction}-${type}-${days}`;
          list.push(position(id, { ...common, kind, type, strike }));
        }
      }
      for (const kind of ["one-touch", "no-touch"] as const) {
        list.push(position(`${kind}-${direction}-${days}`, { ...common, kind }));
      }
    }
  }
  return list;
}

/** Positions of all sorts, of a few owners, some of them the same touch for the same owner. */
export function randomBook(
  count: number,
  seed: number,
  expiries: readonly number[],
): BarrierPosition[] {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  return Array.from({ length: count }, (_, i): BarrierPosition => {
    const asset = pick(["A", "B"]);
    const spot = SPOT[asset]!;
    const direction = pick(["up", "down"] as const);
    const away = pick([0.03, 0.08, 0.2]);
    const side = pick(["long", "short"] as const);
    return position(`b${String(i).padStart(3, "0")}`, {
      participant: `p${Math.floor(random() * 4)}`,
      asset,
      kind: pick(["knock-in", "knock-out", "one-touch", "no-touch"] as const),
      direction,
      barrier: spot * (direction === "up" ? 1 + away : 1 - away),
      side,
      quantity: 1 + 20 * random(),
      expiry: daysOn(pick(expiries)),
      impliedVolatility: 0.3 + random(),
      // Little enough for many to lose all of it.
      ...(side === "short" ? { collateral: (50 * random()).toFixed(6) } : {}),
    });
  }).map((one) => {
    const { type, strike, cash, ...rest } = one;
    const isOption = one.kind.startsWith("knock");
    const near = SPOT[one.asset]! * (0.9 + 0.2 * random());
    return isOption
      ? { ...rest, type: pick(["call", "put"] as const), strike: near }
      : { ...rest, cash: "25" };
  });
}

/** The legs of a pool's barriers, by the closed forms, with the asset that each is on. */
export function legsOf(
  { barriers, market }: PoolDocument,
  horizonDays: number,
): { position: BarrierPosition; leg: BarrierLeg }[] {
  return barriers!.map((one) => {
    const years = (Date.parse(one.expiry) - Date.parse(AS_OF)) / (365 * 86_400_000);
    const leg = barrierLeg(one, {
      spot: SPOT[one.asset]!,
      years,
      horizon: horizonDays / 365,
      discountRate: market!.discountRate ?? 0,
    });
    return { position: one, leg };
  });
}

/** Whether a path, looked at in its steps, was at the barrier by the leg's date. */
function isTouched(leg: BarrierLeg, days: readonly number[], x: readonly number[]): boolean {
  return x.some(
    (at, t) =>
      days[t]! <= leg.date * 365 + 1e-9 &&
      (leg.barrier.direction === "up" ? at >= leg.barrier.at : at <= leg.barrier.at),
  );
}

/**
 * Losses from every barrier on every sample path of a valuation, by walking the path and full
 * revaluation: [positions][paths].
 */
export function walkedLosses(document: PoolDocument, valuation: Valuation): number[][] {
  const { days, assets, prices } = valuation.samplePaths!;
  return legsOf(document, valuation.receipt.horizonDays).map(({ position, leg }) => {
    const asset = assets.indexOf(position.asset);
    return prices.map((path) => {
      const x = path[asset]!.map((price) => log(price / SPOT[position.asset]!));
      const end = days.findIndex((day) => Math.abs(day - leg.date * 365) < 1e-9);
      return barrierLoss(leg, x[end]!, isTouched(leg, days, x));
    });
  });
}
