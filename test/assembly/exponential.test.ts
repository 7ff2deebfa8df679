// Method: two words as one whole number of 64 bits, its logarithm by the host's log and log1p.
import { expect, test } from "vitest";
import { log, log1p } from "../../src/numeric/index.ts";
import { freshKernel, seeded } from "../support/kernel.ts";

function exponentialOf(first: number, second: number): number {
  const { kernels, arena } = freshKernel();
  const at = arena.take(8);
  arena.u32(at, 2).set([first, second]);
  return kernels.exponential(at);
}

test("exponential: is -ln u for the 64 bits of two words, the first above the second", () => {
  const random = seeded(32);
  for (let i = 0; i < 500; i++) {
    const [first, second] = [random(), random()].map((x) => Math.floor(x * 2 ** 32));
    const whole = (BigInt(first!) << 32n) | BigInt(second!);
    const u = (Number(whole) + 0.5) / 2 ** 64;
    const missing = (Number(2n ** 64n - 1n - whole) + 0.5) / 2 ** 64;
    expect(exponentialOf(first!, second!)).toBe(u < 0.75 ? -log(u) : -log1p(-missing));
  }
});

test("exponential: keeps its digits at both ends of the range", () => {
  const last = 2 ** 32 - 1;
  // The smallest is the half step that is missing from 1; then the steps of the second word.
  expect(exponentialOf(last, last)).toBe(2 ** -65);
  expect(exponentialOf(last, last - 1000)).toBe(1000.5 * 2 ** -64);
  expect(exponentialOf(0, 0)).toBe(-log(2 ** -65));
});
