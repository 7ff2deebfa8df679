/**
 * Uniform and exponential variates of two words in plain JavaScript, see assembly/exponential.ts.
 */
import type { TwinMemory } from "./memory.ts";
import { logarithm } from "./vector-math.ts";

const TO_UNIT = 5.421010862427522e-20; // 2^-64

/** A uniform number in (0, 1] of the words [2] u32 at an address. */
export function uniform({ u32 }: TwinMemory, words: number): number {
  return (u32[words >>> 2]! * 4294967296 + u32[(words + 4) >>> 2]! + 0.5) * TO_UNIT;
}

/** An exponential number of mean 1: -ln of {@link uniform}, with its digits down to 2^-65. */
export function exponential(memory: TwinMemory, words: number): number {
  const u = uniform(memory, words);
  if (u < 0.75) return -logarithm(u);
  // Near 1 the logarithm lives on what is missing.
  const high = ~memory.u32[words >>> 2]! >>> 0;
  const low = ~memory.u32[(words + 4) >>> 2]! >>> 0;
  const x = -((high * 4294967296 + low + 0.5) * TO_UNIT);
  const s = x / (2 + x);
  const z = s * s;
  const w = z * z;
  const t1 =
    w * (3.999999999940941908e-1 + w * (2.222219843214978396e-1 + w * 1.531383769920937332e-1));
  const t2 =
    z *
    (6.66666666666673513e-1 +
      w * (2.857142874366239149e-1 + w * (1.818357216161805012e-1 + w * 1.479819860511658591e-1)));
  const halfSquare = 0.5 * x * x;
  return halfSquare - s * (halfSquare + (t2 + t1)) - x;
}
