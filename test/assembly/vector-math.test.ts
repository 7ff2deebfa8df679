// Method: the kernel's columns against the host's pinned functions bit for bit, and those against
// correctly rounded reference values.
import { expect, test } from "vitest";
import { exp, log } from "../../src/numeric/index.ts";
import { freshKernel, seeded } from "../support/kernel.ts";

const COUNT = 4096;

function column(of: "expColumn" | "logColumn", values: number[]): Float64Array {
  const { kernels, arena } = freshKernel();
  const at = arena.put(values);
  kernels[of](at, at, values.length);
  return arena.f64(at, values.length).slice();
}

test("expColumn: has the bits of the host's exp on 4,096 arguments in [-708, 709]", () => {
  const random = seeded(3);
  const values = Array.from({ length: COUNT }, (_, i) =>
    i < 2000 ? (random() - 0.5) * 1400 : (random() - 0.5) * 4,
  );
  expect(column("expColumn", values)).toEqual(Float64Array.from(values, exp));
});

test("logColumn: has the bits of the host's log on 4,096 positive numbers", () => {
  const random = seeded(4);
  const values = Array.from({ length: COUNT }, (_, i) =>
    i < 2000 ? 10 ** ((random() - 0.5) * 600) : 0.5 + random(),
  );
  expect(column("logColumn", values)).toEqual(Float64Array.from(values, log));
});
