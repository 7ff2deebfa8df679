/** The exports of the kernel module and where the host's columns may begin; no other code. */
export { shortfall } from "./account";
export { cellWeights, edgeWeights, foldRows } from "./adjoint";
export { hermite, layBuckets, layCells } from "./cell";
export { coalitions, marginals } from "./coalition";
export { exponential } from "./exponential";
export { blockBytes } from "./screen";
export { fundingColumn, laneBytes } from "./margin";
export { normals } from "./normal";
export { normalCdf } from "./normal-cdf";
export { addCalls, addCallsWithSlopes } from "./option";
export { above, ascending, binned, descending, extremes, keepAbove } from "./order";
export { philox, schedule } from "./philox";
export { addProduct } from "./product";
export { addCubic, keepPlaces, takeMoments } from "./profile";
export { quantile } from "./quantile";
export { addCallsToRows, chebyshev, places, samplePoints, series } from "./sample";
export { layRange, placesAt, scratchBytes, simulate } from "./simulate";
export { expColumn, logColumn } from "./vector-math";

/** First byte after the module's own constants. */
export function columnsStart(): usize {
  return (__heap_base + 15) & ~15;
}
