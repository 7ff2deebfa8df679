// Batch: many small pools, one after the other, as lines of a file: 20 options on eight assets, 10
// participants, 10,000 scenarios each. Everything about a pool counts, its text's reading, checks and
// digests included: VaR, ES, what every layer pays, the chance of a socialised loss.
import { type BatchOptions, readPool } from "../../src/index.ts";
import type { PoolDocument } from "../../src/pool/index.ts";
import { optionBook } from "../book.ts";
import { engines, lay, lossesOf } from "../engine.ts";
import type { Answer, Size, Workload } from "../harness.ts";
import { mulberry32, normalSource, riskOf } from "../plain.ts";
import { idiomaticRevaluation } from "./revaluation.ts";

const POSITIONS = 20;
const PARTICIPANTS = 10;
/** What the benchmark books' one layer holds. */
const LAYER = 1000;

/** Small pools that share nothing but their market. */
export function smallPools(count: number): PoolDocument[] {
  const whole = optionBook(POSITIONS * count, PARTICIPANTS);
  return Array.from({ length: count }, (_, i) => ({
    ...structuredClone({ ...whole, options: [] }),
    name: `small ${i}`,
    options: whole.options.slice(i * POSITIONS, (i + 1) * POSITIONS),
  }));
}

/** What is asked of a pool. */
export const smallRun: BatchOptions & { readonly figures: "measure" } = {
  horizon: 10,
  confidence: 0.975,
  levels: [0.975],
  figures: "measure",
};

/** The same as a good web developer would write it: every scenario revalued, losses sorted. */
function idiomaticBatch(texts: readonly string[], scenarios: number): Answer {
  const rows = texts.map((text, i) => {
    const { options } = JSON.parse(text) as PoolDocument;
    const losses = idiomaticRevaluation(options, scenarios, normalSource(mulberry32(i + 1)));
    const { valueAtRisk, shortfall } = riskOf(losses);
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    const paid = mean(losses.map((loss) => Math.min(Math.max(loss, 0), LAYER)));
    const beyond = mean(losses.map((loss) => (loss > LAYER ? 1 : 0)));
    return [valueAtRisk, shortfall, paid, beyond];
  });
  return answerOf(rows);
}

function answerOf(rows: readonly (readonly number[])[]): Answer {
  const figures = { "mean ES 97.5 %": rows.reduce((sum, row) => sum + row[1]!, 0) / rows.length };
  return { output: Float64Array.from(rows.flat()), figures };
}

/** The workload in the given size. */
export function batches(size: Size): Workload {
  const [count, few, scenarios] = size === "smoke" ? [20, 1, 5_000] : [1000, 4, 10_000];
  const texts = smallPools(count).map((pool) => JSON.stringify(pool));
  const first = readPool(texts[0]!);
  const forms = engines();
  return {
    id: "batch",
    title: `${count} pools of ${POSITIONS} options, ${scenarios} scenarios each`,
    unit: "pool",
    cases: [
      ...forms.map(({ implementation, engine }) => ({
        implementation,
        algorithm: "value profiles, with standard errors, reading, checks and digests",
        units: count,
        run: async () => {
          const rows: number[][] = [];
          for await (const { valuation, error } of engine.valueMany(texts, {
            ...smallRun,
            scenarios,
          })) {
            if (error) throw error;
            const [level] = valuation.risk.levels;
            const { layers, socialised } = valuation.waterfall;
            rows.push([
              ...[level!.valueAtRisk.value, level!.expectedShortfall.value],
              ...[layers[0]!.expectedLoss.value, socialised.probability.value],
            ]);
          }
          return answerOf(rows);
        },
      })),
      ...forms.map(({ implementation, kernels }) => {
        const { simulation } = lay(kernels, first);
        return {
          implementation: `${implementation}, the simulation alone`,
          algorithm: "losses of a pool that has been laid",
          aside: true as const,
          units: count,
          run: (): Answer => {
            let output = new Float64Array(0);
            for (let i = 0; i < count; i++) output = lossesOf(simulation, scenarios);
            return { output, figures: {} };
          },
        };
      }),
      {
        implementation: "idiomatic JS",
        algorithm: "full revaluation, losses sorted",
        units: few,
        run: () => idiomaticBatch(texts.slice(0, few), scenarios),
      },
    ],
  };
}
