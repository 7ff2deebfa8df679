import { type Breath, inPieces, printMoney, roundToSum } from "../basics/index.ts";
import { type Estimate, HOLDINGS_ID, OwnLosses, ownersOf, type PoolRun } from "../risk/index.ts";
import { conditionalSharesWork, type MemberLosses, quantileSharesWork } from "../sharing/index.ts";
import type { LossRule, LossToShare } from "./loss-to-share.ts";
import { BATCHES, spreadError } from "./raw-share.ts";

/** One participant's part of a realised loss. */
export interface LossShare {
  readonly participant: string;
  /** Whole minor units as decimal text; negative where the rule credits. */
  readonly amount: string;
  /** Before rounding, with the error of the simulation behind it. */
  readonly share: Estimate;
  /** What the participant is expected to lose the pool, beforehand. */
  readonly expectedLoss: Estimate;
}

/** A realised loss shared among participants; plain JSON. */
export interface SharedRealisedLoss {
  readonly rule: LossRule;
  readonly loss: string;
  /** Scenarios that the rule was fitted on. */
  readonly scenarios: number;
  /** Sorted by id; amounts sum to the loss. */
  readonly shares: readonly LossShare[];
}

/**
 * Shares a realised loss among participants by a rule that is fitted to their simulated losses.
 *
 * The loss is what participants caused together; what the pool lost on its own holdings is not part
 * of it. See `sharedLoss`, `conditionalShares` and `quantileShares` for what the rules promise.
 *
 * @throws the signal's reason when aborted
 */
export async function sharedByRule(
  run: PoolRun,
  { rule, loss: minor }: LossToShare,
): Promise<SharedRealisedLoss> {
  const { laid, losses, breathe, request } = run;
  const { decimals } = request.pool.document.currency;
  const amount = Number(printMoney(minor, decimals));
  const columns = await OwnLosses.of(laid, losses.length, request.primary, breathe);
  const owners = ownersOf(laid).filter(({ id }) => id !== HOLDINGS_ID);
  const whole: MemberLosses = {
    members: owners.length,
    scenarios: columns.count,
    column: (member) => columns.column(owners[member]!),
  };
  const size = Math.floor(columns.count / BATCHES);
  const batch = (b: number): MemberLosses => ({
    ...whole,
    scenarios: size,
    column: (member) => whole.column(member).subarray(b * size, (b + 1) * size),
  });
  const { shares, errors, means } = await fitted(whole, batch, { rule, amount, breathe });
  const { total, parts } = roundToSum(
    owners.map(({ id }, i) => ({ id, value: shares[i]! })),
    decimals,
  );
  // Shares sum to the loss but for rounding, which is far below half a unit.
  if (total !== minor) parts[largestOf(shares)]! += minor - total;
  return {
    rule,
    loss: printMoney(minor, decimals),
    scenarios: columns.count,
    shares: owners.map(({ id }, i) => ({
      participant: id,
      amount: printMoney(parts[i]!, decimals),
      share: { value: shares[i]!, standardError: errors[i]! },
      expectedLoss: means[i]!,
    })),
  };
}

function largestOf(values: Float64Array): number {
  return values.reduce((most, value, i) => (value > values[most]! ? i : most), 0);
}

interface Fitted {
  readonly shares: Float64Array;
  readonly errors: ArrayLike<number>;
  readonly means: readonly Estimate[];
}

async function fitted(
  whole: MemberLosses,
  batch: (b: number) => MemberLosses,
  asked: { readonly rule: LossRule; readonly amount: number; readonly breathe: Breath },
): Promise<Fitted> {
  const { rule, amount, breathe } = asked;
  const known = await momentsOf(whole, breathe);
  const means = Array.from(known.means, (value, i) => ({
    value,
    standardError: Math.sqrt(known.variances[i]! / whole.scenarios),
  }));
  if (rule === "conditional-mean") {
    const table = await inPieces(conditionalSharesWork(whole, { total: known.total }), breathe);
    return { shares: table.at(amount), errors: table.errorsAt(amount), means };
  }
  const sharesOf = async (losses: MemberLosses, moments: Moments) =>
    rule === "quantile"
      ? (await inPieces(quantileSharesWork(losses), breathe)).at(amount)
      : residualShares(amount, rule, moments);
  const shares = await sharesOf(whole, known);
  const batches: Float64Array[] = [];
  for (let b = 0; b < BATCHES; b++) {
    batches.push(await sharesOf(batch(b), await momentsOf(batch(b), breathe)));
  }
  const errors = shares.map((_, i) => spreadError(batches.map((one) => one[i]!)));
  return { shares, errors, means };
}

/** What rules that share residuals know. */
interface Moments {
  readonly means: Float64Array;
  readonly variances: Float64Array;
  /** With the sum of all. */
  readonly covariances: Float64Array;
  /** [scenarios] sum of all. */
  readonly total: Float64Array;
}

async function momentsOf(losses: MemberLosses, breathe: Breath): Promise<Moments> {
  const { members, scenarios } = losses;
  const total = new Float64Array(scenarios);
  for (let m = 0; m < members; m++) {
    const column = losses.column(m);
    for (let s = 0; s < scenarios; s++) total[s]! += column[s]!;
    await breathe();
  }
  const mean = total.reduce((sum, loss) => sum + loss, 0) / scenarios;
  const means = new Float64Array(members);
  const variances = new Float64Array(members);
  const covariances = new Float64Array(members);
  for (let m = 0; m < members; m++) {
    const column = losses.column(m);
    const own = column.reduce((sum, loss) => sum + loss, 0) / scenarios;
    let square = 0;
    let product = 0;
    for (let s = 0; s < scenarios; s++) {
      const apart = column[s]! - own;
      square += apart * apart;
      product += apart * (total[s]! - mean);
    }
    means[m] = own;
    variances[m] = square / (scenarios - 1);
    covariances[m] = product / (scenarios - 1);
    await breathe();
  }
  return { means, variances, covariances, total };
}

/** `sharedLoss` on simulated moments, which need no covariance of every two members. */
function residualShares(
  loss: number,
  rule: Exclude<LossRule, "conditional-mean" | "quantile">,
  { means, variances, covariances }: Moments,
): Float64Array {
  const count = means.length;
  const sum = (values: Float64Array) => values.reduce((above, value) => above + value, 0);
  const parts = (weights: Float64Array) => {
    const all = sum(weights);
    // Where nobody's loss varies there is nothing to tell members apart by.
    return all === 0 ? weights.map(() => 1 / count) : weights.map((weight) => weight / all);
  };
  if (rule === "uniform") return new Float64Array(count).fill(loss / count);
  if (rule === "mean-proportional") return parts(means).map((part) => part * loss);
  const residual = loss - sum(means);
  const weights = {
    "uniform-residual": () => new Float64Array(count).fill(1 / count),
    "variance-residual": () => parts(variances),
    "deviation-residual": () => parts(variances.map(Math.sqrt)),
    "linear-regression": () => parts(covariances),
  }[rule]();
  return means.map((own, i) => own + weights[i]! * residual);
}
