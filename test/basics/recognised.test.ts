// Method: identity of what is read, and what is found wrong in it.
import { expect, test } from "vitest";
import { array, Findings, integer, recognised } from "../../src/basics/index.ts";

const small = recognised(array(integer({ min: 0, max: 9, unit: "digit" }), { max: 5 }));

function read(value: unknown) {
  const found = new Findings();
  return { draft: small.check(value, null, found), issues: found.issues.map(({ code }) => code) };
}

test("recognised: takes over what it made, and reads a copy of it anew", () => {
  const { draft } = read([1, 2]);
  expect(read(draft).draft).toBe(draft);
  const copy = [...(draft as number[])];
  expect(read(copy).draft).toEqual(draft);
  expect(read(copy).draft).not.toBe(draft);
});

test("recognised: what was wrong in part is looked at again", () => {
  const { draft, issues } = read([1, 12]);
  expect(issues).toEqual(["NUMBER_RANGE"]);
  expect(read(draft).issues).toEqual(["TYPE"]);
});

test("recognised: what another check made is looked at", () => {
  const found = new Findings();
  const other = recognised(array(integer({ min: 0, max: 99, unit: "number" }), { max: 5 }));
  const wide = other.check([50], null, found);
  expect(read(wide).issues).toEqual(["NUMBER_RANGE"]);
});
