// Values the real margin accounts of one venue by the minute: the full run behind
// real-positions.test.ts, which does the same on a small scale.
//
//   npm run real                                     24 hours, 100,000 paths
//   npm run real -- --paths 20000 --hours 4 --funding 0.11 --mode paced --model student-t
//
// Tables are looked for where RISKPOOL_SHARED points.
import { parseArgs } from "node:util";
import { loadSync, type Valuation } from "../../src/index.ts";
import { realPositions } from "../support/real-positions.ts";

const { values } = parseArgs({
  options: {
    paths: { type: "string", default: "100000" },
    hours: { type: "string", default: "24" },
    step: { type: "string", default: "1m" },
    funding: { type: "string", default: "0" },
    mode: { type: "string", default: "full" },
    model: { type: "string", default: "gbm" },
    monitoring: { type: "string", default: "discrete" },
    isolated: { type: "boolean", default: false },
  },
});

const scenarios = Number(values.paths);
const { document, market } = realPositions({
  fundingRate: Number(values.funding),
  mode: values.mode === "paced" ? "paced" : "full",
  model: values.model === "student-t" ? "student-t" : "gbm",
  isolatedOnly: values.isolated,
});
const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const start = seconds();
let simulated = start;
const engine = loadSync();
const valuation: Valuation = await engine.value(document, {
  market,
  scenarios,
  seed: 1n,
  horizon: `${values.hours}h`,
  step: values.step,
  monitoring: values.monitoring === "continuous" ? "continuous" : "discrete",
  levels: scenarios < 10_000 ? [0.95, 0.975] : [0.95, 0.975, 0.99],
  onProgress: ({ done, total }) => {
    if (done === total) simulated = seconds();
  },
});
const end = seconds();
const { liquidation, risk, contributions } = valuation;
const figure = ({ value, standardError }: { value: number; standardError: number }) =>
  `${value.toPrecision(6)} ± ${standardError.toPrecision(2)}`;
console.log(
  JSON.stringify(
    {
      accounts: liquidation!.accounts,
      crossAccounts: liquidation!.crossAccounts,
      steps: liquidation!.steps,
      paths: scenarios,
      cpuSeconds: {
        layAndSimulate: simulated - start,
        measureAndShareOut: end - simulated,
      },
      microsecondsPerPath: ((simulated - start) / scenarios) * 1e6,
      rssMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
      liquidations: figure(liquidation!.liquidations),
      notional: figure(liquidation!.notional),
      badDebt: figure(liquidation!.badDebt),
      insuranceFees: figure(liquidation!.insuranceFees),
      insuranceDraw: figure(liquidation!.insuranceDraw),
      anyLiquidation: figure(liquidation!.anyLiquidation),
      anyBadDebt: figure(liquidation!.anyBadDebt),
      badDebtES: figure(liquidation!.badDebtRisk.expectedShortfall),
      expectedLoss: figure(risk.expectedLoss),
      shortfalls: risk.levels.map(
        ({ level, expectedShortfall }) => `${level}: ${figure(expectedShortfall)}`,
      ),
      sumOfContributions: contributions.rows.reduce((sum, row) => sum + row.contribution.value, 0),
      losses: valuation.receipt.losses,
    },
    null,
    1,
  ),
);
