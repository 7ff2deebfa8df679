/** The exports of the scalar module. */
export { expColumn } from "./exponential";
export { liquidate } from "./liquidation";
export { normals, schedule } from "./normal";
export { addCalls, addLinear } from "./option";
export { advance } from "./path";
export { addCallsAndSlopes, addCubics, makeCubics } from "./profile";

/** First byte after the module's own constants. */
export function columnsStart(): usize {
  return (__heap_base + 15) & ~15;
}
