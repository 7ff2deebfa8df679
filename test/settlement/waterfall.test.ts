// Method: every case of up to 4 layers, capacities 0 to 4 and losses 0 to 20, against a plain
// rule: the money of a loss is numbered unit by unit, and unit u falls into the first layer that
// still has room. The sum alone would not notice a broken minimum, so the bounds are asserted too.

import { expect, test } from "vitest";
import { pour } from "../../src/settlement/index.ts";

/** One unit at a time, each into the first layer with room. */
function unitByUnit(loss: number, capacities: readonly number[]) {
  const used = capacities.map(() => 0);
  let residual = 0;
  for (let unit = 0; unit < loss; unit++) {
    const open = capacities.findIndex((capacity, i) => used[i]! < capacity);
    if (open < 0) residual++;
    else used[open]!++;
  }
  return { used, residual };
}

function* capacityLists(layers: number): Generator<number[]> {
  if (layers === 0) yield [];
  else
    for (const rest of capacityLists(layers - 1)) for (let c = 0; c <= 4; c++) yield [...rest, c];
}

const poured = (loss: number, capacities: readonly number[]) => {
  const layers = capacities.map((capacity, i) => ({ name: `${i}`, capacity: BigInt(capacity) }));
  const { draws, residual } = pour(BigInt(loss), layers);
  return { used: draws.map(({ used }) => Number(used)), residual: Number(residual) };
};

test("pour: pays unit by unit into the first layer with room, in all 16,401 small cases", () => {
  let cases = 0;
  for (let layers = 0; layers <= 4; layers++) {
    for (const capacities of capacityLists(layers)) {
      for (let loss = 0; loss <= 20; loss++) {
        const result = poured(loss, capacities);
        const expected = unitByUnit(loss, capacities);
        const bounded = result.used.every((used, i) => used >= 0 && used <= capacities[i]!);
        if (
          !bounded ||
          !(result.residual >= 0) ||
          result.residual !== expected.residual ||
          result.used.some((used, i) => used !== expected.used[i])
        ) {
          expect({ loss, capacities, ...result }).toEqual({ loss, capacities, ...expected });
          expect(bounded && result.residual >= 0).toBe(true);
        }
        cases++;
      }
    }
  }
  expect(cases).toBe(781 * 21);
});

test("pour: the first layer pays first and the last layer only what is left", () => {
  expect(poured(60, [10, 5, 40, 50])).toEqual({ used: [10, 5, 40, 5], residual: 0 });
  expect(poured(200, [10, 5, 40, 50])).toEqual({ used: [10, 5, 40, 50], residual: 95 });
});

test("pour: keeps the names of the layers in their order", () => {
  const layers = [
    { name: "b", capacity: 3n },
    { name: "a", capacity: 3n },
  ];
  expect(pour(4n, layers).draws).toEqual([
    { name: "b", used: 3n },
    { name: "a", used: 1n },
  ]);
});

test("pour: stops on a negative loss and on a negative capacity", () => {
  expect(() => pour(-1n, [])).toThrow("a loss is not negative");
  expect(() => pour(1n, [{ name: "fund", capacity: -1n }])).toThrow("fund has a capacity");
});
