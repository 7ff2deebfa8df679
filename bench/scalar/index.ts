/** The exports of the scalar module. */
export { normals, schedule } from "./normal";

/** First byte after the module's own constants. */
export function columnsStart(): usize {
  return (__heap_base + 15) & ~15;
}
