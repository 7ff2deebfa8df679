// W0: standard normals, eight to a path.
import { engines, type Form } from "../engine.ts";
import type { Answer, Case, Size, Workload } from "../harness.ts";
import { mulberry32, normalSource } from "../plain.ts";
import { type Scalar, scalar } from "../scalar.ts";
import { type Normals, ziggurat } from "../ziggurat.ts";

/** Normals that are made together, 128 paths of eight; two of them are the answer. */
const BLOCK = 1024;
const FACTORS = 8;

/** Two normals of every block. */
function ends(count: number, blockAt: (first: number) => ArrayLike<number>): Answer {
  const output = new Float64Array((2 * count) / BLOCK);
  for (let first = 0; first < count; first += BLOCK) {
    const block = blockAt(first);
    output[(2 * first) / BLOCK] = block[0]!;
    output[(2 * first) / BLOCK + 1] = block[BLOCK - 1]!;
  }
  return { output, figures: {} };
}

/** Makes normals in a kernel's memory (round keys, path numbers, normals), block by block. */
export function kernelNormals(kernels: Form["kernels"] | Scalar, count: number): Answer {
  const start = Math.ceil(kernels.columnsStart() / 64) * 64;
  const [keys, paths, out] = [start, start + 1024, start + 2048];
  const missing = out + 8 * BLOCK - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / 65536));
  kernels.schedule(keys, 7, 0);
  const list = new Uint32Array(kernels.memory.buffer, paths, BLOCK / FACTORS);
  const z = new Float64Array(kernels.memory.buffer, out, BLOCK);
  return ends(count, (first) => {
    for (let i = 0; i < list.length; i++) list[i] = first / FACTORS + i;
    kernels.normals(out, paths, list.length, list.length, keys, 0, 0, FACTORS / 4);
    return z;
  });
}

function tunedNormals(normals: Normals, count: number): Answer {
  const block = new Float64Array(BLOCK);
  normals.start(0);
  return ends(count, () => {
    normals.fill(block);
    return block;
  });
}

function tunedNormalsByPath(normals: Normals, count: number): Answer {
  const block = new Float64Array(BLOCK);
  const paths = Array.from({ length: BLOCK / FACTORS }, (_, i) =>
    block.subarray(i * FACTORS, (i + 1) * FACTORS),
  );
  return ends(count, (first) => {
    for (let i = 0; i < paths.length; i++) {
      normals.start(first / FACTORS + i);
      normals.fill(paths[i]!);
    }
    return block;
  });
}

function idiomaticNormals(count: number): Answer {
  const normal = normalSource(mulberry32(1));
  return ends(count, () => {
    const block: number[] = [];
    for (let i = 0; i < BLOCK; i++) block.push(normal());
    return block;
  });
}

/** W0 in the given size. */
export function normals(size: Size): Workload {
  const count = (size === "smoke" ? 64 : 4096) * BLOCK;
  const few = count / 4;
  const source = ziggurat(1);
  const kernel = (implementation: string, kernels: Form["kernels"] | Scalar): Case => ({
    implementation,
    algorithm: "any number of any path, by Philox and Box–Muller",
    units: count,
    run: () => kernelNormals(kernels, count),
  });
  return {
    id: "W0",
    title: "Standard normals",
    unit: "normal",
    cases: [
      ...engines().map(({ implementation, kernels }) => kernel(implementation, kernels)),
      ...scalar().map(({ implementation, kernels }) => kernel(implementation, kernels)),
      {
        implementation: "tuned JS",
        algorithm: "one after the other, by ziggurat",
        units: count,
        run: () => tunedNormals(source, count),
      },
      {
        implementation: "tuned JS, by path",
        algorithm: "any path, by ziggurat",
        units: count,
        run: () => tunedNormalsByPath(source, count),
      },
      {
        implementation: "idiomatic JS",
        algorithm: "one after the other, by Box–Muller",
        units: few,
        run: () => idiomaticNormals(few),
      },
    ],
  };
}
