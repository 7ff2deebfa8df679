import { type Level, levelFraction, printMoney } from "../basics/index.ts";
import {
  capitalOf,
  type Estimate,
  HOLDINGS_ID,
  meanOf,
  measureLosses,
  OwnLosses,
  ownersOf,
  type PoolRun,
} from "../risk/index.ts";
import { insolvencyAwards } from "../sharing/index.ts";
import { allocationsOf } from "./allocate.ts";
import type { Allocation } from "./allocation.ts";
import type { ComparedSharing, Comparison, Policy, PolicyScore } from "./comparison.ts";
import type { OnSpareKernels } from "./shapley-rule.ts";

/**
 * Scores policies on the scenarios of one run.
 *
 * @param run      still open
 * @param another  the same pool with another seed; opened after everything was asked of `run`
 * @param onSpare  as for `allocationsOf`
 */
export async function comparisonOf(
  run: PoolRun,
  policies: readonly Policy[],
  another: () => Promise<PoolRun>,
  onSpare: OnSpareKernels,
): Promise<Comparison> {
  const rules = policies.map(({ contribution }) => contribution);
  const allocations = await allocationsOf(run, rules, onSpare);
  const sample = await sampleOf(run);
  const rows: Omit<PolicyScore, "seedSensitivity">[] = [];
  for (const [p, policy] of policies.entries()) {
    rows.push(scoreOf(run, sample, policy, allocations[p]!));
    await run.breathe();
  }
  const other = await another();
  const others = await allocationsOf(other, rules, onSpare);
  const { document } = run.request.pool;
  return {
    pool: document.name,
    asOf: document.asOf,
    currency: document.currency,
    level: levelFraction(run.request.primary),
    scenarios: run.losses.length,
    sampled: sample.pool.length,
    horizonDays: run.request.horizonDays,
    participants: sample.ids.length,
    seeds: [String(run.request.seed), String(other.request.seed)],
    rows: rows.map((row, p) => ({
      ...row,
      seedSensitivity: movedBetween(allocations[p]!, others[p]!),
    })),
  };
}

/** Everyone's own losses in the first scenarios of a run. */
interface Sample {
  readonly ids: readonly string[];
  readonly pool: Float64Array;
  /** [participants] of [scenarios]; holdings left out. */
  readonly own: readonly Float64Array[];
  readonly standAlone: readonly number[];
}

async function sampleOf(run: PoolRun): Promise<Sample> {
  const { laid, losses, breathe, request } = run;
  const columns = await OwnLosses.of(laid, losses.length, request.primary, breathe);
  const owners = ownersOf(laid).filter(({ id }) => id !== HOLDINGS_ID);
  const own: Float64Array[] = [];
  const standAlone: number[] = [];
  for (const owner of owners) {
    const column = columns.column(owner).slice();
    own.push(column);
    standAlone.push(measureLosses(column, request.primary).expectedShortfall);
    await breathe();
  }
  return {
    ids: owners.map(({ id }) => id),
    pool: losses.slice(0, columns.count),
    own,
    standAlone,
  };
}

function scoreOf(
  run: PoolRun,
  sample: Sample,
  { name, contribution, sharing }: Policy,
  allocation: Allocation,
): Omit<PolicyScore, "seedSensitivity"> {
  const { waterfall, currency } = run.request.pool.document;
  const amounts = new Map(allocation.rows.map(({ id, amount }) => [id, Number(amount)]));
  const asked = sample.ids.map((id) => amounts.get(id)!);
  const paid = asked.map((amount) => Math.max(0, amount));
  const collected = paid.reduce((sum, amount) => sum + amount, 0);
  const outside = capitalOf(waterfall, currency.decimals, ({ kind }) => kind !== "members");
  const capital = outside + collected;
  const borne = shareOut(run, sample, { capital, paid, sharing });
  const above = asked.filter((amount, i) => amount > sample.standAlone[i]!).length;
  return {
    name,
    contribution: contribution.rule,
    sharing,
    capital,
    ...borne,
    aboveStandAlone: above / Math.max(1, asked.length),
    stayers: stayersOf(run.request.primary, sample, asked) / Math.max(1, asked.length),
  };
}

/** What members bear beyond capital, scenario by scenario. */
function shareOut(
  { request }: PoolRun,
  { ids, pool, own }: Sample,
  policy: {
    readonly capital: number;
    readonly paid: readonly number[];
    readonly sharing: ComparedSharing;
  },
) {
  const { capital, paid, sharing } = policy;
  const { decimals } = request.pool.document.currency;
  const scale = Number(`1e${decimals}`);
  const shared = new Float64Array(pool.length);
  const deficits = new Float64Array(pool.length);
  const taking = new Float64Array(pool.length);
  const largest: number[] = [];
  const totals = new Float64Array(ids.length);
  let hits = 0;
  for (let s = 0; s < pool.length; s++) {
    const lacking = pool[s]! - capital;
    if (!(lacking > 0)) continue;
    hits++;
    shared[s] = lacking;
    const gains = own.map((column) => Math.max(0, column[s]!));
    const taken = takenBy(sharing, lacking, { ids, gains, paid, decimals });
    const total = taken.reduce((sum, part) => sum + part, 0);
    // Less than the least unit is rounding.
    if (lacking - total > 1 / scale) deficits[s] = lacking - total;
    taken.forEach((part, i) => {
      totals[i]! += part;
    });
    taking[s] = total;
    if (total > 0) largest.push(taken.reduce((most, part) => Math.max(most, part), 0) / total);
  }
  const probability = hits / pool.length;
  return {
    shortfallProbability: {
      value: probability,
      standardError: Math.sqrt((probability * (1 - probability)) / pool.length),
    },
    expectedShared: meanOf(shared).mean,
    residualDeficit: meanOf(deficits).mean,
    overHaircut: ratioOf(taking, shared),
    // One value says nothing of its own spread.
    largestShare: largest.length > 1 ? meanOf(Float64Array.from(largest)).mean : null,
    gini: giniOf(totals),
  };
}

/** What everyone bears of what is lacking. */
function takenBy(
  sharing: ComparedSharing,
  lacking: number,
  {
    ids,
    gains,
    paid,
    decimals,
  }: {
    readonly ids: readonly string[];
    readonly gains: readonly number[];
    readonly paid: readonly number[];
    readonly decimals: number;
  },
): number[] {
  if (sharing === "uniform") return ids.map(() => lacking / ids.length);
  if (sharing === "calls") {
    const all = paid.reduce((sum, amount) => sum + amount, 0);
    return paid.map((amount) => (all > 0 ? (lacking * amount) / all : lacking / ids.length));
  }
  if (sharing === "queue") return closedInTurn(lacking, ids, gains);
  // Rules on claims are those of a payout: whole units, exact.
  const scale = Number(`1e${decimals}`);
  const claims = ids.map((id, i) => ({ id, claim: BigInt(Math.round(gains[i]! * scale)) }));
  const owed = claims.reduce((sum, { claim }) => sum + claim, 0n);
  const needed = BigInt(Math.ceil(lacking * scale));
  const estate = needed < owed ? owed - needed : 0n;
  return insolvencyAwards(estate, claims, sharing).map((award, i) =>
    Number(printMoney(claims[i]!.claim - award, decimals)),
  );
}

/** Closes whole accounts, the largest gain first, ties by id, until enough is taken. */
function closedInTurn(lacking: number, ids: readonly string[], gains: readonly number[]): number[] {
  const order = [...ids.keys()].sort(
    (a, b) => gains[b]! - gains[a]! || (ids[a]! < ids[b]! ? -1 : 1),
  );
  const taken = ids.map(() => 0);
  let left = lacking;
  for (const i of order) {
    if (!(left > 0 && gains[i]! > 0)) break;
    taken[i] = gains[i]!;
    left -= gains[i]!;
  }
  return taken;
}

/** How many stay when all leave who are asked for more than the ES of their own loss, round by round. */
function stayersOf(level: Level, { own, standAlone }: Sample, asked: readonly number[]): number {
  let members = [...asked.keys()];
  let amounts = asked;
  for (;;) {
    const staying = members.filter((i) => amounts[i]! <= standAlone[i]!);
    if (staying.length === members.length || staying.length === 0) return staying.length;
    members = staying;
    const pool = new Float64Array(own[0]!.length);
    for (const i of members) {
      const column = own[i]!;
      for (let s = 0; s < pool.length; s++) pool[s]! += column[s]!;
    }
    const before = members.reduce((sum, i) => sum + asked[i]!, 0);
    const scale = before > 0 ? measureLosses(pool, level).expectedShortfall / before : 1;
    amounts = asked.map((amount) => amount * scale);
  }
}

/** Half of all differences, as a part of what is asked in all. */
function movedBetween(a: Allocation, b: Allocation): number {
  const others = new Map(b.rows.map(({ id, amount }) => [id, Number(amount)]));
  let moved = 0;
  let asked = 0;
  for (const { id, amount } of a.rows) {
    if (id === HOLDINGS_ID) continue;
    moved += Math.abs(Number(amount) - others.get(id)!);
    asked += Math.abs(Number(amount));
  }
  return asked === 0 ? 0 : moved / 2 / asked;
}

/**
 * A ratio of two means over the same scenarios; null where the lower one is 0.
 *
 * @source Cochran, Sampling Techniques (1977), section 6.4
 */
function ratioOf(upper: Float64Array, lower: Float64Array): Estimate | null {
  const n = lower.length;
  const below = lower.reduce((sum, value) => sum + value, 0) / n;
  if (below === 0) return null;
  const value = upper.reduce((sum, part) => sum + part, 0) / n / below;
  let square = 0;
  for (let s = 0; s < n; s++) square += (upper[s]! - value * lower[s]!) ** 2;
  return { value, standardError: Math.sqrt(square / (n - 1) / n) / below };
}

/**
 * Gini coefficient of amounts ≥ 0: half the mean difference of two of them, over the mean.
 *
 * @source Gini, Variabilità e mutabilità (1912)
 */
function giniOf(amounts: Float64Array): number | null {
  const sorted = Float64Array.from(amounts).sort();
  const n = sorted.length;
  let sum = 0;
  let ranked = 0;
  sorted.forEach((amount, i) => {
    sum += amount;
    ranked += (i + 1) * amount;
  });
  return sum > 0 ? (2 * ranked) / (n * sum) - (n + 1) / n : null;
}
