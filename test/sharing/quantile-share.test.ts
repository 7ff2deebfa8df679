// Method: computed cases; the lognormal form beside the table of its quantiles; losses that rise
// together, where the rule gives everyone the own loss; and the axioms that it keeps.
import { describe, expect, test } from "vitest";
import {
  lognormalQuantileShares,
  quantileShares,
  quantileSharesWork,
} from "../../src/sharing/index.ts";
import { memberLosses, normals, uniforms } from "../support/member-losses.ts";
import { type Cases, expectClose, reference, type Values } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const sum = (values: Iterable<number>) => [...values].reduce((above, value) => above + value, 0);
const LAWS = [
  { mu: 0, sigma: 0.5 },
  { mu: 0.5, sigma: 1 },
  { mu: -0.2, sigma: 0.25 },
];

describe("lognormal losses", () => {
  test("lognormalQuantileShares: computed cases", () => {
    const { inputs, expected, tolerance } = reference<Cases<[number]>, Values<number[]>>(
      "share.quantile-rule",
    );
    inputs.cases.forEach(([loss], i) => {
      expectClose([...lognormalQuantileShares(loss, LAWS)], expected.values[i], tolerance);
    });
  });

  test("lognormalQuantileShares: all shares are of one probability, at any loss and any laws", () => {
    const random = uniforms(8);
    for (let round = 0; round < 200; round++) {
      const laws = Array.from({ length: 1 + (round % 9) }, () => ({
        mu: 20 * random() - 10,
        sigma: 10 ** (3 * random() - 2),
      }));
      const loss = 10 ** (40 * random() - 20);
      const shares = lognormalQuantileShares(loss, laws);
      expectClose(sum(shares), loss, { rel: 1e-14 });
      // Where a share is too small for a number it says nothing of its probability.
      const places = laws.flatMap(({ mu, sigma }, i) =>
        shares[i]! > 1e-290 ? [(Math.log(shares[i]!) - mu) / sigma] : [],
      );
      for (const place of places) expectClose(place, places[0], { rel: 1e-10, abs: 1e-10 });
    }
    expectClose([...lognormalQuantileShares(7, [LAWS[0]!])], [7], { rel: 1e-15 });
  });

  test("quantileShares: a table of their quantiles is near it", () => {
    const random = uniforms(3);
    const normal = normals(4);
    const columns = LAWS.map(({ mu, sigma }) =>
      Array.from({ length: 200_000 }, () => Math.exp(mu + sigma * normal())),
    );
    const shares = quantileShares(memberLosses(columns));
    for (let round = 0; round < 40; round++) {
      const loss = 1 + 12 * random();
      const known = lognormalQuantileShares(loss, LAWS);
      // 200,000 losses: within 1 %, and 3 % where few are.
      expectClose([...shares.at(loss)], [...known], { rel: loss > 1.6 && loss < 10 ? 0.01 : 0.03 });
    }
  });
});

describe("losses that rise together", () => {
  const random = uniforms(5);
  const shocks = Array.from({ length: 3000 }, random);
  const columns = [
    shocks.map((u) => 3 * u - 1),
    shocks.map((u) => u ** 4 / (1.001 - u)),
    shocks.map((u) => (u > 0.9 ? 5 : 0)),
    shocks.map(() => 2),
  ];
  const total = shocks.map((_, s) => sum(columns.map((column) => column[s]!)));

  test.each([
    [3000, 1e-12],
    [400, 0.05],
  ])("quantileShares: with %i knots everyone bears the own loss, within %d", (knots, abs) => {
    const shares = quantileShares(memberLosses(columns), { knots });
    total.forEach((loss, s) => {
      // Where one jumps, a straight line between two knots does not.
      if (knots < 3000 && Math.abs(shocks[s]! - 0.9) < 0.01) return;
      const own = columns.map((column) => column[s]!);
      expectClose([...shares.at(loss)], own, { abs, rel: abs });
    });
    expect(shares.nodes.length).toBeLessThanOrEqual(knots);
  });
});

test("quantileShares: knots are close at both ends, and beyond them lines go on", () => {
  const count = 20_000;
  const places = Array.from({ length: count }, (_, s) => (s + 0.5) / count);
  // Tails on both sides, of two weights.
  const columns = [0.3, 0.9].map((weight) => places.map((u) => (1 - u) ** -weight - u ** -weight));
  const shares = quantileShares(memberLosses(columns), { knots: 400 });
  for (const s of [0, 1, 2, 5, 20, 60]) {
    for (const place of [s, count - 1 - s]) {
      const own = columns.map((column) => column[place]!);
      expectClose([...shares.at(sum(own))], own, { rel: 0.01 });
    }
  }
  const straight = quantileShares(
    memberLosses([1, 3, 0.5].map((a) => places.map((u) => a * u - 2))),
  );
  for (const u of [-4, 9]) {
    expectClose([...straight.at(4.5 * u - 6)], [u - 2, 3 * u - 2, 0.5 * u - 2], { rel: 1e-10 });
  }
});

describe("axioms", () => {
  const normal = normals(9);
  const pools = Array.from({ length: 6 }, (_, p) =>
    Array.from({ length: 1 + p }, (_, m) =>
      Array.from({ length: 2500 }, () => {
        const z = normal();
        const loss = m % 2 ? Math.exp(z) : Math.max(0, z - 1) * (m + 1);
        return p < 3 ? loss : loss - z;
      }),
    ),
  );

  test("quantileShares: balance, no rip-off, and no share falls while the loss rises", () => {
    for (const columns of pools) {
      const shares = quantileShares(memberLosses(columns), { knots: 300 });
      const { nodes } = shares;
      const high = nodes.at(-1)!;
      const most = columns.map((column) => column.reduce((a, b) => Math.max(a, b)));
      const least = columns.map((column) => column.reduce((a, b) => Math.min(a, b)));
      const low = sum(least);
      expectClose([...shares.at(low)], least, { abs: 1e-12 });
      expectClose([...shares.at(high)], most, { rel: 1e-12 });
      let before = shares.at(low);
      for (let i = 0; i <= 500; i++) {
        const loss = low + ((high - low) * 1.5 * i) / 500;
        const now = shares.at(loss);
        expectClose(sum(now), loss, { rel: 1e-12, abs: 1e-12 });
        now.forEach((share, m) => {
          expect(share).toBeGreaterThanOrEqual(before[m]! - 1e-9);
          if (loss <= high) expect(share).toBeLessThanOrEqual(most[m]! * (1 + 1e-12));
        });
        before = now;
      }
    }
  });

  test("quantileShares: nobody bears anything when nothing is lost, where losses are never negative", () => {
    const columns = pools[2]!.map((column) => column.map((loss) => loss + 0.25));
    const shares = quantileShares(memberLosses(columns));
    expect([...shares.at(0)]).toEqual([0, 0, 0]);
    expectClose(sum(shares.at(0.3)), 0.3, { rel: 1e-13 });
    expect(shares.at(0.3).every((share) => share > 0)).toBe(true);
    expect(refusals(() => shares.at(-1e-9))).toEqual(["NUMBER_RANGE /loss"]);
    const signed = quantileShares(memberLosses(pools[4]!));
    expectClose(sum(signed.at(-1000)), -1000, { rel: 1e-12 });
  });

  test("quantileShares: who has the same law bears the same, and order and unit do not matter", () => {
    const [first, second] = pools[1]! as [number[], number[]];
    const columns = [first, [...first].reverse(), second];
    const shares = quantileShares(memberLosses(columns));
    const turned = quantileShares(memberLosses([second, first, first]));
    const larger = quantileShares(memberLosses(columns.map((own) => own.map((x) => x / 4))));
    for (const loss of [0.1, 2, 9, 60]) {
      const found = shares.at(loss);
      expectClose(found[0], found[1], { rel: 1e-12 });
      expectClose([...turned.at(loss)].reverse(), [...found], { rel: 1e-9 });
      expect(larger.at(loss / 4)).toEqual(found.map((share) => share / 4));
    }
  });

  test("quantileShares: losses that never vary are one row, and more is shared alike", () => {
    const shares = quantileShares(memberLosses([Array(9).fill(-1), Array(9).fill(4)]));
    expect([...shares.at(3)]).toEqual([-1, 4]);
    expect([...shares.at(5)]).toEqual([0, 5]);
    expect([
      ...quantileSharesWork(
        memberLosses([
          [1, 2],
          [3, 4],
        ]),
      ),
    ]).toHaveLength(2);
  });
});

describe("refusals", () => {
  const good = [
    [1, 2],
    [3, 4],
  ];
  const nobody = { members: 0, scenarios: 5, column: () => new Float64Array(5) };
  test.each<[string, () => unknown, string]>([
    ["nobody's losses", () => quantileShares(nobody), "MEMBERS_NONE /members"],
    ["one scenario", () => quantileShares(memberLosses([[1]])), "NUMBER_RANGE /scenarios"],
    ["one knot", () => quantileShares(memberLosses(good), { knots: 1 }), "NUMBER_RANGE /knots"],
    [
      "no amounts",
      () =>
        quantileShares(
          memberLosses([
            [1, 2],
            [3, Number.NaN],
          ]),
        ),
      "NUMBER_NOT_FINITE /losses/1",
    ],
    [
      "no sum",
      () =>
        quantileShares(
          memberLosses([
            [0, 1.7e308],
            [0, 1.7e308],
          ]),
        ),
      "NUMBER_NOT_FINITE /losses",
    ],
    ["no law", () => lognormalQuantileShares(1, []), "MEMBERS_NONE /members"],
    ["no loss", () => lognormalQuantileShares(0, LAWS), "NUMBER_RANGE /loss"],
    [
      "a law without spread",
      () => lognormalQuantileShares(1, [{ mu: 0, sigma: 0 }]),
      "NUMBER_RANGE /members/0/sigma",
    ],
    [
      "a law of no place",
      () => lognormalQuantileShares(1, [{ mu: Infinity, sigma: 1 }]),
      "NUMBER_NOT_FINITE /members/0/mu",
    ],
  ])("refuses %s", (_, run, refused) => {
    expect(refusals(run)).toEqual([refused]);
  });
});
