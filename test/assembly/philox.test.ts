import { expect, test } from "vitest";
import { freshKernel } from "../support/kernel.ts";
import { reference } from "../support/reference.ts";

function words(seed: [number, number], counter: [number, number, number, number]): number[] {
  const { kernels, arena } = freshKernel();
  const keys = arena.take(320);
  const out = arena.take(16);
  kernels.schedule(keys, seed[0], seed[1]);
  kernels.philox(out, keys, ...counter);
  return [...arena.u32(out, 4)];
}

test.each([["rng.philox4x32-10.kat0"], ["rng.philox4x32-10.kat1"]])(
  "philox: gives the published known answer %s",
  (id) => {
    const { inputs, expected } = reference(id) as unknown as {
      inputs: { ctr_hex: string[]; key_hex: string[] };
      expected: { out_hex: string[] };
    };
    const hex = (text: string) => Number.parseInt(text, 16);
    const counter = inputs.ctr_hex.map(hex) as [number, number, number, number];
    const key = inputs.key_hex.map(hex) as [number, number];
    expect(words(key, counter)).toEqual(expected.out_hex.map(hex));
  },
);

test("philox: gives the stream of the Random123 headers over four counters", () => {
  const { inputs, expected } = reference("rng.philox4x32-10.stream") as unknown as {
    inputs: { key: [number, number] };
    expected: { blocks_u32: number[][] };
  };
  expected.blocks_u32.forEach((block, i) => {
    expect(words(inputs.key, [i, 0, 0, 0])).toEqual(block);
  });
});
