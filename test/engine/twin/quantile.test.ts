// Method: the bits of the WebAssembly kernel on a Student-t mixing table and on random ones.
import { expect, test } from "vitest";
import { studentMixing } from "../../../src/market/mixing.ts";
import { bothKernels, column, wordsOf } from "../../support/twin.ts";

const tables = {
  "a Student-t mixing scale": () => {
    const { yMax, cells, cubic } = studentMixing(4);
    return [yMax, cells, ...cubic];
  },
  "random cubics": () => [22.2, 64, ...column(9, 256, 3)],
  "one cell": () => [1, 1, 1, -2, 3, -4],
};

test.each(Object.entries(tables))("quantile: the twin has the same bits on %s", (_, make) => {
  const { wasm, js } = bothKernels();
  const table = make();
  for (const { memory, columnsStart } of [wasm, js]) {
    memory.grow(4);
    new Float64Array(memory.buffer, columnsStart(), table.length).set(table);
  }
  const at = js.columnsStart();
  const words = wordsOf(10, 20_000);
  const differing = words.filter(
    (word) => !Object.is(js.quantile(at, word), wasm.quantile(at, word)),
  );
  expect([...differing]).toEqual([]);
});
