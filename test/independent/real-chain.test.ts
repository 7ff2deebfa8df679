// Method: a real option chain and real prices, where they are present, through importer,
// calibration and simulation; compared with an independent full revaluation in NumPy (committed
// figures; the script runs again where Python has NumPy and SciPy) and with our own.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { importDeribitChain } from "../../src/edge/venue/deribit.ts";
import { readPriceCsv } from "../../src/edge/venue/price-csv.ts";
import { calibrate, loadSync, readPool, type Valuation } from "../../src/index.ts";
import { samplePool } from "../support/sample-pool.ts";

type Pair = [value: number, standardError: number];
interface Figures {
  readonly days: number;
  readonly mean: Pair;
  readonly [level: string]: number | Pair | { VaR: Pair; ES: Pair };
}
const fixture = JSON.parse(
  readFileSync(new URL("../fixture/real-chain.json", import.meta.url), "utf8"),
) as {
  market: { volatility: number[]; correlation: number[][]; returns: number };
  runs: Figures[];
};

const shared =
  process.env["RISKPOOL_SHARED"] ?? fileURLToPath(new URL("../../../shared", import.meta.url));
const chainFile = `${shared}/data/deribit_chain_20260205T212937Z.csv`;
const priceFile = `${shared}/data/prices_hourly_close_binance.csv`;
const present = existsSync(chainFile) && existsSync(priceFile);
const script = fileURLToPath(new URL("full_revaluation.py", import.meta.url));

/** Every figure lies within four standard errors of the difference. */
function expectAgreement(valuation: Valuation, figures: Figures): void {
  for (const risk of valuation.risk.levels) {
    const known = figures[String(risk.level)] as { VaR: Pair; ES: Pair };
    const pairs = [
      ["VaR", risk.valueAtRisk, known.VaR],
      ["ES", risk.expectedShortfall, known.ES],
    ] as const;
    for (const [name, ours, [value, error]] of pairs) {
      const z = (ours.value - value) / Math.hypot(ours.standardError, error);
      expect(Math.abs(z), `${name} ${risk.level} over ${figures.days} days`).toBeLessThan(4);
    }
  }
  const { value, standardError } = valuation.risk.expectedLoss;
  const z = (value - figures.mean[0]) / Math.hypot(standardError, figures.mean[1]);
  expect(Math.abs(z), "mean").toBeLessThan(4);
}

describe.skipIf(!present)("5 % of a real chain's open interest", () => {
  const engine = loadSync();
  const read = () => {
    const chain = importDeribitChain(readFileSync(chainFile, "utf8"), {
      share: 0.05,
      participants: 200,
    });
    const { history } = readPriceCsv(readFileSync(priceFile, "utf8"));
    return {
      pool: readPool(chain.pool),
      market: calibrate(history, { assets: ["BTC", "ETH"] }).parameters,
    };
  };

  test("calibrate: gives NumPy's volatilities and correlation to 12 digits", () => {
    const { market } = read();
    fixture.market.volatility.forEach((volatility, i) => {
      expect(Math.abs(market.volatility[i]! / volatility - 1)).toBeLessThan(1e-12);
    });
    expect(market.correlation[0]![1]).toBeCloseTo(fixture.market.correlation[0]![1]!, 12);
  });

  test.each(fixture.runs)(
    "value: agrees with NumPy's full revaluation over $days days",
    async (figures) => {
      const { pool, market } = read();
      expect(pool.document.options.length).toBe(1628);
      const valuation = await engine.value(pool, {
        market,
        scenarios: 100_000,
        horizon: figures.days,
        levels: [0.95, 0.975, 0.99],
      });
      expectAgreement(valuation, figures);
      // The bound must bite: 4 standard errors are less than 5 % of the figure.
      const es = valuation.risk.levels[1]!.expectedShortfall;
      expect((4 * es.standardError) / es.value).toBeLessThan(0.05);
    },
  );

  test.each([1, 10])(
    "value: agrees with its own full revaluation to 8 digits over %i days",
    async (horizon) => {
      const { pool, market } = read();
      const run = { market, scenarios: 20_000, horizon };
      const profile = await engine.value(pool, run);
      const audit = await engine.value(pool, { ...run, audit: true });
      profile.risk.levels.forEach((risk, i) => {
        const other = audit.risk.levels[i]!;
        for (const name of ["valueAtRisk", "expectedShortfall"] as const) {
          expect(Math.abs(risk[name].value / other[name].value - 1)).toBeLessThan(1e-8);
        }
      });
    },
  );
});

const hasPython = (() => {
  try {
    execFileSync("python3", ["-c", "import numpy, scipy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!hasPython)(
  "value: agrees with NumPy on recourse, cross margin, inverse contracts and early expiries",
  async () => {
    const pool = { ...samplePool(), covers: [] };
    const folder = mkdtempSync(join(tmpdir(), "riskpool-"));
    const [poolFile, marketFile] = [join(folder, "pool.json"), join(folder, "market.json")];
    writeFileSync(poolFile, JSON.stringify(pool));
    for (const market of [
      pool.market!,
      { ...pool.market!, model: "student-t" as const, degreesOfFreedom: 5 },
    ]) {
      writeFileSync(marketFile, JSON.stringify(market));
      const out = execFileSync(
        "python3",
        [script, poolFile, marketFile, "--days", "30", "--scenarios", "200000", "--seed", "4"],
        { encoding: "utf8" },
      );
      const valuation = await loadSync().value(pool, {
        market,
        scenarios: 200_000,
        horizon: 30,
        seed: 11n,
      });
      expectAgreement(valuation, JSON.parse(out) as Figures);
    }
  },
);
