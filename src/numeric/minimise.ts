/** Search for the minimum of a function of one variable. */

/**
 * Golden-section search: the place of the minimum of a unimodal function, to `tolerance` or to
 * the square root of the rounding of the function, whichever is wider. The ends of the interval
 * are compared too, so a minimum at an end is returned as exactly that end.
 *
 * @source Kiefer, Sequential Minimax Search for a Maximum (1953)
 */
export function minimise(
  f: (x: number) => number,
  from: number,
  to: number,
  tolerance: number,
): { readonly x: number; readonly value: number } {
  const ratio = 0.6180339887498949;
  let low = from;
  let high = to;
  let left = high - ratio * (high - low);
  let right = low + ratio * (high - low);
  let fLeft = f(left);
  let fRight = f(right);
  while (high - low > tolerance) {
    if (fLeft <= fRight) {
      high = right;
      right = left;
      fRight = fLeft;
      left = high - ratio * (high - low);
      fLeft = f(left);
    } else {
      low = left;
      left = right;
      fLeft = fRight;
      right = low + ratio * (high - low);
      fRight = f(right);
    }
  }
  const inside = (low + high) / 2;
  let best = { x: inside, value: f(inside) };
  for (const end of [from, to]) {
    const value = f(end);
    if (value <= best.value) best = { x: end, value };
  }
  return best;
}
