/**
 * Uniform and exponential variates of two words, for draws that few paths need.
 *
 * Two words make a number of 64 bits, so that an event of probability 1e-12 is still drawn to
 * seven digits.
 *
 * source  fdlibm e_log.c, as src/numeric/elementary.ts
 */
import { logX2 } from "./vector-math";

// @ts-ignore: decorator
@inline const TO_UNIT: f64 = 5.421010862427522e-20; // 2^-64

// @ts-ignore: decorator
@inline
function joined(words: usize): u64 {
  return (<u64>load<u32>(words) << 32) | <u64>load<u32>(words, 4);
}

/**
 * A uniform number in (0, 1]: (first · 2^32 + second + 1/2) / 2^64.
 *
 * shape   words [2] u32
 */
export function uniform(words: usize): f64 {
  return (<f64>joined(words) + 0.5) * TO_UNIT;
}

/**
 * An exponential number of mean 1: -ln of {@link uniform}, with its digits down to 2^-65.
 *
 * shape   words [2] u32
 * ulp     2
 * bits    depend on the words only
 */
export function exponential(words: usize): f64 {
  const u = uniform(words);
  if (u < 0.75) return -f64x2.extract_lane(logX2(f64x2.splat(u)), 0);
  // Near 1 the logarithm lives on what is missing.
  const x = -((<f64>~joined(words) + 0.5) * TO_UNIT);
  const s = x / (2.0 + x);
  const z = s * s;
  const w = z * z;
  const t1 = w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const t2 = z * (6.66666666666673513e-1 + w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const halfSquare = 0.5 * x * x;
  return halfSquare - s * (halfSquare + (t2 + t1)) - x;
}
