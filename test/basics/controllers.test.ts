import { expect, test } from "vitest";
import { Controllers } from "../../src/basics/index.ts";

test("Controllers: one serves again when it was given back, and never once it was aborted", () => {
  const controllers = new Controllers();
  const first = controllers.take();
  const second = controllers.take();
  expect(second).not.toBe(first);
  controllers.giveBack(first);
  expect(controllers.take()).toBe(first);
  second.abort();
  controllers.giveBack(second);
  const third = controllers.take();
  expect([first, second]).not.toContain(third);
  expect(third.signal.aborted).toBe(false);
});

test("Controllers: all that are under way are aborted, with the reason, and no others", () => {
  const controllers = new Controllers();
  const [given, kept, other] = [controllers.take(), controllers.take(), controllers.take()];
  controllers.giveBack(given);
  controllers.abort("enough");
  expect([kept, other].map(({ signal }) => signal.reason)).toEqual(["enough", "enough"]);
  expect(given.signal.aborted).toBe(false);
  expect(controllers.take()).toBe(given);
});
