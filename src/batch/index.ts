export { answersOf, type BatchRun, type Source } from "./answers.ts";
export { cellValue, inForm } from "./axis.ts";
export { type BatchColumns, columnsOf } from "./columns.ts";
export {
  type FigureColumn,
  type Figures,
  figureColumns,
  figuresOf,
  type Pair,
  type Valued,
} from "./figures.ts";
export { type Answer, type BatchItem, readItem } from "./item.ts";
export { gridOf, latinHypercube, type SweepItem, type SweepRange } from "./sweep.ts";
export { type Change, variantOf } from "./variant.ts";
