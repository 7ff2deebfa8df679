import { atOnce, type Issue, received, refuse, type Work } from "../basics/index.ts";
import { exp, log } from "../numeric/index.ts";
import type { MemberLosses } from "./loss-matrix.ts";
import { type ShareTable, StraightShares } from "./share-table.ts";

/** Probabilities at which quantiles are kept, unless asked otherwise. */
const KNOTS = 1000;
const KNOTS_MAX = 1_000_000;
/** Part of the scenarios that a line beyond the table comes from. */
const OUTER = 0.01;
/** Newton's steps that no sum of lognormal quantiles has needed; most need six. */
const STEPS_MAX = 200;

/** How quantiles are kept. */
export interface QuantileSharing {
  /** Most probabilities at which everyone's quantile is kept, 2 … 1,000,000; default 1,000. */
  readonly knots?: number;
}

/** The law of a loss whose logarithm is normal. */
export interface LognormalLoss {
  /** Mean of the logarithm of the loss. */
  readonly mu: number;
  /** Standard deviation of the logarithm, > 0. */
  readonly sigma: number;
}

/**
 * Shares a loss by quantiles: everyone bears the own loss of one and the same probability, the one at
 * which these losses sum to what is shared. h_i(s) = F_i⁻¹(F(s)), F being the law of the sum were all
 * losses to rise together; marginal laws are those of the simulated losses.
 *
 * Needs marginal laws only, and no share ever falls. Not fair: on average a member bears the own mean
 * only where losses do rise together. The table holds order statistics, all of them where there are no
 * more scenarios than knots, and closer ones towards both ends; between them quantiles are straight.
 *
 * @throws  PoolError MEMBERS_NONE, NUMBER_RANGE, NUMBER_NOT_FINITE
 * @cost    members sorts of the scenarios; memory for members · knots
 * @source  Denuit, Dhaene & Robert, Risk-sharing rules and their properties, with applications to
 *          peer-to-peer insurance, Journal of Risk and Insurance 89 (2022)
 */
export function quantileShares(losses: MemberLosses, sharing: QuantileSharing = {}): ShareTable {
  return atOnce(quantileSharesWork(losses, sharing));
}

/** {@link quantileShares}, one member's sort to a piece. */
export function* quantileSharesWork(
  losses: MemberLosses,
  { knots = KNOTS }: QuantileSharing = {},
): Work<ShareTable> {
  const { members, scenarios } = losses;
  checkMembers(members);
  need(scenarios >= 2, {
    code: "NUMBER_RANGE",
    pointer: "/scenarios",
    detail: "a law has more than one quantile",
    expected: "2 or more",
    received: received(scenarios),
  });
  need(Number.isInteger(knots) && knots >= 2 && knots <= KNOTS_MAX, {
    code: "NUMBER_RANGE",
    pointer: "/knots",
    detail: "quantiles are kept from the least loss to the worst",
    expected: `integer, 2 … ${KNOTS_MAX}`,
    received: received(knots),
  });
  const ranks = ranksOf(scenarios, knots);
  const quantiles = new Float64Array(ranks.length * members);
  const nodes = new Float64Array(ranks.length);
  let isNonNegative = true;
  for (let m = 0; m < members; m++) {
    const sorted = losses.column(m).slice().sort();
    checkAmount(sorted[scenarios - 1]! - sorted[0]!, `/losses/${m}`);
    isNonNegative &&= sorted[0]! >= 0;
    ranks.forEach((rank, k) => {
      quantiles[k * members + m] = sorted[rank]!;
      nodes[k]! += sorted[rank]!;
    });
    yield;
  }
  checkAmount(nodes[ranks.length - 1]! - nodes[0]!, "/losses");
  const rows = withoutTwins(nodes, quantiles, members);
  const outer = ranks.filter((rank) => rank < OUTER * scenarios).length;
  return new StraightShares({ members, ...rows, isNonNegative }, Math.max(2, outer));
}

/** Ranks of order statistics, from 0: all of them, or closer ones towards both ends, the same at both. */
function ranksOf(scenarios: number, knots: number): number[] {
  if (scenarios <= knots) return Array.from({ length: scenarios }, (_, rank) => rank);
  const last = scenarios - 1;
  const low: number[] = [0];
  for (let k = 1; k < knots >> 1; k++) {
    const t = k / (knots - 1);
    // 3t² − 2t³ dwells at both ends.
    low.push(Math.max(k, Math.round(last * t * t * (3 - 2 * t))));
  }
  return [...low, ...low.map((rank) => last - rank).reverse()];
}

/** Leaves out rows whose sum is that of the row before: no member's loss has moved between them. */
function withoutTwins(
  nodes: Float64Array,
  shares: Float64Array,
  members: number,
): { readonly nodes: Float64Array; readonly shares: Float64Array } {
  const kept = Array.from(nodes.keys()).filter((k) => k === 0 || nodes[k]! > nodes[k - 1]!);
  const rows = new Float64Array(kept.length * members);
  kept.forEach((k, row) => {
    rows.set(shares.subarray(k * members, (k + 1) * members), row * members);
  });
  return { nodes: Float64Array.from(kept, (k) => nodes[k]!), shares: rows };
}

/**
 * The same rule for losses whose logarithms are normal: everyone bears exp(mu + sigma · z), with the
 * one z at which these sum to the loss.
 *
 * z is the root of a convex function of z, the logarithm of the sum, found by Newton's method.
 *
 * @param loss  > 0
 * @returns     [members], in the unit of the loss; their sum is the loss but for rounding
 * @throws      PoolError NUMBER_RANGE, MEMBERS_NONE
 * @source      as {@link quantileShares}
 */
export function lognormalQuantileShares(
  loss: number,
  members: readonly LognormalLoss[],
): Float64Array {
  checkMembers(members.length);
  need(Number.isFinite(loss) && loss > 0, {
    code: "NUMBER_RANGE",
    pointer: "/loss",
    detail: "lognormal losses are positive, and so is their sum",
    expected: "number > 0",
    received: received(loss),
  });
  members.forEach(({ mu, sigma }, i) => {
    checkAmount(mu, `/members/${i}/mu`);
    need(Number.isFinite(sigma) && sigma > 0, {
      code: "NUMBER_RANGE",
      pointer: `/members/${i}/sigma`,
      detail: "a law has no such parameter",
      expected: "number > 0",
      received: received(sigma),
    });
  });
  // From where one member alone bears it all: nobody bears more, so the root is below.
  const wanted = log(loss);
  let z = Math.min(...members.map(({ mu, sigma }) => (wanted - mu) / sigma));
  const parts = new Float64Array(members.length);
  for (let step = 0; step < STEPS_MAX; step++) {
    const logs = members.map(({ mu, sigma }) => mu + sigma * z - wanted);
    const most = Math.max(...logs);
    let sum = 0;
    let slope = 0;
    members.forEach(({ sigma }, i) => {
      parts[i] = exp(logs[i]! - most);
      sum += parts[i]!;
      slope += sigma * parts[i]!;
    });
    parts.forEach((part, i) => {
      parts[i] = (loss * part) / sum;
    });
    const move = ((most + log(sum)) * sum) / slope;
    // Falling steps end where rounding is all that is left of them.
    if (!(z - move < z)) break;
    z -= move;
  }
  return parts;
}

function checkMembers(count: number): void {
  need(count >= 1, {
    code: "MEMBERS_NONE",
    pointer: "/members",
    detail: "a loss without members is nobody's",
    expected: "one member or more",
    received: received(count),
  });
}

function checkAmount(value: number, pointer: string): void {
  need(Number.isFinite(value), {
    code: "NUMBER_NOT_FINITE",
    pointer,
    detail: "losses and what describes them are finite",
    expected: "finite numbers",
    received: received(value),
  });
}

function need(holds: boolean, issue: Issue): void {
  if (!holds) refuse(issue);
}
