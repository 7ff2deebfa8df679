import {
  type Draft,
  type Findings,
  idClashes,
  moneyIssue,
  type PlacedId,
} from "../basics/index.ts";
import type { AssessmentCall, LastResort, Layer, WaterfallTerms } from "./terms.ts";

/** What the waterfall's rules need to know about the pool; missing where it is not known. */
export interface WaterfallSetting {
  readonly currency: string | undefined;
  readonly decimals: number | undefined;
  /** Ids that may be referred to; undefined when nobody knows them here. */
  readonly participants: ReadonlySet<string> | undefined;
  /** Pointer of the waterfall in its document. */
  readonly pointer: string;
}

interface Setting extends WaterfallSetting {
  readonly found: Findings;
}

// The shares of a layer are typed by people: three times 0.333333333 is meant as one.
const SHARES_TOLERANCE = 1e-9;

/**
 * Checks what the form of a waterfall cannot say: order, seniority, caps, shares, weights,
 * currency, precision and references. Parts that had the wrong form are passed over.
 */
export function checkWaterfall(
  terms: Draft<WaterfallTerms>,
  setting: WaterfallSetting,
  found: Findings,
): void {
  if (terms === undefined) return;
  const inner: Setting = { ...setting, found };
  const { pointer } = setting;
  const layers = terms.layers ?? [];
  const ids = layers.flatMap((layer, i): PlacedId[] =>
    layer?.id === undefined ? [] : [{ id: layer.id, pointer: `${pointer}/layers/${i}/id` }],
  );
  for (const issue of idClashes(ids)) found.add(issue);
  checkOrder(layers, inner);
  if (terms.allowNonStandard !== true) checkSeniority(layers, inner);
  layers.forEach((layer, i) => {
    if (layer !== undefined) checkLayer(layer, `${pointer}/layers/${i}`, inner);
  });
  checkAssessments(terms.assessments, `${pointer}/assessments`, inner);
  checkLastResort(terms.lastResort, `${pointer}/lastResort/weights`, inner);
}

function checkOrder(layers: readonly Draft<Layer>[], { pointer, found }: Setting): void {
  // A layer whose order is unreadable may be the one that closes the gap.
  if (layers.some((layer) => layer?.order === undefined)) return;
  const holders = new Map<number, number>();
  layers.forEach((layer, i) => {
    const order = layer!.order!;
    const before = holders.get(order);
    const twice = before !== undefined;
    if (twice || order > layers.length) {
      found.add({
        code: "WATERFALL_ORDER",
        pointer: `${pointer}/layers/${i}/order`,
        detail: twice
          ? `layer ${before} has the same order; two layers cannot both be number ${order}`
          : `with ${layers.length} layers there is no number ${order}; close the gap`,
        expected: `1 to ${layers.length}, each once`,
        received: `number ${order}`,
      });
    }
    holders.set(order, before ?? i);
  });
}

function checkSeniority(layers: readonly Draft<Layer>[], { pointer, found }: Setting): void {
  const orders = layers.flatMap((layer) =>
    layer?.kind === "members" && layer.order !== undefined ? [layer.order] : [],
  );
  const firstMembers = Math.min(Number.POSITIVE_INFINITY, ...orders);
  layers.forEach((layer, i) => {
    if (layer?.kind === "operator" && layer.order !== undefined && layer.order > firstMembers) {
      found.add({
        code: "WATERFALL_SENIORITY",
        pointer: `${pointer}/layers/${i}/order`,
        detail:
          "the operator's own money stands behind the members'; put it before them, " +
          "or set allowNonStandard if the members agreed to this",
        expected: "operator layers before members' layers",
        received: `number ${layer.order}`,
      });
    }
  });
}

function checkLayer(layer: Exclude<Draft<Layer>, undefined>, at: string, setting: Setting): void {
  const { found, currency, decimals } = setting;
  if (layer.cap !== undefined && layer.capShare !== undefined) {
    found.add({
      code: "WATERFALL_CAP",
      pointer: `${at}/capShare`,
      detail: "the layer has a cap in money and one as a fraction; keep one of the two",
      expected: "cap or capShare, not both",
    });
  }
  checkPrecision(layer.size, decimals, `${at}/size`, found);
  checkPrecision(layer.cap, decimals, `${at}/cap`, found);
  if (layer.currency !== undefined && currency !== undefined && layer.currency !== currency) {
    found.add({
      code: "CURRENCY_MISMATCH",
      pointer: `${at}/currency`,
      detail: `the pool counts in ${currency} and converts nothing; convert the amounts first`,
      expected: `"${currency}"`,
      received: `string "${layer.currency}"`,
    });
  }
  if (layer.kind !== undefined) checkShares(layer, `${at}/shares`, setting);
}

function checkShares(layer: Exclude<Draft<Layer>, undefined>, at: string, setting: Setting): void {
  const { found } = setting;
  const { shares, kind } = layer;
  if (kind !== "members") {
    if (shares === undefined) return;
    found.addFirst({
      code: "WEIGHTS_SUM",
      pointer: at,
      detail: `a layer of kind ${kind} has one provider; name it and remove the shares`,
      expected: "shares only in a members' layer",
    });
    return;
  }
  checkPayers(shares, at, setting);
  if (shares?.some((entry) => entry?.share === undefined)) return;
  // Summed in ascending order, so that the verdict does not depend on how they are listed.
  const sorted = (shares ?? []).map((entry) => entry!.share!).sort((a, b) => a - b);
  const sum = sorted.reduce((above, share) => above + share, 0);
  if (Math.abs(sum - 1) <= SHARES_TOLERANCE) return;
  found.addFirst({
    code: "WEIGHTS_SUM",
    pointer: at,
    detail:
      shares === undefined
        ? "say which participants provide this layer and what fraction each"
        : `the shares sum to ${sum}; they must make one whole`,
    expected: "shares that sum to 1 within 1e-9",
    ...(shares === undefined ? { received: "missing" } : {}),
  });
}

function checkAssessments(
  calls: Draft<readonly AssessmentCall[]>,
  at: string,
  setting: Setting,
): void {
  checkPayers(calls, at, setting);
  calls?.forEach((call, i) => {
    checkPrecision(call?.cap, setting.decimals, `${at}/${i}/cap`, setting.found);
  });
}

function checkLastResort(resort: Draft<LastResort>, at: string, setting: Setting): void {
  // A haircut names nobody: who gained is known when there is a loss.
  const weights = resort !== undefined && "weights" in resort ? resort.weights : undefined;
  if (weights === undefined) return;
  checkPayers(weights, at, setting);
  if (weights.some((entry) => entry?.weight === undefined || entry.weight > 0)) return;
  setting.found.addFirst({
    code: "WEIGHTS_ZERO",
    pointer: at,
    detail: "nobody would bear what is left; give at least one participant a weight",
    expected: "at least one weight above 0",
  });
}

/** Everyone in a list of payers is known and stands in it once. */
function checkPayers(
  list: readonly ({ readonly participant?: string | undefined } | undefined)[] | undefined,
  at: string,
  { participants, found }: Setting,
): void {
  const payers: PlacedId[] = [];
  for (let i = 0; i < (list?.length ?? 0) && !found.full; i++) {
    const id = list![i]?.participant;
    if (id === undefined) continue;
    const pointer = `${at}/${i}/participant`;
    payers.push({ id, pointer });
    if (participants === undefined || participants.has(id)) continue;
    found.add({
      code: "REFERENCE_UNKNOWN",
      pointer,
      detail: "the pool has no participant of this id; add it or correct the id",
      expected: "id of one of the pool's participants",
      received: `string "${id}"`,
    });
  }
  for (const issue of idClashes(payers)) found.add(issue);
}

/** Refuses an amount with more digits after the point than the pool currency has. */
export function checkPrecision(
  amount: string | undefined,
  decimals: number | undefined,
  pointer: string,
  found: Findings,
): void {
  if (amount === undefined || decimals === undefined) return;
  found.addIf(moneyIssue(amount, decimals, { pointer }));
}
