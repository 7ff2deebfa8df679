// What the peers read: the books as columns of numbers, and the engine's memory as it was laid.
import { mkdirSync, writeFileSync } from "node:fs";
import {
  AUDIT_ACCOUNT_BYTES,
  CELL_BYTES,
  LEG_BYTES,
  MARGIN,
  NODE_BYTES,
  PLAN,
  RECORD_BYTES,
  type Simulation,
  TILE,
  WATCH_BYTES,
} from "../../src/engine/index.ts";
import type { PoolDocument } from "../../src/pool/index.ts";
import { benchMarket, closeOutTerms, DEPTH, HORIZON_DAYS, SPOT, STEPS, yearsTo } from "../book.ts";

/** Where everything between the engine and its peers lies. */
export const FOLDER = "build/peers";

/**
 * Writes the offsets of the kernel's records for C++.
 *
 * @returns nothing; the file is plan.hpp
 */
export function writePlan(): void {
  mkdirSync(FOLDER, { recursive: true });
  const constants = {
    ...PLAN,
    ...MARGIN,
    TILE,
    AUDIT_ACCOUNT_BYTES,
    CELL_BYTES,
    LEG_BYTES,
    NODE_BYTES,
    RECORD_BYTES,
    WATCH_BYTES,
  };
  const lines = Object.entries(constants).map(
    ([name, value]) => `constexpr int ${name} = ${value};`,
  );
  writeFileSync(`${FOLDER}/plan.hpp`, `#pragma once\n${lines.join("\n")}\n`);
}

/** Writes the memory in which a pool has been laid. */
export function writeImage(workload: string, simulation: Simulation): void {
  const { arena, plan } = simulation;
  const { buffer } = arena.kernels.memory;
  const head = Uint32Array.of(plan, arena.bytes, 0, 0);
  const memory = new Uint8Array(buffer, 0, arena.bytes);
  writeFileSync(
    `${FOLDER}/${workload}.image`,
    Buffer.concat([new Uint8Array(head.buffer), memory]),
  );
}

function writeTable(name: string, rows: readonly (readonly number[])[]): void {
  writeFileSync(`${FOLDER}/${name}.txt`, `${rows.map((row) => row.join(" ")).join("\n")}\n`);
}

/**
 * Writes market, options and accounts.
 *
 *   market    spot, years to the horizon, steps · volatilities · correlation by rows
 *   options   asset, 1 for a call and -1 for a put, strike, years to expiry, volatility, quantity
 *   accounts  asset, signed coins, entry, collateral, maintenance ratio
 *   terms     half spread, impact, depth, liquidator's fee, insurance fee
 */
export function writeBooks(options: PoolDocument, accounts: PoolDocument): void {
  const { assets, volatility, correlation } = benchMarket;
  writeTable("market", [[SPOT, HORIZON_DAYS / 365, STEPS], volatility, ...correlation]);
  writeTable(
    "options",
    options.options.map((o) => [
      assets.indexOf(o.asset),
      o.type === "call" ? 1 : -1,
      o.strike,
      yearsTo(o.expiry),
      o.impliedVolatility,
      o.quantity,
    ]),
  );
  writeTable(
    "accounts",
    accounts.perpetuals.map((p) => [
      assets.indexOf(p.asset),
      p.side === "long" ? p.size : -p.size,
      p.entry,
      Number(p.collateral),
      p.maintenanceRatio,
    ]),
  );
  const { halfSpread, impact, liquidatorFee, insuranceFee } = closeOutTerms;
  writeTable("terms", [[halfSpread, impact, DEPTH, liquidatorFee, insuranceFee]]);
}
