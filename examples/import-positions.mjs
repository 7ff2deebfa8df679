// Makes a pool of margin accounts from two tables of a venue: who holds what, and how much leverage
// its accounts have. An example of an import: read it, change it, and use it for your own tables.
//
//   node examples/import-positions.mjs positions.csv accounts.csv pool.json
//
// positions.csv  account, asset, side (LONG, SHORT), position_size (coins), entry_price (may be
//                empty), mark_price, absolute_pnl: one line per account and asset
// accounts.csv   account, leverage_realtime: notional over equity
//
// What the tables do not say is chosen so that the same tables give the same pool:
//   size       a position of less than one unit of currency was closed before the table was made.
//              It gets a size of those that are left in its asset and side, by rank: the one with
//              the largest profit or loss gets the largest.
//   entry      the mark price where none is given.
//   leverage   the account's own; else that of the accounts' table at the quantile of a hash (FNV-1a)
//              of its name. Never above what initial margin allows, never below LEVERAGE_MIN.
//   equity     notional over leverage; collateral is equity less the profit at the mark price.
//   margin     accounts of one position are isolated, those of several are cross-margined.
//   capital    parts of the open interest, as examples/README.md says: replace them.
import { readFileSync, writeFileSync } from "node:fs";

/** Highest leverage by asset; maintenance is half of the margin that it leaves. */
const LEVERAGE_MAX = { BTC: 40, ETH: 25, SOL: 20 };
const LEVERAGE_MAX_ELSE = 10;
const LEVERAGE_MIN = 0.05;
/** Positions below it, in the pool's currency, count as closed. */
const DUST = 1;
const DECIMALS = 6;

/** Lines of a CSV table without quotes, as objects by column. */
function readTable(text) {
  const [header, ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(",");
  return lines.map((line) => {
    const cells = line.split(",");
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? ""]));
  });
}

/** FNV-1a of a text, as a fraction of one. */
function hashed(text) {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

const ascending = (a, b) => a - b;
const quantile = (sorted, level) => sorted[Math.floor(level * sorted.length)];

/** Gives closed positions of one asset and side a size of those that are left. */
function restoreSizes(rows) {
  const worth = (row) => Math.abs(row.size) * row.mark;
  const left = rows
    .filter((row) => worth(row) >= DUST)
    .map((row) => Math.abs(row.size))
    .sort(ascending);
  const closed = rows.filter((row) => worth(row) < DUST);
  closed.sort(
    (a, b) => Math.abs(a.profit) - Math.abs(b.profit) || (a.account < b.account ? -1 : 1),
  );
  closed.forEach((row, rank) => {
    row.size = quantile(left, (rank + 0.5) / closed.length);
  });
}

function readRows(text) {
  const rows = readTable(text).map((line) => ({
    account: line.account,
    asset: line.asset,
    side: line.side.toLowerCase(),
    size: Math.abs(Number(line.position_size)),
    mark: Number(line.mark_price),
    entry: Number(line.entry_price) || Number(line.mark_price),
    profit: Number(line.absolute_pnl),
  }));
  const groups = new Map();
  for (const row of rows) {
    const key = `${row.asset} ${row.side}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  for (const group of groups.values()) restoreSizes(group);
  return rows;
}

/** Notional over equity of an account, within what initial margin allows. */
function leverageOf(account, rows, own, all) {
  const notional = rows.reduce((sum, row) => sum + row.size * row.mark, 0);
  const initial = rows.reduce((sum, row) => sum + (row.size * row.mark) / maxOf(row.asset), 0);
  const given = own.get(account) ?? quantile(all, hashed(account));
  return Math.min(notional / initial, Math.max(LEVERAGE_MIN, given));
}

const maxOf = (asset) => LEVERAGE_MAX[asset] ?? LEVERAGE_MAX_ELSE;
const money = (amount) => Math.max(0, amount).toFixed(DECIMALS);

/**
 * Makes a pool document of two tables.
 *
 * @param positionsText  positions.csv
 * @param accountsText   accounts.csv
 * @param options        asOf (ISO instant), liquidation (terms; closing in full when left out)
 */
export function importPositions(positionsText, accountsText, options = {}) {
  const rows = readRows(positionsText);
  const known = readTable(accountsText)
    .map((line) => [line.account, Number(line.leverage_realtime)])
    .filter(([, leverage]) => leverage > 0);
  const own = new Map(known);
  const all = known.map(([, leverage]) => leverage).sort(ascending);
  const byAccount = new Map();
  for (const row of rows) {
    byAccount.set(row.account, [...(byAccount.get(row.account) ?? []), row]);
  }
  const participants = [];
  const perpetuals = [];
  for (const [account, list] of byAccount) {
    const leverage = leverageOf(account, list, own, all);
    const isolated = list.length === 1;
    const collateral = list.reduce((sum, { size, mark, entry, side }) => {
      const profit = (side === "long" ? 1 : -1) * size * (mark - entry);
      return sum + (size * mark) / leverage - profit;
    }, 0);
    participants.push(
      isolated
        ? { id: account, margin: "isolated" }
        : {
            id: account,
            margin: "cross",
            collateral: [{ asset: "USD", amount: money(collateral) }],
          },
    );
    for (const { asset, side, size, entry } of list) {
      perpetuals.push({
        id: `${account}-${asset}`,
        participant: account,
        asset,
        side,
        size,
        entry,
        ...(isolated ? { collateral: money(collateral) } : {}),
        maintenanceRatio: 0.5 / maxOf(asset),
        settlement: "linear",
      });
    }
  }
  const interest = rows.reduce((sum, { size, mark }) => sum + size * mark, 0);
  const marks = new Map(rows.map(({ asset, mark }) => [asset, mark]));
  return {
    format: "riskpool",
    version: 1,
    name: "Margin accounts of a venue",
    asOf: options.asOf ?? "2025-10-10T21:27:00Z",
    currency: { code: "USD", decimals: DECIMALS },
    assets: [...marks].map(([id, spot]) => ({ id, spot })),
    participants,
    options: [],
    perpetuals,
    holdings: [],
    covers: [],
    waterfall: {
      layers: [
        { id: "operator", order: 1, kind: "operator", size: money(interest * 0.002) },
        { id: "fund", order: 2, kind: "reinsurance", size: money(interest * 0.01) },
      ],
      lastResort: {
        kind: "socialised",
        weights: participants.map(({ id }) => ({ participant: id, weight: 1 })),
      },
    },
    liquidation: options.liquidation ?? liquidationOf([...marks.keys()]),
  };
}

/** Closing in full, with costs like those of a large venue on an ordinary day. */
export function liquidationOf(assets, more = {}) {
  return {
    mode: "full",
    liquidatorFee: 0.0005,
    insuranceFee: 0.0025,
    markets: assets.map((asset) => ({
      asset,
      halfSpread: 0.0001,
      impact: 0.005,
      depth: asset === "BTC" ? "50000000" : "10000000",
      ...more,
    })),
  };
}

if (process.argv[1]?.endsWith("import-positions.mjs")) {
  const [positions, accounts, out] = process.argv.slice(2);
  if (!out) {
    console.error("node examples/import-positions.mjs positions.csv accounts.csv pool.json");
    process.exit(2);
  }
  const pool = importPositions(readFileSync(positions, "utf8"), readFileSync(accounts, "utf8"));
  writeFileSync(out, `${JSON.stringify(pool)}\n`);
}
