import { KERNEL_COLUMNS_START } from "../binary.ts";
import type { Kernels } from "../kernels.ts";
import { shortfall } from "./account.ts";
import { cellWeights, edgeWeights, foldRows } from "./adjoint.ts";
import { hermite, layBuckets, layCells } from "./cell.ts";
import { coalitions, marginals } from "./coalition.ts";
import { exponential } from "./exponential.ts";
import { fundingAt, laneBytes } from "./margin.ts";
import { TwinMemory } from "./memory.ts";
import { normals } from "./normal.ts";
import { normalCdf } from "./normal-cdf.ts";
import { addCalls, addCallsWithSlopes } from "./option.ts";
import { above, ascending, binned, descending, extremes, keepAbove } from "./order.ts";
import { philox, schedule } from "./philox.ts";
import { addProduct } from "./product.ts";
import { addCubic, keepPlaces, takeMoments } from "./profile.ts";
import { quantile } from "./quantile.ts";
import { addCallsToRows, chebyshev, places, samplePoints, series } from "./sample.ts";
import { blockBytes } from "./screen.ts";
import { layRange, placesAt, scratchBytes, simulate } from "./simulate.ts";
import { expColumn, logColumn } from "./vector-math.ts";

/** The kernels in plain JavaScript, with the bits of the WebAssembly ones and a memory of their own. */
export function twinKernels(): Kernels {
  const memory = new TwinMemory();
  return {
    kernel: { backend: "js" },
    memory,
    // As in the module, so that the same runs pass and fail a bound on memory.
    columnsStart: () => KERNEL_COLUMNS_START,
    schedule: schedule.bind(undefined, memory),
    philox: philox.bind(undefined, memory),
    normals: normals.bind(undefined, memory),
    expColumn: expColumn.bind(undefined, memory),
    logColumn: logColumn.bind(undefined, memory),
    quantile: quantile.bind(undefined, memory),
    addCalls: addCalls.bind(undefined, memory),
    addCallsWithSlopes: addCallsWithSlopes.bind(undefined, memory),
    addCubic: addCubic.bind(undefined, memory),
    keepPlaces: keepPlaces.bind(undefined, memory),
    takeMoments: takeMoments.bind(undefined, memory),
    addCallsToRows: addCallsToRows.bind(undefined, memory),
    samplePoints: samplePoints.bind(undefined, memory),
    places: places.bind(undefined, memory),
    chebyshev: chebyshev.bind(undefined, memory),
    series: series.bind(undefined, memory),
    hermite: hermite.bind(undefined, memory),
    layCells: layCells.bind(undefined, memory),
    layBuckets: layBuckets.bind(undefined, memory),
    addProduct: addProduct.bind(undefined, memory),
    cellWeights: cellWeights.bind(undefined, memory),
    edgeWeights: edgeWeights.bind(undefined, memory),
    foldRows: foldRows.bind(undefined, memory),
    extremes: extremes.bind(undefined, memory),
    above: above.bind(undefined, memory),
    keepAbove: keepAbove.bind(undefined, memory),
    binned: binned.bind(undefined, memory),
    ascending: ascending.bind(undefined, memory),
    descending: descending.bind(undefined, memory),
    coalitions: coalitions.bind(undefined, memory),
    marginals: marginals.bind(undefined, memory),
    normalCdf,
    exponential: exponential.bind(undefined, memory),
    shortfall: shortfall.bind(undefined, memory),
    scratchBytes,
    laneBytes,
    blockBytes,
    fundingColumn: fundingAt,
    placesAt,
    layRange: layRange.bind(undefined, memory),
    simulate: simulate.bind(undefined, memory),
  };
}
