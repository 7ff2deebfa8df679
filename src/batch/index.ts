export { answersOf, type BatchRun, readBatchRun, type Source } from "./answers.ts";
export { cellValue, inForm } from "./axis.ts";
export { type Answer, type BatchItem, readItem } from "./item.ts";
export { gridOf, latinHypercube, type SweepItem, type SweepRange } from "./sweep.ts";
export { type Change, variantOf } from "./variant.ts";
