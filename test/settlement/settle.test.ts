import fc from "fast-check";
import { expect, test } from "vitest";
import { readMoney } from "../../src/basics/index.ts";
import { type Settlement, settle } from "../../src/settlement/index.ts";
import type { WaterfallTerms } from "../../src/terms/index.ts";
import { refusals } from "../support/refusal.ts";
import { samplePool } from "../support/sample-pool.ts";

const CENTS = { code: "USD", decimals: 2 };
const { waterfall: sample, currency: sampleCurrency } = samplePool();

// Worked by hand: 40,000 operator (its cap) + 100,000 members (half of 200,000) + 300,000
// reinsurance = 440,000; calls take up to 30,000 + 10,000; 500,000 leaves 20,000 by 1:1:4:2.
test("settle: bears a loss beyond everything, worked by hand", () => {
  const result = settle(sample, sampleCurrency, "500000");
  expect(
    result.layers.map(({ id, capacity, used, remaining }) => [id, capacity, used, remaining]),
  ).toEqual([
    ["operator-first", "40000.000000", "40000.000000", "0.000000"],
    ["members-fund", "100000.000000", "100000.000000", "0.000000"],
    ["reinsurer", "300000.000000", "300000.000000", "0.000000"],
  ]);
  expect(result.layers[1]!.payers).toEqual([
    { participant: "alice", amount: "25000.000000" },
    { participant: "carol", amount: "50000.000000" },
    { participant: "dave", amount: "25000.000000" },
  ]);
  expect(result.assessments).toEqual([
    { participant: "carol", cap: "30000.000000", amount: "30000.000000" },
    { participant: "dave", cap: "10000.000000", amount: "10000.000000" },
  ]);
  expect(result.socialised).toEqual({
    total: "20000.000000",
    shares: [
      { participant: "alice", amount: "2500.000000" },
      { participant: "bob", amount: "2500.000000" },
      { participant: "carol", amount: "10000.000000" },
      { participant: "dave", amount: "5000.000000" },
    ],
    uncovered: "0.000000",
  });
  expect(result.payments).toEqual([
    { payer: "alice", kind: "participant", amount: "27500.000000" },
    { payer: "bob", kind: "participant", amount: "2500.000000" },
    { payer: "carol", kind: "participant", amount: "90000.000000" },
    { payer: "dave", kind: "participant", amount: "40000.000000" },
    { payer: "example reinsurer", kind: "provider", amount: "300000.000000" },
    { payer: "operator", kind: "provider", amount: "40000.000000" },
  ]);
});

test("settle: calls pro rata to the caps before anything is socialised", () => {
  const result = settle(sample, sampleCurrency, "460000.000001");
  expect(result.assessments.map(({ amount }) => amount)).toEqual(["15000.000001", "5000.000000"]);
  expect(result.socialised.total).toBe("0.000000");
});

test("settle: splits an odd cent by remainder and then by id", () => {
  const terms: WaterfallTerms = {
    layers: [
      {
        id: "fund",
        order: 1,
        kind: "members",
        size: "1.00",
        shares: ["c", "a", "b"].map((participant) => ({ participant, share: 1 / 3 })),
      },
    ],
    lastResort: { kind: "socialised", weights: [{ participant: "a", weight: 1 }] },
  };
  expect(settle(terms, CENTS, "0.50").layers[0]!.payers).toEqual([
    { participant: "a", amount: "0.17" },
    { participant: "b", amount: "0.17" },
    { participant: "c", amount: "0.16" },
  ]);
});

test("settle: takes a cap share as the decimal it prints as", () => {
  const terms = oneOperator({ size: "100.00", capShare: 0.7 });
  expect(settle(terms, CENTS, "100").layers[0]!.used).toBe("70.00");
  expect(settle(oneOperator({ size: "0.03", capShare: 0.5 }), CENTS, "1").layers[0]!.capacity).toBe(
    "0.01",
  );
  expect(settle(oneOperator({ size: "5", cap: "9" }), CENTS, "7").layers[0]!.used).toBe("5.00");
});

test("settle: pays nothing for no loss", () => {
  for (const loss of ["0", "-0", "0.00"]) {
    const result = settle(sample, sampleCurrency, loss);
    expect(result.loss).toBe("0.000000");
    expect(result.payments).toEqual([]);
  }
});

test("settle: refuses what is no loss, no currency or no waterfall", () => {
  const at = (loss: unknown) => () => settle(sample, sampleCurrency, loss as string);
  expect(refusals(at("-1"))).toEqual(["NUMBER_RANGE /loss"]);
  expect(refusals(at(5))).toEqual(["MONEY_MUST_BE_STRING /loss"]);
  expect(refusals(at("0.0000001"))).toEqual(["MONEY_TOO_PRECISE /loss"]);
  expect(refusals(() => settle(sample, undefined as never, "1"))).toEqual(["TYPE /currency/code"]);
  expect(refusals(() => settle(sample, { code: "USD", decimals: 2.5 }, "1"))).toEqual([
    "DECIMALS /currency/decimals",
  ]);
  expect(refusals(() => settle(null as never, CENTS, "1"))).toEqual(["TYPE "]);
  expect(refusals(() => settle(sample, CENTS, "1"))).toEqual([
    "CURRENCY_MISMATCH /layers/2/currency",
  ]);
});

function oneOperator(layer: { size: string; cap?: string; capShare?: number }): WaterfallTerms {
  return {
    layers: [{ id: "own", order: 1, kind: "operator", ...layer }],
    lastResort: { kind: "socialised", weights: [{ participant: "a", weight: 1 }] },
  };
}

// Random waterfalls: weights of layers are 16ths so that shares sum to one exactly.
const names = ["ann", "ben", "cyd", "dov", "eve"];
const cents = fc.nat(900).map((minor) => (minor / 100).toFixed(2));
const shares = fc
  .uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 })
  .map((list) => {
    const sixteenths = list.map((_, i) => (i === 0 ? 16 - 3 * (list.length - 1) : 3));
    return list.map((participant, i) => ({ participant, share: sixteenths[i]! / 16 }));
  });
const cap = fc.oneof(
  fc.constant({}),
  cents.map((money) => ({ cap: money })),
  fc.integer({ min: 1, max: 10 }).map((tenth) => ({ capShare: tenth / 10 })),
);
const layer = fc.record({
  kind: fc.constantFrom("operator", "members", "reinsurance"),
  size: cents,
  cap,
  shares,
});
const terms = fc
  .record({
    layers: fc.array(layer, { maxLength: 5 }),
    assessments: fc.uniqueArray(fc.record({ participant: fc.constantFrom(...names), cap: cents }), {
      selector: ({ participant }) => participant,
      maxLength: 4,
    }),
    weights: fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.nat(9),
      fc.double({ min: 0, max: 9, noNaN: true }),
    ),
  })
  .map(
    ({ layers, assessments, weights }): WaterfallTerms => ({
      layers: layers.map(({ kind, size, cap: limit, shares: by }, i) => ({
        id: `layer-${i}`,
        order: i + 1,
        kind: kind as "operator",
        size,
        ...limit,
        ...(kind === "members" ? { shares: by } : {}),
      })),
      assessments,
      lastResort: {
        kind: "socialised",
        weights: weights.map((weight, i) => ({ participant: names[i]!, weight })),
      },
      allowNonStandard: true,
    }),
  );
const loss = fc.nat(6_000).map((minor) => (minor / 100).toFixed(2));

const minor = (text: string): number => Number(readMoney(text, 2));
const sum = (list: readonly { readonly amount: string }[]): number =>
  list.reduce((above, { amount }) => above + minor(amount), 0);

/** Capacity from the terms alone, in whole cents; a cap share is tenths. */
function capacityInCents({ size, cap: limit, capShare }: WaterfallTerms["layers"][number]): number {
  const whole = Math.round(Number(size) * 100);
  if (capShare !== undefined) return Math.floor((whole * Math.round(capShare * 10)) / 10);
  return limit === undefined ? whole : Math.min(whole, Math.round(Number(limit) * 100));
}

test("settle: is complete, capped, in order and never negative", () => {
  fc.assert(
    fc.property(terms, loss, (agreed, amount) => {
      const result = settle(agreed, CENTS, amount);
      let left = Math.round(Number(amount) * 100);
      expect(sum(result.payments)).toBe(left);
      expect(result.layers.length).toBe(agreed.layers.length);
      result.layers.forEach((settled, i) => {
        const capacity = capacityInCents(agreed.layers[i]!);
        const used = Math.min(left, capacity);
        expect(minor(settled.capacity)).toBe(capacity);
        expect(minor(settled.used)).toBe(used);
        expect(minor(settled.remaining)).toBe(capacity - used);
        expect(sum(settled.payers)).toBe(used);
        left -= used;
      });
      const callable = result.assessments.reduce((above, call) => above + minor(call.cap), 0);
      expect(sum(result.assessments)).toBe(Math.min(left, callable));
      for (const call of result.assessments) {
        expect(minor(call.amount)).toBeGreaterThanOrEqual(0);
        expect(minor(call.amount)).toBeLessThanOrEqual(minor(call.cap));
      }
      left -= Math.min(left, callable);
      expect(minor(result.socialised.total)).toBe(left);
      expect(sum(result.socialised.shares)).toBe(left);
      for (const { amount: share } of result.socialised.shares)
        expect(minor(share) >= 0).toBe(true);
    }),
    { seed: 51, numRuns: 600 },
  );
});

test("settle: does not show in which order the terms list anything", () => {
  fc.assert(
    fc.property(terms, loss, (agreed, amount) => {
      const { lastResort } = agreed;
      const turned: WaterfallTerms = {
        layers: [...agreed.layers].reverse().map((item) => ({
          ...item,
          ...(item.shares === undefined ? {} : { shares: [...item.shares].reverse() }),
        })),
        assessments: [...(agreed.assessments ?? [])].reverse(),
        lastResort:
          lastResort.kind === "socialised"
            ? { ...lastResort, weights: [...lastResort.weights].reverse() }
            : lastResort,
        allowNonStandard: true,
      };
      expect(settle(turned, CENTS, amount)).toEqual(settle(agreed, CENTS, amount));
    }),
    { seed: 52, numRuns: 300 },
  );
});

// Largest remainder is not monotone to the last unit (the Alabama paradox), so a participant may
// pay one cent less per split although the loss grew; a layer never pays less.
test("settle: a larger loss lowers no layer, and no payment by more than its rounding", () => {
  const byPayer = (settled: Settlement): Map<string, number> =>
    new Map(settled.payments.map(({ payer, kind, amount }) => [`${kind} ${payer}`, minor(amount)]));
  fc.assert(
    fc.property(terms, loss, fc.integer({ min: 1, max: 300 }), (agreed, amount, more) => {
      const before = settle(agreed, CENTS, amount);
      const after = settle(agreed, CENTS, (Number(amount) + more / 100).toFixed(2));
      before.layers.forEach(({ used }, i) => {
        expect(minor(after.layers[i]!.used)).toBeGreaterThanOrEqual(minor(used));
      });
      expect(minor(after.socialised.total)).toBeGreaterThanOrEqual(minor(before.socialised.total));
      const splits = agreed.layers.filter(({ kind }) => kind === "members").length + 2;
      const later = byPayer(after);
      for (const [payer, paid] of byPayer(before)) {
        const slack = payer.startsWith("participant") ? splits : 0;
        expect(later.get(payer) ?? 0).toBeGreaterThanOrEqual(paid - slack);
      }
    }),
    { seed: 53, numRuns: 400 },
  );
});

test("settle: more capital in a layer leaves those before it unchanged and spares those after", () => {
  fc.assert(
    fc.property(terms, loss, fc.nat(4), (agreed, amount, pick) => {
      if (pick >= agreed.layers.length) return;
      const richer: WaterfallTerms = {
        ...agreed,
        layers: agreed.layers.map((item, i) =>
          i === pick ? { ...item, size: (Number(item.size) + 1).toFixed(2) } : item,
        ),
      };
      const before = settle(agreed, CENTS, amount);
      const after = settle(richer, CENTS, amount);
      before.layers.forEach(({ used }, i) => {
        const now = minor(after.layers[i]!.used);
        if (i < pick) expect(now).toBe(minor(used));
        if (i > pick) expect(now).toBeLessThanOrEqual(minor(used));
      });
      expect(minor(after.socialised.total)).toBeLessThanOrEqual(minor(before.socialised.total));
    }),
    { seed: 54, numRuns: 300 },
  );
});

test("settle: splits amounts far beyond doubles to the last unit", () => {
  const size = `${10n ** 30n}`;
  const result = settle(
    {
      layers: [
        {
          id: "fund",
          order: 1,
          kind: "members",
          size,
          shares: ["a", "b", "c"].map((participant) => ({ participant, share: 1 / 3 })),
        },
      ],
      lastResort: { kind: "socialised", weights: [{ participant: "a", weight: 1 }] },
    },
    CENTS,
    size,
  );
  expect(result.payments.map(({ amount }) => amount)).toEqual([
    "333333333333333333333333333333.34",
    "333333333333333333333333333333.33",
    "333333333333333333333333333333.33",
  ]);
});
