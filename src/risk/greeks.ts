import type { BarrierPosition } from "../book/index.ts";
import type { Sloped } from "../numeric/index.ts";
import { aliveAt, barrierLeg } from "./barrier.ts";

/** Change of what participants' positions are worth now: per unit of price, of that, of volatility. */
export interface Greeks {
  delta: number;
  gamma: number;
  vega: number;
}

/** Widest step of the differences below, in log return and as a part of the volatility. */
const STEP = 1e-4;

/** Greeks of one barrier position now: the delta in closed form, the others by central differences. */
export function barrierGreeks(
  position: BarrierPosition,
  spot: number,
  years: number,
  discountRate: number,
): Greeks {
  // A leg whose node is now holds the position as it is today.
  const setting = { spot, years, horizon: 0, discountRate };
  const leg = barrierLeg(position, setting);
  const at = (x: number): Sloped => aliveAt(leg, x);
  // Between here and the barrier the value is smooth; at the barrier it is not.
  const step = Math.min(STEP, Math.abs(leg.barrier.at) / 2);
  const { slope } = at(0);
  const curvature = (at(step).slope - at(-step).slope) / (2 * step);
  const bump = STEP * position.impliedVolatility;
  const worthAt = (impliedVolatility: number) =>
    barrierLeg({ ...position, impliedVolatility }, setting).valueNow;
  const { impliedVolatility } = position;
  const change = worthAt(impliedVolatility + bump) - worthAt(impliedVolatility - bump);
  return {
    delta: slope / spot,
    gamma: (curvature - slope) / (spot * spot),
    vega: bump > 0 ? change / (2 * bump) : 0,
  };
}
