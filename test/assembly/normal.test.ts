// Method: the SIMD normals against Box-Muller written out with Math.* on the words of the scalar
// generator, and their moments against the ones of the standard normal.
import { expect, test } from "vitest";
import { freshKernel } from "../support/kernel.ts";

const STRIDE = 1024;

function normals(seed: number, count: number, blocks: number, paths?: number[]) {
  const { kernels, arena } = freshKernel();
  const keys = arena.take(320);
  const list = arena.take(STRIDE * 4);
  const out = arena.take(STRIDE * 4 * blocks * 8);
  const words = arena.take(16);
  kernels.schedule(keys, seed, 0);
  arena.u32(list, STRIDE).set(paths ?? Array.from({ length: count }, (_, i) => i));
  kernels.normals(out, list, count, STRIDE, keys, 0, 0, blocks);
  return { kernels, arena, keys, words, z: arena.f64(out, STRIDE * 4 * blocks) };
}

test("normals: equal Box-Muller on the words of the scalar generator within 3e-15", () => {
  const { kernels, arena, keys, words, z } = normals(99, STRIDE, 2);
  let worst = 0;
  for (let path = 0; path < STRIDE; path++) {
    for (let block = 0; block < 2; block++) {
      kernels.philox(words, keys, path, block, 0, 0);
      const w = [...arena.u32(words, 4)];
      for (const half of [0, 1]) {
        const u = (w[2 * half]! + 0.5) * 2 ** -32;
        const angle = 2 * Math.PI * ((w[2 * half + 1]! + 0.5) * 2 ** -32);
        const r = Math.sqrt(-2 * Math.log(u));
        const row = (4 * block + 2 * half) * STRIDE + path;
        worst = Math.max(worst, Math.abs(z[row]! - r * Math.cos(angle)));
        worst = Math.max(worst, Math.abs(z[row + STRIDE]! - r * Math.sin(angle)));
      }
    }
  }
  expect(worst).toBeLessThan(3e-15);
});

test("normals: a path's numbers do not depend on the list it is in", () => {
  const straight = normals(5, 64, 1).z;
  const list = Array.from({ length: 64 }, (_, i) => (i * 29) % 64);
  const shuffled = normals(5, 64, 1, list).z;
  list.forEach((path, i) => {
    for (let f = 0; f < 4; f++) {
      expect(shuffled[f * STRIDE + i]).toBe(straight[f * STRIDE + path]);
    }
  });
});

test("normals: first four moments of 2,000,000 numbers lie within 4.9 standard errors", () => {
  const { kernels, arena } = freshKernel();
  const keys = arena.take(320);
  const list = arena.take(STRIDE * 4);
  const blocks = 8;
  const out = arena.take(STRIDE * 4 * blocks * 8);
  kernels.schedule(keys, 2026, 1);
  const sums = [0, 0, 0, 0];
  let n = 0;
  for (let batch = 0; batch < 61; batch++) {
    arena.u32(list, STRIDE).set(Array.from({ length: STRIDE }, (_, i) => batch * STRIDE + i));
    kernels.normals(out, list, STRIDE, STRIDE, keys, 0, 0, blocks);
    for (const z of arena.f64(out, STRIDE * 4 * blocks)) {
      const square = z * z;
      sums[0]! += z;
      sums[1]! += square;
      sums[2]! += square * z;
      sums[3]! += square * square;
      n++;
    }
  }
  // Variances of z, z², z³, z⁴ are 1, 2, 15, 96.
  [0, 1, 0, 3].forEach((mean, k) => {
    const error = Math.sqrt([1, 2, 15, 96][k]! / n);
    expect(Math.abs(sums[k]! / n - mean) / error).toBeLessThan(4.9);
  });
});
