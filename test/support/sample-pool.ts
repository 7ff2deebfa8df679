import type { PoolDocument } from "../../src/pool/index.ts";

/**
 * A small valid pool with one of everything: two assets, two isolated and two cross participants,
 * linear and inverse contracts, a holding, two covers, three layers, assessments and a market.
 * Every call makes a fresh copy, so a test may change it at will.
 */
export function samplePool(): PoolDocument {
  return {
    format: "riskpool",
    version: 1,
    name: "Sample pool",
    asOf: "2026-02-05T21:29:37Z",
    currency: { code: "USDC", decimals: 6 },
    assets: [
      { id: "BTC", spot: 62_800, decimals: 8 },
      { id: "ETH", spot: 1_840 },
    ],
    participants: [
      { id: "alice", margin: "isolated" },
      { id: "bob", margin: "isolated" },
      {
        id: "carol",
        margin: "cross",
        collateral: [
          { asset: "USDC", amount: "250000.00" },
          { asset: "BTC", amount: "1.5" },
        ],
      },
      { id: "dave", margin: "cross", collateral: [{ asset: "USDC", amount: "120000" }] },
    ],
    ...positions(),
    waterfall: {
      layers: [
        {
          id: "operator-first",
          order: 1,
          kind: "operator",
          provider: "operator",
          size: "50000.00",
          cap: "40000.00",
        },
        {
          id: "members-fund",
          order: 2,
          kind: "members",
          size: "200000.00",
          capShare: 0.5,
          shares: [
            { participant: "alice", share: 0.25 },
            { participant: "carol", share: 0.5 },
            { participant: "dave", share: 0.25 },
          ],
        },
        {
          id: "reinsurer",
          order: 3,
          kind: "reinsurance",
          provider: "example reinsurer",
          size: "300000.00",
          currency: "USDC",
        },
      ],
      assessments: [
        { participant: "carol", cap: "30000.00" },
        { participant: "dave", cap: "10000.00" },
      ],
      lastResort: {
        kind: "socialised",
        weights: [
          { participant: "alice", weight: 1 },
          { participant: "bob", weight: 1 },
          { participant: "carol", weight: 4 },
          { participant: "dave", weight: 2 },
        ],
      },
    },
    market: {
      model: "gbm",
      assets: ["BTC", "ETH"],
      volatility: [0.55, 0.75],
      correlation: [
        [1, 0.85],
        [0.85, 1],
      ],
      drift: [0, 0],
      systemicLoading: 0.3,
      discountRate: 0.04,
    },
  };
}

function positions(): Pick<PoolDocument, "options" | "perpetuals" | "holdings" | "covers"> {
  return {
    options: [
      {
        id: "opt-1",
        participant: "alice",
        asset: "BTC",
        type: "put",
        side: "long",
        strike: 60_000,
        expiry: "2026-03-27T08:00:00Z",
        quantity: 12,
        impliedVolatility: 0.62,
        settlement: "linear",
      },
      {
        id: "opt-2",
        participant: "bob",
        asset: "ETH",
        type: "call",
        side: "short",
        strike: 2_200,
        expiry: "2026-02-27T08:00:00Z",
        quantity: 50,
        impliedVolatility: 0.8,
        forward: 1_845,
        settlement: "linear",
        collateral: "30000.00",
      },
      {
        id: "opt-3",
        participant: "carol",
        asset: "BTC",
        type: "call",
        side: "long",
        strike: 70_000,
        expiry: "2026-06-26T08:00:00Z",
        quantity: 300,
        quantityUnit: "contract",
        multiplier: 0.01,
        impliedVolatility: 0.58,
        settlement: "inverse",
      },
      {
        id: "opt-4",
        participant: "dave",
        asset: "ETH",
        type: "put",
        side: "short",
        strike: 1_600,
        expiry: "2026-03-27T08:00:00Z",
        quantity: 40,
        impliedVolatility: 0.9,
        settlement: "linear",
      },
    ],
    perpetuals: [
      {
        id: "perp-1",
        participant: "bob",
        asset: "BTC",
        side: "long",
        size: 2,
        entry: 64_100,
        collateral: "15000.00",
        maintenanceRatio: 0.01,
        settlement: "linear",
      },
      {
        id: "perp-2",
        participant: "dave",
        asset: "ETH",
        side: "short",
        size: 90_000,
        entry: 1_910,
        maintenanceRatio: 0.02,
        settlement: "inverse",
      },
    ],
    holdings: [{ asset: "BTC", amount: "3.25" }],
    covers: [
      {
        id: "cover-1",
        holder: "carol",
        peril: "contract-exploit",
        sumInsured: "100000.00",
        annualProbability: 0.03,
        severity: { kind: "beta", alpha: 2, beta: 3 },
        deductible: "1000.00",
        coinsurance: 0.1,
        limit: "80000.00",
        systemicLoading: 0.4,
        end: "2026-08-01T00:00:00Z",
        currency: "USDC",
      },
      {
        id: "cover-2",
        holder: "alice",
        peril: "depeg",
        sumInsured: "50000.00",
        annualProbability: 0.05,
        severity: { kind: "pareto", scale: 0.2, shape: 0.3 },
        systemicLoading: 0.6,
      },
    ],
  };
}

/**
 * The sample pool with one of every barrier contract: up and down, bought from the pool and sold to
 * it, with and without a forward, expiring within ten days and after.
 */
export function barrierPool(): PoolDocument & Required<Pick<PoolDocument, "barriers">> {
  const btc = { asset: "BTC", impliedVolatility: 0.6, settlement: "linear" } as const;
  const eth = { asset: "ETH", impliedVolatility: 0.8, settlement: "linear" } as const;
  return {
    ...samplePool(),
    barriers: [
      {
        ...btc,
        id: "bar-1",
        participant: "alice",
        kind: "knock-out",
        direction: "up",
        barrier: 75_000,
        type: "call",
        strike: 65_000,
        side: "long",
        quantity: 4,
        expiry: "2026-03-27T08:00:00Z",
      },
      {
        ...eth,
        id: "bar-2",
        participant: "bob",
        kind: "knock-in",
        direction: "down",
        barrier: 1_500,
        type: "put",
        strike: 1_700,
        side: "short",
        quantity: 60,
        expiry: "2026-03-27T08:00:00Z",
        forward: 1_850,
        collateral: "20000.00",
      },
      {
        ...btc,
        id: "bar-3",
        participant: "alice",
        kind: "one-touch",
        direction: "down",
        barrier: 55_000,
        cash: "1000.00",
        side: "long",
        quantity: 25,
        expiry: "2026-02-13T08:00:00Z",
      },
      {
        ...eth,
        id: "bar-4",
        participant: "bob",
        kind: "no-touch",
        direction: "up",
        barrier: 2_400,
        cash: "500.5",
        side: "short",
        quantity: 30,
        expiry: "2026-06-26T08:00:00Z",
        collateral: "9000.00",
      },
    ],
  };
}
