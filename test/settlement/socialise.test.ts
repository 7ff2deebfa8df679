import { expect, test } from "vitest";
import { socialisedLossPerCoin } from "../../src/index.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose, reference } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

const COIN = 10n ** 9n;

test("socialisedLossPerCoin: agrees with Drift's case", () => {
  const { inputs, expected, tolerance } = reference<
    { loss: number; long_base: number; short_base: number },
    { funding_rate_delta_per_base: number }
  >("liq.drift.socialised-loss-perp");
  const perCoin = socialisedLossPerCoin({
    loss: BigInt(inputs.loss) * 1_000_000n,
    long: BigInt(inputs.long_base) * COIN,
    short: BigInt(inputs.short_base) * COIN,
    unitsPerCoin: COIN,
  });
  expectClose(Number(perCoin) / 1e6, expected.funding_rate_delta_per_base, tolerance);
  // Rounded up where the source rounds up: 9,090,909.09… minor units.
  expect(perCoin).toBe(9_090_910n);
});

test("socialisedLossPerCoin: collects the loss, and less than one unit per coin more", () => {
  const random = seeded(5);
  for (let round = 0; round < 1000; round++) {
    const [loss, long, short] = [1e12, 1e15, 1e13].map((most) =>
      BigInt(Math.floor(random() * most)),
    );
    const given = { loss: loss!, long: long! + 1n, short: short!, unitsPerCoin: COIN };
    const collected = socialisedLossPerCoin(given) * (given.long + given.short);
    const over = collected - given.loss * COIN;
    expect(over >= 0n && over < given.long + given.short).toBe(true);
  }
});

test("socialisedLossPerCoin: is exact where it divides, and nothing for nothing", () => {
  const given = { loss: 110n, long: 7n, short: 4n, unitsPerCoin: 1n };
  expect(socialisedLossPerCoin(given)).toBe(10n);
  expect(socialisedLossPerCoin({ ...given, loss: 0n })).toBe(0n);
  expect(socialisedLossPerCoin({ ...given, long: 0n, short: 1n })).toBe(110n);
});

test("socialisedLossPerCoin: refuses to share among nobody, and amounts below 0", () => {
  const given = { loss: 1n, long: 0n, short: 0n, unitsPerCoin: COIN };
  expect(refusals(() => socialisedLossPerCoin(given))).toEqual(["WEIGHTS_ZERO "]);
  expect(refusals(() => socialisedLossPerCoin({ ...given, loss: 0n }))).toEqual(["WEIGHTS_ZERO "]);
  expect(refusals(() => socialisedLossPerCoin({ ...given, loss: -1n, long: 1n }))).toEqual([
    "NUMBER_RANGE /loss",
  ]);
  expect(refusals(() => socialisedLossPerCoin({ ...given, long: -1n }))).toEqual([
    "NUMBER_RANGE /long",
  ]);
  expect(refusals(() => socialisedLossPerCoin({ ...given, long: 1n, unitsPerCoin: 0n }))).toEqual([
    "NUMBER_RANGE /unitsPerCoin",
  ]);
});
