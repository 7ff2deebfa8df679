import { chance, digits, exp, log } from "./synthetic.mjs";

export const START = Date.UTC(2023, 10, 1);
export const HOURS = 17_520;
const HOUR = 3_600_000;

/**
 * Fictitious assets and the role each plays. `load` is the part of its shocks that comes from the
 * common factor, `crash` how hard a crash of the whole market hits it.
 */
export const ASSETS = [
  // Large capitalisation: the market's reserve asset.
  { id: "ORUM", first: 34_600, last: 61_250, volatility: 0.47, load: 0.9, crash: 1 },
  // Smart-contract platform.
  { id: "AXEL", first: 1_810, last: 2_455, volatility: 0.64, load: 0.92, crash: 1.08 },
  // Staked AXEL: follows it, with a discount that widens and heals.
  { id: "STAXEL", first: 1_806, last: 2_580, volatility: 0.66, load: 0, crash: 1.08 },
  // Layer-2 token.
  { id: "VEKT", first: 8.4, last: 6.15, volatility: 0.98, load: 0.84, crash: 1.22 },
  // Meme.
  { id: "PUPA", first: 2.1, last: 4.72, volatility: 1.32, load: 0.74, crash: 1.3 },
  // Exchange token.
  { id: "MARQ", first: 226, last: 418, volatility: 0.6, load: 0.76, crash: 0.95 },
  // Commodity-like token: least tied to the rest.
  { id: "KUPR", first: 92, last: 118, volatility: 0.5, load: 0.66, crash: 0.8 },
  // Younger, faster platform.
  { id: "NOVO", first: 38, last: 141, volatility: 0.85, load: 0.85, crash: 1.15 },
];

/** Falls of the large capitalisation as log price: [first hour, hours, change]. */
export const CRASHES = [
  // -35 % over two days, August 2024.
  { from: 6_680, hours: 48, change: -0.431 },
  // Flash crash of -20 % in six hours, most of it won back in the twelve after, March 2025.
  { from: 11_930, hours: 6, change: -0.223 },
  { from: 11_936, hours: 12, change: 0.145 },
];

/** A calm and stormy hour's size: log volatility reverts over about four days, 1 on average. */
function storms(draw) {
  const size = new Float64Array(HOURS);
  let state = 0;
  for (let hour = 0; hour < HOURS; hour++) {
    state = 0.99 * state + 0.06 * draw.normal();
    const crisis = CRASHES.some((crash) => hour >= crash.from && hour < crash.from + 96);
    size[hour] = exp(state - 0.18) * (crisis ? 1.7 : 1);
  }
  return size;
}

/** [HOURS] log returns of one asset around the common factor, scaled to its volatility. */
function returnsOf(asset, factor, size, draw) {
  const own = Math.sqrt(1 - asset.load * asset.load);
  const returns = new Float64Array(HOURS);
  let squares = 0;
  for (let hour = 1; hour < HOURS; hour++) {
    const shock = asset.load * factor[hour] + own * draw.normal() * draw.thickness();
    returns[hour] = size[hour] * shock;
    squares += returns[hour] * returns[hour];
  }
  const scale = asset.volatility / Math.sqrt((squares / (HOURS - 1)) * 8760);
  for (let hour = 0; hour < HOURS; hour++) returns[hour] *= scale;
  return returns;
}

/** Log price path from `first` to `last`: the crashes are laid on, the rest is spread evenly. */
function pathOf(asset, returns) {
  const moves = returns.slice();
  const calm = new Uint8Array(HOURS).fill(1);
  calm[0] = 0;
  for (const crash of CRASHES) {
    let chanceMove = 0;
    for (let hour = crash.from; hour < crash.from + crash.hours; hour++) chanceMove += moves[hour];
    // The fall is what the table says whatever chance adds; chance only shapes it.
    const step = (crash.change * asset.crash - chanceMove) / crash.hours;
    for (let hour = crash.from; hour < crash.from + crash.hours; hour++) {
      moves[hour] += step;
      calm[hour] = 0;
    }
  }
  let sum = 0;
  let calmHours = 0;
  for (let hour = 0; hour < HOURS; hour++) {
    sum += moves[hour];
    calmHours += calm[hour];
  }
  const drift = (log(asset.last / asset.first) - sum) / calmHours;
  const path = new Float64Array(HOURS);
  path[0] = log(asset.first);
  for (let hour = 1; hour < HOURS; hour++) {
    path[hour] = path[hour - 1] + moves[hour] + calm[hour] * drift;
  }
  return path;
}

/** STAXEL: the platform's path, a slow reward and a discount that reverts over two days. */
function stakedPath(asset, platform, size, draw) {
  const path = new Float64Array(HOURS);
  const reward = log(asset.last / asset.first) - (platform[HOURS - 1] - platform[0]);
  let discount = 0;
  for (let hour = 1; hour < HOURS; hour++) {
    discount = 0.985 * discount + 0.0011 * size[hour] * draw.normal();
    path[hour] = platform[hour] - platform[0] + (reward * hour) / (HOURS - 1) + discount;
  }
  for (let hour = 0; hour < HOURS; hour++) path[hour] += log(asset.first);
  return path;
}

/** Writes `examples/prices.csv` and gives the last prices as spots. */
export function makePrices(seed = 20_231_101) {
  const draw = chance(seed);
  const size = storms(draw);
  const factor = new Float64Array(HOURS);
  for (let hour = 0; hour < HOURS; hour++) factor[hour] = draw.normal() * draw.thickness();
  const paths = [];
  for (const asset of ASSETS) {
    paths.push(
      asset.id === "STAXEL"
        ? stakedPath(asset, paths[1], size, draw)
        : pathOf(asset, returnsOf(asset, factor, size, draw)),
    );
  }
  const lines = [`time,${ASSETS.map((asset) => asset.id).join(",")}`];
  for (let hour = 0; hour < HOURS; hour++) {
    const time = `${new Date(START + hour * HOUR).toISOString().slice(0, 16)}Z`;
    lines.push(`${time},${paths.map((path) => digits(exp(path[hour]), 5)).join(",")}`);
  }
  const spots = lines[HOURS].split(",").slice(1).map(Number);
  return { csv: `${lines.join("\n")}\n`, spots };
}
