// What the package has no door to: the end of an Arrow file whose batches were written one by one.
declare module "@uwdata/flechette/src/encode/builder.js" {
  export { Builder } from "@uwdata/flechette/dist/types/encode/builder.js";
}
declare module "@uwdata/flechette/src/encode/footer.js" {
  export { writeFooter } from "@uwdata/flechette/dist/types/encode/footer.js";
}
declare module "@uwdata/flechette/src/encode/sink.js" {
  export { MemorySink } from "@uwdata/flechette/dist/types/encode/sink.js";
}
