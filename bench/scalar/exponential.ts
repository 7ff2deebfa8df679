/** e^x as assembly/vector-math.ts makes it, one number at a time: the same bits. */
// @ts-ignore: decorator
@inline
export function exponential(argument: f64): f64 {
  const x = min(709.0, max(-708.0, argument));
  const shifted = x * 1.44269504088896338700 + 6755399441055744.0;
  const k = shifted - 6755399441055744.0;
  const high = x - k * 6.93147180369123816490e-1;
  const low = k * 1.90821492927058770002e-10;
  const r = high - low;
  const z = r * r;
  const q0 = 0.5000000000000001 + 0.16666666666666669 * r;
  const q1 = 0.04166666666662413 + 0.008333333333330062 * r;
  const q2 = 0.0013888888917213717 + 0.00019841269863053618 * r;
  const q3 = 2.4801521295954376e-5 + 2.7557268459997064e-6 * r;
  const q4 = 2.7620088445409746e-7 + 2.510038549551032e-8 * r;
  const z2 = z * z;
  const q = q0 + q1 * z + z2 * (q2 + q3 * z + z2 * q4);
  const y = 1.0 + (high - (low - z * q));
  return y * reinterpret<f64>((reinterpret<u64>(shifted) + 1023) << 52);
}

/** e^x of a column. */
export function expColumn(out: usize, x: usize, count: i32): void {
  const end = <usize>count << 3;
  for (let p: usize = 0; p < end; p += 8) store<f64>(out + p, exponential(load<f64>(x + p)));
}
