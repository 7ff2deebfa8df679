// Makes the example files: a SYNTHETIC price history and a SYNTHETIC pool.
//
//   node examples/generate.mjs          writes prices.csv and pool.json beside this file
//
// Nothing here is market data. Every number comes from the seed below by + - * / and square root
// only, so the files come out byte for byte the same on every machine.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const SEED = 20251030;
const HOURS = 17_520;
const START_MS = Date.UTC(2023, 10, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * The cast: invented tickers, each with the role it plays.
 * vol per year; beta is the correlation with the common factor; spot at the start.
 */
export const ASSETS = [
  { id: "ORB", role: "large cap, the market's anchor", spot: 38_000, vol: 0.46, beta: 0.88 },
  { id: "ETA", role: "smart-contract platform", spot: 2_100, vol: 0.6, beta: 0.9 },
  { id: "STETA", role: "staking derivative that tracks ETA", spot: 2_090, vol: 0.6, beta: 0.9 },
  { id: "LAY", role: "second-layer network of ETA", spot: 1.35, vol: 0.9, beta: 0.8 },
  { id: "PUP", role: "meme coin", spot: 0.081, vol: 1.25, beta: 0.65 },
  { id: "XCH", role: "exchange token", spot: 240, vol: 0.55, beta: 0.75 },
  { id: "NOD", role: "infrastructure token", spot: 14.2, vol: 0.85, beta: 0.78 },
  { id: "VLT", role: "lending protocol's token", spot: 92, vol: 0.8, beta: 0.76 },
];

/** A year of stress is two bad days and one bad night. */
const CRASH = { start: 6_200, hours: 48, perHour: -0.0088 };
const FLASH = { start: 13_900, down: 6, perHour: -0.037, up: 12, back: 0.0085 };

/** xoshiro128++ (Blackman & Vigna), seeded by splitmix-like mixing of one number. */
function generator(seed) {
  const state = [0, 0, 0, 0];
  let x = seed >>> 0;
  for (let i = 0; i < 4; i++) {
    x = (x + 0x9e3779b9) >>> 0;
    let z = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    state[i] = (z ^ (z >>> 16)) >>> 0;
  }
  const rotate = (v, k) => ((v << k) | (v >>> (32 - k))) >>> 0;
  const next = () => {
    const result = (rotate((state[0] + state[3]) >>> 0, 7) + state[0]) >>> 0;
    const t = (state[1] << 9) >>> 0;
    state[2] = (state[2] ^ state[0]) >>> 0;
    state[3] = (state[3] ^ state[1]) >>> 0;
    state[1] = (state[1] ^ state[2]) >>> 0;
    state[0] = (state[0] ^ state[3]) >>> 0;
    state[2] = (state[2] ^ t) >>> 0;
    state[3] = rotate(state[3], 11);
    return result;
  };
  const uniform = () => (next() + 0.5) / 4294967296;
  // Sum of twelve uniforms: near enough to normal for prices, and needs no logarithm.
  const normal = () => {
    let sum = -6;
    for (let i = 0; i < 12; i++) sum += uniform();
    return sum;
  };
  const pick = (list) => list[Math.floor(uniform() * list.length)];
  const between = (low, high) => low + (high - low) * uniform();
  return { uniform, normal, pick, between };
}

/** Hourly prices [hours][assets]: one factor, heavy tails, clustered volatility, two crashes. */
export function makePrices() {
  const random = generator(SEED);
  const hourly = 1 / Math.sqrt(8_760);
  const prices = ASSETS.map((asset) => asset.spot);
  const rows = [];
  let variance = 1;
  for (let hour = 0; hour < HOURS; hour++) {
    rows.push([...prices]);
    let square = 0;
    for (let i = 0; i < 6; i++) {
      const normal = random.normal();
      square += normal * normal;
    }
    // Student-t with six degrees of freedom and variance one, shared by all assets of the hour.
    const tail = Math.sqrt(4 / Math.max(square, 0.2));
    const scale = Math.sqrt(variance) * tail * hourly;
    const factor = random.normal();
    variance = 0.02 + 0.95 * variance + 0.03 * (factor * tail) * (factor * tail);
    const shock = stressAt(hour + 1);
    let platform = 0;
    ASSETS.forEach(({ id, vol, beta }, i) => {
      const own = random.normal();
      let move = scale * vol * (beta * factor + Math.sqrt(1 - beta * beta) * own);
      if (id === "STETA") move = platform + 0.05 * hourly * own;
      if (id === "ETA") platform = move;
      prices[i] *=
        1 +
        Math.max(-0.5, move + shock * (id === "STETA" ? 1.1 : 0.55 + 0.5 * beta * (1 + vol / 3)));
    });
  }
  return rows;
}

function stressAt(hour) {
  const inCrash = hour - CRASH.start;
  if (inCrash >= 0 && inCrash < CRASH.hours) return CRASH.perHour;
  const inFlash = hour - FLASH.start;
  if (inFlash >= 0 && inFlash < FLASH.down) return FLASH.perHour;
  if (inFlash >= FLASH.down && inFlash < FLASH.down + FLASH.up) return FLASH.back;
  return 0;
}

const rounded = (value, digits) => Number(value.toPrecision(digits));
const instant = (ms) => new Date(ms).toISOString().replace(":00.000Z", "Z");
const padded = (n, width) => String(n).padStart(width, "0");

export function pricesCsv(rows = makePrices()) {
  const header = `time,${ASSETS.map((asset) => asset.id).join(",")}\n`;
  const lines = rows.map(
    (row, hour) =>
      `${instant(START_MS + hour * HOUR_MS)},${row.map((price) => rounded(price, 5)).join(",")}\n`,
  );
  return header + lines.join("");
}

const PARTICIPANTS = 200;
const CROSS_FROM = 150;
const participantId = (n) => `member-${padded(n + 1, 3)}`;
const isCross = (n) => n >= CROSS_FROM;

function makeParticipants(random, spots) {
  return Array.from({ length: PARTICIPANTS }, (_, n) => {
    if (!isCross(n)) return { id: participantId(n), margin: "isolated" };
    const collateral = [
      { asset: "USD", amount: `${Math.round(random.between(40, 400)) * 1000}.00` },
    ];
    if (n % 3 === 0) {
      const asset = random.pick(["ORB", "ETA", "STETA"]);
      const coins = random.between(50_000, 250_000) / spots[asset];
      collateral.push({ asset, amount: coins.toFixed(4) });
    }
    return { id: participantId(n), margin: "cross", collateral };
  });
}

/** Days to expiry; the first three lie inside a horizon of ten days. */
const EXPIRY_DAYS = [3, 5, 8, 15, 22, 29, 29, 57, 57, 92, 92, 155, 183];
/** Trading concentrates in the large names. */
const ACTIVE = [
  "ORB",
  "ORB",
  "ORB",
  "ETA",
  "ETA",
  "ETA",
  "STETA",
  "LAY",
  "PUP",
  "XCH",
  "NOD",
  "VLT",
];

function makeOptions(random, spots, asOfMs) {
  const firstMorning = asOfMs - (asOfMs % DAY_MS) + 8 * HOUR_MS;
  return Array.from({ length: 1000 }, (_, n) => {
    const owner = Math.floor(random.uniform() * PARTICIPANTS);
    const asset = random.pick(ACTIVE);
    const { vol } = ASSETS.find(({ id }) => id === asset);
    const spot = spots[asset];
    const days = random.pick(EXPIRY_DAYS);
    const type = random.uniform() < 0.45 ? "call" : "put";
    const side = random.uniform() < 0.75 ? "long" : "short";
    const settlement = random.uniform() < 0.3 ? "inverse" : "linear";
    // Participants buy what is out of the money: calls above the spot, puts below.
    const reach = Math.min(1, 0.25 + days / 120);
    const moneyness =
      type === "call"
        ? 1 + reach * random.between(-0.1, 0.6)
        : 1 - reach * random.between(-0.1, 0.4);
    const strike = rounded(spot * moneyness, 3);
    const away = strike / spot - 1;
    const smile = vol * (1.04 + 0.35 * away * away * (20 / (days + 10)) - 0.12 * away);
    const notional = random.between(15_000, 260_000);
    const quantity = rounded(notional / spot, 3);
    const position = {
      id: `option-${padded(n + 1, 4)}`,
      participant: participantId(owner),
      asset,
      type,
      side,
      strike,
      expiry: instant(firstMorning + days * DAY_MS),
      quantity,
      impliedVolatility: rounded(smile, 4),
      forward: rounded(spot * (1 + (0.06 * days) / 365), 7),
      settlement,
    };
    if (side === "short" && !isCross(owner)) {
      const cover = random.between(0.25, 0.8);
      position.collateral =
        settlement === "inverse"
          ? (quantity * cover).toFixed(4)
          : (quantity * spot * cover).toFixed(2);
    }
    return position;
  });
}

function makePerpetuals(random, spots) {
  return Array.from({ length: 100 }, (_, n) => {
    const owner = Math.floor(random.uniform() * PARTICIPANTS);
    const asset = random.pick(ACTIVE);
    const spot = spots[asset];
    const settlement = random.uniform() < 0.25 ? "inverse" : "linear";
    const notional = random.between(20_000, 400_000);
    const entry = rounded(spot * random.between(0.93, 1.07), 5);
    const leverage = random.pick([2, 3, 5, 5, 10, 20]);
    const position = {
      id: `perp-${padded(n + 1, 3)}`,
      participant: participantId(owner),
      asset,
      side: random.uniform() < 0.62 ? "long" : "short",
      size: settlement === "inverse" ? Math.round(notional) : rounded(notional / spot, 4),
      entry,
      maintenanceRatio: random.pick([0.005, 0.01, 0.02, 0.05]),
      settlement,
    };
    if (!isCross(owner)) {
      // Enough to stand above maintenance at today's price, whatever the entry was.
      const margin = notional * (1 / leverage + 0.09);
      position.collateral =
        settlement === "inverse" ? (margin / spot).toFixed(4) : margin.toFixed(2);
    }
    return position;
  });
}

const PERILS = ["contract-exploit", "oracle-failure", "depeg", "counterparty-default"];
const SEVERITIES = [
  { kind: "beta", alpha: 1.2, beta: 2.8 },
  { kind: "uniform", min: 0.05, max: 0.6 },
  { kind: "constant", value: 1 },
  { kind: "pareto", scale: 0.15, shape: 0.4 },
];

function makeCovers(random) {
  return Array.from({ length: 20 }, (_, n) => {
    const sum = Math.round(random.between(50, 1_500)) * 1000;
    const cover = {
      id: `cover-${padded(n + 1, 2)}`,
      holder: participantId(Math.floor(random.uniform() * PARTICIPANTS)),
      peril: PERILS[n % 4],
      sumInsured: `${sum}.00`,
      annualProbability: rounded(random.between(0.005, 0.08), 2),
      severity: SEVERITIES[Math.floor(n / 4) % 4],
      systemicLoading: rounded(random.between(0.05, 0.4), 2),
    };
    if (n % 2 === 0) cover.deductible = `${sum / 50}.00`;
    if (n % 3 === 0) cover.coinsurance = 0.1;
    if (n % 4 === 0) cover.limit = `${(sum * 4) / 5}.00`;
    return cover;
  });
}

/** Equal shares of 40 participants: 1/40 is exact enough to sum to one. */
function sharesOf(from) {
  return Array.from({ length: 40 }, (_, i) => ({
    participant: participantId(from + i * 2),
    share: 0.025,
  }));
}

function makeWaterfall() {
  return {
    layers: [
      {
        id: "operator-first-loss",
        order: 1,
        kind: "operator",
        provider: "the protocol's treasury",
        size: "1200000.00",
      },
      { id: "members-junior", order: 2, kind: "members", size: "1500000.00", shares: sharesOf(0) },
      {
        id: "members-senior",
        order: 3,
        kind: "members",
        size: "2000000.00",
        capShare: 0.9,
        shares: sharesOf(80),
      },
      {
        id: "reinsurance",
        order: 4,
        kind: "reinsurance",
        provider: "a reinsurer",
        size: "1500000.00",
        cap: "1200000.00",
      },
    ],
    assessments: Array.from({ length: 40 }, (_, i) => ({
      participant: participantId(i * 5),
      cap: "15000.00",
    })),
    lastResort: {
      kind: "socialised",
      weights: Array.from({ length: PARTICIPANTS }, (_, n) => ({
        participant: participantId(n),
        weight: 1,
      })),
    },
  };
}

/** Deeper markets for larger coins; funding that longs pay, as most of the time. */
function makeLiquidation() {
  const depths = { ORB: 40, ETA: 25, STETA: 2, LAY: 3, PUP: 1, XCH: 4, NOD: 1.5, VLT: 1 };
  return {
    mode: "full",
    liquidatorFee: 0.005,
    insuranceFee: 0.01,
    markets: ASSETS.map(({ id }, i) => ({
      asset: id,
      halfSpread: i < 2 ? 0.0002 : 0.001,
      impact: 0.01,
      depth: `${depths[id] * 1_000_000}.00`,
      fundingRate: i < 2 ? 0.11 : 0.08,
      optionMaintenanceRatio: 0.05,
    })),
  };
}

/** What the pool takes on: with some room for all, and for the desk of three with little. */
function makeLimits() {
  const bounds = [
    { id: "pool-risk", scope: "pool", measure: "shortfall", max: "3200000.00" },
    { id: "member-size", scope: "participant", measure: "exposure", max: "2500000.00" },
    { id: "member-risk", scope: "participant", measure: "shortfall", max: "120000.00" },
    { id: "desk-risk", scope: "group", of: "desk", measure: "shortfall", max: "240000.00" },
    {
      id: "asset-direction",
      scope: "asset",
      measure: "net-exposure",
      max: "4500000.00",
      action: "warn",
    },
    {
      id: "option-book",
      scope: "instrument",
      of: "option",
      measure: "exposure",
      max: "140000000.00",
    },
  ];
  const groups = [{ id: "desk", participants: [35, 58, 61].map(participantId) }];
  return { bounds, groups };
}

export function makePool(rows = makePrices()) {
  const random = generator(SEED + 1);
  const last = rows.at(-1).map((price) => rounded(price, 5));
  const spots = Object.fromEntries(ASSETS.map(({ id }, i) => [id, last[i]]));
  const asOfMs = START_MS + (HOURS - 1) * HOUR_MS;
  const participants = makeParticipants(random, spots);
  const options = makeOptions(random, spots, asOfMs);
  const perpetuals = makePerpetuals(random, spots);
  return {
    format: "riskpool",
    version: 1,
    name: "Example pool (synthetic)",
    asOf: instant(asOfMs),
    currency: { code: "USD", decimals: 2 },
    assets: ASSETS.map(({ id }) => ({ id, spot: spots[id] })),
    participants,
    options,
    perpetuals,
    holdings: [
      { asset: "ETA", amount: (3_000_000 / spots.ETA).toFixed(3) },
      { asset: "STETA", amount: (4_000_000 / spots.STETA).toFixed(3) },
      { asset: "XCH", amount: (1_500_000 / spots.XCH).toFixed(2) },
    ],
    covers: makeCovers(random),
    waterfall: makeWaterfall(),
    liquidation: makeLiquidation(),
    contribution: { rule: "euler-es", noNegative: true, floor: "2500.00" },
    pricing: {
      costOfCapital: 0.12,
      expenseRate: 0.0002,
      inventoryAversion: 1,
      stress: { slope: 0.2, kink: 0.8, jump: 4, highest: 3 },
    },
    limits: makeLimits(),
  };
}

/** JSON with one item of a list per line: compact, and differences stay readable. */
export function poolJson(pool = makePool()) {
  const lines = (list, indent) =>
    `[\n${list.map((item) => `${indent}  ${JSON.stringify(item)}`).join(",\n")}\n${indent}]`;
  const entries = Object.entries(pool).map(([key, value]) => {
    if (Array.isArray(value)) return `  ${JSON.stringify(key)}: ${lines(value, "  ")}`;
    if (key === "limits") {
      const { bounds, groups } = value;
      return `  "limits": {\n    "bounds": ${lines(bounds, "    ")},\n    "groups": ${lines(groups, "    ")}\n  }`;
    }
    if (key !== "waterfall") return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    const { layers, assessments, lastResort } = value;
    return `  "waterfall": {\n    "layers": ${lines(layers, "    ")},\n    "assessments": ${JSON.stringify(assessments)},\n    "lastResort": ${JSON.stringify(lastResort)}\n  }`;
  });
  return `{\n${entries.join(",\n")}\n}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const rows = makePrices();
  const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
  writeFileSync(beside("prices.csv"), pricesCsv(rows));
  writeFileSync(beside("pool.json"), poolJson(makePool(rows)));
}
