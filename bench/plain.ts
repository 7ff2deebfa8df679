// Pieces of the idiomatic implementations: clear, objects and Math.*, no thought of the machine.

/** One number at a time: uniform in [0, 1), or standard normal. */
export type Source = () => number;

/** Uniforms in [0, 1): the generator of most snippets. */
export function mulberry32(seed: number): Source {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Standard normals by Box and Muller. */
export function normalSource(random: Source): Source {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Lower triangle whose product with its transpose is the matrix. */
export function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower = matrix.map((row) => row.map(() => 0));
  for (let i = 0; i < matrix.length; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= lower[i]![k]! * lower[j]![k]!;
      lower[i]![j] = i === j ? Math.sqrt(sum) : sum / lower[j]![j]!;
    }
  }
  return lower;
}

/** Value at risk and expected shortfall of losses, by sorting them. */
export function riskOf(losses: readonly number[]): { valueAtRisk: number; shortfall: number } {
  const sorted = [...losses].sort((a, b) => b - a);
  const tail = sorted.slice(0, Math.round(0.025 * sorted.length));
  return {
    valueAtRisk: sorted[sorted.length - Math.ceil(0.99 * sorted.length)]!,
    shortfall: tail.reduce((sum, loss) => sum + loss, 0) / tail.length,
  };
}
