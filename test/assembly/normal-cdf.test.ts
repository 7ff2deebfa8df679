// Method: the kernel's function against the host's bit for bit; the host's is held to known values.
import { expect, test } from "vitest";
import { normalCdf } from "../../src/numeric/index.ts";
import { freshKernel, seeded } from "../support/kernel.ts";

test("normalCdf: has the bits of the host's on 20,000 arguments in [-37, 37]", () => {
  const { kernels } = freshKernel();
  const random = seeded(31);
  for (let i = 0; i < 20_000; i++) {
    const x = (random() - 0.5) * (i % 2 === 0 ? 74 : 12);
    expect(kernels.normalCdf(x), `${x}`).toBe(normalCdf(x));
  }
});

test("normalCdf: is 0 and 1 far out", () => {
  const { kernels } = freshKernel();
  for (const x of [37.5, 1e10, 1e300, Number.POSITIVE_INFINITY]) {
    expect(kernels.normalCdf(-x)).toBe(0);
    expect(kernels.normalCdf(x)).toBe(1);
  }
});
