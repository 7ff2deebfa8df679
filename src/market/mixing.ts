/** The scale that turns joint normal shocks into joint Student t shocks. */

import { chiSquarePdf, chiSquareQuantile, exp } from "../numeric/index.ts";

/** The table reaches from u = 1e-10 to 1 − 1e-10. */
const Y_MAX = 23;
const CELLS = 1024;
/** Tables that are kept, of 32 KB each: a batch or a control seldom changes how heavy the tails are. */
const KEPT_MAX = 8;

/** Cubic cells of equal width over y = ln(u/(1−u)) in [-yMax, yMax]; see ModelColumns. */
export interface MixingTable {
  readonly yMax: number;
  readonly cells: number;
  readonly cubic: Float64Array;
}

const kept = new Map<number, MixingTable>();

/** What a model that does not mix holds. */
export function noMixing(): MixingTable {
  return { yMax: 0, cells: 0, cubic: new Float64Array(0) };
}

/**
 * Table of the scale s(u) = √((ν−2)/W) with W the chi-square quantile of ν degrees at u: for a
 * uniform u the vector s·z is multivariate Student t with the correlation and unit variances of z.
 *
 * The scale FALLS in u: a small u is a violent path. Between nodes the cubic that has the exact
 * value and slope at both ends errs by less than 1e-9 of the scale for ν > 2. Beyond the ends
 * (chance 1e-10 each) the scale of the end holds. The tables of the latest few ν are kept.
 *
 * @source McNeil, Frey & Embrechts, Quantitative Risk Management (2015), example 6.7
 */
export function studentMixing(degreesOfFreedom: number): MixingTable {
  const table = kept.get(degreesOfFreedom) ?? newTable(degreesOfFreedom);
  // Said again, it is the latest: the one that is given up is the one that was asked for longest ago.
  kept.delete(degreesOfFreedom);
  kept.set(degreesOfFreedom, table);
  if (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value!);
  return table;
}

function newTable(degreesOfFreedom: number): MixingTable {
  const width = (2 * Y_MAX) / CELLS;
  const cubic = new Float64Array(4 * CELLS);
  let left = scaleAt(-Y_MAX, degreesOfFreedom);
  for (let cell = 0; cell < CELLS; cell++) {
    const right = scaleAt(-Y_MAX + (cell + 1) * width, degreesOfFreedom);
    const rise = right.value - left.value;
    const slopeLeft = left.slope * width;
    const slopeRight = right.slope * width;
    cubic[4 * cell] = left.value;
    cubic[4 * cell + 1] = slopeLeft;
    cubic[4 * cell + 2] = 3 * rise - 2 * slopeLeft - slopeRight;
    cubic[4 * cell + 3] = slopeLeft + slopeRight - 2 * rise;
    left = right;
  }
  return { yMax: Y_MAX, cells: CELLS, cubic };
}

/** The scale and its slope in y. */
function scaleAt(y: number, degreesOfFreedom: number): { value: number; slope: number } {
  const small = exp(-Math.abs(y));
  const near = 1 / (1 + small);
  const far = small * near;
  const [u, rest] = y < 0 ? [far, near] : [near, far];
  const w = chiSquareQuantile(degreesOfFreedom, u, rest);
  const value = Math.sqrt((degreesOfFreedom - 2) / w);
  // dW/dy = u·(1−u) / density, and d ln s = −½·d ln W.
  const slope = (-0.5 * value * u * rest) / (w * chiSquarePdf(degreesOfFreedom, w));
  return { value, slope };
}
