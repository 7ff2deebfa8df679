import { expect, test } from "vitest";
import { confusionKey, idClashes, idIssue } from "../../src/basics/index.ts";

test.each([
  "a",
  "BTC",
  "0x52908400098527886E0F7030069857D2E4169EE7",
  "desk:1@pool.x_y-z",
  "a".repeat(64),
])("idIssue: accepts %s", (id) => expect(idIssue(id)).toBeUndefined());

test.each([
  "",
  "-a",
  ".a",
  "../a",
  "a/b",
  "a b",
  "a\u0000",
  "a\n",
  "é",
  "аlice",
  "a\u200b",
  "__proto__",
  "toString",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "a".repeat(65),
  "a".repeat(10_000_000),
])("idIssue: refuses %j", (id) => {
  const issue = idIssue(id, "/x");
  expect(issue?.code).toBe("ID_SYNTAX");
  expect(issue!.received!.length).toBeLessThan(80);
});

test("idClashes: names both places of ids that are equal or easily confused", () => {
  const ids = ["alice", "bob", "Alice", "bob", "carol"].map((id, i) => ({ id, pointer: `/${i}` }));
  const issues = idClashes(ids);
  expect(issues.map(({ code, pointer }) => [code, pointer])).toEqual([
    ["ID_CONFUSABLE", "/2"],
    ["ID_DUPLICATE", "/3"],
  ]);
  expect(issues[1]!.detail).toContain("/1");
  expect(issues[1]!.detail).toContain("/3");
});

test("confusionKey: forgets case, width and invisible characters", () => {
  expect(confusionKey("Ａlice")).toBe("alice");
  expect(confusionKey("al\u200bice")).toBe("alice");
  expect(confusionKey("ALICE")).toBe("alice");
  expect(confusionKey("alise")).not.toBe("alice");
});
