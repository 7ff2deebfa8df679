// Method: what a loop over the same numbers finds, from the kernel's memory and from elsewhere.
import { expect, test } from "vitest";
import { Arena, ascendingAbove, Column, columnBytes } from "../../src/engine/index.ts";
import { freshKernel, seeded } from "../support/kernel.ts";

const MIB = 1024 * 1024;
/** More than are brought to the kernel at a time, and no multiple of it. */
const numbersOf = (length: number): Float64Array => {
  const random = seeded(length);
  return Float64Array.from({ length }, () => 200 * random() - 80);
};

/** The same numbers where they are, and laid. */
function columnsOf(numbers: Float64Array): readonly [string, Column, Arena][] {
  const outside = new Arena(freshKernel().kernels, 64 * MIB);
  const inside = new Arena(freshKernel().kernels, 64 * MIB);
  const both = new Arena(freshKernel().kernels, 64 * MIB);
  return [
    ["outside", new Column(outside, numbers), outside],
    ["inside", new Column(inside, null, inside.put(numbers), numbers.length), inside],
    ["both, if they are few", Column.laid(both, numbers), both],
  ];
}

test.each([1, 5, 32_768, 32_769, 100_003])("column: %i numbers", (length) => {
  const numbers = numbersOf(length);
  const high = [...numbers.entries()].filter(([, x]) => x > 110);
  for (const [where, column, arena] of columnsOf(numbers)) {
    const before = arena.bytes;
    expect(column.values, where).toEqual(numbers);
    expect(column.extremes()).toEqual([
      numbers.reduce((a, b) => Math.min(a, b)),
      numbers.reduce((a, b) => Math.max(a, b)),
    ]);
    const found = column.above(110, Math.max(1, high.length))!;
    expect([...found.places], where).toEqual(high.map(([place]) => place));
    expect([...found.values], where).toEqual(high.map(([, value]) => value));
    const inOrder = [...high].sort(([, a], [, b]) => b - a);
    const descending = column.descending(found);
    // None and very many are left to their finder.
    expect(descending === null).toBe(high.length === 0);
    expect([...(descending?.places ?? [])], where).toEqual(inOrder.map(([place]) => place));
    expect([...(descending?.values ?? [])], where).toEqual(inOrder.map(([, value]) => value));
    const counts = new Uint32Array(7);
    for (const x of numbers) counts[Math.min(6, Math.floor((x + 80) / 25))]! += 1;
    expect(column.binned(-80, 25, 7), where).toEqual(counts);
    expect(arena.bytes, "all is given back").toBe(before);
  }
});

test("column: more above a bar than there is room for are none", () => {
  const numbers = numbersOf(70_000);
  const count = numbers.filter((x) => x > 0).length;
  for (const [where, column] of columnsOf(numbers)) {
    expect(column.above(0, count)?.values.length, where).toBe(count);
    expect(column.above(0, count - 1), where).toBeNull();
    expect(column.descending(column.above(0, count)!), "too many").toBeNull();
    expect(column.above(0, 1), where).toBeNull();
  }
});

test("column: its first numbers are a column", () => {
  const numbers = numbersOf(40_000);
  for (const [where, column] of columnsOf(numbers)) {
    const first = column.first(35_000);
    expect(first.length).toBe(35_000);
    expect(first.values, where).toEqual(numbers.subarray(0, 35_000));
    const low = numbers.subarray(0, 35_000).reduce((a, b) => Math.min(a, b));
    expect(first.extremes()[0], where).toBe(low);
  }
});

test("column: a number that is none is told", () => {
  const numbers = numbersOf(50_000);
  numbers[40_000] = Number.NaN;
  for (const [where, column] of columnsOf(numbers)) {
    expect(column.extremes(), where).toEqual([Number.NaN, Number.NaN]);
    expect(column.first(40_000).extremes()[0], where).not.toBeNaN();
  }
});

test("column: numbers that are alike keep their order, and are found again in a part of it", () => {
  const numbers = Float64Array.from({ length: 3000 }, (_, i) => (i % 3 === 0 ? 5 : -0));
  for (const [where, column] of columnsOf(numbers)) {
    const { values, places } = column.descending(column.above(-1, 3000)!)!;
    const expected = [...numbers.keys()].sort((a, b) => numbers[b]! - numbers[a]!);
    expect([...places], where).toEqual(expected);
    expect(values[0], where).toBe(5);
    expect(values[2999], where).toBe(0);
    const first = column.first(4);
    expect([...first.descending(first.above(1, 4)!)!.places], where).toEqual([0, 3]);
  }
});

test("column: what is laid takes memory once, and none where there is too little", () => {
  const numbers = numbersOf(9001);
  const { kernels } = freshKernel();
  const arena = new Arena(kernels, new Arena(kernels, MIB).bytes + 100_000);
  const before = arena.bytes;
  const column = Column.laid(arena, numbers);
  expect(arena.bytes).toBeGreaterThanOrEqual(before + 8 * 9001);
  const after = arena.bytes;
  // What is laid is what is asked.
  numbers[5] = 1e6;
  expect(column.extremes()[1]).toBeLessThan(1e6);
  expect(column.descending(column.above(95, 2000)!), "no room for their order").toBeNull();
  expect(arena.bytes).toBe(after);
  expect(Column.laid(arena, numbers).values).toEqual(numbers);
  expect(arena.bytes).toBe(after);
});

test.each([0, 30])("ascendingAbove: what is above %i in order, with and without room", (bound) => {
  const numbers = numbersOf(9001);
  const expected = numbers.filter((x) => x > bound).sort();
  const { kernels } = freshKernel();
  const narrow = new Column(new Arena(kernels, new Arena(kernels, MIB).bytes + 4096), numbers);
  expect(ascendingAbove(numbers, bound)).toEqual(expected);
  expect(narrow.ascendingAbove(bound)).toEqual(expected);
  for (const [where, column, arena] of columnsOf(numbers)) {
    const before = arena.bytes;
    expect(column.ascendingAbove(bound), where).toEqual(expected);
    expect(arena.bytes).toBe(before);
    expect(column.ascendingAbove(1e9).length).toBe(0);
    expect(column.values, where).toEqual(numbers);
  }
  expect(ascendingAbove(numbers, 1e9).length).toBe(0);
});

test("columnBytes: what is asked and put in order keeps to it", () => {
  for (const length of [1, 1000, 40_000, 100_000]) {
    const numbers = numbersOf(length);
    const kernels = freshKernel().kernels;
    const arena = new Arena(kernels, new Arena(kernels, MIB).bytes + columnBytes(length));
    const column = new Column(arena, numbers);
    column.extremes();
    const all = column.above(-1000, length)!;
    expect(column.descending(all) === null).toBe(length > 32_768);
    column.binned(-80, 1, 100);
    const sizes = numbers.map((x) => Math.abs(x));
    expect(new Column(arena, sizes).ascendingAbove(0).length).toBe(length);
  }
});
