// Method: the bits of the WebAssembly kernel, and of the host's pinned functions.
import { expect, test } from "vitest";
import { exp, log } from "../../../src/numeric/index.ts";
import { bothKernels, column, EDGES, expectSameBits, wordsOf } from "../../support/twin.ts";

/** Doubles of every exponent: random bits, without NaN, whose own bits JavaScript may change. */
const anyNumbers = new Float64Array(wordsOf(5, 16_384).buffer).filter((x) => !Number.isNaN(x));

test("expColumn: the twin holds arguments at the same bounds and rounds alike", () => {
  const around = [-708, 709].flatMap((bound) =>
    Array.from({ length: 200 }, (_, i) => bound + (i - 100) * 2 ** -43),
  );
  // Halves of ln 2: where the nearest power of two changes.
  const halves = Array.from({ length: 2000 }, (_, i) => (i - 1000 + 0.5) * 0.6931471805599453);
  const values = [
    ...EDGES,
    ...around,
    ...halves,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.NaN,
    ...column(1, 8000, 720),
    ...column(2, 8000, 2),
    ...anyNumbers,
  ];
  values.length -= values.length % 2;
  expectSameBits((arena, kernels) => {
    const x = arena.put(values);
    const out = arena.put(values);
    kernels.expColumn(out, x, values.length);
    return [arena.f64(out, values.length)];
  });
});

test("logColumn: the twin has the same bits for normal positive numbers of every size", () => {
  const root = Math.SQRT1_2;
  const values = [
    ...EDGES,
    ...column(3, 8000, 3).map(Math.abs),
    ...anyNumbers.map(Math.abs),
    // Where the exponent changes, and the mantissa's split.
    ...Array.from({ length: 4000 }, (_, i) => 2 ** ((i % 2047) - 1022) * (i < 2047 ? 1 : root)),
    ...Array.from({ length: 200 }, (_, i) => root + (i - 100) * 2 ** -53),
    ...Array.from({ length: 200 }, (_, i) => root + (i - 100) * 2 ** -33),
  ].filter((x) => x >= 2.2250738585072014e-308 && x <= Number.MAX_VALUE);
  expect(values.length).toBeGreaterThan(15_000);
  values.length -= values.length % 2;
  expectSameBits((arena, kernels) => {
    const at = arena.put(values);
    kernels.logColumn(at, at, values.length);
    return [arena.f64(at, values.length)];
  });
});

test("expColumn, logColumn: the twin has the bits of the host's functions", () => {
  const { js } = bothKernels();
  const at = js.columnsStart();
  js.memory.grow(4);
  const arguments_ = column(6, 4096, 700);
  const view = new Float64Array(js.memory.buffer, at, 4096);
  view.set(arguments_);
  js.expColumn(at, at, 4096);
  expect(view).toEqual(arguments_.map(exp));
  const numbers = view.slice();
  js.logColumn(at, at, 4096);
  expect(view).toEqual(numbers.map(log));
});
