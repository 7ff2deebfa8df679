/**
 * Which points no other is better than: one that is at least as low in every coordinate and lower in
 * one. Equal points are all on the frontier.
 *
 * @param points  [points][coordinates], lower is better, none NaN
 * @source        Kung, Luccio & Preparata, On finding the maxima of a set of vectors (1975)
 */
export function nonDominated(points: readonly (readonly number[])[]): boolean[] {
  const order = points.map((_, i) => i).sort((a, b) => compared(points[a]!, points[b]!));
  const found = points.map(() => false);
  const front: (readonly number[])[] = [];
  // In this order nothing is dominated by what comes later.
  for (const i of order) {
    const point = points[i]!;
    if (front.some((other) => dominates(other, point))) continue;
    front.push(point);
    found[i] = true;
  }
  return found;
}

function compared(a: readonly number[], b: readonly number[]): number {
  const place = a.findIndex((value, i) => value !== b[i]);
  return place < 0 ? 0 : a[place]! - b[place]!;
}

function dominates(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, i) => value <= b[i]!) && a.some((value, i) => value < b[i]!);
}
