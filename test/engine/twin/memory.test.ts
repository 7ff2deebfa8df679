import { expect, test } from "vitest";
import { TwinMemory } from "../../../src/engine/twin/memory.ts";

const PAGE = 65536;

test("grow: keeps the bytes, adds zeros and says how many pages there were", () => {
  const memory = new TwinMemory();
  memory.f64.set([1, 2, 3], 100);
  expect(memory.grow(1)).toBe(1);
  const pages = memory.buffer.byteLength / PAGE;
  expect(pages).toBeGreaterThanOrEqual(2);
  expect(memory.grow(7)).toBe(pages);
  expect(memory.buffer.byteLength).toBeGreaterThanOrEqual((pages + 7) * PAGE);
  expect([...memory.f64.subarray(99, 104)]).toEqual([0, 1, 2, 3, 0]);
  expect(memory.f64.subarray(104).every((x) => x === 0)).toBe(true);
  for (const view of [memory.f64, memory.i32, memory.u32]) expect(view.buffer).toBe(memory.buffer);
});

test("grow: a thousand small steps copy little", () => {
  const memory = new TwinMemory();
  const buffers = new Set<ArrayBuffer>();
  for (let needed = 2; needed < 1000; needed++) {
    const missing = needed - memory.buffer.byteLength / PAGE;
    if (missing > 0) memory.grow(missing);
    buffers.add(memory.buffer);
  }
  expect(buffers.size).toBeLessThan(11);
});

test("grow: refuses more than the kernel module may have", () => {
  expect(() => new TwinMemory().grow(32768)).toThrow(RangeError);
  expect(() => new TwinMemory().grow(Number.NaN)).toThrow(RangeError);
});
