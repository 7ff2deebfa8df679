export { inlineExecutor } from "./inline/inline.ts";
