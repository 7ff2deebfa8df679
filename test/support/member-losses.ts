import type { MemberLosses } from "../../src/sharing/index.ts";

/** Losses from their columns; a column is overwritten by the next, as the rules allow. */
export function memberLosses(columns: readonly ArrayLike<number>[]): MemberLosses {
  const shared = new Float64Array(columns[0]!.length);
  return {
    members: columns.length,
    scenarios: shared.length,
    column: (member) => {
      shared.set(columns[member]!);
      return shared;
    },
  };
}

/** Numbers in [0, 1): those of neighbouring seeds have nothing in common. Mulberry32 by Tommy Ettinger. */
export function uniforms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normals, likewise. */
export function normals(seed: number): () => number {
  const random = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(random() + 2 ** -33)) * Math.cos(2 * Math.PI * random());
}
