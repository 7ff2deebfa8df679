// Method: published known answers, and the bits of the WebAssembly kernel on random words and on
// those whose products nearly wrap, where the double product rounds up.
import { expect, test } from "vitest";
import { reference } from "../../support/reference.ts";
import { bothKernels, expectSameBits, wordsOf } from "../../support/twin.ts";

function words(seed: [number, number], counter: [number, number, number, number]): number[] {
  const { js } = bothKernels();
  const keys = js.columnsStart();
  js.schedule(keys, seed[0], seed[1]);
  js.philox(keys + 320, keys, ...counter);
  return [...new Uint32Array(js.memory.buffer, keys + 320, 4)];
}

test.each([["rng.philox4x32-10.kat0"], ["rng.philox4x32-10.kat1"]])(
  "philox: the twin gives the published known answer %s",
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

test("philox: the twin gives the stream of the Random123 headers over four counters", () => {
  const { inputs, expected } = reference("rng.philox4x32-10.stream") as unknown as {
    inputs: { key: [number, number] };
    expected: { blocks_u32: number[][] };
  };
  expected.blocks_u32.forEach((block, i) => {
    expect(words(inputs.key, [i, 0, 0, 0])).toEqual(block);
  });
});

test("schedule: the twin writes the same round keys", () => {
  expectSameBits((arena, kernels) => {
    const seeds = wordsOf(1, 40);
    const keys = arena.take(20 * 320);
    for (let i = 0; i < 20; i++) kernels.schedule(keys + i * 320, seeds[2 * i]!, seeds[2 * i + 1]!);
    return [arena.u32(keys, 20 * 80)];
  });
});

test("philox: the twin has the same words for 5,000 counters and seeds", () => {
  expectSameBits((arena, kernels) => {
    const random = wordsOf(2, 5000 * 6);
    const keys = arena.take(320);
    const out = arena.take(5000 * 16);
    for (let i = 0; i < 5000; i++) {
      const [low, high, c0, c1, c2, c3] = random.subarray(6 * i, 6 * i + 6);
      kernels.schedule(keys, low!, high!);
      kernels.philox(out + 16 * i, keys, c0!, c1!, c2!, c3!);
    }
    return [arena.u32(out, 5000 * 4)];
  });
});

/** The word whose product with an odd multiplier ends in `low`. */
function wordFor(multiplier: number, low: number): number {
  let inverse = multiplier;
  for (let i = 0; i < 5; i++) {
    inverse = Math.imul(inverse, 2 - Math.imul(multiplier, inverse));
  }
  return Math.imul(inverse, low) >>> 0;
}

test.each([
  ["path", 0xd2511f53],
  ["stream", 0xcd9e8d57],
] as const)("philox: the twin is right where the product of the %s nearly wraps", (where, m) => {
  const words = Array.from({ length: 2048 }, (_, i) => wordFor(m, -1 - i));
  // Among them are some whose double product is rounded up to the next high word.
  const exact = words.map((word) => Number((BigInt(m) * BigInt(word)) >> 32n));
  const rounded = words.map((word) => Math.floor((m * word) / 2 ** 32));
  expect(rounded.filter((word, i) => word !== exact[i]).length).toBeGreaterThan(100);
  expectSameBits((arena, kernels) => {
    const keys = arena.take(320);
    const paths = arena.take(2048 * 16);
    const out = arena.take(2048 * 16 * 8);
    arena.u32(paths, 2048).set(words);
    kernels.schedule(keys, 3, 4);
    if (where === "path") kernels.normals(out, paths, 2048, 2048, keys, 0, 0, 1);
    else {
      words.forEach((stream, i) => {
        kernels.normals(out + 128 * i, paths + 16 * i, 4, 4, keys, stream, 0, 1);
      });
    }
    return [arena.f64(out, 2048 * 16)];
  });
});
