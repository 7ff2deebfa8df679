/** Nodes and weights of Gauss–Legendre quadrature on [-1, 1], by Newton's method. */
function gaussLegendre(count: number): { x: number; weight: number }[] {
  return Array.from({ length: count }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let step = 0; step < 100; step++) {
      let [before, now] = [1, x];
      for (let k = 2; k <= count; k++) {
        [before, now] = [now, ((2 * k - 1) * x * now - (k - 1) * before) / k];
      }
      slope = (count * (x * now - before)) / (x * x - 1);
      const move = now / slope;
      x -= move;
      if (Math.abs(move) < 1e-16) break;
    }
    return { x, weight: 2 / ((1 - x * x) * slope * slope) };
  });
}

const RULE = gaussLegendre(24);

/** Integral of a function that is smooth between the cuts, by 24 points on each of many panels. */
export function integral(
  f: (x: number) => number,
  cuts: readonly number[],
  panels: number,
): number {
  const sorted = [...cuts].sort((a, b) => a - b);
  let sum = 0;
  for (let c = 0; c < sorted.length - 1; c++) {
    const half = (sorted[c + 1]! - sorted[c]!) / panels / 2;
    for (let p = 0; p < panels; p++) {
      const middle = sorted[c]! + (2 * p + 1) * half;
      for (const { x, weight } of RULE) sum += half * weight * f(middle + half * x);
    }
  }
  return sum;
}
