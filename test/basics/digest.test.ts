import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { digestOf, sha256 } from "../../src/basics/index.ts";

// FIPS 180-4 examples (NIST, SHA256.pdf).
test("sha256: gives the published digests", () => {
  const utf8 = new TextEncoder();
  expect(sha256(utf8.encode(""))).toBe(
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
  );
  expect(sha256(utf8.encode("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});

test("digestOf: is the SHA-256 of the canonical JSON, so the order of keys does not show", () => {
  const expected = createHash("sha256").update('{"a":[1,"é"],"b":2}', "utf8").digest("hex");
  expect(digestOf({ b: 2, a: [1, "é"] })).toBe(expected);
  expect(digestOf({ a: [1, "é"], b: 2 })).toBe(expected);
});
