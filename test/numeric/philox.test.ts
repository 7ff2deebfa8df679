// Method: the known answers that come with Random123; the mean and spread of uniforms.
import { expect, test } from "vitest";
import { philox4x32, uniformAt } from "../../src/numeric/index.ts";

// Random123, tests/kat_vectors: philox4x32, 10 rounds.
test.each([
  [
    [0, 0],
    [0, 0, 0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0xa4093822, 0x299f31d0],
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
] as const)("philox: known answers of %j", (key, counter, words) => {
  expect(philox4x32(key, counter)).toEqual(words);
});

test("philox: uniforms are a function of their place and as even as they should be", () => {
  const n = 20_000;
  const values = Array.from({ length: n }, (_, i) => uniformAt(2 ** 40 + 3, 1, i));
  expect(values.every((u) => u >= 0 && u < 1)).toBe(true);
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const square = values.reduce((a, b) => a + b * b, 0) / n;
  // Five standard errors.
  expect(Math.abs(mean - 1 / 2)).toBeLessThan(5 / Math.sqrt(12 * n));
  expect(Math.abs(square - 1 / 3)).toBeLessThan(5 * Math.sqrt(4 / 45 / n));
  expect(uniformAt(2 ** 40 + 3, 2, 0)).not.toBe(values[0]);
  expect(uniformAt(3, 1, 0)).not.toBe(values[0]);
});
