import { fractionDown, type Level, moneyToNumber, readMoney, tailCount } from "../basics/index.ts";
import type { Layer, WaterfallTerms } from "../terms/index.ts";
import type { LossCurve } from "./loss-curve.ts";
import { rankFromWorst } from "./summary.ts";
import { type Tail, tailWeights } from "./tail.ts";
import type { Estimate, LayerRisk, WaterfallRisk } from "./valuation.ts";

interface Tranche {
  readonly id: string;
  readonly kind: LayerRisk["kind"];
  readonly provider: string;
  readonly capacity: number;
}

/** What a layer can pay, as the settlement in whole units has it: its size, cut by its cap. */
function capacityOf(layer: Layer, decimals: number): number {
  const size = readMoney(layer.size, decimals);
  let capacity = size;
  if (layer.capShare !== undefined) {
    capacity = fractionDown(size, layer.capShare);
  } else if (layer.cap !== undefined) {
    const cap = readMoney(layer.cap, decimals);
    capacity = cap < size ? cap : size;
  }
  return moneyToNumber(capacity, decimals);
}

/**
 * What layers can pay in one event, in the pool currency: their sizes, cut by their caps.
 *
 * @param counts  which layers; all when left out
 */
export function capitalOf(
  { layers }: WaterfallTerms,
  decimals: number,
  counts: (layer: Layer) => boolean = () => true,
): number {
  return layers.filter(counts).reduce((sum, layer) => sum + capacityOf(layer, decimals), 0);
}

function tranchesOf(terms: WaterfallTerms, decimals: number): Tranche[] {
  const layers: Tranche[] = [...terms.layers]
    .sort((a, b) => a.order - b.order)
    .map((layer) => ({
      id: layer.id,
      kind: layer.kind,
      provider:
        layer.kind === "members"
          ? `${layer.shares?.length ?? 0} members`
          : (layer.provider ?? layer.kind),
      capacity: capacityOf(layer, decimals),
    }));
  const calls = terms.assessments ?? [];
  if (calls.length > 0) {
    const minor = calls.reduce((sum, call) => sum + readMoney(call.cap, decimals), 0n);
    layers.push({
      id: "assessments",
      kind: "assessment",
      provider: `${calls.length} members, on call`,
      capacity: moneyToNumber(minor, decimals),
    });
  }
  return layers;
}

/** A part of the loss: what of it lies between two attachments. */
interface Slice {
  readonly from: number;
  readonly size: number;
}

function draw(loss: number, { from, size }: Slice): number {
  return Math.min(Math.max(loss - from, 0), size);
}

function shareOf(count: number, n: number): Estimate {
  const value = count / n;
  return { value, standardError: Math.sqrt((value * (1 - value)) / n) };
}

/** Mean draw over the tail, with the standard error of a tail mean (see measureTail). */
function tailDraw(tail: Tail, scenarios: number, level: Level, slice: Slice): Estimate {
  const weights = tailWeights(scenarios, level);
  let value = 0;
  for (let i = 0; i < weights.length; i++) value += weights[i]! * draw(tail.losses[i]!, slice);
  let variance = 0;
  for (let i = 0; i < weights.length; i++) {
    const apart = draw(tail.losses[i]!, slice) - value;
    variance += weights[i]! * apart * apart;
  }
  const rank = Math.min(rankFromWorst(level, scenarios), tail.losses.length - 1);
  variance += (level / 1e6) * (value - draw(tail.losses[rank]!, slice)) ** 2;
  return { value, standardError: Math.sqrt(variance / tailCount(level, scenarios)) };
}

/**
 * Runs the waterfall on every scenario: which layer is hit how often, and what it bears.
 *
 * The rule is that of `settle` in floating point: each layer pays min(max(loss - attachment, 0),
 * capacity). A negative loss (a gain) draws nothing.
 */
export function waterfallRisk(
  curve: LossCurve,
  tail: Tail,
  terms: WaterfallTerms,
  decimals: number,
  level: Level,
): WaterfallRisk {
  const n = curve.scenarios;
  let attachment = 0;
  let prefunded = 0;
  const layers: LayerRisk[] = [];
  for (const { id, kind, provider, capacity } of tranchesOf(terms, decimals)) {
    const slice = { from: attachment, size: capacity };
    const { mean: expectedLoss, hit: hits, full } = curve.draw(slice.from, slice.size);
    const hit = shareOf(hits, n);
    const exhausted = shareOf(full, n);
    const tailLoss = tailDraw(tail, n, level, slice);
    layers.push({
      id,
      kind,
      provider,
      capacity,
      attachment,
      hit,
      exhausted,
      expectedLoss,
      tailLoss,
    });
    attachment += capacity;
    if (kind !== "assessment") prefunded = attachment;
  }
  const rest = { from: attachment, size: Number.POSITIVE_INFINITY };
  const beyond = curve.draw(rest.from, rest.size);
  const probability = shareOf(beyond.hit, n);
  const expectedSize = curve.sizeBeyond(attachment);
  const insolvent = prefunded === attachment ? beyond : curve.draw(prefunded, rest.size);
  const tailLoss = tailDraw(tail, n, level, rest);
  return {
    level: level / 1e6,
    layers,
    socialised: { probability, expectedLoss: beyond.mean, expectedSize, tailLoss },
    insolvency: { probability: shareOf(insolvent.hit, n) },
  };
}
