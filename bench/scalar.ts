// The same algorithms in AssemblyScript without SIMD: bench/scalar, compiled by bench/start.mjs.
import { marketModel } from "../src/market/index.ts";
import type { Pool } from "../src/pool/index.ts";
import { accountsOf } from "../src/risk/account.ts";
import { benchMarket, HORIZON_DAYS } from "./book.ts";

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

/** The pool's loss in every scenario, where all is held by one participant, in the engine's steps. */
function scalarLosses(
  kernels: Scalar,
  pool: Pool,
  scenarios: number,
  pricing: (columns: Columns, holdings: readonly Holding[]) => Pricing,
): Float64Array {
  const columns = new Columns(kernels);
  const accounts = accountsOf(pool.document, HORIZON_DAYS / 365, 0);
  const { matrix, assets } = marketModel(benchMarket).columns(accounts.times);
  const [account] = accounts.list;
  const row = TILE * 8;
  const keys = columns.take(80);
  const weights = columns.put(matrix);
  const paths = columns.take(TILE * 4);
  const z = columns.take(assets * row);
  const x = columns.take(assets * row);
  const values = columns.take(row);
  const holdings = Array.from(
    account!.value,
    ([node, { calls, slope, constant }]): Holding => ({
      asset: accounts.nodes[node]!.asset,
      options: columns.put(calls),
      count: calls.length / 5,
      slope,
      constant,
    }),
  );
  const price = pricing(columns, holdings);
  kernels.schedule(keys, SEED, 0);
  const losses = new Float64Array(scenarios);
  for (let first = 0; first < scenarios; first += TILE) {
    const count = Math.min(TILE, scenarios - first);
    columns.words(paths, TILE).forEach((_, i, list) => {
      list[i] = first + i;
    });
    kernels.normals(z, paths, count, TILE, keys, 0, 0, Math.ceil(assets / 4));
    columns.numbers(x, assets * TILE).fill(0);
    kernels.advance(x, z, weights, assets, count, TILE);
    const worth = columns.numbers(values, count).fill(0);
    for (const holding of holdings) price(holding, values, x + holding.asset * row, count);
    for (let i = 0; i < count; i++) losses[first + i] = worth[i]! - account!.valueNow;
  }
  return losses;
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
