import {
  apportion,
  levelFraction,
  printMoney,
  readMoney,
  received,
  refuse,
  roundToSum,
} from "../basics/index.ts";
import type { Moments } from "../engine/index.ts";
import {
  type Breakdown,
  breakdownOf,
  type Cause,
  gatherMoments,
  HOLDINGS_ID,
  lossCurve,
  type PoolRun,
  tailMoments,
  waterfallRisk,
} from "../risk/index.ts";
import { type Gain, type Settlement, settle } from "../settlement/index.ts";
import type { WaterfallTerms } from "../terms/index.ts";

/** Decimal digits as text in the pool currency, with all its decimals: "1250.00". */
type Money = string;

/** A part of a loss: whose, by which position, and which layers bear it. */
export interface ExplainedCause {
  readonly participant: string;
  readonly kind: Cause["kind"];
  /** Position, cover or asset; null for what an account causes as a whole. */
  readonly id: string | null;
  /** Negative is a gain to the pool. */
  readonly amount: Money;
  /** By which layer it is borne, in order of payment; what others' gains offset is not among them. */
  readonly borneBy: readonly { readonly layer: string; readonly amount: Money }[];
  /** What is offset by gains to the pool; with `borneBy` it sums to the amount. 0 for a gain. */
  readonly offset: Money;
}

/** Someone who pays, through which layer and by which rule. */
export interface ExplainedPayment {
  readonly payer: string;
  readonly layer: string;
  /** How the layer is divided, in words of the terms. */
  readonly rule: string;
  readonly amount: Money;
}

/** A loss or the pool's ES taken apart to the last unit; plain JSON. */
export interface Explanation {
  /** `contribution`: everyone's Euler share of ES. `scenario`: what happened in one scenario. */
  readonly of: "contribution" | "scenario";
  readonly scenario: number | null;
  readonly level: number | null;
  /** Sum of all causes. */
  readonly total: Money;
  /** Participants in the order of ids, each with its causes. */
  readonly causes: readonly ExplainedCause[];
  /** What each layer bears, in order of payment; on average over the tail for contributions. */
  readonly layers: readonly { readonly layer: string; readonly amount: Money }[];
  /** Who pays in this scenario; none for contributions, which are no payments. */
  readonly payments: readonly ExplainedPayment[];
}

/**
 * Labels every unit of the pool's ES, or of one scenario's loss, with position, layer and rule.
 *
 * Amounts of a participant's causes sum to the participant's own amount, and these to the total. A
 * loss is borne layer by layer in proportion to what is left of every cause (back-allocation as
 * catastrophe models do it); what the pool gained elsewhere offsets the rest.
 *
 * @param scenario  null for contributions
 * @throws          PoolError NUMBER_RANGE at /options/scenario
 * @source          OasisLMF, financial module, allocation rule 1
 */
export async function explanationOf(run: PoolRun, scenario: number | null): Promise<Explanation> {
  const { request } = run;
  const { document } = request.pool;
  const { decimals } = document.currency;
  const breakdown = await breakdownOf(run, await momentsOf(run, scenario));
  const causes = breakdown.flatMap((own) => own.causes);
  const amounts = amountsOf(breakdown, decimals);
  const total = amounts.reduce((sum, amount) => sum + amount, 0n);
  const settled = scenario === null ? null : settleScenario(run, causes, amounts, total);
  const draws = settled ? drawsOf(settled, decimals) : await tailDraws(run);
  const { parts, offsets } = backAllocate(causes, amounts, draws);
  const print = (minor: bigint): Money => printMoney(minor, decimals);
  return {
    of: scenario === null ? "contribution" : "scenario",
    scenario,
    level: scenario === null ? levelFraction(request.primary) : null,
    total: print(total),
    causes: causes.map(({ participant, kind, id }, i) => ({
      participant,
      kind,
      id,
      amount: print(amounts[i]!),
      borneBy: draws.flatMap(({ layer }, d) =>
        parts[d]![i]! === 0n ? [] : [{ layer, amount: print(parts[d]![i]!) }],
      ),
      offset: print(offsets[i]!),
    })),
    layers: draws.map(({ layer, amount }) => ({ layer, amount: print(amount) })),
    payments: settled ? paymentsOf(settled, document.waterfall) : [],
  };
}

/** Moments of one scenario, or of the whole tail. */
async function momentsOf(run: PoolRun, scenario: number | null): Promise<Moments> {
  if (scenario === null) return (await tailMoments(run, run.request.primary)).moments[0]!;
  const { scenarios } = run.request;
  if (!(Number.isInteger(scenario) && scenario >= 0 && scenario < scenarios)) {
    refuse({
      code: "NUMBER_RANGE",
      pointer: "/options/scenario",
      detail: "the run has no scenario of this number",
      expected: `integer, 0 … ${scenarios - 1}`,
      received: received(scenario),
    });
  }
  const group = { scenarios: Uint32Array.of(scenario), weights: Float64Array.of(1) };
  const [moments] = await gatherMoments(run.laid, [group], run.breathe);
  return moments!;
}

/**
 * Whole units of every cause, owner by owner: owners are rounded to sum, and the largest cause of each
 * takes what rounding leaves.
 */
function amountsOf(breakdown: readonly Breakdown[], decimals: number): bigint[] {
  const owners = breakdown.filter(({ causes }) => causes.length > 0);
  const { parts } = roundToSum(
    owners.map(({ participant: id, total: value }) => ({ id, value })),
    decimals,
  );
  return owners.flatMap(({ causes }, o) => {
    const named = causes.map(({ value }, i) => ({ id: String(i).padStart(9, "0"), value }));
    const rounded = roundToSum(named, decimals);
    const sizes = causes.map(({ value }) => Math.abs(value));
    const largest = sizes.indexOf(sizes.reduce((most, size) => Math.max(most, size), 0));
    return rounded.parts.map((part, i) =>
      i === largest ? part + parts[o]! - rounded.total : part,
    );
  });
}

interface LayerDraw {
  readonly layer: string;
  readonly amount: bigint;
}

/** Pours one scenario's loss down the agreed waterfall; who gained in it is who may be cut. */
function settleScenario(
  run: PoolRun,
  causes: readonly Cause[],
  amounts: readonly bigint[],
  total: bigint,
): Settlement {
  const { waterfall, currency } = run.request.pool.document;
  const print = (minor: bigint): Money => printMoney(minor, currency.decimals);
  const own = new Map<string, bigint>();
  causes.forEach(({ participant }, i) => {
    own.set(participant, (own.get(participant) ?? 0n) + amounts[i]!);
  });
  const gains = [...own].flatMap(([participant, amount]): Gain[] =>
    participant === HOLDINGS_ID || amount <= 0n ? [] : [{ participant, amount: print(amount) }],
  );
  const loss = print(total > 0n ? total : 0n);
  return waterfall.lastResort.kind === "haircut"
    ? settle(waterfall, currency, loss, gains)
    : settle(waterfall, currency, loss);
}

function drawsOf({ layers, assessments, socialised }: Settlement, decimals: number): LayerDraw[] {
  const sum = (list: readonly { readonly amount: Money }[]) =>
    list.reduce((above, { amount }) => above + readMoney(amount, decimals), 0n);
  return [
    ...layers.map(({ id, used }) => ({ layer: id, amount: readMoney(used, decimals) })),
    { layer: "assessments", amount: sum(assessments) },
    { layer: "last resort", amount: sum(socialised.shares) },
    { layer: "uncovered", amount: readMoney(socialised.uncovered, decimals) },
  ].filter(({ amount }) => amount > 0n);
}

/** What each layer bears on average over the tail. */
async function tailDraws(run: PoolRun): Promise<LayerDraw[]> {
  const { tail, request } = run;
  const { waterfall, currency } = request.pool.document;
  const { decimals } = currency;
  const curve = await lossCurve(run);
  const { layers, socialised } = waterfallRisk(curve, tail, waterfall, decimals, request.primary);
  const values = [
    ...layers.map(({ id, tailLoss }) => ({ id, value: tailLoss.value })),
    { id: "last resort", value: socialised.tailLoss.value },
  ];
  const { parts } = roundToSum(values, decimals);
  return values
    .map(({ id }, i) => ({ layer: id, amount: parts[i]! }))
    .filter(({ amount }) => amount > 0n);
}

/**
 * Spreads every layer's draw over the causes that lost, in proportion to what is left of each; what is
 * left in the end is offset by gains.
 */
function backAllocate(
  causes: readonly Cause[],
  amounts: readonly bigint[],
  draws: readonly LayerDraw[],
): { readonly parts: readonly (readonly bigint[])[]; readonly offsets: readonly bigint[] } {
  const left = amounts.map((amount) => (amount > 0n ? amount : 0n));
  const parts = draws.map(({ amount }) => {
    const all = left.reduce((sum, part) => sum + part, 0n);
    const borne = apportion(
      amount < all ? amount : all,
      left.map((weight, i) => ({ id: String(i).padStart(9, "0"), weight })),
    );
    borne.forEach((part, i) => {
      left[i]! -= part;
    });
    return borne;
  });
  return { parts, offsets: causes.map((_, i) => left[i]!) };
}

function paymentsOf(settled: Settlement, terms: WaterfallTerms): ExplainedPayment[] {
  const payments: ExplainedPayment[] = settled.layers.flatMap(({ id, kind, payers }) =>
    payers.map((payer) => ({
      payer: "participant" in payer ? payer.participant : payer.provider,
      layer: id,
      rule: kind === "members" ? "by shares of the layer" : `all of the ${kind}'s layer`,
      amount: payer.amount,
    })),
  );
  for (const { participant, amount } of settled.assessments) {
    const rule = "pro rata to the caps of calls";
    payments.push({ payer: participant, layer: "assessments", rule, amount });
  }
  const { lastResort } = terms;
  const rule =
    lastResort.kind === "haircut" ? `haircut of gains: ${lastResort.rule}` : "by agreed weights";
  for (const { participant, amount } of settled.socialised.shares) {
    payments.push({ payer: participant, layer: "last resort", rule, amount });
  }
  return payments.filter(({ amount }) => /[1-9]/.test(amount));
}
