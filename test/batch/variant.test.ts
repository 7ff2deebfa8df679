// Method: changed documents against the same change made by hand, parts that must be shared against
// identity, and every refusal by code and pointer.
import { describe, expect, test } from "vitest";
import { type Change, variantOf } from "../../src/batch/index.ts";
import { type PoolDocument, readPool } from "../../src/pool/index.ts";
import { copyOf, refusals } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

const base = readPool(samplePool());

function byHand(change: (document: PoolDocument) => void): PoolDocument {
  const document = copyOf(samplePool()) as PoolDocument;
  change(document);
  return document;
}

type Open<T> = { -readonly [K in keyof T]: Open<T[K]> };
const open = (document: PoolDocument) => document as Open<PoolDocument>;

describe("variantOf", () => {
  test.each<[string, Change[], (document: Open<PoolDocument>) => void]>([
    [
      "a value in a list by place",
      [{ op: "replace", path: "/assets/1/spot", value: 1999 }],
      (d) => {
        d.assets[1]!.spot = 1999;
      },
    ],
    [
      "a value in a list by id",
      [{ op: "replace", path: "/waterfall/layers/members-fund/size", value: "100000.00" }],
      (d) => {
        d.waterfall.layers[1]!.size = "100000.00";
      },
    ],
    [
      "an entry behind the last",
      [{ op: "add", path: "/holdings/-", value: { asset: "ETH", amount: "2" } }],
      (d) => void d.holdings.push({ asset: "ETH", amount: "2" }),
    ],
    ["an entry less", [{ op: "remove", path: "/covers/0" }], (d) => void d.covers.shift()],
    [
      "a field that was not there, and one that is no longer",
      [
        { op: "add", path: "/contribution", value: { rule: "euler-es" } },
        { op: "remove", path: "/market/systemicLoading" },
      ],
      (d) => {
        d.contribution = { rule: "euler-es" };
        delete d.market!.systemicLoading;
      },
    ],
    [
      "one change after the other",
      [
        { op: "add", path: "/assets/0", value: { id: "SOL", spot: 80 } },
        { op: "replace", path: "/assets/0/spot", value: 88 },
        { op: "remove", path: "/assets/SOL" },
      ],
      () => {},
    ],
  ])("makes %s", (_, changes, hand) => {
    const variant = variantOf(base, changes);
    const expected = readPool(byHand((document) => hand(open(document))));
    expect(variant).toEqual(expected);
    expect(base).toEqual(readPool(samplePool()));
  });

  test("shares what it does not change, and without changes the base itself", () => {
    const variant = variantOf(base, [
      { op: "replace", path: "/waterfall/layers/0/size", value: "60000.00" },
    ]);
    expect(variant.document.options).toBe(base.document.options);
    expect(variant.document.market).toBe(base.document.market);
    expect(variantOf(base)).toBe(base);
  });

  test("reads a text once for variants in a row, and an object every time", () => {
    const text = JSON.stringify(samplePool());
    expect(variantOf(text)).toBe(variantOf(text));
    const document = samplePool();
    const before = variantOf(document);
    open(document).assets[0]!.spot = 1;
    expect(variantOf(document)).not.toEqual(before);
  });

  test.each<[string, unknown, string]>([
    [
      "another operation",
      { op: "move", path: "/assets/0", from: "/assets/1" },
      "CHANGE_OP /changes/0/op",
    ],
    ["nothing", null, "CHANGE_OP /changes/0/op"],
    ["no pointer", { op: "remove", path: "assets" }, "CHANGE_PATH /changes/0/path"],
    [
      "an unknown key",
      { op: "replace", path: "/nobody/0", value: 1 },
      "CHANGE_PATH /changes/0/path",
    ],
    ["an unknown field", { op: "remove", path: "/pricing" }, "CHANGE_PATH /changes/0/path"],
    [
      "a place beyond the list",
      { op: "replace", path: "/assets/2/spot", value: 1 },
      "CHANGE_PATH /changes/0/path",
    ],
    [
      "a place like none",
      { op: "replace", path: "/assets/-1/spot", value: 1 },
      "CHANGE_PATH /changes/0/path",
    ],
    [
      "a way through a number",
      { op: "add", path: "/assets/0/spot/x", value: 1 },
      "CHANGE_PATH /changes/0/path",
    ],
    ["a prototype", { op: "add", path: "/__proto__/x", value: 1 }, "CHANGE_PATH /changes/0/path"],
    ["a new prototype", { op: "add", path: "/__proto__", value: {} }, "KEY_FORBIDDEN /__proto__"],
    [
      "a document that is none",
      { op: "replace", path: "/assets/0/spot", value: -1 },
      "MODEL_DOMAIN /assets/0/spot",
    ],
  ])("refuses %s", (_, change, expected) => {
    expect(refusals(() => variantOf(base, [change as Change]))).toContain(expected);
  });
});
