// Method: a fetch that is counted, held back and failed by hand.
import { expect, test } from "vitest";
import { PoolError, part } from "../../src/basics/index.ts";

test("part: is fetched when it is asked for, and once", async () => {
  let fetches = 0;
  const word = part("words", async () => `word ${++fetches}`);
  expect(fetches).toBe(0);
  expect(await Promise.all([word(), word(), word()])).toEqual(["word 1", "word 1", "word 1"]);
  expect(await word()).toBe("word 1");
});

test("part: one that could not be fetched is an error that says so, and is fetched anew", async () => {
  let fetches = 0;
  const word = part("words", async () => {
    if (++fetches === 1) throw new TypeError("Failed to fetch dynamically imported module");
    return "word";
  });
  const [first, same] = await Promise.allSettled([word(), word()]);
  expect(same).toEqual(first);
  expect(first).toMatchObject({ reason: { code: "PART_MISSING" } });
  const { reason } = first as PromiseRejectedResult;
  expect(reason).toBeInstanceOf(PoolError);
  expect((reason as PoolError).message).toMatch(
    /for words could not be fetched: TypeError: Failed/,
  );
  expect(await word()).toBe("word");
  expect(fetches).toBe(2);
});
