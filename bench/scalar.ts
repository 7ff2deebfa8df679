// The same algorithms in AssemblyScript without SIMD: bench/scalar, compiled by bench/start.mjs.
import { marketModel } from "../src/market/index.ts";
import type { Pool } from "../src/pool/index.ts";
import { type Accounts, accountsOf } from "../src/risk/account.ts";
import { benchMarket, HORIZON_DAYS } from "./book.ts";
import type { Visit } from "./tuned.ts";

/** Exports of bench/scalar/index.ts; arguments are addresses and counts. */
export interface Scalar {
  readonly memory: WebAssembly.Memory;
  columnsStart(): number;
  schedule(keys: number, seedLow: number, seedHigh: number): void;
  normals(
    out: number,
    paths: number,
    count: number,
    stride: number,
    keys: number,
    stream: number,
    firstBlock: number,
    blocks: number,
  ): void;
  advance(
    x: number,
    z: number,
    matrix: number,
    assets: number,
    count: number,
    stride: number,
  ): void;
  expColumn(out: number, x: number, count: number): void;
  addCalls(
    values: number,
    x: number,
    spot: number,
    count: number,
    options: number,
    optionCount: number,
  ): void;
  addCallsAndSlopes(
    values: number,
    slopes: number,
    x: number,
    spot: number,
    count: number,
    options: number,
    optionCount: number,
  ): void;
  makeCubics(cubics: number, values: number, slopes: number, cells: number, width: number): void;
  addCubics(
    values: number,
    x: number,
    count: number,
    cubics: number,
    cells: number,
    low: number,
    perUnit: number,
  ): void;
  addLinear(values: number, spot: number, count: number, slope: number, constant: number): void;
  liquidate(
    losses: number,
    paths: number,
    count: number,
    keys: number,
    steps: number,
    assets: number,
    matrix: number,
    starts: number,
    thresholds: number,
    terms: number,
    scratch: number,
  ): void;
}

// Text of the module, put here by the bundler.
declare const SCALAR_BASE64: string | undefined;

/** An instance of the module's bytes. */
export function instantiateScalar(bytes: Uint8Array<ArrayBuffer>): Scalar {
  const imports = { env: { abort: () => undefined } };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), imports);
  return exports as unknown as Scalar;
}

/** The module in a fresh instance; none where the bench was not built by its own script. */
export function scalar(): { implementation: string; kernels: Scalar }[] {
  if (typeof SCALAR_BASE64 !== "string") return [];
  const bytes = Uint8Array.from(atob(SCALAR_BASE64), (letter) => letter.charCodeAt(0));
  return [{ implementation: "scalar AssemblyScript", kernels: instantiateScalar(bytes) }];
}

/** Columns laid one after the other in the module's memory, from its start. */
export class Columns {
  readonly #memory: WebAssembly.Memory;
  #top: number;

  constructor({ memory, columnsStart }: Scalar) {
    this.#memory = memory;
    this.#top = columnsStart();
  }

  take(bytes: number): number {
    const address = Math.ceil(this.#top / 64) * 64;
    this.#top = address + bytes;
    const missing = this.#top - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / 65536));
    return address;
  }

  put(values: ArrayLike<number>): number {
    const address = this.take(values.length * 8);
    new Float64Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  putWords(values: ArrayLike<number>): number {
    const address = this.take(values.length * 4);
    new Int32Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  words(address: number, count: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, address, count);
  }

  numbers(address: number, count: number): Float64Array {
    return new Float64Array(this.#memory.buffer, address, count);
  }
}

/** The seed of every engine run here. */
export const SEED = 7;
const TILE = 128;

/** Everything on one asset, laid out: calls as five numbers each, and what is linear in the price. */
interface Holding {
  readonly asset: number;
  readonly options: number;
  readonly count: number;
  readonly slope: number;
  readonly constant: number;
}

/** Adds the worth of an asset's holding to a tile: addresses of worth and log returns. */
type Pricing = (holding: Holding, worth: number, x: number, count: number) => void;

/** Log returns of any scenarios, a tile at a time, in the engine's own steps. */
class Returns {
  readonly columns: Columns;
  readonly accounts: Accounts;
  readonly #kernels: Scalar;
  readonly #assets: number;
  readonly #keys: number;
  readonly #weights: number;
  readonly #paths: number;
  readonly #z: number;
  readonly #x: number;

  constructor(kernels: Scalar, pool: Pool) {
    this.columns = new Columns(kernels);
    this.accounts = accountsOf(pool.document, HORIZON_DAYS / 365, 0);
    const { matrix, assets } = marketModel(benchMarket).columns(this.accounts.times);
    this.#kernels = kernels;
    this.#assets = assets;
    this.#keys = this.columns.take(80);
    this.#weights = this.columns.put(matrix);
    this.#paths = this.columns.take(TILE * 4);
    this.#z = this.columns.take(assets * TILE * 8);
    this.#x = this.columns.take(assets * TILE * 8);
    kernels.schedule(this.#keys, SEED, 0);
  }

  /** Draws `count` scenarios, at most a tile. */
  draw(count: number, scenarioAt: (i: number) => number): void {
    this.columns.words(this.#paths, TILE).forEach((_, i, list) => {
      list[i] = scenarioAt(i);
    });
    const blocks = Math.ceil(this.#assets / 4);
    this.#kernels.normals(this.#z, this.#paths, count, TILE, this.#keys, 0, 0, blocks);
    this.columns.numbers(this.#x, this.#assets * TILE).fill(0);
    this.#kernels.advance(this.#x, this.#z, this.#weights, this.#assets, count, TILE);
  }

  /** Address of an asset's log returns. */
  of(asset: number): number {
    return this.#x + asset * TILE * 8;
  }

  /** What some accounts hold on each node of the time grid and asset. */
  holdings(accounts: Accounts["list"]): Holding[] {
    return [...new Set(accounts.flatMap(({ value }) => [...value.keys()]))].map((node) => {
      const parts = accounts.flatMap(({ value }) => value.get(node) ?? []);
      const calls = parts.flatMap((part) => [...part.calls]);
      return {
        asset: this.accounts.nodes[node]!.asset,
        options: this.columns.put(calls),
        count: calls.length / 5,
        slope: parts.reduce((sum, { slope }) => sum + slope, 0),
        constant: parts.reduce((sum, { constant }) => sum + constant, 0),
      };
    });
  }
}

/** The pool's loss in every scenario. */
function scalarLosses(
  kernels: Scalar,
  pool: Pool,
  scenarios: number,
  pricing: (columns: Columns, holdings: readonly Holding[]) => Pricing,
): Float64Array {
  const returns = new Returns(kernels, pool);
  const { columns, accounts } = returns;
  const values = columns.take(TILE * 8);
  const holdings = returns.holdings(accounts.list);
  const now = accounts.list.reduce((sum, { valueNow }) => sum + valueNow, 0);
  const price = pricing(columns, holdings);
  const losses = new Float64Array(scenarios);
  for (let first = 0; first < scenarios; first += TILE) {
    const count = Math.min(TILE, scenarios - first);
    returns.draw(count, (i) => first + i);
    const worth = columns.numbers(values, count).fill(0);
    for (const holding of holdings) price(holding, values, returns.of(holding.asset), count);
    for (let i = 0; i < count; i++) losses[first + i] = worth[i]! - now;
  }
  return losses;
}

/**
 * Everyone's contribution to several tails, by revaluing what everyone holds in their scenarios.
 *
 * @param visits  in the order of their scenarios
 * @returns       [participants] for each group
 */
export function scalarReplay(
  kernels: Scalar,
  pool: Pool,
  visits: readonly Visit[],
  groups: number,
): Float64Array[] {
  const returns = new Returns(kernels, pool);
  const { columns, accounts } = returns;
  const books = accounts.list.map((account) => ({
    owner: account.owner,
    now: account.valueNow,
    holdings: returns.holdings([account]),
  }));
  const values = columns.take(TILE * 8);
  const spots = benchMarket.assets.map(() => columns.take(TILE * 8));
  const scenarios = [...new Set(visits.map(({ scenario }) => scenario))];
  const sums = Array.from({ length: groups }, () => new Float64Array(accounts.participants.length));
  let done = 0;
  for (let first = 0; first < scenarios.length; first += TILE) {
    const count = Math.min(TILE, scenarios.length - first);
    const places = new Map(scenarios.slice(first, first + count).map((one, i) => [one, i]));
    const from = done;
    while (done < visits.length && places.has(visits[done]!.scenario)) done++;
    const own = visits.slice(from, done).map(({ scenario, group, weight }) => ({
      ...{ place: places.get(scenario)!, group, weight },
    }));
    returns.draw(count, (i) => scenarios[first + i] ?? 0);
    for (const [asset, spot] of spots.entries()) kernels.expColumn(spot, returns.of(asset), count);
    for (const { owner, now, holdings } of books) {
      const worth = columns.numbers(values, count).fill(0);
      for (const { asset, options, count: calls, slope, constant } of holdings) {
        const spot = spots[asset]!;
        kernels.addCalls(values, returns.of(asset), spot, count, options, calls);
        kernels.addLinear(values, spot, count, slope, constant);
      }
      for (const { place, group, weight } of own) {
        sums[group]![owner]! += weight * (worth[place]! - now);
      }
    }
  }
  return sums;
}

/** Losses by full revaluation of every option. */
export function scalarRevaluation(kernels: Scalar, pool: Pool, scenarios: number): Float64Array {
  return scalarLosses(kernels, pool, scenarios, (columns) => {
    const spot = columns.take(TILE * 8);
    return ({ options, count, slope, constant }, worth, x, points) => {
      kernels.expColumn(spot, x, points);
      kernels.addCalls(worth, x, spot, points, options, count);
      kernels.addLinear(worth, spot, points, slope, constant);
    };
  });
}

/** Cubics per asset, and how many standard deviations they reach to. */
const CELLS = 256;
const DEVIATIONS = 7;

/** Losses from value profiles: each asset's worth as cubics, made first. */
export function scalarProfiles(kernels: Scalar, pool: Pool, scenarios: number): Float64Array {
  return scalarLosses(kernels, pool, scenarios, (columns, holdings) => {
    const bytes = (CELLS + 1) * 8;
    const x = columns.take(bytes);
    const spot = columns.take(bytes);
    const values = columns.take(bytes);
    const slopes = columns.take(bytes);
    const profiles = holdings.map(({ asset, options, count, slope, constant }) => {
      const reach = DEVIATIONS * benchMarket.volatility[asset]! * Math.sqrt(HORIZON_DAYS / 365);
      const width = (2 * reach) / CELLS;
      const cubics = columns.take(4 * CELLS * 8);
      const points = CELLS + 1;
      columns.numbers(x, points).forEach((_, i, list) => {
        list[i] = i * width - reach;
      });
      columns.numbers(values, points).fill(0);
      columns.numbers(slopes, points).fill(0);
      kernels.expColumn(spot, x, points);
      kernels.addCallsAndSlopes(values, slopes, x, spot, points, options, count);
      kernels.addLinear(values, spot, points, slope, constant);
      // Of slope · spot, the derivative by log return is itself.
      kernels.addLinear(slopes, spot, points, slope, 0);
      kernels.makeCubics(cubics, values, slopes, CELLS, width);
      return { cubics, reach, perUnit: 1 / width };
    });
    return (holding, worth, at, count) => {
      const { cubics, reach, perUnit } = profiles[holdings.indexOf(holding)]!;
      kernels.addCubics(worth, at, count, cubics, CELLS, -reach, perUnit);
    };
  });
}
