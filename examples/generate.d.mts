import type { PoolDocument } from "../src/pool/index.ts";

export declare const ASSETS: readonly {
  readonly id: string;
  readonly role: string;
  readonly spot: number;
  readonly vol: number;
  readonly beta: number;
}[];
export declare function makePrices(): number[][];
export declare function pricesCsv(rows?: number[][]): string;
export declare function makePool(rows?: number[][]): PoolDocument;
export declare function poolJson(pool?: PoolDocument): string;
