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

/** Full revaluation of options held by one participant, in the engine's own steps. */
export function scalarRevaluation(kernels: Scalar, pool: Pool, scenarios: number): Float64Array {
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
  const spots = columns.take(assets * row);
  const values = columns.take(row);
  const nodes = Array.from(account!.value, ([node, { calls, slope, constant }]) => ({
    asset: accounts.nodes[node]!.asset,
    options: columns.put(calls),
    count: calls.length / 5,
    slope,
    constant,
  }));
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
    for (const { asset, options, count: optionCount, slope, constant } of nodes) {
      const [at, spot] = [x + asset * row, spots + asset * row];
      kernels.expColumn(spot, at, count);
      kernels.addCalls(values, at, spot, count, options, optionCount);
      kernels.addLinear(values, spot, count, slope, constant);
    }
    for (let i = 0; i < count; i++) losses[first + i] = worth[i]! - account!.valueNow;
  }
  return losses;
}
