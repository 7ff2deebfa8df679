import { atOnce, type Issue, received, refuse, type Work } from "../basics/index.ts";
import { isotonicFit } from "../numeric/index.ts";
import type { MemberLosses } from "./loss-matrix.ts";
import { type ShareRows, type ShareTable, StraightShares } from "./share-table.ts";

/** Bins of scenarios by the sum of losses, unless asked otherwise. */
const BINS = 200;
const BINS_MAX = 16_384;
/** Least scenarios of a bin: fewer have no mean to speak of. */
const BIN_MIN = 32;
/** Part of the scenarios that a line beyond the table comes from. */
const OUTER = 0.05;
/** How far the mean of a given total may be from the members' means, as a part of these. */
const TOTAL_TOLERANCE = 1e-6;
/** Corrections go so much beyond what is lacking, because the next fit takes some of it back. */
const BEYOND = 1.6;
/** Fits and corrections in turn end where sums lack less than this part of their range, */
const LACK_MAX = 1e-6;
/** or after so many: some twenty do where shares would rise of themselves. */
const ROUNDS_MAX = 1000;
/** Losses between two turns of others: some 10 ms of work. */
const STRETCH = 2 ** 22;

/** How the mean given the sum is estimated. */
export interface ConditionalSharing {
  /** [scenarios] the sum of everyone's losses; without it, every column is asked for twice. */
  readonly total?: Float64Array;
  /** About how many bins, 1 … 16,384; default 200. Bins have 32 scenarios or more, where equal sums let them. */
  readonly bins?: number;
  /**
   * Whether no share falls while the loss rises; default true. It is an assumption that smooths:
   * right where every member is expected to have lost more when all together have, as for independent
   * losses of log-concave density, wrong for a member who gains when the others lose, and for all
   * others where a large loss is mostly one member's. Shares may then vary more than the own loss.
   */
  readonly isotonic?: boolean;
}

/** Estimated shares, and their errors. */
export interface ConditionalShares extends ShareTable {
  /**
   * At most the standard errors of the means that shares at a loss are made of, before they were
   * smoothed; beyond the table, those of its end.
   *
   * @returns [members], in the unit of the loss
   * @throws  as {@link ShareTable.at}
   */
  errorsAt(loss: number): Float64Array;
}

/**
 * Shares a loss by the conditional mean E[X_i | S], estimated from simulated losses.
 *
 * Scenarios are put into bins by their sum, of about as many each but fewer towards both ends. The
 * means of a bin are one row of the table: they sum to the mean of S, and on average over all bins
 * they are everyone's own mean. With `isotonic` they are made non-decreasing, and keep that mean and
 * that sum. Sums that many scenarios have are bins of their own. Inside the table nobody bears more
 * than the own worst loss, and a sure loss stays one's own; where no loss is ever negative, no share
 * is, and nobody bears anything when nothing is lost.
 *
 * @throws  PoolError MEMBERS_NONE, NUMBER_RANGE, NUMBER_NOT_FINITE, MATRIX_SHAPE, WEIGHTS_SUM when the
 *          total is not the members' sum
 * @cost    members · scenarios additions in one pass; memory for members · bins
 * @source  Denuit & Dhaene, Convex order and comonotonic conditional mean risk sharing (2012); axioms:
 *          Jiao, Kou, Liu & Wang, An axiomatic theory for anonymized risk sharing (2022)
 */
export function conditionalShares(
  losses: MemberLosses,
  sharing: ConditionalSharing = {},
): ConditionalShares {
  return atOnce(conditionalSharesWork(losses, sharing));
}

/** {@link conditionalShares} in pieces of some ten milliseconds. */
export function* conditionalSharesWork(
  losses: MemberLosses,
  sharing: ConditionalSharing = {},
): Work<ConditionalShares> {
  const { members, scenarios } = losses;
  check(losses, sharing);
  const total = sharing.total ?? (yield* totalWork(losses));
  const bins = binsOf(total, sharing.bins ?? BINS);
  const count = bins.counts.length;
  const rows: Rows = {
    means: new Float64Array(members * count),
    errors: new Float64Array(members * count),
    least: new Float64Array(members),
    most: new Float64Array(members),
  };
  for (let m = 0, done = 0; m < members; m++, done += scenarios) {
    addMember(losses.column(m), m, bins, rows);
    if (done < STRETCH) continue;
    done = 0;
    yield;
  }
  checkTotal(rows, bins);
  if (sharing.isotonic ?? true) yield* smoothWork(rows, bins);
  balance(rows, bins);
  const span = spanOf(bins.counts, scenarios);
  return new EstimatedShares(withLeast(rows, bins), turned(rows.errors, members), span);
}

/**
 * The table, by nodes. Where no loss is ever negative it begins where everyone's loss is the own least,
 * which is then nobody's estimate.
 */
function withLeast({ means, least }: Rows, { nodes }: Bins): ShareRows {
  const members = least.length;
  const shares = turned(means, members);
  const isNonNegative = least.every((loss) => loss >= 0);
  const first = least.reduce((sum, loss) => sum + loss, 0);
  if (!isNonNegative || !(first < nodes[0]!)) return { members, nodes, shares, isNonNegative };
  const longer = new Float64Array(shares.length + members);
  longer.set(least);
  longer.set(shares, members);
  return { members, nodes: Float64Array.of(first, ...nodes), shares: longer, isNonNegative };
}

/** A table by members as one by nodes. */
function turned(table: Float64Array, members: number): Float64Array {
  const nodes = table.length / members;
  return table.map((_, at) => table[(at % members) * nodes + Math.floor(at / members)]!);
}

class EstimatedShares extends StraightShares implements ConditionalShares {
  readonly #errors: Float64Array;

  constructor(rows: ShareRows, errors: Float64Array, span: number) {
    super(rows, span);
    // Rows that nothing was estimated for are without errors.
    const added = this.nodes.length * rows.members - errors.length;
    this.#errors = new Float64Array(added + errors.length);
    this.#errors.set(errors, added);
  }

  errorsAt(loss: number): Float64Array {
    this.check(loss);
    const { nodes, members } = this;
    const last = nodes.length - 1;
    const row = (node: number) => this.#errors.subarray(node * members, (node + 1) * members);
    if (loss <= nodes[0]!) return row(0).slice();
    if (loss >= nodes[last]!) return row(last).slice();
    const { node, part } = this.place(loss);
    const high = row(node + 1);
    return row(node).map((error, m) => (1 - part) * error + part * high[m]!);
  }
}

function* totalWork(losses: MemberLosses): Work<Float64Array> {
  const { members, scenarios } = losses;
  const total = new Float64Array(scenarios);
  for (let m = 0, done = 0; m < members; m++, done += scenarios) {
    const own = losses.column(m);
    for (let s = 0; s < scenarios; s++) total[s]! += own[s]!;
    checkFinite(total[scenarios - 1]!, `/losses/${m}`);
    if (done < STRETCH) continue;
    done = 0;
    yield;
  }
  return total;
}

/** Scenarios by the sum of losses. */
interface Bins {
  /** [scenarios] the bin of each. */
  readonly of: Uint16Array;
  /** [bins] scenarios in each. */
  readonly counts: Float64Array;
  /** [bins] mean of S in each. */
  readonly nodes: Float64Array;
}

/**
 * Bins whose sizes go with √(p (1 − p)), as Chebyshev's points do, p being the part of the scenarios
 * below. Equal sums share a bin, and have it alone where they fill one.
 */
function binsOf(total: Float64Array, wanted: number): Bins {
  const sorted = total.slice().sort();
  const count = sorted.length;
  checkFinite(sorted[0]! - sorted[count - 1]!, "/total");
  const starts: number[] = [];
  for (let start = 0; start < count; ) {
    starts.push(start);
    const p = (start + BIN_MIN / 2) / count;
    const size = Math.max(BIN_MIN, Math.round((count * Math.PI * Math.sqrt(p * (1 - p))) / wanted));
    let end = start + size;
    if (end > count - BIN_MIN) end = count;
    else if (sorted[end - 1] === sorted[end]) {
      const first = firstAtLeast(sorted, sorted[end]!);
      end = first - start >= BIN_MIN ? first : firstAbove(sorted, sorted[end]!);
    }
    start = end;
  }
  const nodes = new Float64Array(starts.length);
  const counts = nodes.map((_, b) => (starts[b + 1] ?? count) - starts[b]!);
  const edges = Float64Array.from(starts, (start) => sorted[start]!);
  const of = new Uint16Array(count);
  for (let s = 0; s < count; s++) {
    const bin = firstAbove(edges, total[s]!) - 1;
    of[s] = bin;
    // From the bin's least sum on: no digits are lost to a distance from 0.
    nodes[bin]! += total[s]! - edges[bin]!;
  }
  return { of, counts, nodes: nodes.map((sum, b) => edges[b]! + sum / counts[b]!) };
}

/** First place of an ascending list whose value is at least `value`. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** First place of an ascending list whose value is above `value`. */
function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What is known of the members. */
interface Rows {
  /** [members × bins] mean losses. */
  readonly means: Float64Array;
  /** [members × bins] their standard errors. */
  readonly errors: Float64Array;
  /** [members] the own best loss. */
  readonly least: Float64Array;
  /** [members] the own worst loss. */
  readonly most: Float64Array;
}

/** Puts a member's losses into the bins, and their means and errors into the member's row. */
function addMember(
  column: Float64Array,
  member: number,
  { of, counts }: Bins,
  { means, errors, least, most }: Rows,
): void {
  // Counted from any one of the losses, so that what is sure has no error.
  const from = column[0]!;
  const sums = new Float64Array(2 * counts.length);
  let lowest = from;
  let highest = from;
  for (let s = 0; s < of.length; s++) {
    const loss = column[s]!;
    const apart = loss - from;
    const at = 2 * of[s]!;
    sums[at]! += apart;
    sums[at + 1]! += apart * apart;
    if (loss < lowest) lowest = loss;
    if (loss > highest) highest = loss;
  }
  let squares = 0;
  for (let at = 1; at < sums.length; at += 2) squares += sums[at]!;
  checkFinite(squares, `/losses/${member}`);
  least[member] = lowest;
  most[member] = highest;
  for (let b = 0; b < counts.length; b++) {
    const count = counts[b]!;
    const mean = sums[2 * b]! / count;
    // What one scenario alone may be wrong by is anything.
    const variance =
      count > 1
        ? (sums[2 * b + 1]! - count * mean * mean) / (count - 1)
        : (highest - lowest) * (highest - lowest);
    means[member * counts.length + b] = from + mean;
    errors[member * counts.length + b] = Math.sqrt(Math.max(0, variance) / count);
  }
}

/**
 * Makes every member's means non-decreasing, and the sums of rows their nodes: turn and turn about,
 * each time by the least change in squares over error variances.
 *
 * What a row lacks is shared in parts that are the same for all rows. A fit leaves everyone's own mean
 * over all bins what it is, so rows lack nothing on average, and sharing that leaves the means too.
 *
 * @source  Bauschke & Borwein, On projection algorithms for solving convex feasibility problems,
 *          SIAM Review 38 (1996): relaxed projections in turn
 */
function* smoothWork(rows: Rows, { counts, nodes }: Bins): Work<void> {
  const { means, errors, least, most } = rows;
  const bins = counts.length;
  const noise = least.map((_, m) => {
    const own = errors.subarray(m * bins, (m + 1) * bins);
    return own.reduce((sum, error, b) => sum + counts[b]! * counts[b]! * error * error, 0);
  });
  const all = noise.reduce((sum, one) => sum + one, 0);
  const enough = LACK_MAX * (nodes[bins - 1]! - nodes[0]!);
  let lacks = new Float64Array(bins);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    for (let m = 0; m < noise.length; m++) {
      const own = means.subarray(m * bins, (m + 1) * bins);
      const part = noise[m]! > 0 ? (BEYOND * noise[m]!) / all : 0;
      for (let b = 0; b < bins; b++) own[b]! += part * lacks[b]!;
      const fit = isotonicFit(own, counts);
      const lowest = least[m]!;
      const highest = most[m]!;
      for (let b = 0; b < bins; b++) {
        const mean = fit[b]!;
        own[b] = mean < lowest ? lowest : mean > highest ? highest : mean;
      }
    }
    lacks = lacksOf(rows, nodes);
    if (lacks.every((lack) => Math.abs(lack) <= enough)) return;
    yield;
  }
}

/** [bins] what the members' means are short of the mean sum. */
function lacksOf({ means }: Rows, nodes: Float64Array): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(nodes.length);
  for (let at = 0; at < means.length; at += sums.length) {
    for (let b = 0; b < sums.length; b++) sums[b]! += means[at + b]!;
  }
  return sums.map((sum, b) => nodes[b]! - sum);
}

/** Shares what sums still lack by everyone's room up to the own worst loss, or down to the best. */
function balance(rows: Rows, { nodes }: Bins): void {
  const { means, least, most } = rows;
  const bins = nodes.length;
  lacksOf(rows, nodes).forEach((lack, b) => {
    const end = lack > 0 ? most : least;
    const room = end.map((loss, m) => Math.abs(loss - means[m * bins + b]!));
    const all = room.reduce((sum, one) => sum + one, 0);
    if (!(all > 0)) return;
    room.forEach((one, m) => {
      means[m * bins + b]! += lack * (one / all);
    });
  });
}

/** Nodes at an end that hold its outer scenarios. */
function spanOf(counts: Float64Array, scenarios: number): number {
  let held = 0;
  let span = 0;
  while (span < counts.length && held < OUTER * scenarios) held += counts[span++]!;
  return Math.max(2, span);
}

function check(
  { members, scenarios }: MemberLosses,
  { total, bins = BINS }: ConditionalSharing,
): void {
  need(members >= 1, {
    code: "MEMBERS_NONE",
    pointer: "/members",
    detail: "a loss without members is nobody's",
    expected: "one member or more",
    received: received(members),
  });
  need(scenarios >= BIN_MIN, {
    code: "NUMBER_RANGE",
    pointer: "/scenarios",
    detail: "so few scenarios say nothing of a mean",
    expected: `${BIN_MIN} or more`,
    received: received(scenarios),
  });
  need(Number.isInteger(bins) && bins >= 1 && bins <= BINS_MAX, {
    code: "NUMBER_RANGE",
    pointer: "/bins",
    detail: "scenarios are put into bins by the sum of losses",
    expected: `integer, 1 … ${BINS_MAX}`,
    received: received(bins),
  });
  need(total === undefined || total.length === scenarios, {
    code: "MATRIX_SHAPE",
    pointer: "/total",
    detail: "every scenario has a sum of losses",
    expected: `${scenarios} numbers`,
    received: received(total?.length),
  });
}

function checkTotal(rows: Rows, { nodes }: Bins): void {
  const sizes = lacksOf({ ...rows, means: rows.means.map((mean) => -Math.abs(mean)) }, nodes);
  lacksOf(rows, nodes).forEach((lack, b) => {
    const size = sizes[b]! - nodes[b]!;
    need(Math.abs(lack) <= TOTAL_TOLERANCE * size, {
      code: "WEIGHTS_SUM",
      pointer: "/total",
      detail: "what is shared is not the sum of the members' losses: somebody's are left out",
      expected: `the members' sum, ${nodes[b]! - lack} on average over some scenarios`,
      received: received(nodes[b]!),
    });
  });
}

function checkFinite(value: number, pointer: string): void {
  need(Number.isFinite(value), {
    code: "NUMBER_NOT_FINITE",
    pointer,
    detail: "losses and their squares are amounts",
    expected: "finite numbers",
    received: received(value),
  });
}

function need(holds: boolean, issue: Issue): void {
  if (!holds) refuse(issue);
}
