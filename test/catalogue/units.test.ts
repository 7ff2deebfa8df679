import { catalogue, type Row } from "./row.ts";

const option = (name: string, key: string, value: unknown, code: string): Row => ({
  name,
  spoil: (pool) => {
    pool["options"][0][key] = value;
  },
  expected: [`${code} /options/0/${key}`],
});

catalogue("C", [
  option("39 a volatility in percent", "impliedVolatility", 80, "UNIT_SUSPECT"),
  option(
    "41 an expiry more than thirty years ahead",
    "expiry",
    "2062-03-27T08:00:00Z",
    "UNIT_SUSPECT",
  ),
  option("42 an instant in seconds", "expiry", 1774598400, "TIME_UNIT_SUSPECT"),
  option("42 an instant in milliseconds", "expiry", 1774598400000, "TIME_UNIT_SUSPECT"),
  option("42 the year 1970", "expiry", "1970-01-21T12:56:38Z", "TIME_UNIT_SUSPECT"),
  option("42 the year 58000", "expiry", "+058000-01-01T00:00:00Z", "TIME_UNIT_SUSPECT"),
  {
    name: "39 a market volatility in percent",
    spoil: (pool) => {
      pool["market"].volatility[1] = 80;
    },
    expected: ["UNIT_SUSPECT /market/volatility/1"],
  },
  {
    name: "43 a rate in percent",
    spoil: (pool) => {
      pool["market"].discountRate = 5;
    },
    expected: ["UNIT_SUSPECT /market/discountRate"],
  },
  {
    name: "43 fractions in percent, all at once",
    spoil: (pool) => {
      pool["perpetuals"][0].maintenanceRatio = 1;
      pool["covers"][0].annualProbability = 3;
      pool["covers"][0].coinsurance = 10;
      pool["waterfall"].layers[1].capShare = 50;
      pool["waterfall"].layers[1].shares[0].share = 25;
    },
    expected: [
      "UNIT_SUSPECT /covers/0/annualProbability",
      "UNIT_SUSPECT /covers/0/coinsurance",
      "UNIT_SUSPECT /perpetuals/0/maintenanceRatio",
      "UNIT_SUSPECT /waterfall/layers/1/capShare",
      "UNIT_SUSPECT /waterfall/layers/1/shares/0/share",
    ],
  },
  {
    name: "45 decimals beyond any currency",
    spoil: (pool) => {
      pool["currency"].decimals = 19;
      pool["assets"][0].decimals = -1;
    },
    expected: ["DECIMALS /assets/0/decimals", "DECIMALS /currency/decimals"],
  },
  {
    name: "46 a contract that does not say how it settles",
    spoil: (pool) => {
      delete pool["options"][0].settlement;
      pool["perpetuals"][1].settlement = "coin";
    },
    expected: ["CONTRACT_TYPE /options/0/settlement", "CONTRACT_TYPE /perpetuals/1/settlement"],
  },
  {
    name: "47 contracts without a multiplier",
    spoil: (pool) => {
      delete pool["options"][2].multiplier;
    },
    expected: ["MULTIPLIER_MISSING /options/2/multiplier"],
  },
  {
    name: "47 a multiplier that is wrong is not also missing",
    spoil: (pool) => {
      pool["options"][2].multiplier = 0;
    },
    expected: ["NUMBER_RANGE /options/2/multiplier"],
  },
  {
    name: "48 a cover and a layer in another currency",
    spoil: (pool) => {
      pool["covers"][0].currency = "EUR";
      pool["waterfall"].layers[2].currency = "EUR";
    },
    expected: [
      "CURRENCY_MISMATCH /covers/0/currency",
      "CURRENCY_MISMATCH /waterfall/layers/2/currency",
    ],
  },
  option("49 a local time without zone", "expiry", "2026-03-27T08:00:00", "TIME_SYNTAX"),
  option("49 the 30th of February", "expiry", "2026-02-30T08:00:00Z", "TIME_SYNTAX"),
  option("49 a thirteenth month", "expiry", "2026-13-01T08:00:00Z", "TIME_SYNTAX"),
  option("50 an expiry in the past", "expiry", "2026-02-05T21:29:36Z", "TIME_ORDER"),
  option("50 an expiry at asOf", "expiry", "2026-02-05T22:29:37+01:00", "TIME_ORDER"),
  {
    name: "50 a cover that has ended",
    spoil: (pool) => {
      pool["covers"][0].end = "2026-01-01T00:00:00Z";
    },
    expected: ["TIME_ORDER /covers/0/end"],
  },
  {
    name: "49 an asOf that cannot be read is the only time reported",
    spoil: (pool) => {
      pool["asOf"] = "today";
    },
    expected: ["TIME_SYNTAX /asOf"],
  },
]);
