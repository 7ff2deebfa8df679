// Method: cases worked out by hand; on random shares what defines the result: bounds, the sum, one
// common factor for all who are between their bounds, and no order.
import { describe, expect, test } from "vitest";
import { type BoundedShare, rebalanced } from "../../src/sharing/index.ts";
import { seeded } from "../support/kernel.ts";
import { refusals } from "../support/refusal.ts";

const share = (
  id: string,
  amount: bigint,
  floor: bigint | null = null,
  cap: bigint | null = null,
): BoundedShare => ({ id, amount, floor, cap });

describe("cases by hand", () => {
  test("rebalanced: without bounds nothing changes, credits included", () => {
    const { parts, rest } = rebalanced([share("a", 70n), share("b", -20n), share("c", 50n)]);
    expect(parts).toEqual([70n, -20n, 50n]);
    expect(rest).toBe(0n);
  });

  test("rebalanced: what nobody is credited lowers the others in proportion", () => {
    // 100 in all; 120 of positive shares become 100: 7/12 and 5/12 of it.
    const { parts } = rebalanced([share("a", 70n, 0n), share("b", -20n, 0n), share("c", 50n, 0n)]);
    expect(parts).toEqual([58n, 0n, 42n]);
  });

  test("rebalanced: beyond a cap the rest goes to the others, floors stand", () => {
    // 200 in all; a is capped at 60, d raised to 20: b and c share 120 as 40 to 40.
    const { parts, rest } = rebalanced([
      share("a", 110n, 20n, 60n),
      share("b", 40n, 20n, 90n),
      share("c", 40n, 20n, 90n),
      share("d", 10n, 20n, 90n),
    ]);
    expect(rest).toBe(0n);
    // t = 1.5: d · 1.5 = 15 is below its floor.
    expect(parts).toEqual([60n, 60n, 60n, 20n]);
  });

  test("rebalanced: all capped leave a rest, all floored an excess", () => {
    expect(rebalanced([share("a", 70n, 0n, 30n), share("b", 50n, 0n, 30n)])).toEqual({
      parts: [30n, 30n],
      rest: 60n,
    });
    expect(rebalanced([share("a", 7n, 30n), share("b", 5n, 30n)])).toEqual({
      parts: [30n, 30n],
      rest: -48n,
    });
  });

  test("rebalanced: a cap below its floor and an id twice are refused", () => {
    expect(refusals(() => rebalanced([share("a", 1n, 5n, 4n)]))).toEqual([
      "NUMBER_RANGE /shares/0/cap",
    ]);
    expect(refusals(() => rebalanced([share("a", 1n), share("a", 1n)]))[0]).toContain(
      "ID_DUPLICATE",
    );
  });
});

test("rebalanced: bounds, sum, one factor and no order on 2,000 random lists", () => {
  const next = seeded(5);
  const draw = (most: number) => BigInt(Math.floor(next() * most));
  for (let round = 0; round < 2000; round++) {
    const shares = Array.from({ length: 1 + Number(draw(8)) }, (_, i) => {
      const floor = draw(3) === 0n ? null : draw(60) - 10n;
      const cap = draw(3) === 0n ? null : ((floor ?? 0n) > 0n ? floor! : 0n) + draw(80);
      return share(`m${i}`, draw(200) - 40n, floor, cap);
    });
    const { parts, rest } = rebalanced(shares);
    const asked = shares.reduce((sum, { amount }) => sum + amount, 0n);
    expect(parts.reduce((sum, part) => sum + part, 0n) + rest).toBe(asked);
    let [below, above] = [0, Number.POSITIVE_INFINITY];
    shares.forEach(({ amount, floor, cap }, i) => {
      const part = parts[i]!;
      if (floor !== null) expect(part).toBeGreaterThanOrEqual(floor);
      if (cap !== null) expect(part).toBeLessThanOrEqual(cap);
      if (amount <= 0n) return;
      // Who is not at the floor has no smaller factor than anyone, who is not at the cap no larger.
      const least = floor !== null && floor > 0n ? floor : 0n;
      if (part > least) below = Math.max(below, (Number(part) - 1) / Number(amount));
      if (cap === null || part < cap) above = Math.min(above, (Number(part) + 1) / Number(amount));
    });
    if (rest === 0n) expect(below).toBeLessThanOrEqual(above + 1e-12);
    const turned = rebalanced([...shares].reverse());
    expect([...turned.parts].reverse()).toEqual(parts);
  }
});
