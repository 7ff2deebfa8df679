import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import {
  digestOf,
  digestOfChecked,
  type JsonSchema,
  keysOfForm,
  sha256,
} from "../../src/basics/index.ts";
import { poolJsonSchema } from "../../src/pool/index.ts";

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

/** Values of a form, one for each of its variants, with every field that it may have. */
function everyForm(schema: JsonSchema): unknown[] {
  if (schema["oneOf"]) return (schema["oneOf"] as JsonSchema[]).flatMap(everyForm);
  if (schema["enum"]) return schema["enum"] as unknown[];
  if (schema["const"] !== undefined) return [schema["const"]];
  if (schema["type"] === "array") return [everyForm(schema["items"] as JsonSchema)];
  if (schema["type"] === "string") return ['a"\\\u0007é\u{1f600}/\u2028'];
  if (schema["type"] !== "object") return [-1.5e-7, 1e21, 0.1];
  const fields = Object.entries(schema["properties"] as Record<string, JsonSchema>);
  const variants = fields.map(([key, field]) => everyForm(field).map((value) => [key, value]));
  const count = Math.max(...variants.map(({ length }) => length));
  return Array.from({ length: count }, (_, i) =>
    Object.fromEntries(variants.map((values) => values[i % values.length]!)),
  );
}

test("digestOfChecked: is digestOf, for every field of every form of a pool document", () => {
  const schema = poolJsonSchema();
  const documents = everyForm(schema) as Record<string, unknown>[];
  const covers = documents.flatMap(({ covers }) => covers as { severity: { kind: string } }[]);
  expect(new Set(covers.map(({ severity }) => severity.kind)).size).toBeGreaterThan(2);
  const fields = Object.entries(schema["properties"] as Record<string, JsonSchema>);
  for (const document of documents) {
    expect(digestOfChecked(document, keysOfForm(schema))).toBe(digestOf(document));
    for (const [key, field] of fields) {
      const part = document[key];
      if (typeof part !== "object" || part === null) continue;
      expect(digestOfChecked(part, keysOfForm(field))).toBe(digestOf(part));
    }
  }
});
