// Method: texts that share parts with the one before, against the same texts read as objects.
import { expect, test } from "vitest";
import { type Pool, type PoolDocument, readPool } from "../../src/pool/index.ts";
import { refusals } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

const textOf = (document: object, space = 0): string => JSON.stringify(document, null, space);

/** Keys of the parts that two pools share, not only in value. */
function shared(one: Pool, other: Pool): string[] {
  return (Object.keys(one.document) as (keyof PoolDocument)[])
    .filter((key) => typeof one.document[key] === "object")
    .filter((key) => one.document[key] === other.document[key])
    .sort();
}

test("readPool: a part with the text of the last document's is the same object", () => {
  const document = samplePool();
  const first = readPool(textOf(document));
  const second = readPool(textOf({ ...document, name: "another", options: [] }));
  const parts = Object.keys(first.document).filter(
    (key) => typeof first.document[key as keyof PoolDocument] === "object",
  );
  expect(parts.length).toBeGreaterThan(5);
  expect(shared(first, second)).toEqual(parts.filter((key) => key !== "options").sort());
  expect(second.document.options).toEqual([]);
  expect(second).toEqual(readPool({ ...document, name: "another", options: [] }));
});

test("readPool: every change of a text is seen, wherever it stands", () => {
  const text = textOf(samplePool());
  readPool(text);
  let changes = 0;
  // A digit more, a digit less, another digit: at every number in turn.
  for (const { index } of text.matchAll(/\d(?=[,\]}])/g)) {
    const digit = Number(text[index]);
    // A number that begins with 0 may not go on with 1.
    const longer = /[1-9.]\d*$/.test(text.slice(0, index + 1)) ? [`${digit}1`] : [];
    for (const put of [String((digit % 9) + 1), ...longer]) {
      const changed = text.slice(0, index) + put + text.slice(index + 1);
      const read = (source: unknown): unknown => {
        try {
          return readPool(source).document;
        } catch (error) {
          return (error as { issues: unknown }).issues;
        }
      };
      expect(read(changed)).toEqual(read(JSON.parse(changed)));
      readPool(text);
      changes++;
    }
  }
  expect(changes).toBeGreaterThan(50);
});

test("readPool: what only begins like the last document's part is read to its end", () => {
  const document = samplePool();
  const text = textOf(document);
  readPool(text);
  const market = `"market":${textOf(document.market!)}`;
  expect(text).toContain(market);
  expect(refusals(() => readPool(text.replace(market, `${market}]`)))).toEqual(["JSON_SYNTAX "]);
  expect(refusals(() => readPool(text.replace(market, `${market},${market}`)))).toEqual([
    "JSON_DUPLICATE_KEY /market",
  ]);
  // Spaces inside make another text of the same value.
  const spaced = readPool(textOf(document, 2));
  expect(spaced).toEqual(readPool(text));
});

test("readPool: faults elsewhere are found with the known parts in place", () => {
  const document = samplePool();
  const good = readPool(textOf(document));
  const [first, ...rest] = document.options;
  const wrong = { ...document, asOf: "soon", options: [{ ...first!, strike: "-1" }, ...rest] };
  const found = refusals(() => readPool(textOf(wrong)));
  expect(found).toEqual(refusals(() => readPool(wrong)));
  expect(found.length).toBeGreaterThan(1);
  // A text that was no pool leaves what is known alone.
  expect(shared(good, readPool(textOf(document)))).toContain("options");
});

test("readPool: parts of long texts are not kept", () => {
  const document = samplePool();
  const long = readPool(textOf(document) + " ".repeat(1 << 20));
  expect(shared(long, readPool(textOf(document)))).toEqual([]);
});

test("readPool: a known part beside another one is looked at again", () => {
  const document = samplePool();
  readPool(document);
  readPool(textOf(document));
  // The same people, market and waterfall, to the letter, in a pool that they do not fit.
  const assets = document.assets.map((asset, i) => (i === 0 ? { ...asset, id: "ELSE" } : asset));
  const participants = document.participants.filter(({ id }) => id !== firstPayer(document));
  for (const changed of [
    { ...document, assets },
    { ...document, participants },
    { ...document, currency: { ...document.currency, code: "ELSE" } },
    { ...document, currency: { ...document.currency, decimals: 1 } },
  ]) {
    const found = refusals(() => readPool(textOf(changed)));
    expect(found).toEqual(refusals(() => readPool(structuredClone(changed))));
    expect(found.join()).toMatch(
      /REFERENCE_UNKNOWN \/(participants|market|waterfall)|MONEY_TOO_PRECISE \/participants/,
    );
    readPool(textOf(document));
  }
});

/** A participant that the waterfall speaks of. */
function firstPayer({ waterfall }: PoolDocument): string {
  const [first] = /"participant":"([^"]+)"/.exec(textOf(waterfall))!.slice(1);
  return first!;
}
