// Covers: 1,000 rare events that come together when a pool-wide factor is low, 10 days. Nearly all
// draws decide that nothing happens, so the question is who can do without them.
import type { Cover, Severity } from "../../src/book/index.ts";
import { normalQuantile } from "../../src/numeric/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { coverBook, HORIZON_DAYS } from "../book.ts";
import { engines, lay, lossesOf } from "../engine.ts";
import type { Size, Workload } from "../harness.ts";
import { mulberry32, normalSource, type Source } from "../plain.ts";
import { cumulativeNormal } from "../tuned.ts";
import { type Normals, ziggurat } from "../ziggurat.ts";
import { lossAnswer, sortedAnswer } from "./revaluation.ts";

/** Part of the sum insured that a uniform in [0, 1) makes. */
function ratioOf(severity: Severity, u: number): number {
  if (severity.kind === "uniform") return severity.min + (severity.max - severity.min) * u;
  if (severity.kind !== "pareto") throw new Error("the book has no such severity");
  const { scale, shape } = severity;
  return Math.min(1, (scale / shape) * ((1 - u) ** -shape - 1));
}

function paymentOf(cover: Cover, u: number): number {
  const claim = ratioOf(cover.severity, u) * Number(cover.sumInsured) - Number(cover.deductible);
  return Math.min(Number(cover.limit), (1 - cover.coinsurance!) * Math.max(0, claim));
}

/** Φ⁻¹ of the probability that the event happens before the horizon. */
function thresholdOf({ annualProbability }: Cover): number {
  return normalQuantile(1 - (1 - annualProbability) ** (HORIZON_DAYS / 365));
}

// ── What a good web developer would write ──

/** The pool's payments in every scenario. */
export function idiomaticCovers(
  covers: readonly Cover[],
  scenarios: number,
  random: Source,
): number[] {
  const normal = normalSource(random);
  const risks = covers.map((cover) => ({
    cover,
    threshold: thresholdOf(cover),
    systemic: Math.sqrt(cover.systemicLoading),
    own: Math.sqrt(1 - cover.systemicLoading),
  }));
  return Array.from({ length: scenarios }, () => {
    const factor = normal();
    return risks
      .filter(({ threshold, systemic, own }) => systemic * factor + own * normal() < threshold)
      .reduce((sum, { cover }) => sum + paymentOf(cover, random()), 0);
  });
}

// ── Plain JavaScript written to win ──

/** A normal for every cover and scenario, but nothing else in the loop. */
export function tunedCovers(
  covers: readonly Cover[],
  scenarios: number,
  normals: Normals,
  random: Source,
): Float64Array {
  const count = covers.length;
  const thresholds = Float64Array.from(covers, thresholdOf);
  const systemic = Float64Array.from(covers, ({ systemicLoading }) => Math.sqrt(systemicLoading));
  const own = Float64Array.from(covers, ({ systemicLoading }) => Math.sqrt(1 - systemicLoading));
  const z = new Float64Array(count + 1);
  const losses = new Float64Array(scenarios);
  for (let s = 0; s < scenarios; s++) {
    normals.fill(z);
    const factor = z[count]!;
    let loss = 0;
    for (let c = 0; c < count; c++) {
      if (systemic[c]! * factor + own[c]! * z[c]! < thresholds[c]!) {
        loss += paymentOf(covers[c]!, random());
      }
    }
    losses[s] = loss;
  }
  return losses;
}

/** Covers of one loading whose probabilities are alike: the first is the likeliest. */
interface Block {
  readonly covers: readonly Cover[];
  /** Threshold and loading on the factor, both over the loading on its own. */
  readonly thresholds: Float64Array;
  readonly slope: number;
}

const BLOCK = 64;

function blocksOf(covers: readonly Cover[]): Block[] {
  const loadings = [...new Set(covers.map(({ systemicLoading }) => systemicLoading))];
  return loadings.flatMap((loading) => {
    const own = Math.sqrt(1 - loading);
    const alike = covers
      .filter(({ systemicLoading }) => systemicLoading === loading)
      .sort((a, b) => b.annualProbability - a.annualProbability);
    return Array.from({ length: Math.ceil(alike.length / BLOCK) }, (_, b): Block => {
      const members = alike.slice(b * BLOCK, (b + 1) * BLOCK);
      return {
        covers: members,
        thresholds: Float64Array.from(members, (cover) => thresholdOf(cover) / own),
        slope: Math.sqrt(loading) / own,
      };
    });
  });
}

/**
 * The same law without the draws that decide nothing. Given the factor, events are independent, so
 * a unit exponential measures how much hazard passes until the next one: a block whose hazard is
 * less costs one look-up. A candidate is drawn at the hazard of the block's first and likeliest
 * cover, and kept with the ratio of its own probability to that.
 */
export function tunedCoversBySkipping(
  covers: readonly Cover[],
  scenarios: number,
  normals: Normals,
  random: Source,
): Float64Array {
  const blocks = blocksOf(covers);
  const exponential = () => -Math.log(1 - random());
  const factors = new Float64Array(1024);
  const losses = new Float64Array(scenarios);
  let left = exponential();
  for (let s = 0; s < scenarios; s++) {
    if (s % factors.length === 0) normals.fill(factors);
    const factor = factors[s % factors.length]!;
    let loss = 0;
    for (let b = 0; b < blocks.length; b++) {
      const { thresholds, slope, covers: members } = blocks[b]!;
      const shift = slope * factor;
      const likeliest = cumulativeNormal(thresholds[0]! - shift);
      const hazard = -Math.log1p(-likeliest);
      let room = thresholds.length * hazard;
      while (left < room) {
        const c = thresholds.length - 1 - Math.floor((room - left) / hazard);
        // The draw at a cover is spent whether it is kept or not.
        room = (thresholds.length - 1 - c) * hazard;
        left = exponential();
        const own = cumulativeNormal(thresholds[c]! - shift);
        if (random() * likeliest < own) loss += paymentOf(members[c]!, random());
      }
      left -= room;
    }
    losses[s] = loss;
  }
  return losses;
}

/** The covers in the given size. */
export function covers(size: Size): Workload {
  const [count, scenarios, some, few] =
    size === "smoke" ? [100, 4000, 1000, 200] : [1000, 100_000, 20_000, 1000];
  const pool = readPool(coverBook(count));
  const { covers: book } = pool.document;
  const source = ziggurat(1);
  const each = "a draw for every cover";
  return {
    id: "covers",
    title: `VaR and ES of ${count} covers of rare events`,
    unit: "cover and scenario",
    cases: [
      ...engines().map(({ implementation, kernels }) => ({
        implementation,
        algorithm: each,
        units: count * scenarios,
        run: () => lossAnswer(lossesOf(lay(kernels, pool).simulation, scenarios)),
      })),
      {
        implementation: "tuned JS",
        algorithm: each,
        units: count * some,
        run: () => {
          source.start(0);
          return lossAnswer(tunedCovers(book, some, source, mulberry32(2)));
        },
      },
      {
        implementation: "tuned JS, by skipping",
        algorithm: "draws for events only",
        units: count * scenarios,
        run: () => {
          source.start(0);
          return lossAnswer(tunedCoversBySkipping(book, scenarios, source, mulberry32(2)));
        },
      },
      {
        implementation: "idiomatic JS",
        algorithm: each,
        units: count * few,
        run: () => sortedAnswer(idiomaticCovers(book, few, mulberry32(1))),
      },
    ],
  };
}
