// Method: the whole example pool (all kinds of positions, recourse, cross margin) without its
// covers, valued by the engine and by a NumPy script that prices every option in every scenario
// and allocates the shortfall with its own random numbers; no figure may differ by more than
// chance allows.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readPriceCsv } from "../../src/edge/venue/price-csv.ts";
import {
  calibrate,
  type Estimate,
  loadSync,
  type MarketParameters,
  type PoolDocument,
  readPool,
} from "../../src/index.ts";

interface Figures {
  readonly markToMarket: number;
  readonly expectedLoss: Estimate;
  readonly levels: Readonly<
    Record<string, { readonly valueAtRisk: Estimate; readonly expectedShortfall: Estimate }>
  >;
  readonly contributions: readonly (Estimate & { readonly id: string })[];
}

const SCENARIOS = 60_000;
const script = fileURLToPath(new URL("account_revaluation.py", import.meta.url));
const example = (name: string): string =>
  readFileSync(new URL(`../../examples/${name}`, import.meta.url), "utf8");

const hasPython = (() => {
  try {
    execFileSync("python3", ["-c", "import numpy, scipy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

function inPython(pool: PoolDocument, market: MarketParameters): Figures {
  const folder = mkdtempSync(join(tmpdir(), "riskpool-"));
  try {
    const [poolFile, marketFile] = [join(folder, "pool.json"), join(folder, "market.json")];
    writeFileSync(poolFile, JSON.stringify(pool));
    writeFileSync(marketFile, JSON.stringify(market));
    const run = ["--market", marketFile, "--days", "10", "--scenarios", String(SCENARIOS)];
    const text = execFileSync("python3", [script, poolFile, ...run, "--contributions"], {
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 1e8,
    });
    return (JSON.parse(text.toString()) as { horizons: Figures[] }).horizons[0]!;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Difference in standard errors; Infinity where two figures without error differ. */
function distance(a: Estimate, b: Estimate): number {
  const apart = Math.abs(a.value - b.value);
  return apart === 0 ? 0 : apart / Math.hypot(a.standardError, b.standardError);
}

test.skipIf(!hasPython).each([
  ["gbm", 0.02],
  ["student-t", 0.04],
] as const)(
  "value: agrees with NumPy on the example's figures and on every contribution under %s",
  async (model, power) => {
    // The script knows no liquidation: everyone answers at the horizon.
    const { liquidation: _, ...held } = readPool(example("pool.json")).document;
    const document = { ...held, covers: [] };
    const market = calibrate(readPriceCsv(example("prices.csv")).history, { model }).parameters;
    const figures = inPython(document, market);
    const { pool, risk, contributions } = await loadSync().value(readPool(document), {
      market,
      scenarios: SCENARIOS,
      horizon: 10,
      levels: [0.95, 0.975, 0.99],
    });

    expect(Math.abs(pool.markToMarket / figures.markToMarket - 1)).toBeLessThan(1e-12);
    expect(distance(risk.expectedLoss, figures.expectedLoss)).toBeLessThan(4);
    for (const { level, valueAtRisk, expectedShortfall } of risk.levels) {
      const known = figures.levels[String(level)]!;
      expect(distance(valueAtRisk, known.valueAtRisk), `VaR ${level}`).toBeLessThan(4);
      expect(distance(expectedShortfall, known.expectedShortfall), `ES ${level}`).toBeLessThan(4);
    }
    const known = new Map(figures.contributions.map((row) => [row.id, row]));
    expect(contributions.rows.length).toBe(known.size);
    for (const { id, contribution } of contributions.rows) {
      // 201 comparisons: 4.5 standard errors are exceeded by chance once in seven hundred runs.
      expect(distance(contribution, known.get(id)!), id).toBeLessThan(4.5);
    }
    // The bounds must bite: ES is known to 2 % (thick tails: 4 %), and many contributions
    // lie far from nothing.
    const { value, standardError } = contributions.total;
    expect(standardError / value).toBeLessThan(power);
    const none = { value: 0, standardError: 0 };
    const clear = contributions.rows.filter(
      ({ contribution }) => distance(contribution, none) > 10,
    );
    expect(clear.length).toBeGreaterThan(50);
  },
);
