// Quote: what one more option adds to the ES (97.5 %) of a pool of 10,000, in 100,000 scenarios, and
// what it is expected to cost. The pool has been valued; a quote finds nothing out about it. The plain
// ways keep every scenario's prices and loss.
import { level, tailCount } from "../../src/basics/index.ts";
import type { OptionPosition } from "../../src/book/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { ASSETS, benchMarket, HORIZON_DAYS, optionBook, SPOT, yearsTo } from "../book.ts";
import { engines } from "../engine.ts";
import type { Answer, Size, Workload } from "../harness.ts";
import { cumulativeNormal, shockMatrix, tailOf } from "../tuned.ts";
import { ziggurat } from "../ziggurat.ts";
import { blackScholes } from "./revaluation.ts";
import { tunedProfiles } from "./value-profiles.ts";

const HORIZON = HORIZON_DAYS / 365;
const LEVEL = level(0.975);

/** What the plain ways keep of a valuation. */
interface Kept {
  readonly losses: Float64Array;
  /** [assets × scenarios] prices over today's. */
  readonly prices: readonly Float64Array[];
  /** Scenarios of the tail. */
  readonly tail: Uint32Array;
}

function keep(options: readonly OptionPosition[], scenarios: number): Kept {
  const source = ziggurat(1);
  source.start(0);
  const losses = tunedProfiles(options, scenarios, source);
  source.start(0);
  const z = new Float64Array(scenarios * ASSETS);
  source.fill(z);
  const matrix = shockMatrix(benchMarket, HORIZON);
  const prices = Array.from({ length: ASSETS }, (_, i) =>
    Float64Array.from({ length: scenarios }, (__, s) => {
      let x = 0;
      for (let k = 0; k <= i; k++) x += matrix[i * ASSETS + k]! * z[s * ASSETS + k]!;
      return Math.exp(x);
    }),
  );
  const count = Math.round(tailCount(LEVEL, scenarios));
  const order = Uint32Array.from({ length: scenarios }, (_, s) => s);
  order.sort((a, b) => losses[b]! - losses[a]!);
  return { losses, prices, tail: order.slice(0, count) };
}

const assetOf = ({ asset }: OptionPosition) => benchMarket.assets.indexOf(asset);

/** Plain JavaScript written to win: the tail's prices, the normal from a table; then all scenarios. */
function tunedQuote({ prices, tail }: Kept, option: OptionPosition): [number, number] {
  const { strike, impliedVolatility: volatility, quantity, type } = option;
  const years = yearsTo(option.expiry);
  const left = years - HORIZON;
  const deviation = volatility * Math.sqrt(left);
  const now = blackScholes(type, SPOT, strike, years, volatility);
  const spots = prices[assetOf(option)]!;
  const shift = Math.log(SPOT / strike) / deviation + deviation / 2;
  const parity = type === "put" ? strike : 0;
  const value = (price: number) => {
    const d1 = Math.log(price) / deviation + shift;
    const spot = SPOT * price;
    const call = spot * cumulativeNormal(d1) - strike * cumulativeNormal(d1 - deviation);
    return type === "put" ? call - spot + parity : call;
  };
  let inTail = 0;
  for (const s of tail) inTail += value(spots[s]!);
  let all = 0;
  for (let s = 0; s < spots.length; s++) all += value(spots[s]!);
  return [quantity * (inTail / tail.length - now), quantity * (all / spots.length - now)];
}

/** What a good web developer would write: the pool's ES with the option less that without. */
function idiomaticQuote({ losses, prices }: Kept, option: OptionPosition): [number, number] {
  const { strike, impliedVolatility, quantity, type } = option;
  const years = yearsTo(option.expiry);
  const now = blackScholes(type, SPOT, strike, years, impliedVolatility);
  const spots = prices[assetOf(option)]!;
  const own = Array.from(
    spots,
    (price) =>
      quantity *
      (blackScholes(type, SPOT * price, strike, years - HORIZON, impliedVolatility) - now),
  );
  const shortfall = (all: number[]) => {
    const tail = [...all].sort((a, b) => b - a).slice(0, Math.round(0.025 * all.length));
    return tail.reduce((a, b) => a + b, 0) / tail.length;
  };
  const before = shortfall(Array.from(losses));
  const after = shortfall(own.map((loss, s) => loss + losses[s]!));
  return [after - before, own.reduce((a, b) => a + b, 0) / own.length];
}

/** The workload in the given size. */
export function quotes(size: Size): Workload {
  const [participants, optionCount, scenarios, count, few] =
    size === "smoke" ? [40, 400, 12_000, 4, 1] : [1000, 10_000, 100_000, 100, 3];
  const pool = readPool(optionBook(optionCount, participants));
  const { options } = pool.document;
  const positions = optionBook(count, participants).options.map((option, i) => ({
    ...option,
    id: `new${i}`,
    // Somewhere in the chain, but nowhere in the book.
    strike: option.strike * 1.01,
    quantity: 1,
  }));
  const lean = { market: benchMarket, scenarios, horizon: HORIZON_DAYS, levels: [0.975] };
  const kept = keep(options, scenarios);
  const answer = (found: readonly (readonly number[])[]): Answer => ({
    output: Float64Array.from(found.flat()),
    figures: {
      "mean addition to ES": found.reduce((sum, [tail]) => sum + tail!, 0) / found.length,
      "ES 97.5 %": tailOf(kept.losses).shortfall,
    },
  });
  return {
    id: "quote",
    title: `A quote for one more option: pool of ${optionCount}, ${scenarios} scenarios`,
    unit: "quote",
    cases: [
      ...engines().map(({ implementation, engine }) => ({
        implementation,
        algorithm: "points and weights that the valuation left, with standard errors and checks",
        units: count,
        run: async () => {
          const found: number[][] = [];
          for (const option of positions) {
            const quote = await engine.quote(pool, { option }, lean);
            const { marginalShortfall: tail, expectedLoss: mean } = quote;
            found.push([tail.value, mean.value, tail.standardError, mean.standardError]);
          }
          return answer(found);
        },
      })),
      {
        implementation: "tuned JS",
        algorithm: "the option in every scenario of the tail, then in all",
        units: count,
        run: () => answer(positions.map((option) => tunedQuote(kept, option))),
      },
      {
        implementation: "idiomatic JS",
        algorithm: "ES with the option less ES without",
        units: few,
        run: () => answer(positions.slice(0, few).map((option) => idiomaticQuote(kept, option))),
      },
    ],
  };
}
