// The same algorithms in AssemblyScript without SIMD: bench/scalar, compiled by bench/start.mjs.

/** Exports of bench/scalar/index.ts. */
export interface Scalar {
  readonly memory: WebAssembly.Memory;
  columnsStart(): number;
  schedule(keys: number, seedLow: number, seedHigh: number): void;
  normals(
    out: number,
    paths: number,
    count: number,
    stride: number,
    keys: number,
    stream: number,
    firstBlock: number,
    blocks: number,
  ): void;
}

// Text of the module, put here by the bundler.
declare const SCALAR_BASE64: string | undefined;

/** The module in a fresh instance; none where the bench was not built by its own script. */
export function scalar(): { implementation: string; kernels: Scalar }[] {
  if (typeof SCALAR_BASE64 !== "string") return [];
  const bytes = Uint8Array.from(atob(SCALAR_BASE64), (letter) => letter.charCodeAt(0));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: { abort: () => undefined },
  });
  return [{ implementation: "scalar AssemblyScript", kernels: exports as unknown as Scalar }];
}
