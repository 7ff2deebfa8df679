import { philox, schedule } from "../philox";
import { normals } from "../normal";
import { columnsStart } from "../index";
import { PLAN_BYTES, EVENTS, TILE } from "../plan";
import { CELL_BYTES, NODE_BYTES } from "../profile";
import { expX2, logX2 } from "../vector-math";

describe("philox", () => {
  test("gives the first known answer of Random123", () => {
    const keys = memory.data(320, 16);
    const out = memory.data(16, 16);
    schedule(keys, 0, 0);
    philox(out, keys, 0, 0, 0, 0);
    expect<u32>(load<u32>(out)).toBe(0x6627e8d5);
    expect<u32>(load<u32>(out, 4)).toBe(0xe169c58d);
    expect<u32>(load<u32>(out, 8)).toBe(0xbc57ac4c);
    expect<u32>(load<u32>(out, 12)).toBe(0x9b00dbd8);
  });

  test("gives the answer for a counter and key of ones", () => {
    const keys = memory.data(320, 16);
    const out = memory.data(16, 16);
    schedule(keys, 0xffffffff, 0xffffffff);
    philox(out, keys, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff);
    expect<u32>(load<u32>(out)).toBe(0x408f276d);
    expect<u32>(load<u32>(out, 12)).toBe(0x6d5451fd);
  });
});

describe("vector mathematics", () => {
  test("exp and log are exact at 0, 1 and 2 and within an ulp at e", () => {
    expect<f64>(f64x2.extract_lane(expX2(f64x2.splat(0)), 0)).toBe(1);
    expect<f64>(f64x2.extract_lane(logX2(f64x2.splat(1)), 1)).toBe(0);
    expect<f64>(f64x2.extract_lane(logX2(f64x2.splat(2)), 0)).toBe(0.6931471805599453);
    // One unit in the last place of e is 4.4e-16.
    const e = f64x2.extract_lane(expX2(f64x2.splat(1)), 0);
    expect<bool>(Math.abs(e - 2.718281828459045) <= 4.5e-16).toBe(true);
  });

  test("both lanes compute alike", () => {
    const both = expX2(f64x2.replace_lane(f64x2.splat(-3.25), 1, -3.25));
    expect<f64>(f64x2.extract_lane(both, 0)).toBe(f64x2.extract_lane(both, 1));
  });
});

describe("normals", () => {
  test("do not depend on their neighbours in the list", () => {
    const keys = memory.data(320, 16);
    const paths = memory.data(32, 16);
    const out = memory.data(4 * 8 * 8, 16);
    schedule(keys, 7, 0);
    // 11 stands first and last, 5 third and sixth.
    for (let p: usize = 0; p < 8; p++) store<u32>(paths + 4 * p, p % 7 == 0 ? 11 : p == 2 || p == 5 ? 5 : <u32>p);
    normals(out, paths, 8, 8, keys, 0, 0, 1);
    for (let f: usize = 0; f < 4; f++) {
      expect<f64>(load<f64>(out + f * 64)).toBe(load<f64>(out + f * 64, 56));
      expect<f64>(load<f64>(out + f * 64, 16)).toBe(load<f64>(out + f * 64, 40));
    }
    expect<bool>(load<f64>(out) != load<f64>(out, 8)).toBe(true);
  });
});

describe("layout", () => {
  test("records keep columns on 16 bytes and cells on a cache line", () => {
    expect<usize>(columnsStart() & 15).toBe(0);
    expect<usize>(CELL_BYTES).toBe(64);
    expect<usize>(NODE_BYTES % 8).toBe(0);
    expect<i32>(TILE % 8).toBe(0);
    expect<bool>(EVENTS + 4 <= PLAN_BYTES).toBe(true);
  });
});
