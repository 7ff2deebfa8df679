import type { PoolValuation } from "./answer.ts";
import { part } from "./basics/index.ts";
import type { PoolDocument } from "./pool/index.ts";
import type { ValueOptions } from "./request.ts";

/** What a room fires, besides the events of every element. */
export interface RiskRoomEventMap extends HTMLElementEventMap {
  /** An answer is shown; `settled` tells a full run from the quick first one. */
  valuation: CustomEvent<PoolValuation>;
  /** The visitor chose a theme; null for that of their system. */
  theme: CustomEvent<"light" | "dark" | null>;
}

/** `<risk-room>`: values a pool in the tab, and values it again as its controls move. */
export interface RiskRoomElement extends HTMLElement {
  /** Address of a pool document with a market. */
  src: string;
  /** Address of the package's `dist/room-worker.js`; "" for the package's own, from a Blob. */
  worker: string;
  /** The visitor's own when left out. */
  theme: "light" | "dark" | undefined;
  /** Pools to choose from; as an attribute, JSON of the same. */
  pools: readonly (readonly [address: string, name: string])[];
  /** The last answer that was shown; null before the first. */
  readonly valuation: PoolValuation | null;
  /** What `engine.value` was asked for it: a repeat gives the same bits. */
  readonly request: { readonly document: PoolDocument; readonly options: ValueOptions } | null;
  /** Whether the shown answer is the full run of where the controls stand. */
  readonly settled: boolean;
  /** Fetches a pool document and values it. */
  open(address: string): Promise<void>;
  /** Reads a pool document (JSON) and, with it or after it, prices (CSV), and values the pool. */
  openFiles(files: readonly File[]): Promise<void>;
  addEventListener<Name extends keyof RiskRoomEventMap>(
    type: Name,
    listener: (this: RiskRoomElement, event: RiskRoomEventMap[Name]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof RiskRoomEventMap>(
    type: Name,
    listener: (this: RiskRoomElement, event: RiskRoomEventMap[Name]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "risk-room": RiskRoomElement;
  }
}

const TAG = "risk-room";
// Its own part: what it is made of asks for a document when it is read, which a server has not.
const room = part("the risk room", () => import("./edge/web/embedded.ts"));

/**
 * Registers `<risk-room>`. Does nothing where it is registered already, and where there are no
 * elements, as on a server.
 *
 * @throws PoolError PART_MISSING
 */
export async function defineRiskRoom(): Promise<void> {
  if (typeof customElements !== "object" || customElements.get(TAG)) return;
  const { EmbeddedRoom } = await room();
  const element: new () => RiskRoomElement = EmbeddedRoom;
  if (!customElements.get(TAG)) customElements.define(TAG, element);
}
