/** Market parameters to a model that the simulation can lay out on its time grid. */

import { PoolError, received, refuse } from "../basics/index.ts";
import { semidefiniteCholesky, studentQuantile, symmetricEigen } from "../numeric/index.ts";
import { nearestCorrelation, shrinkToCorrelation } from "./correlation.ts";
import { type MixingTable, noMixing, studentMixing } from "./mixing.ts";
import type { MarketModel, MarketParameters, ModelColumns } from "./model.ts";
import { parameterIssues } from "./parameters.ts";

/** A Student t with more degrees of freedom than this is taken for normal. */
const DEGREES_OF_FREEDOM_MAX = 1e6;
/** Below −1e-10 for each asset a negative eigenvalue is no rounding. */
const NOT_PSD = 1e-10;
/** Below −1e-15 for each asset an eigenvalue is negative beyond the rounding of finding it. */
const NEGATIVE = 1e-15;
const CONDITION_MAX = 1e12;
/** Standard deviations that bound a normal path: chance 2e-19 at each step. */
const NORMAL_BOUND = 9;
/** Chance on either side at which a Student t path is bounded. */
const STUDENT_TAIL = 1e-9;
/** Largest bound on a Student t path, in log price: a factor of 160 000. */
const STUDENT_BOUND_MAX = 12;
const BOUND_MIN = 1e-6;
const YEARS_MAX = 30;

/**
 * Makes the market model of some parameters.
 *
 * `gbm`: log returns are joint normal. `student-t`: one mixing variable for each path scales all
 * of its steps, so that the log returns to the horizon are exactly multivariate Student t; the
 * volatility stays their standard deviation. `drift` is the drift of the LOG price, 0 when left
 * out: there is no −σ²/2 in it and the median price stays where it is.
 *
 * A correlation matrix that is not positive semidefinite is refused, or repaired if `repair` says
 * how. Singular ones are accepted, down to all assets being one. `notes` tells: REPAIRED (what and
 * how far), JITTER (a negative eigenvalue within rounding was lifted to 0), RANK (singular),
 * ILL_CONDITIONED (largest over smallest eigenvalue above 1e12), NORMAL_LIMIT (more than a million
 * degrees of freedom), UNUSED (degrees of freedom given for `gbm`).
 *
 * @throws PoolError MATRIX_NOT_PSD, and the codes of {@link parameterIssues}
 */
export function marketModel(parameters: MarketParameters): MarketModel {
  const issues = parameterIssues(parameters);
  if (issues.length > 0) throw new PoolError(issues, "market");
  const width = parameters.assets.length;
  const notes: { code: string; detail: string }[] = [];
  const given = Float64Array.from(parameters.correlation.flat());
  const { correlation, smallest } = acceptedCorrelation(given, parameters, notes);
  const { lower, rank } = semidefiniteCholesky(correlation, width);
  if (rank < width) {
    const detail =
      `the correlation matrix has rank ${rank} of ${width}: some assets are fixed mixtures of ` +
      "others";
    notes.push({ code: "RANK", detail });
  }

  const freedom = parameters.degreesOfFreedom ?? Infinity;
  const normal = parameters.model === "gbm" || freedom > DEGREES_OF_FREEDOM_MAX;
  if (normal && parameters.model === "student-t") {
    const detail = `${freedom} degrees of freedom: taken for a normal distribution`;
    notes.push({ code: "NORMAL_LIMIT", detail });
  }
  if (parameters.model === "gbm" && parameters.degreesOfFreedom !== undefined) {
    notes.push({ code: "UNUSED", detail: "gbm has no degreesOfFreedom; student-t has" });
  }
  let mixing: MixingTable | undefined;
  const widest = normal
    ? NORMAL_BOUND
    : -studentQuantile(STUDENT_TAIL, freedom) * Math.sqrt((freedom - 2) / freedom);
  const extent: Extent = { widest, most: normal ? Infinity : STUDENT_BOUND_MAX };
  return {
    kernel: normal ? "gaussian" : "gaussian-mixture",
    assets: parameters.assets,
    parameters,
    notes,
    correlation: parameters.assets.map((_, i) =>
      Array.from(correlation.subarray(i * width, (i + 1) * width)),
    ),
    smallestEigenvalue: smallest,
    factors: width,
    columns(times) {
      checkTimes(times);
      mixing ??= normal ? noMixing() : studentMixing(freedom);
      return { mixing, ...layOut(times, parameters, lower, extent) };
    },
  };
}

/** How far a path may go: standard deviations, and log price units at most. */
interface Extent {
  readonly widest: number;
  readonly most: number;
}

function acceptedCorrelation(
  given: Float64Array,
  parameters: MarketParameters,
  notes: { code: string; detail: string }[],
): { correlation: Float64Array; smallest: number } {
  const width = parameters.assets.length;
  // Of nothing as of any number of independent assets.
  if (width === 0) return { correlation: given, smallest: 1 };
  const { values } = symmetricEigen(given, width);
  const smallest = values[0]!;
  if (smallest < -NOT_PSD * width) {
    const { repair } = parameters;
    if (repair === undefined) {
      refuse({
        code: "MATRIX_NOT_PSD",
        pointer: "/correlation",
        detail:
          `no returns can have these correlations: the smallest eigenvalue is ${smallest}; ` +
          `estimate all pairs on the same rows, or set repair: "nearest"`,
        expected: `smallest eigenvalue >= ${-NOT_PSD * width}`,
        received: received(smallest),
      });
    }
    const mended = (repair === "nearest" ? nearestCorrelation : shrinkToCorrelation)(given, width);
    const how =
      repair === "nearest"
        ? `replaced by the nearest correlation matrix after ${mended.parameter} iterations`
        : `mixed with ${mended.parameter} of the identity`;
    const detail = `smallest eigenvalue ${smallest}; ${how}, Frobenius distance ${mended.distance}`;
    notes.push({ code: "REPAIRED", detail });
    return { correlation: mended.correlation, smallest };
  }
  if (smallest < -NEGATIVE * width) {
    const mended = shrinkToCorrelation(given, width);
    const detail =
      `smallest eigenvalue ${smallest} lifted to 0, Frobenius distance ` + `${mended.distance}`;
    notes.push({ code: "JITTER", detail });
    return { correlation: mended.correlation, smallest };
  }
  const condition = values[width - 1]! / smallest;
  if (smallest > NEGATIVE * width && condition > CONDITION_MAX) {
    const detail = `condition number ${condition}: some assets are almost fixed mixtures of others`;
    notes.push({ code: "ILL_CONDITIONED", detail });
  }
  return { correlation: given, smallest };
}

function checkTimes(times: readonly number[]): void {
  if (times.length === 0) {
    refuse({
      code: "TIME_ORDER",
      pointer: "/times",
      detail: "a time grid has at least one time, the horizon",
      expected: "years from now, ascending, > 0",
    });
  }
  times.forEach((time, t) => {
    const before = t === 0 ? 0 : times[t - 1]!;
    if (time > before && time <= YEARS_MAX) return;
    refuse({
      code: time > YEARS_MAX ? "UNIT_SUSPECT" : "TIME_ORDER",
      pointer: `/times/${t}`,
      detail:
        time > YEARS_MAX
          ? `${time} years looks like days; divide by 365`
          : "times must ascend from 0, which is now",
      expected: `years from now, ascending, > 0, <= ${YEARS_MAX}`,
      received: received(time),
    });
  });
}

function layOut(
  times: readonly number[],
  parameters: MarketParameters,
  lower: Float64Array,
  extent: Extent,
): Omit<ModelColumns, "mixing"> {
  const width = parameters.assets.length;
  const steps = times.length;
  const matrix = new Float64Array(steps * width * width);
  const drift = new Float64Array(steps * width);
  const marketFactor = new Float64Array(steps * width);
  const bound = new Float64Array(steps * width);
  const market = marketWeights(lower, width);
  const horizon = times[steps - 1]!;
  for (let t = 0; t < steps; t++) {
    const years = times[t]!;
    const step = years - (t === 0 ? 0 : times[t - 1]!);
    const root = Math.sqrt(step);
    const share = Math.sqrt(step / horizon);
    for (let u = 0; u < width; u++) {
      const volatility = parameters.volatility[u]!;
      const slope = parameters.drift?.[u] ?? 0;
      const at = t * width + u;
      for (let f = 0; f <= u; f++) {
        matrix[at * width + f] = volatility * root * lower[u * width + f]!;
      }
      drift[at] = slope * step;
      marketFactor[at] = share * market[u]!;
      const reach = Math.min(extent.most, extent.widest * volatility * Math.sqrt(years));
      bound[at] = Math.max(BOUND_MIN, reach) + Math.abs(slope) * years;
    }
  }
  return { steps, assets: width, factors: width, matrix, drift, marketFactor, bound };
}

/**
 * Weights of the normals in the equally weighted move of all assets, each in its own standard
 * deviations: 1'C / √(1'R1). Should these cancel (two assets of correlation −1), the market is the
 * first asset.
 */
function marketWeights(lower: Float64Array, width: number): Float64Array {
  const weights = new Float64Array(width);
  for (let u = 0; u < width; u++) {
    for (let f = 0; f <= u; f++) weights[f]! += lower[u * width + f]!;
  }
  const variance = weights.reduce((sum, weight) => sum + weight * weight, 0);
  if (variance > 1e-12 * width) return weights.map((weight) => weight / Math.sqrt(variance));
  return weights.map((_, f) => lower[f]!);
}
