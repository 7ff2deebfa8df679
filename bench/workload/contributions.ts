// W3: how much of the pool's ES each of 1,000 participants causes (Euler contributions at 97.5 %).
// The plain way keeps every participant's loss in every scenario and averages the tail's rows. The
// engine keeps the pool's loss only and goes back to the tail's scenarios by their numbers.
import { type Level, level } from "../../src/basics/index.ts";
import type { OptionPosition } from "../../src/book/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { largest, worst } from "../../src/risk/tail.ts";
import { benchMarket, HORIZON_DAYS, optionBook, SPOT, yearsTo } from "../book.ts";
import { contributionsTo, engines, lay, lossesOf } from "../engine.ts";
import type { Answer, Case, Size, Workload } from "../harness.ts";
import { cholesky, mulberry32, normalSource, type Source } from "../plain.ts";
import { scalar, scalarProfiles, scalarReplay } from "../scalar.ts";
import { type Group, shockMatrix, visitsOf } from "../tuned.ts";
import { type Normals, ziggurat } from "../ziggurat.ts";
import { addLegsByTable, blackScholes, optionColumns } from "./revaluation.ts";
import { tunedProfiles } from "./value-profiles.ts";

const HORIZON = HORIZON_DAYS / 365;
const LEVEL = level(0.975);
const TAIL = 0.025;

/** Contributions, and ES as their sum. */
function answer(contributions: Float64Array): Answer {
  return {
    output: contributions,
    figures: { "ES 97.5 %": contributions.reduce((a, b) => a + b, 0) },
  };
}

// ── What a good web developer would write ──

/** A scenario's loss, and everyone's part of it. */
export interface ScenarioLosses {
  readonly total: number;
  readonly losses: readonly number[];
}

/** Everyone's loss in every scenario, in the order of the participants' ids. */
export function idiomaticLosses(
  options: readonly OptionPosition[],
  scenarios: number,
  normal: Source,
): ScenarioLosses[] {
  const { assets, volatility, correlation } = benchMarket;
  const lower = cholesky(correlation);
  const holders = [...new Set(options.map(({ participant }) => participant))].sort();
  const books = holders.map((holder) =>
    options
      .filter(({ participant }) => participant === holder)
      .map((option) => {
        const { type, strike, impliedVolatility, asset } = option;
        const years = yearsTo(option.expiry);
        return {
          ...option,
          years,
          assetIndex: assets.indexOf(asset),
          now: blackScholes(type, SPOT, strike, years, impliedVolatility),
        };
      }),
  );
  const rows: ScenarioLosses[] = [];
  for (let s = 0; s < scenarios; s++) {
    const z = assets.map(() => normal());
    const spots = assets.map((_, i) => {
      const shock = lower[i]!.reduce((sum, weight, k) => sum + weight * z[k]!, 0);
      return SPOT * Math.exp(volatility[i]! * Math.sqrt(HORIZON) * shock);
    });
    const losses = books.map((book) =>
      book
        .map(({ type, quantity, strike, years, impliedVolatility, assetIndex, now }) => {
          const spot = spots[assetIndex]!;
          return (
            quantity * (blackScholes(type, spot, strike, years - HORIZON, impliedVolatility) - now)
          );
        })
        .reduce((a, b) => a + b, 0),
    );
    rows.push({ total: losses.reduce((a, b) => a + b, 0), losses });
  }
  return rows;
}

/** Everyone's contribution: the average loss in the tail. */
export function idiomaticContributions(rows: readonly ScenarioLosses[]): number[] {
  const tail = [...rows].sort((a, b) => b.total - a.total).slice(0, Math.round(TAIL * rows.length));
  return rows[0]!.losses.map(
    (_, i) => tail.reduce((sum, { losses }) => sum + losses[i]!, 0) / tail.length,
  );
}

// ── Plain JavaScript written to win ──

/**
 * Everyone's contribution from a matrix of losses: totals, selection, tail rows.
 *
 * @param matrix  [scenarios × participants]
 */
export function fromMatrix(matrix: Float64Array, participants: number): Float64Array {
  const scenarios = matrix.length / participants;
  const totals = new Float64Array(scenarios);
  for (let s = 0, at = 0; s < scenarios; s++, at += participants) {
    // Four sums side by side, because one would wait for itself.
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let i = at; i < at + participants; i += 4) {
      a += matrix[i]!;
      b += matrix[i + 1]!;
      c += matrix[i + 2]!;
      d += matrix[i + 3]!;
    }
    totals[s] = a + b + (c + d);
  }
  const count = Math.round(TAIL * scenarios);
  const threshold = largest(totals.slice(), count);
  const sums = new Float64Array(participants);
  for (let s = 0; s < scenarios; s++) {
    if (totals[s]! < threshold) continue;
    const at = s * participants;
    for (let i = 0; i < participants; i++) sums[i]! += matrix[at + i]!;
  }
  return sums.map((sum) => sum / count);
}

/** Options of every participant, for pricing at the horizon and today. */
function booksOf(options: readonly OptionPosition[], participants: number) {
  const own = Array.from({ length: participants }, () => [] as OptionPosition[]);
  // The book is dealt in turn.
  options.forEach((option, i) => {
    own[i % participants]!.push(option);
  });
  return own.map((list) => {
    const columns = optionColumns(list, HORIZON);
    const today = optionColumns(list, 0);
    return { columns, now: worth(today, new Float64Array(benchMarket.assets.length)) };
  });
}

/** Value of options at log returns. */
function worth(
  { numbers, starts, slope, constant }: ReturnType<typeof optionColumns>,
  x: Float64Array,
): number {
  let sum = constant;
  for (let i = 0; i < x.length; i++) {
    if (starts[i] === starts[i + 1]) continue;
    addLegsByTable(numbers, starts[i]!, starts[i + 1]!, x[i]!, legs);
    sum += slope[i]! * Math.exp(x[i]!) + legs[0]! - legs[1]!;
  }
  return sum;
}
const legs = new Float64Array(2);

/** A matrix of everyone's losses, by full revaluation. */
export function matrixOf(
  options: readonly OptionPosition[],
  participants: number,
  scenarios: number,
  normals: Normals,
): Float64Array {
  const books = booksOf(options, participants);
  const draw = returnsOf(normals);
  const matrix = new Float64Array(scenarios * participants);
  for (let s = 0; s < scenarios; s++) {
    const x = draw(s);
    for (let p = 0; p < participants; p++) {
      matrix[s * participants + p] = worth(books[p]!.columns, x) - books[p]!.now;
    }
  }
  return matrix;
}

/** Log returns of any scenario, in the order of {@link tunedProfiles}. */
function returnsOf(normals: Normals): (scenario: number) => Float64Array {
  const n = benchMarket.assets.length;
  const block = 128;
  const m = shockMatrix(benchMarket, HORIZON);
  const z = new Float64Array(block * n);
  const x = new Float64Array(n);
  let next = 0;
  return (scenario) => {
    if (scenario < next - block) throw new Error("scenarios are drawn in order");
    for (; next <= scenario; next += block) normals.fill(z);
    const at = (scenario % block) * n;
    for (let i = 0; i < n; i++) {
      x[i] = 0;
      for (let k = 0; k <= i; k++) x[i]! += m[i * n + k]! * z[at + k]!;
    }
    return x;
  };
}

/**
 * Everyone's contribution to several tails, by drawing the normals again and revaluing in the tails.
 *
 * @param groups  the pool's losses in runs of scenarios; every run has a tail of its own
 * @returns       [participants] for each group
 */
export function replay(
  options: readonly OptionPosition[],
  participants: number,
  groups: readonly Group[],
  at: Level,
  normals: Normals,
): Float64Array[] {
  const books = booksOf(options, participants);
  const draw = returnsOf(normals);
  const sums = groups.map(() => new Float64Array(participants));
  const losses = new Float64Array(participants);
  let drawn = -1;
  for (const { scenario, group, weight } of visitsOf(groups, at)) {
    if (scenario !== drawn) {
      const x = draw(scenario);
      for (let p = 0; p < participants; p++)
        losses[p] = worth(books[p]!.columns, x) - books[p]!.now;
      drawn = scenario;
    }
    const sum = sums[group]!;
    for (let p = 0; p < participants; p++) sum[p]! += weight * losses[p]!;
  }
  return sums;
}

const STORED = "stored matrix";
const REPLAYED = "totals, then the tail by the profiles' adjoint";
const REVALUED = "totals, then the tail revalued";

/** W3 in the given size. */
export function contributions(size: Size): Workload {
  const [participants, optionCount, scenarios, few, fewest] =
    size === "smoke" ? [40, 400, 4000, 400, 400] : [1000, 10_000, 100_000, 4000, 400];
  const pool = readPool(optionBook(optionCount, participants));
  const { options } = pool.document;
  const source = ziggurat(1);
  const started = () => {
    source.start(0);
    return source;
  };
  let stored: Float64Array | undefined;
  const matrix = () => {
    // Numbers of the right kind, made once; what made them is not timed here.
    stored ??= Float64Array.from(
      { length: scenarios * participants },
      (_, i) =>
        Math.imul(i, 0x9e3779b1) / 2 ** 31 +
        Math.imul((i / participants) | 0, 0x85ebca6b) / 2 ** 30,
    );
    return stored;
  };
  const plain = (
    implementation: string,
    algorithm: string,
    count: number,
    run: () => Answer,
  ): Case => ({
    implementation,
    algorithm,
    units: participants * count,
    run,
  });
  return {
    id: "W3",
    title: `Euler contributions of ${participants} participants with ${optionCount} options to ES 97.5 %`,
    unit: "participant and scenario",
    cases: [
      ...engines().flatMap(({ implementation, kernels }) => [
        plain(implementation, REPLAYED, scenarios, () => {
          const laid = lay(kernels, pool);
          return answer(contributionsTo(laid, lossesOf(laid.simulation, scenarios), LEVEL));
        }),
        {
          ...plain(`${implementation}, ES only`, "totals", scenarios, () => {
            const losses = lossesOf(lay(kernels, pool).simulation, scenarios);
            const tail = worst(losses, Math.round(TAIL * scenarios)).losses;
            return answer(tail.map((loss) => loss / tail.length));
          }),
          aside: true as const,
        },
      ]),
      ...scalar().map(({ implementation, kernels }) =>
        plain(implementation, REVALUED, scenarios, () => {
          const losses = scalarProfiles(kernels, pool, scenarios);
          const visits = visitsOf([{ first: 0, losses }], LEVEL);
          return answer(scalarReplay(kernels, pool, visits, 1)[0]!);
        }),
      ),
      plain("tuned JS", REVALUED, scenarios, () => {
        const losses = tunedProfiles(options, scenarios, started());
        const [shares] = replay(options, participants, [{ first: 0, losses }], LEVEL, started());
        return answer(shares!);
      }),
      plain("tuned JS, stored matrix", STORED, few, () =>
        answer(fromMatrix(matrixOf(options, participants, few, started()), participants)),
      ),
      {
        ...plain("tuned JS, matrix given", "stored matrix, its making not counted", scenarios, () =>
          answer(fromMatrix(matrix(), participants)),
        ),
        aside: true as const,
      },
      plain("idiomatic JS", STORED, fewest, () => {
        const rows = idiomaticLosses(options, fewest, normalSource(mulberry32(1)));
        return answer(Float64Array.from(idiomaticContributions(rows)));
      }),
    ],
  };
}
