// Method: the protocol's own test values; a quote put together by hand; what no customer may do.
import { describe, expect, test } from "vitest";
import { black76 } from "../../src/numeric/index.ts";
import {
  type OptionDesk,
  type OptionMakerTerms,
  type OptionOrder,
  optionQuote,
} from "../../src/pricing/index.ts";
import {
  timeWeightedFee,
  varianceFee,
  vegaFee,
  volatilityImpact,
} from "../../src/pricing/option-quote.ts";
import { seeded } from "../support/kernel.ts";
import { expectClose, reference, referenceCases } from "../support/reference.ts";
import { refusals } from "../support/refusal.ts";

describe("the protocol's own tests", () => {
  test("volatilityImpact: moves the volatility by the size of the trade", () => {
    const { tolerance } = reference("amm.lyra.iv-impact");
    for (const [
      [side, amount, baseVolatility, skew, standardSize, skewFactor],
      known,
    ] of referenceCases<["buy" | "sell", number, number, number, number, number], [number, number]>(
      "amm.lyra.iv-impact",
    )) {
      const moved = volatilityImpact(
        { baseVolatility, skew },
        { side, amount },
        { standardSize, skewFactor },
      );
      expectClose([moved.baseVolatility, moved.skew], known, tolerance);
    }
  });

  test("timeWeightedFee: doubles from one point to the other", () => {
    const { tolerance } = reference("amm.lyra.time-weighted-fee");
    for (const [[days, fromDays, toDays, coefficient], known] of referenceCases<
      [number, number, number, number],
      number
    >("amm.lyra.time-weighted-fee")) {
      expectClose(timeWeightedFee({ coefficient, fromDays, toDays }, days), known, tolerance);
    }
    expect(timeWeightedFee({ coefficient: 2, fromDays: 7, toDays: 28 }, 1)).toBe(2);
  });

  test("vegaFee: charges for what a trade leaves the pool with", () => {
    interface Trade {
      readonly vegaFeeCoefficient: number;
      readonly volTraded: number;
      readonly postTradeAmmNetStdVega: number;
      readonly preTradeAmmNetStdVega: number;
      readonly NAV: number;
      readonly amount: number;
    }
    const { inputs, expected, tolerance } = reference<Trade, { fee: number }>(
      "amm.lyra.vega-util-fee",
    );
    const trade = (netVegaBefore: number, netVegaAfter: number) => ({
      volatility: inputs.volTraded,
      netVegaBefore,
      netVegaAfter,
      netAssetValue: inputs.NAV,
      amount: inputs.amount,
    });
    const { preTradeAmmNetStdVega: before, postTradeAmmNetStdVega: after } = inputs;
    const coefficient = inputs.vegaFeeCoefficient;
    expectClose(vegaFee(coefficient, trade(before, after)), expected.fee, tolerance);
    expectClose(vegaFee(coefficient, trade(-before, -after)), expected.fee, tolerance);
    expect(vegaFee(coefficient, trade(-81, 80))).toBe(0);
  });

  test("varianceFee: multiplies vega, skew and the change of volatility", () => {
    interface Defaults {
      readonly defaults: { readonly [name: string]: number };
    }
    const { inputs, tolerance } = reference<Defaults, unknown>("amm.lyra.variance-fee");
    const known = inputs.defaults as { readonly [name: string]: number };
    const terms = {
      coefficient: known["coef"]!,
      vega: { least: known["minVega"]!, slope: known["vegaCoef"]! },
      skew: { least: known["minSkew"]!, slope: known["skewCoef"]! },
      referenceSkew: known["refSkew"]!,
      volatility: { least: known["minIvVar"]!, slope: known["ivVarCoef"]! },
    };
    for (const [[vega, skew, distance, amount], fee] of referenceCases<
      [number, number, number, number],
      number
    >("amm.lyra.variance-fee")) {
      expectClose(varianceFee(terms, { vega, skew, distance, amount }), fee, tolerance);
    }
  });
});

const TERMS: OptionMakerTerms = {
  standardSize: 50,
  skewFactor: 0.75,
  priceFee: { coefficient: 0.01, fromDays: 7, toDays: 35 },
  spotFee: { coefficient: 0.0002, fromDays: 7, toDays: 35 },
  vegaFee: 60,
  varianceFee: {
    coefficient: 0.1,
    vega: { least: 0, slope: 0.01 },
    skew: { least: 1, slope: 3 },
    referenceSkew: 1,
    volatility: { least: 1, slope: 1.5 },
  },
};
const DESK: OptionDesk = { baseVolatility: 0.8, skew: 1.05, netVega: -40 };
const ORDER: OptionOrder = {
  side: "buy",
  type: "call",
  amount: 10,
  strike: 2000,
  daysToExpiry: 21,
  spot: 1840,
  forward: 1850,
  discount: 0.998,
  slowVolatility: 0.79,
  netAssetValue: 2e6,
};

test("optionQuote: is put together as written down", () => {
  const { volatility, price, fees, total, next } = optionQuote(DESK, ORDER, TERMS);
  // Ten of fifty move the base by 0.2 points, the skew by 0.0015.
  expectClose(volatility, 0.802 * 1.0515, { rel: 1e-14 });
  const { value, vega } = black76({
    type: "call",
    forward: 1850,
    strike: 2000,
    volatility: 0.802 * 1.0515,
    years: 21 / 365,
    discount: 0.998,
  });
  expectClose(price, value, { rel: 1e-14 });
  const standard = (vega * Math.sqrt(30 / 21)) / 100;
  expectClose(
    next,
    { baseVolatility: 0.802, skew: 1.0515, netVega: -40 - 10 * standard },
    { rel: 1e-14 },
  );
  const known = {
    price: 0.015 * value * 10,
    spot: 0.0003 * 1840 * 10,
    vega: (60 * volatility * (40 + 10 * standard) * 10) / 2e6,
    variance: 0.1 * (0.01 * vega) * (1 + 3 * 0.0515) * (1 + 1.5 * 0.012) * 10,
  };
  expectClose(fees, known, { rel: 1e-12 });
  const sum = known.price + known.spot + known.vega + known.variance;
  expectClose(total, 10 * value + sum, { rel: 1e-13 });

  const sold = optionQuote(DESK, { ...ORDER, side: "sell" }, TERMS);
  expect(sold.fees.vega).toBe(0);
  expectClose(sold.next.baseVolatility, 0.798, { rel: 1e-14 });
  const { price: p, spot, variance } = sold.fees;
  expectClose(sold.total, 10 * sold.price - p - spot - variance, { rel: 1e-13 });
});

test("optionQuote: options of less than a week count as of a week", () => {
  const at = (daysToExpiry: number) => optionQuote(DESK, { ...ORDER, daysToExpiry }, TERMS).next;
  const vega = (days: number, volatility: number) =>
    black76({ ...ORDER, volatility, years: days / 365, discount: 0.998 }).vega;
  const volatility = 0.802 * 1.0515;
  expectClose(at(2).netVega, -40 - (10 * vega(2, volatility) * Math.sqrt(30 / 7)) / 100, {
    rel: 1e-13,
  });
});

describe("what no customer may do", () => {
  test.each(["buy", "sell"] as const)(
    "optionQuote: a larger order to %s is worse per option",
    (side) => {
      const sign = side === "buy" ? 1 : -1;
      let last = Number.NEGATIVE_INFINITY;
      for (const amount of [0.1, 1, 10, 50, 200, 1000]) {
        const { total } = optionQuote({ ...DESK, netVega: 0 }, { ...ORDER, side, amount }, TERMS);
        expect((sign * total) / amount).toBeGreaterThan(last);
        last = (sign * total) / amount;
      }
    },
  );

  test.each([1, 3])(
    "optionQuote: buying at once and selling in %i parts never profits",
    (parts) => {
      const random = seeded(4);
      const free: OptionMakerTerms = {
        ...TERMS,
        priceFee: { ...TERMS.priceFee, coefficient: 0 },
        spotFee: { ...TERMS.spotFee, coefficient: 0 },
        vegaFee: 0,
        varianceFee: { ...TERMS.varianceFee, coefficient: 0 },
      };
      for (let round = 0; round < 60; round++) {
        const terms = round % 2 ? TERMS : free;
        const order: OptionOrder = {
          ...ORDER,
          type: round % 3 ? "call" : "put",
          strike: 1400 + 900 * random(),
          daysToExpiry: 1 + 60 * random(),
          amount: 200 * random(),
        };
        const part = { ...order, amount: order.amount / parts };
        let desk: OptionDesk = { ...DESK, netVega: 200 * random() - 100 };
        const start = desk;
        let paid = 0;
        // In parts one way and at once the other, both ways round.
        for (let i = 0; i < parts; i++) {
          const quote = optionQuote(desk, part, terms);
          paid += quote.total;
          desk = quote.next;
        }
        const back = optionQuote(desk, { ...order, side: "sell" }, terms);
        expect(back.total).toBeLessThan(paid);
        expectClose(back.next.baseVolatility, start.baseVolatility, { rel: 1e-12 });

        const whole = optionQuote(start, order, terms);
        desk = whole.next;
        let got = 0;
        for (let i = 0; i < parts; i++) {
          const quote = optionQuote(desk, { ...part, side: "sell" }, terms);
          got += quote.total;
          desk = quote.next;
        }
        expect(got).toBeLessThan(whole.total);
      }
    },
  );

  test("optionQuote: a seller never pays, and cannot sell the volatility below nothing", () => {
    const worthless = { ...ORDER, side: "sell", strike: 1e5, daysToExpiry: 1 } as const;
    expect(optionQuote(DESK, worthless, TERMS).total).toBe(0);
    const most = { ...ORDER, side: "sell", amount: 4000 } as const;
    expect(optionQuote({ ...DESK, baseVolatility: 0.8 }, most, TERMS).volatility).toBe(0);
    expect(refusals(() => optionQuote(DESK, { ...most, amount: 4001 }, TERMS))).toEqual([
      "VOLATILITY_EXHAUSTED /order/amount",
    ]);
  });
});

test("optionQuote: refuses what is no order", () => {
  const bad = () =>
    optionQuote(
      { ...DESK, skew: -1 },
      { ...ORDER, side: "hold" as "buy", amount: 0, forward: Number.NaN },
      { ...TERMS, standardSize: 0 },
    );
  expect(refusals(bad)).toEqual([
    "NUMBER_RANGE /desk/skew",
    "NUMBER_RANGE /order/amount",
    "NUMBER_NOT_FINITE /order/forward",
    "ENUM /order/side",
    "NUMBER_RANGE /terms/standardSize",
  ]);
  const flat = { ...TERMS, spotFee: { coefficient: 0.1, fromDays: 7, toDays: 7 } };
  expect(refusals(() => optionQuote(DESK, ORDER, flat))).toEqual([
    "NUMBER_RANGE /terms/spotFee/toDays",
  ]);
});
