// Method: files that were written are read again, cut short, and flipped byte by byte.
import { createHash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { loadSync, type PoolError, type RunShard, readShard, writeShard } from "../../src/index.ts";
import { swap } from "../../src/shard/write.ts";
import { FULL, mixedPool } from "../support/liquidation-pool.ts";
import { samplePool } from "../support/sample-pool.ts";

const engine = loadSync();
const nodeHash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const options = { scenarios: 4000, levels: [0.9], confidence: 0.9 };
let shard: RunShard;
let liquidated: RunShard;
let bytes: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  shard = await engine.runShard(samplePool(), { index: 1, count: 4 }, options);
  liquidated = await engine.runShard(
    mixedPool(FULL, 12, 3),
    { index: 0, count: 3 },
    { ...options, step: "12h", contributions: "euler" },
  );
  bytes = writeShard(liquidated, { note: "für später" });
});

const codeOf = (given: Uint8Array<ArrayBuffer>) => {
  try {
    readShard(given, "x.shard");
  } catch (error) {
    expect((error as PoolError).issues[0]!.pointer).toBe("/shards/x.shard");
    return (error as PoolError).code;
  }
  return "read";
};

/** The bytes with their digest made anew: what only someone who means it would do. */
function sealed(given: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const body = given.subarray(0, given.length - 32);
  const digest = createHash("sha256").update(body).digest();
  return new Uint8Array([...body, ...digest]);
}

describe("shard file", () => {
  test("shard file: gives back every bit", () => {
    const whole = new Float64Array(shard.momentCount).fill(-0);
    const [first, ...rest] = shard.sums;
    const dense = { ...shard, sums: [{ ...first!, at: null, values: whole }, ...rest] };
    for (const state of [shard, liquidated, dense]) {
      const read = readShard(writeShard(state), "a");
      expect(read.shard).toEqual(state);
      expect(read.note).toBe(null);
    }
    expect(readShard(bytes, "a").note).toBe("für später");
    expect(rest.length).toBeGreaterThan(1);
  });

  test("shard file: reads from anywhere in a buffer, whoever hashes", () => {
    const shifted = new Uint8Array(bytes.length + 3).subarray(3);
    shifted.set(bytes);
    expect(readShard(shifted, "a").shard).toEqual(liquidated);
    expect(writeShard(liquidated, { note: "für später", sha256: nodeHash })).toEqual(bytes);
    expect(readShard(bytes, "a", { sha256: nodeHash }).shard).toEqual(liquidated);
  });

  test("shard file: a machine of the other endianness turns numbers round", () => {
    const turned = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    swap(turned, 4);
    expect([...turned]).toEqual([4, 3, 2, 1, 8, 7, 6, 5]);
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, -1.5e300, false);
    const own = new Uint8Array(view.buffer);
    swap(own, 8);
    expect(view.getFloat64(0, true)).toBe(-1.5e300);
  });

  test("shard file: is what the page on it says", () => {
    const text = new TextDecoder("latin1").decode(bytes.subarray(0, 8));
    expect(text).toBe("\u0089RPSHD\r\n");
    const view = new DataView(bytes.buffer);
    expect(view.getUint32(8, true)).toBe(1);
    const end = 16 + view.getUint32(12, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(16, end)));
    expect(header).toMatchObject({
      endianness: "little",
      format: "riskpool shard",
      job: liquidated.job,
      scenarios: 4000,
      seed: "1",
    });
    // By hand: the first loss stands behind the note, which is filled up to eight bytes.
    const [note, losses] = header.columns;
    expect([note, losses]).toEqual([
      { name: "note", type: "u8", length: 12 },
      { name: "losses", type: "f64", length: liquidated.losses.length },
    ]);
    expect(view.getFloat64(end + 16, true)).toBe(liquidated.losses[0]);
    expect(nodeHash(bytes.subarray(0, -32))).toBe(Buffer.from(bytes.subarray(-32)).toString("hex"));
  });

  test("shard file: no byte can change unnoticed", () => {
    const flipped = bytes.slice();
    // Every byte of what is no column, and of columns every 37th.
    const end = 16 + new DataView(bytes.buffer).getUint32(12, true) + 64;
    for (let i = 0; i < bytes.length; i += i < end || i > bytes.length - 64 ? 1 : 37) {
      for (const bit of [0x01, 0x80]) {
        flipped[i]! ^= bit;
        expect(codeOf(flipped), `byte ${i}`).toBe("SHARD_DAMAGED");
        flipped[i]! ^= bit;
      }
    }
    expect(codeOf(flipped)).toBe("read");
  }, 60_000);

  test("shard file: none cut short or grown is read", () => {
    for (const length of [0, 1, 8, 15, 16, 47, 48, 100, bytes.length - 32, bytes.length - 1]) {
      expect(codeOf(bytes.slice(0, length)), `${length} bytes`).toBe("SHARD_DAMAGED");
    }
    expect(codeOf(new Uint8Array([...bytes, 0]))).toBe("SHARD_DAMAGED");
  });

  test("shard file: another kind of file is none, though it ends in its digest", () => {
    const other = bytes.slice();
    other[2] = 0x44;
    expect(codeOf(sealed(other))).toBe("SHARD_DAMAGED");
    expect(codeOf(sealed(bytes))).toBe("read");
  });

  test("shard file: a later format is another build", () => {
    const later = bytes.slice();
    later[8] = 2;
    expect(codeOf(sealed(later))).toBe("SHARD_BUILD");
  });

  test("shard file: a header that lies is damage, though its digest is right", () => {
    const change = (from: string, to: string) => {
      const text = Buffer.from(bytes).toString("latin1");
      expect(text).toContain(from);
      return sealed(new Uint8Array(Buffer.from(text.replace(from, to), "latin1")));
    };
    for (const [from, to] of [
      ['"length":12', '"length":92'],
      ['"length":12', '"length":-2'],
      ['"type":"u8"', '"type":"u9"'],
      ['"name":"losses"', '"name":"lasses"'],
      ['"name":"badDebt"', '"name":"losses" '.trimEnd()],
      ['"endianness":"little"', '"endianness":"LITTLE"'],
      ['{"columns"', "{ columns "],
      ['"scenarios":4000', '"scenarios":4.5 '],
    ] as const) {
      expect(codeOf(change(from, to)), to).toBe("SHARD_DAMAGED");
    }
    const long = bytes.slice();
    long[15] = 0xff;
    expect(codeOf(sealed(long))).toBe("SHARD_DAMAGED");
  });
});
