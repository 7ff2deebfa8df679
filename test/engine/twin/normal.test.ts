// Method: the bits of the WebAssembly kernel, on random paths and on the few of 2^32 whose words
// stand at the bounds of logarithm and quadrant (found by trying every path of seed 1).
import { expect, test } from "vitest";
import { bothKernels, expectSameBits, wordsOf } from "../../support/twin.ts";

test.each([
  [4, 4, 1],
  [132, 132, 2],
  [128, 1024, 3],
  [1024, 1024, 5],
])("normals: %i paths with a stride of %i in %i blocks", (count, stride, blocks) => {
  expectSameBits((arena, kernels) => {
    const keys = arena.take(320);
    const paths = arena.take(count * 4);
    const out = arena.take(stride * 4 * blocks * 8);
    kernels.schedule(keys, 0xdeadbeef, 0x80000001);
    const columns = [];
    for (const [stream, first] of [
      [0, 0],
      [3, 1],
      [0xffffffff, 0x7ffffff0],
    ] as const) {
      arena.u32(paths, count).set(wordsOf(stream + 7, count));
      kernels.normals(out, paths, count, stride, keys, stream, first, blocks);
      columns.push(arena.f64(out, stride * 4 * blocks).slice());
    }
    return columns;
  });
});

test("normals: 1,000,000 numbers", () => {
  expectSameBits((arena, kernels) => {
    const keys = arena.take(320);
    const paths = arena.take(1000 * 4);
    const out = arena.take(1_000_000 * 8);
    kernels.schedule(keys, 2026, 1);
    arena.u32(paths, 1000).set(wordsOf(11, 1000));
    kernels.normals(out, paths, 1000, 1000, keys, 0, 0, 250);
    return [arena.f64(out, 1_000_000)];
  });
});

// Path, word of the first block, value; even words make radii, odd ones angles.
const BOUNDS: readonly (readonly [number, number, number])[] = [
  [91093890, 0, 0],
  [3263706427, 0, 1],
  [2154839712, 2, 1],
  [2815086266, 0, 2],
  [2965035850, 0, 3],
  [3901507054, 0, 5],
  // The only word whose half bit decides where its mantissa splits and shows in the radius.
  [161492668, 0, 11],
  [3176116219, 0, 0x2d41],
  [1529201868, 0, 0xb504],
  [2952681075, 0, 0x2d413],
  [4248954673, 2, 0x16a09d],
  [1987187336, 2, 0x16a09e],
  [2490579328, 0, 0x7fffffff],
  [1745050128, 0, 0x80000000],
  [1998193847, 0, 0xb504f000],
  [171000484, 0, 0xfffffffe],
  [1711450034, 0, 0xffffffff],
  [1152543134, 1, 0],
  [3427119660, 1, 0x1fffffff],
  [408241690, 3, 0x20000000],
  [3262674579, 3, 0x3fffffff],
  [1064176948, 3, 0x40000000],
  [2662197312, 3, 0x5fffffff],
  [1947590861, 1, 0x7fffffff],
  [2956229385, 1, 0x80000000],
  [186452520, 1, 0x9fffffff],
  [218018393, 3, 0xa0000000],
  [2814006011, 1, 0xdfffffff],
  [1772122161, 1, 0xe0000000],
  [2806061650, 1, 0xffffffff],
];

test("normals: paths whose words stand at a bound", () => {
  const { js } = bothKernels();
  const at = js.columnsStart();
  js.schedule(at, 1, 0);
  for (const [path, place, value] of BOUNDS) {
    js.philox(at + 320, at, path, 0, 0, 0);
    expect(new Uint32Array(js.memory.buffer, at + 320, 4)[place]).toBe(value);
  }
  expectSameBits((arena, kernels) => {
    const keys = arena.take(320);
    const paths = arena.take(32 * 4);
    const out = arena.take(32 * 4 * 8);
    kernels.schedule(keys, 1, 0);
    arena.u32(paths, 32).set(BOUNDS.map(([path]) => path));
    kernels.normals(out, paths, 32, 32, keys, 0, 0, 1);
    return [arena.f64(out, 32 * 4)];
  });
});
