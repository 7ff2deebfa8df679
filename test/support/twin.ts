import { expect } from "vitest";
import { Arena, compileKernelSync, instantiate, type Kernels } from "../../src/engine/index.ts";
import { seeded } from "./kernel.ts";

const kernelsOf = { wasm: compileKernelSync("wasm"), js: compileKernelSync("js") };

/** Numbers at which arithmetic changes its ways. */
export const EDGES: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  1 - 2 ** -53,
  1 + 2 ** -52,
  5e-324,
  -5e-324,
  2.2250738585072014e-308,
  2.225073858507201e-308,
  1e-300,
  -1e-300,
  1e300,
  -1e300,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
];

/** Seeded numbers in [-scale, scale), the first of them {@link EDGES} where `withEdges`. */
export function column(seed: number, count: number, scale = 1, withEdges = false): Float64Array {
  const random = seeded(seed);
  const out = Float64Array.from({ length: count }, () => (2 * random() - 1) * scale);
  if (withEdges) out.set(EDGES.slice(0, count));
  return out;
}

/** Seeded 32-bit words, the first of them at the bounds. */
export function wordsOf(seed: number, count: number): Uint32Array {
  const random = seeded(seed);
  const out = Uint32Array.from({ length: count }, () => Math.floor(random() * 2 ** 32));
  out.set([0, 1, 0xffffffff, 0x7fffffff, 0x80000000].slice(0, count));
  return out;
}

/** Every bit of a column, but that a NaN is a NaN. */
function bitsOf(values: Float64Array | Uint32Array): Uint32Array {
  const copy = values.slice();
  if (copy instanceof Float64Array) {
    for (let i = 0; i < copy.length; i++) if (Number.isNaN(copy[i])) copy[i] = Number.NaN;
  }
  return new Uint32Array(copy.buffer);
}

/**
 * Runs the same steps on WebAssembly and on plain JavaScript and compares every bit of what they
 * return, at the end, from memory.
 */
export function expectSameBits(
  steps: (arena: Arena, kernels: Kernels) => (Float64Array | Uint32Array)[],
): void {
  const [wasm, js] = (["wasm", "js"] as const).map((backend) => {
    const kernels = instantiate(kernelsOf[backend]);
    return steps(new Arena(kernels, 1 << 28), kernels);
  });
  expect(js!.length).toBe(wasm!.length);
  wasm!.forEach((values, i) => {
    const expected = bitsOf(values);
    const actual = bitsOf(js![i]!);
    const at = expected.findIndex((word, place) => word !== actual[place]);
    if (at < 0 && actual.length === expected.length) return;
    const place = Math.floor(at / (values.BYTES_PER_ELEMENT / 4));
    // Bits differ where these two may look alike.
    expect.fail(`column ${i}, place ${place}: wasm ${values[place]}, js ${js![i]![place]}`);
  });
}

/** Kernels of both backends, for what returns numbers. */
export function bothKernels(): { readonly wasm: Kernels; readonly js: Kernels } {
  return { wasm: instantiate(kernelsOf.wasm), js: instantiate(kernelsOf.js) };
}
