/** What runs the kernels: WebAssembly SIMD, or plain JavaScript with the same bits. */
export type Backend = "wasm" | "js";

/**
 * Kernels ready to be instantiated, here or in a worker: structured clone carries it. Instances
 * share code and nothing else.
 */
export type CompiledKernel =
  | { readonly backend: "wasm"; readonly module: WebAssembly.Module }
  | { readonly backend: "js" };

/** What memories of WebAssembly and of plain JavaScript have in common. */
export interface KernelMemory {
  /** All bytes; another object after the memory has grown. */
  readonly buffer: ArrayBuffer;
  /** Grows by at least so many pages of 64 KiB. Throws a RangeError where there is no more. */
  grow(pages: number): number;
}

/** Addresses are byte offsets into the kernel's memory; counts are whole numbers. */
export interface Kernels {
  /** What this is an instance of; workers make theirs of it. */
  readonly kernel: CompiledKernel;
  readonly memory: KernelMemory;
  columnsStart(): number;
  schedule(keys: number, seedLow: number, seedHigh: number): void;
  philox(out: number, keys: number, c0: number, c1: number, c2: number, c3: number): void;
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
  normalCdf(x: number): number;
  exponential(words: number): number;
  expColumn(out: number, x: number, count: number): void;
  logColumn(out: number, x: number, count: number): void;
  quantile(table: number, word: number): number;
  addCalls(
    values: number,
    x: number,
    spot: number,
    count: number,
    options: number,
    optionCount: number,
  ): void;
  addCallsWithSlopes(
    values: number,
    slopes: number,
    x: number,
    spot: number,
    count: number,
    options: number,
    optionCount: number,
  ): void;
  addCubic(cubics: number, at: number, t: number, out: number, count: number): void;
  keepPlaces(
    places: number,
    nodes: number,
    count: number,
    at: number,
    t: number,
    stride: number,
    bounds: number,
  ): void;
  takeMoments(nodes: number, count: number, out: number, bounds: number): number;
  addCallsToRows(
    rows: number,
    rowOf: number,
    x: number,
    spot: number,
    points: number,
    options: number,
    optionCount: number,
  ): void;
  samplePoints(
    x: number,
    spot: number,
    y: number,
    spread: number,
    stretch: number,
    count: number,
  ): void;
  places(y: number, rate: number, x: number, spread: number, stretch: number, count: number): void;
  hermite(
    out: number,
    x: number,
    spot: number,
    values: number,
    slopes: number,
    slope: number,
    constant: number,
    count: number,
  ): void;
  layCells(cells: number, x: number, hermite: number, count: number): void;
  layBuckets(first: number, x: number, count: number, half: number, width: number): void;
  chebyshev(
    values: number,
    slopes: number,
    y: number,
    rate: number,
    count: number,
    degrees: number,
  ): void;
  series(
    values: number,
    slopes: number,
    coefficients: number,
    y: number,
    rate: number,
    count: number,
    degrees: number,
    mirrored: number,
  ): void;
  addProduct(
    out: number,
    places: number,
    a: number,
    stride: number,
    b: number,
    rows: number,
    inner: number,
    columns: number,
  ): void;
  cellWeights(
    weights: number,
    groups: number,
    group: number,
    moments: number,
    cells: number,
    scale: number,
  ): void;
  edgeWeights(
    values: number,
    slopes: number,
    groups: number,
    group: number,
    first: number,
    second: number,
    widths: number,
    cells: number,
    firstScale: number,
    secondScale: number,
  ): void;
  foldRows(sums: number, differences: number, rows: number, reach: number, columns: number): void;
  extremes(out: number, column: number, count: number): void;
  above(
    values: number,
    places: number,
    column: number,
    count: number,
    bar: number,
    room: number,
  ): number;
  keepAbove(out: number, column: number, count: number, bar: number): number;
  binned(
    counts: number,
    column: number,
    count: number,
    low: number,
    width: number,
    bins: number,
  ): void;
  ascending(column: number, spare: number, count: number, tables: number): number;
  descending(
    values: number,
    places: number,
    count: number,
    records: number,
    spare: number,
    tables: number,
  ): void;
  coalitions(
    costs: number,
    members: number,
    from: number,
    to: number,
    columns: number,
    scratch: number,
    count: number,
    tail: number,
  ): void;
  marginals(
    parts: number,
    order: number,
    members: number,
    columns: number,
    total: number,
    scratch: number,
    count: number,
    tail: number,
  ): void;
  shortfall(equity: number, prior: number, count: number): void;
  scratchBytes(nodes: number, assets: number, factors: number, covers: number): number;
  placesAt(): number;
  laneBytes(assets: number): number;
  blockBytes(assets: number, steps: number): number;
  fundingColumn(lanes: number, assets: number, asset: number): number;
  layRange(paths: number, weights: number, first: number, count: number, padded: number): void;
  simulate(plan: number, paths: number, weights: number, losses: number, count: number): void;
}
