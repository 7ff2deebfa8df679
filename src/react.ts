/**
 * `riskpool/react`: the risk room as a component, and a valuation as a hook.
 *
 * @example
 * import { RiskRoom, usePoolValuation } from "riskpool/react";
 * <RiskRoom src="/pool.json" onValuation={(valuation) => console.log(valuation.risk)} />;
 * const { valuation, progress, error } = usePoolValuation(pool, { seed: 7n });
 */
import {
  type ClassAttributes,
  createElement,
  type ForwardRefExoticComponent,
  forwardRef,
  type HTMLAttributes,
  type RefAttributes,
  useEffect,
  useImperativeHandle,
  useRef,
  useState,
} from "react";
import type { PoolValuation } from "./answer.ts";
import type { Engine } from "./facade.ts";
import type { ValueOptions } from "./request.ts";
import type { Progress } from "./risk/index.ts";
import { defineRiskRoom, type RiskRoomElement } from "./risk-room.ts";

export type { RiskRoomElement } from "./risk-room.ts";

/** What a {@link RiskRoom} takes, besides what every element does. */
export interface RiskRoomProps extends HTMLAttributes<RiskRoomElement> {
  /** Address of a pool document with a market. */
  readonly src?: string;
  /** Address of the package's `dist/room-worker.js`, where the page's policy forbids `blob:`. */
  readonly worker?: string;
  /** The visitor's own when left out. */
  readonly theme?: "light" | "dark";
  /** Pools to choose from. */
  readonly pools?: readonly (readonly [address: string, name: string])[];
  /** Called when a full run is shown. */
  readonly onValuation?: (valuation: PoolValuation, room: RiskRoomElement) => void;
  /** Called when the visitor chooses a theme; null for that of their system. */
  readonly onTheme?: (theme: "light" | "dark" | null) => void;
}

// By attributes and not properties: a server can write them, and an element whose class is still
// being fetched has no properties yet.
function attributesOf({
  pools,
  className,
  ...rest
}: Omit<RiskRoomProps, "onValuation" | "onTheme">) {
  return {
    ...rest,
    ...(className !== undefined && { class: className }),
    ...(pools !== undefined && { pools: JSON.stringify(pools) }),
  };
}

/** `<risk-room>` as a component; its element is the `ref`. On a server it is an empty element. */
export const RiskRoom: ForwardRefExoticComponent<RiskRoomProps & RefAttributes<RiskRoomElement>> =
  forwardRef<RiskRoomElement, RiskRoomProps>(({ onValuation, onTheme, ...props }, ref) => {
    const own = useRef<RiskRoomElement>(null);
    useImperativeHandle(ref, () => own.current!, []);
    useEffect(() => void defineRiskRoom(), []);
    useEffect(() => {
      const room = own.current!;
      const onAnswer = (event: CustomEvent<PoolValuation>) => onValuation?.(event.detail, room);
      room.addEventListener("valuation", onAnswer);
      return () => room.removeEventListener("valuation", onAnswer);
    }, [onValuation]);
    useEffect(() => {
      const room = own.current!;
      const onChoice = (event: CustomEvent<"light" | "dark" | null>) => onTheme?.(event.detail);
      room.addEventListener("theme", onChoice);
      return () => room.removeEventListener("theme", onChoice);
    }, [onTheme]);
    return createElement("risk-room", { ...attributesOf(props), ref: own });
  });
RiskRoom.displayName = "RiskRoom";

/** How a pool is valued in a component; the hook itself aborts and hears of progress. */
export interface PoolValuationOptions extends Omit<ValueOptions, "signal" | "onProgress"> {
  /** An engine of one's own, e.g. on workers; one for all hooks when left out. */
  readonly engine?: Engine;
}

/** Where a valuation stands: under way while it has neither a valuation nor an error. */
export interface PoolValuationState {
  readonly valuation: PoolValuation | null;
  /** Of the run under way; null before its first report. */
  readonly progress: Progress | null;
  /** A `PoolError` where the pool, the options or the world are to blame. */
  readonly error: Error | null;
}

const WAITING: PoolValuationState = { valuation: null, progress: null, error: null };

let shared: Promise<Engine> | undefined;

/** One engine for all hooks that bring none of their own. */
function sharedEngine(): Promise<Engine> {
  shared ??= import("./load.ts")
    .then(({ load }) => load())
    .catch((error: unknown) => {
      // What failed now may succeed later.
      shared = undefined;
      throw error;
    });
  return shared;
}

/** Texts of objects: documents are large, and come again with every rendering. */
const texts = new WeakMap<object, string>();
let unreadable = 0;

/** Equal texts for equal values, so that an object made anew by every rendering is no change. */
function textOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return `${typeof value} ${String(value)}`;
  const known = texts.get(value);
  if (known !== undefined) return known;
  let text: string;
  try {
    text = JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}n` : each));
  } catch {
    // The engine says what is wrong with it.
    text = `object ${++unreadable}`;
  }
  texts.set(value, text);
  return text;
}

/**
 * Values a pool and follows it: a change of the pool or the options aborts the run and begins
 * another, and so does leaving the page. Equal documents and options are no change.
 *
 * @param pool  a `Pool`, a pool document or its JSON text; null or undefined while there is none
 * @returns     as on a server, nothing but nulls before the first report
 */
export function usePoolValuation(
  pool: unknown,
  options: PoolValuationOptions = {},
): PoolValuationState {
  const { engine, ...rest } = options;
  const key = `${textOf(pool)} ${textOf(rest)}`;
  const [told, tell] = useState({ key, engine, state: WAITING });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the pool and the options
  useEffect(() => {
    if (pool === null || pool === undefined) return;
    const control = new AbortController();
    const { signal } = control;
    const say = (state: PoolValuationState) => {
      if (!signal.aborted) tell({ key, engine, state });
    };
    const onProgress = (progress: Progress) => say({ ...WAITING, progress });
    const run = async () => {
      const own = engine ?? (await sharedEngine());
      signal.throwIfAborted();
      const valuation = await own.value(pool, { ...rest, signal, onProgress });
      say({ ...WAITING, valuation });
    };
    run().catch((cause: unknown) => {
      say({ ...WAITING, error: cause instanceof Error ? cause : new Error(String(cause)) });
    });
    return () => control.abort();
  }, [key, engine]);
  // What was told of another pool is not shown, not even until the next rendering.
  return told.key === key && told.engine === engine ? told.state : WAITING;
}

/** What the element itself takes in JSX, where {@link RiskRoom} is not wanted. */
export interface RiskRoomAttributes
  extends HTMLAttributes<RiskRoomElement>,
    ClassAttributes<RiskRoomElement> {
  src?: string;
  worker?: string;
  theme?: "light" | "dark";
  /** JSON of [address, name] pairs. */
  pools?: string;
  /** An element is no component: React hands it on as it is. */
  class?: string;
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "risk-room": RiskRoomAttributes;
    }
  }
}
