// Method: known cases; optima and triangles from first principles; a market played out by hand.
import { describe, expect, test } from "vitest";
import {
  type Applicant,
  incentiveShare,
  insuredShare,
  linearSelection,
  type PriceLine,
  repricing,
} from "../../src/incentive/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusal, refusals } from "../support/refusal.ts";

type Four = [number, number, number, number];

test("incentiveShare: agrees with known cases", () => {
  const { tolerance } = reference("mh.len-optimal-share");
  for (const [[riskAversion, effortCost, variance, productivity], [known]] of referenceCases<
    Four,
    [number]
  >("mh.len-optimal-share")) {
    const share = incentiveShare({ riskAversion, effortCost, variance, productivity });
    expectClose(share, known, tolerance);
  }
});

test("insuredShare: agrees with known cases", () => {
  const { tolerance } = reference("mh.optimal-coinsurance-cara");
  for (const [[riskAversion, mean, variance, loading], known] of referenceCases<Four, number>(
    "mh.optimal-coinsurance-cara",
  )) {
    expectClose(insuredShare({ riskAversion, mean, variance, loading }), known, tolerance);
  }
});

test("linearSelection: agrees with the published market", () => {
  const { tolerance } = reference("as.einav-finkelstein-linear");
  for (const [[alpha, beta, gamma, delta], known] of referenceCases<Four, number[]>(
    "as.einav-finkelstein-linear",
  )) {
    const { equilibrium, efficient, welfareLoss } = linearSelection(
      { intercept: alpha, slope: beta },
      { intercept: gamma, slope: delta },
    );
    const found = [
      equilibrium.price,
      equilibrium.quantity,
      efficient.price,
      efficient.quantity,
      welfareLoss,
      equilibrium.marginalCost,
    ];
    expectClose(found, known, tolerance);
  }
});

test("repricing: agrees with known spirals, as exact fractions", () => {
  const known = referenceCases<
    [string],
    { start_price: string; price_sequence: string[]; remaining: number }
  >("as.death-spiral");
  known.forEach(([, { start_price, price_sequence, remaining }], i) => {
    const tenths = [12n, 20n][i]!;
    const applicants = Array.from({ length: 10 }, (_, k) => {
      const cost = 10n * BigInt(k + 1);
      return { id: `a${k}`, cost, willingness: (tenths * cost) / 10n };
    });
    const { rounds, end, survivors } = repricing(applicants);
    expect(end).toBe("stable");
    expect(survivors).toEqual(applicants.slice(10 - remaining).map(({ id }) => id));
    // The sequence ends with the price that came twice.
    const prices = [start_price, ...price_sequence.slice(0, -1)];
    expect(rounds.length).toBe(prices.length);
    rounds.forEach(({ cost, buyers }, round) => {
      const [over, under = "1"] = prices[round]!.split("/");
      expect(cost * BigInt(under)).toBe(10n * BigInt(over!) * BigInt(buyers));
    });
  });
});

describe("hidden effort and cover", () => {
  const random = seeded(5);
  const draws = Array.from({ length: 100 }, () => ({
    riskAversion: 0.1 + random(),
    effortCost: 0.1 + random(),
    variance: 4 * random(),
    productivity: 0.2 + random(),
    mean: random(),
    loading: random(),
  }));

  test("incentiveShare: no other share leaves more to both", () => {
    for (const { mean: _, loading: __, ...effort } of draws) {
      const { riskAversion: r, effortCost: c, variance: v, productivity: b } = effort;
      const surplus = (share: number) => {
        const chosen = (share * b) / c;
        return b * chosen - (c * chosen ** 2) / 2 - (r * share ** 2 * v) / 2;
      };
      const share = incentiveShare(effort);
      for (const step of [-0.1, -1e-3, 1e-3, 0.1]) {
        expect(surplus(share + step)).toBeLessThan(surplus(share));
      }
    }
  });

  test("insuredShare: no other part is better for the insured", () => {
    for (const { effortCost: _, productivity: __, ...cover } of draws) {
      const { riskAversion: r, mean: m, variance: v, loading } = cover;
      const worth = (part: number) =>
        -(1 + loading) * part * m - (1 - part) * m - (r * (1 - part) ** 2 * v) / 2;
      const part = insuredShare(cover);
      for (const other of [0, part - 1e-3, part + 1e-3, 1]) {
        const possible = Math.min(1, Math.max(0, other));
        expect(worth(possible)).toBeLessThanOrEqual(worth(part));
      }
    }
  });

  test("shares: limits", () => {
    const effort = { riskAversion: 1, effortCost: 1, variance: 0, productivity: 1 };
    expect(incentiveShare(effort)).toBe(1);
    expect(incentiveShare({ ...effort, variance: 1e40 })).toBeLessThan(1e-39);
    expect(incentiveShare({ ...effort, variance: 1, productivity: 1e-300 })).toBe(0);
    const cover = { riskAversion: 1, mean: 1, variance: 0, loading: 0 };
    expect(insuredShare(cover)).toBe(1);
    expect(insuredShare({ ...cover, loading: 0.1 })).toBe(0);
    expect(insuredShare({ ...cover, variance: 1, loading: 5 })).toBe(0);
  });
});

describe("a market of straight lines", () => {
  const demand: PriceLine = { intercept: 1, slope: -0.001 };

  test.each([
    ["adverse", 300, 0.3],
    ["advantageous", 500, -0.4],
  ])(
    "linearSelection: %s, against total cost and the area between the lines",
    (_, gamma, delta) => {
      const market = linearSelection(demand, { intercept: gamma, slope: delta });
      const priceOf = (quantity: number) => (quantity - demand.intercept) / demand.slope;
      const total = (quantity: number) => quantity * (gamma + delta * priceOf(quantity));
      const marginal = (quantity: number) =>
        (total(quantity + 1e-4) - total(quantity - 1e-4)) / 2e-4;
      const { equilibrium, efficient, welfareLoss } = market;
      expect(total(equilibrium.quantity) / equilibrium.quantity).toBeCloseTo(equilibrium.price, 9);
      expect(marginal(equilibrium.quantity)).toBeCloseTo(equilibrium.marginalCost, 6);
      expect(marginal(efficient.quantity)).toBeCloseTo(efficient.price, 6);
      expect(efficient.marginalCost).toBeCloseTo(efficient.price, 9);
      expect(Math.sign(efficient.quantity - equilibrium.quantity)).toBe(Math.sign(delta));
      // Worth of all covers less their cost, at one point and the other.
      const surplus = (quantity: number) => quantity * priceOf(quantity / 2) - total(quantity);
      expect(surplus(efficient.quantity) - surplus(equilibrium.quantity)).toBeCloseTo(
        welfareLoss,
        9,
      );
      expect(welfareLoss).toBeGreaterThan(0);
    },
  );

  test("linearSelection: without selection nothing is lost", () => {
    const market = linearSelection(demand, { intercept: 400, slope: 0 });
    expect(market.welfareLoss).toBe(0);
    expect(market.efficient).toEqual(market.equilibrium);
    expect(market.equilibrium.price).toBe(400);
  });

  test.each<[string, PriceLine, PriceLine, string[]]>([
    [
      "lines that cannot be",
      { intercept: 0, slope: 0 },
      { intercept: Number.NaN, slope: 0.5 },
      [
        "NUMBER_NOT_FINITE /averageCost/intercept",
        "NUMBER_RANGE /averageCost/slope",
        "NUMBER_RANGE /demand/intercept",
        "NUMBER_RANGE /demand/slope",
      ],
    ],
    ["a cover nobody wants", demand, { intercept: 1000, slope: 0.1 }, ["NO_TRADE /averageCost"]],
    [
      "a last buyer who costs less than nothing",
      demand,
      { intercept: 100, slope: 0.3 },
      ["COST_NEGATIVE /averageCost"],
    ],
  ])("linearSelection: refuses %s", (_, lineOfDemand, lineOfCost, codes) => {
    expect(refusals(() => linearSelection(lineOfDemand, lineOfCost))).toEqual(codes);
  });
});

describe("repricing", () => {
  const of = (pairs: readonly (readonly [number, number])[]): Applicant[] =>
    pairs.map(([cost, willingness], i) => ({
      id: `a${i}`,
      cost: BigInt(cost),
      willingness: BigInt(willingness),
    }));

  test("repricing: nobody leaves by rounding", () => {
    // A third of 10 cannot be written down; those who pay exactly the mean stay.
    expect(
      repricing(
        of([
          [3, 4],
          [3, 4],
          [4, 4],
        ]),
      ).survivors.length,
    ).toBe(3);
    const same = repricing(of(Array.from({ length: 7 }, () => [10 ** 15 + 1, 10 ** 15 + 1])));
    expect(same.end).toBe("stable");
    expect(same.rounds.length).toBe(1);
  });

  test("repricing: unravels to nobody when cover is worth less than it costs", () => {
    const { end, survivors, rounds } = repricing(
      of([
        [2, 1],
        [4, 3],
        [9, 8],
      ]),
    );
    expect(end).toBe("empty");
    expect(survivors).toEqual([]);
    expect(rounds).toEqual([
      { cost: 15n, buyers: 3 },
      { cost: 9n, buyers: 1 },
    ]);
  });

  test("repricing: those who left return when the price falls, for ever if need be", () => {
    // The eager one is cheap: alone it pays 2, at which the other joins and the price is 5 again.
    const { end, survivors, rounds } = repricing(
      of([
        [8, 4],
        [2, 10],
      ]),
    );
    expect(end).toBe("cycle");
    expect(survivors).toEqual(["a1"]);
    expect(rounds.map(({ buyers }) => buyers)).toEqual([2, 1]);
  });

  test("repricing: agrees with asking everyone every time, and in any order", () => {
    const random = seeded(8);
    const ends = new Set<string>();
    for (let trial = 0; trial < 500; trial++) {
      const people = of(
        Array.from({ length: 1 + Math.floor(8 * random()) }, () => [
          Math.floor(20 * random()),
          Math.floor(20 * random()),
        ]),
      );
      const found = repricing(people);
      ends.add(found.end);
      let buying: readonly Applicant[] = people;
      for (const { cost, buyers } of found.rounds) {
        expect(buying.length).toBe(buyers);
        expect(buying.reduce((sum, one) => sum + one.cost, 0n)).toBe(cost);
        buying = people.filter(({ willingness }) => willingness * BigInt(buyers) >= cost);
      }
      const ids = buying.map(({ id }) => id);
      if (found.end === "empty") expect(ids).toEqual([]);
      else if (found.end === "stable") expect(ids).toEqual(found.survivors);
      else expect(found.rounds.slice(0, -1).some((r) => r.buyers === ids.length)).toBe(true);
      const turned = repricing([...people].reverse());
      expect({ ...turned, survivors: [...turned.survivors].reverse() }).toEqual(found);
    }
    expect(ends.size).toBe(3);
  });

  test("repricing: refuses what is no list of applicants, all at once", () => {
    expect(refusals(() => repricing([]))).toEqual(["APPLICANTS_TOO_FEW "]);
    const bad = [
      { id: "a", cost: -1n, willingness: 1n },
      { id: "a", cost: 1n, willingness: 1.5 as unknown as bigint },
    ];
    expect(refusals(() => repricing(bad))).toEqual([
      "NUMBER_RANGE /0/cost",
      "ID_DUPLICATE /1/id",
      "NUMBER_RANGE /1/willingness",
    ]);
    expect(refusal(() => repricing(bad)).issues[0]!.received).toBe("bigint -1");
  });
});

test("shares: refuse what is no risk, all at once", () => {
  expect(
    refusals(() =>
      incentiveShare({ riskAversion: 0, effortCost: -1, variance: -1, productivity: Number.NaN }),
    ),
  ).toEqual([
    "NUMBER_RANGE /effortCost",
    "NUMBER_NOT_FINITE /productivity",
    "NUMBER_RANGE /riskAversion",
    "NUMBER_RANGE /variance",
  ]);
  expect(
    refusals(() => insuredShare({ riskAversion: 0, mean: -1, variance: -1, loading: -0.1 })),
  ).toEqual([
    "NUMBER_RANGE /loading",
    "NUMBER_RANGE /mean",
    "NUMBER_RANGE /riskAversion",
    "NUMBER_RANGE /variance",
  ]);
});
