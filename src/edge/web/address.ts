import type { PoolDocument } from "../../index.ts";
import {
  CONFIDENCES,
  type Controls,
  LIVE_RULES,
  pairOf,
  SPANS,
  type Span,
  startOf,
} from "./controls.ts";

const NUMBERS = ["volatility", "correlation", "freedom", "horizon"] as const;
const SPOT = "spot.";
const LAYER = "layer.";
const PAIR = "pair.";

/** The controls that were moved, as the part of an address behind its #; "" where none was. */
export function addressOf(document: PoolDocument, controls: Controls): string {
  const start = startOf(document);
  const query = new URLSearchParams();
  for (const name of NUMBERS) {
    if (controls[name] !== start[name]) query.set(name, String(controls[name]));
  }
  if (controls.confidence !== start.confidence) query.set("confidence", `${controls.confidence}`);
  if (controls.model !== start.model) query.set("model", controls.model);
  if (controls.rule !== start.rule) query.set("rule", controls.rule);
  if (controls.liquidation) query.set("liquidation", "on");
  for (const [id, percent] of Object.entries(controls.spots)) {
    if (percent !== 0) query.set(SPOT + id, String(percent));
  }
  for (const [id, percent] of Object.entries(controls.layers)) {
    if (percent !== 100) query.set(LAYER + id, String(percent));
  }
  for (const [pair, percent] of Object.entries(controls.pairs)) {
    query.set(PAIR + pair, String(percent));
  }
  return query.toString();
}

/**
 * Reads controls back. What the address does not say, says wrongly, or says of an asset or layer that
 * the document does not have, stands as in the document.
 */
export function controlsAt(document: PoolDocument, address: string): Controls {
  const start = startOf(document);
  const query = new URLSearchParams(address.replace(/^#/, ""));
  const number = (name: string, span: Span, fallback: number): number => {
    const text = query.get(name);
    const value = text === null || text.trim() === "" ? Number.NaN : Number(text);
    return value >= span.min && value <= span.max ? value : fallback;
  };
  const whole = (name: string, span: Span, fallback: number): number =>
    Math.round(number(name, span, fallback));
  const model = query.get("model");
  const rule = query.get("rule") ?? "";
  const confidence = Number(query.get("confidence"));
  const isRule = (LIVE_RULES as readonly string[]).includes(rule);
  const percents = (prefix: string, ids: readonly string[], span: Span, usual: number) =>
    Object.fromEntries(
      ids
        .map((id) => [id, whole(prefix + id, span, usual)])
        .filter(([, each]) => !Object.is(each, usual)),
    );
  const assets = document.assets.map(({ id }) => id);
  const layers = document.waterfall.layers.map(({ id }) => id);
  return {
    volatility: whole("volatility", SPANS.volatility, start.volatility),
    correlation: whole("correlation", SPANS.correlation, start.correlation),
    freedom: number("freedom", SPANS.freedom, start.freedom),
    horizon: whole("horizon", SPANS.horizon, start.horizon),
    confidence: CONFIDENCES.find((each) => each === confidence) ?? start.confidence,
    model: model === "gbm" || model === "student-t" ? model : start.model,
    rule: isRule && document.contribution ? rule : start.rule,
    liquidation: query.get("liquidation") === "on" && document.liquidation !== undefined,
    spots: percents(SPOT, assets, SPANS.spot, 0),
    layers: percents(LAYER, layers, SPANS.layer, 100),
    pairs: percents(PAIR, pairsOf(document), SPANS.pair, Number.NaN),
  };
}

function pairsOf({ market }: PoolDocument): string[] {
  const ids = market?.assets ?? [];
  return ids.flatMap((one, i) => ids.slice(i + 1).map((other) => pairOf(one, other)));
}
