import type { PoolValuation } from "../../index.ts";
import type { Cell, Table } from "./csv.ts";

interface Figure {
  readonly value: number;
  readonly standardError: number;
}

/** A figure and its standard error, in two columns. */
const pair = (figure: Figure | null): Cell[] =>
  figure ? [figure.value, figure.standardError] : [null, null];
const pairHeader = (name: string, unit: string): string[] => [
  `${name} (${unit})`,
  `${name} standard error (${unit})`,
];

/**
 * The table of a valuation that a section of the page shows, with every digit that was computed; null
 * where a section has none.
 */
export function tableOf(valuation: PoolValuation, section: string): Table | null {
  if (!hasTable(valuation, section)) return null;
  return TABLES[section]?.(valuation, valuation.pool.currency.code) ?? null;
}

/** Whether a section of the page has a table. */
export function hasTable(valuation: PoolValuation, section: string): boolean {
  return (
    Object.hasOwn(TABLES, section) && (section !== "allocation" || valuation.allocation !== null)
  );
}

const TABLES: Readonly<Record<string, (valuation: PoolValuation, code: string) => Table | null>> = {
  loss: levels,
  capital: layers,
  contributions,
  allocation,
  exposure: exposures,
  market,
};

function levels({ risk }: PoolValuation, code: string): Table {
  const header = [
    "Confidence (fraction)",
    ...pairHeader("VaR", code),
    `VaR 95 % interval low (${code})`,
    `VaR 95 % interval high (${code})`,
    ...pairHeader("ES", code),
    `ES 95 % interval low (${code})`,
    `ES 95 % interval high (${code})`,
    "Tail (scenarios)",
  ];
  const rows = risk.levels.map(({ level, valueAtRisk, expectedShortfall, tailScenarios }) => [
    level,
    ...[valueAtRisk, expectedShortfall].flatMap((each) => [...pair(each), each.low, each.high]),
    tailScenarios,
  ]);
  return { name: "levels", header, rows };
}

function layers({ waterfall }: PoolValuation, code: string): Table {
  const header = [
    "Layer",
    "Kind",
    "Provider",
    `Pays from (${code})`,
    `Capacity (${code})`,
    ...pairHeader("Hit", "probability"),
    ...pairHeader("Exhausted", "probability"),
    ...pairHeader("Expected draw", code),
    ...pairHeader("Mean draw in tail", code),
  ];
  const rows: Cell[][] = waterfall.layers.map((layer) => [
    layer.id,
    layer.kind,
    layer.provider,
    layer.attachment,
    layer.capacity,
    ...[layer.hit, layer.exhausted, layer.expectedLoss, layer.tailLoss].flatMap(pair),
  ]);
  const { probability, expectedLoss, tailLoss } = waterfall.socialised;
  const last = waterfall.layers.at(-1);
  const start = last ? last.attachment + last.capacity : 0;
  const shared = [probability, null, expectedLoss, tailLoss].flatMap(pair);
  rows.push(["Socialised", "socialised", "everyone", start, null, ...shared]);
  return { name: "layers", header, rows };
}

function contributions({ contributions, pool }: PoolValuation, code: string): Table {
  const header = [
    "Participant",
    ...pairHeader("Contribution", code),
    "Share of ES (fraction)",
    ...pairHeader("Expected loss", code),
    ...pairHeader("Stand-alone ES", code),
    `Amount (${code})`,
  ];
  const rows = contributions.rows.map((row) => [
    row.id,
    ...pair(row.contribution),
    row.share,
    ...pair(row.expectedLoss),
    ...pair(row.standAlone),
    { decimal: decimalOf(row.amount, pool.currency.decimals) },
  ]);
  return { name: "contributions", header, rows };
}

function allocation({ allocation }: PoolValuation, code: string): Table | null {
  if (!allocation) return null;
  const header = [
    "Participant",
    ...pairHeader("Rule alone", code),
    ...pairHeader("Contribution", code),
    "Share (fraction)",
    "Record (factor)",
    `Amount (${code})`,
    `Charged (${code})`,
    `Moved by bounds (${code})`,
    "Bound",
  ];
  const rows = allocation.rows.map((row) => [
    row.id,
    ...pair(row.raw),
    ...pair(row.contribution),
    row.share,
    row.recordFactor,
    ...[row.amount, row.charged, row.rebalanced].map((decimal) => ({ decimal })),
    row.bound,
  ]);
  return { name: "allocation", header, rows };
}

function exposures({ exposures }: PoolValuation, code: string): Table {
  const header = [
    "Asset",
    `Spot (${code})`,
    "Volatility (per year)",
    "Delta (coins)",
    `Delta (${code})`,
    `Gamma (${code} per 1 %)`,
    `Vega (${code} per point)`,
  ];
  const rows = exposures.map((each) => [
    each.asset,
    each.spot,
    each.volatility,
    each.deltaCoins,
    each.deltaCoins * each.spot,
    each.gammaPerPercent,
    each.vegaPerPoint,
  ]);
  return { name: "exposures", header, rows };
}

function market({ market }: PoolValuation): Table {
  const header = [
    "Asset",
    "Volatility (per year)",
    ...market.assets.map((asset) => `Correlation with ${asset} (-1 to 1)`),
  ];
  const rows = market.assets.map((asset, i) => [
    asset,
    market.volatility[i] ?? null,
    ...(market.correlation[i] ?? []),
  ]);
  return { name: "market", header, rows };
}

/** Minor units as decimal text with a point: "123456" is 1234.56. */
function decimalOf(amount: string, decimals: number): string {
  if (decimals === 0) return amount;
  const sign = amount.startsWith("-") ? "-" : "";
  const digits = amount.slice(sign.length).padStart(decimals + 1, "0");
  return `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
