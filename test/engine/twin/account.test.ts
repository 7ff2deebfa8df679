// Method: the bits of the WebAssembly kernel on random equity and on its edges.
import { test } from "vitest";
import { column, EDGES, expectSameBits } from "../../support/twin.ts";

test.each([...EDGES, Number.NaN])("shortfall: a prior shortfall of %d", (prior) => {
  const equity = [...EDGES, Number.NaN, ...column(40, 1000, 100)];
  const count = equity.length - (equity.length % 2);
  expectSameBits((arena, kernels) => {
    const at = arena.put(equity);
    kernels.shortfall(at, prior, count);
    return [arena.f64(at, count)];
  });
});
