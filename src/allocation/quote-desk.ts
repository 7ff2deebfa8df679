import { assert, PoolError, printMoney, roundUp } from "../basics/index.ts";
import type { Kernels } from "../engine/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { capitalPremium, inventoryFee, premium, stressMultiplier } from "../pricing/index.ts";
import {
  type Accounts,
  accountsOn,
  type BookAverages,
  capitalOf,
  type Estimate,
  isOnGrid,
  type LossLaw,
  ownersOf,
  type PoolRun,
  type RunRecord,
  recordOf,
  replayTail,
  ScenarioQuadrature,
} from "../risk/index.ts";
import type { PricingTerms } from "../terms/index.ts";
import { eulerShortfall, shortfallOf } from "./average-rule.ts";
import { LimitBook } from "./limit-book.ts";
import { type ReadProposal, readProposal } from "./proposal.ts";
import type { Quote } from "./quote.ts";

const NOTHING: Estimate = { value: 0, standardError: 0 };

/** A pool's risk in a form that answers for one more position without simulating the book again. */
export class QuoteDesk {
  readonly #document: PoolDocument;
  readonly #record: RunRecord;
  readonly #quadrature: ScenarioQuadrature;
  readonly #shortfall: Estimate;
  readonly #contributions: ReadonlyMap<string, Estimate>;
  readonly #taken: ReadonlySet<string>;
  readonly #limits: LimitBook;
  readonly #inventory: Inventory;

  private constructor(
    run: PoolRun,
    record: RunRecord,
    quadrature: ScenarioQuadrature,
    shares: readonly Share[],
  ) {
    const { document } = run.request.pool;
    this.#document = document;
    this.#record = record;
    this.#quadrature = quadrature;
    this.#shortfall = shortfallOf(run, run.request.primary);
    this.#contributions = new Map(shares.map(({ id, share }) => [id, share]));
    const { options, barriers = [], perpetuals, covers } = document;
    this.#taken = new Set([...options, ...barriers, ...perpetuals, ...covers].map(({ id }) => id));
    this.#inventory = inventoryOf(run);
    const { assets, exposure } = this.#inventory;
    this.#limits = new LimitBook(
      document,
      new Map(shares.map(({ id, share }) => [id, share.value])),
      new Map(assets.map((asset, u) => [asset, exposure[u]!])),
    );
  }

  /** Takes from a run what quotes need; the run may be closed afterwards. */
  static async of(run: PoolRun): Promise<QuoteDesk> {
    const shares = await eulerShortfall(run, run.request.primary);
    const quadrature = await ScenarioQuadrature.of(run);
    const ids = ownersOf(run.laid).map(({ id }) => id);
    return new QuoteDesk(
      run,
      await recordOf(run),
      quadrature,
      ids.map((id, i) => ({ id, share: shares.raw[i]! })),
    );
  }

  /**
   * What one more position would mean, and what it would pay.
   *
   * @param given    a {@link Proposal}, checked here
   * @param replay   runs work on an instance of the kernels; called only where the weights of the run
   *                 do not do
   * @throws         PoolError with every problem at /position; QUOTE_GRID where the position ends at a
   *                 date inside the horizon that the run's paths do not have
   */
  async quote(
    given: unknown,
    replay: <Result>(
      work: (kernels: Kernels, breathe: Breath) => Promise<Result>,
    ) => Promise<Result>,
  ): Promise<Quote> {
    const proposal = readProposal(this.#document, this.#taken, given);
    this.#checkGrid(proposal);
    const after = accountsOn(this.#record, proposal.after);
    const before = proposal.before && accountsOn(this.#record, proposal.before);
    const known = this.#averages(after, before);
    if (known) return this.#quoteOf(proposal, known, deltasOf(after, before), true);
    const { tail, mean, sample } = await replay((kernels, breathe) =>
      replayTail(kernels, this.#record, proposal, breathe),
    );
    const law = () => ({ losses: sample, scenarios: sample.length });
    return this.#quoteOf(proposal, { tail, mean, law }, deltasOf(after, before), false);
  }

  #checkGrid({ after, kind }: ReadProposal): void {
    if (isOnGrid(this.#record, after)) return;
    throw new PoolError(
      [
        {
          code: "QUOTE_GRID",
          pointer: `/position/${kind}/expiry`,
          detail:
            "the position ends inside the horizon at a date that no other position has, so no path was simulated there; value the pool with the position in it",
          expected: "an expiry beyond the horizon, or one that the pool has",
        },
      ],
      "position",
    );
  }

  /** Of the position and all that answers for it, less what was there before. */
  #averages(after: Accounts, before: Accounts | null): Found | null {
    const sums = this.#quadrature.averages(after);
    const less = before && this.#quadrature.averages(before);
    if (sums === null || (before !== null && less === null)) return null;
    const difference = (part: keyof BookAverages) =>
      this.#quadrature.estimate(
        less ? sums[part].map((sum, i) => sum - less[part][i]!) : sums[part],
      );
    const law = () => this.#quadrature.law(after, before);
    return { tail: difference("tail"), mean: difference("all"), law };
  }

  #quoteOf(
    proposal: ReadProposal,
    found: Found,
    deltas: readonly number[],
    isAdjoint: boolean,
  ): Quote {
    const { kind, id, asset, participant, exposure } = proposal;
    const { tail, mean } = found;
    const own = this.#contributions.get(participant.id) ?? NOTHING;
    const limits = this.#limits.usesWith({
      participant: participant.id,
      asset,
      instrument: kind,
      exposure,
      delta: deltas.reduce((sum, delta) => sum + delta, 0),
      shortfall: tail.value,
    });
    return {
      id,
      participant: participant.id,
      method: isAdjoint ? "adjoint" : "replay",
      level: this.#record.request.primary / 1e6,
      exposure,
      expectedLoss: mean,
      marginalShortfall: tail,
      contribution: {
        before: own,
        after: {
          value: own.value + tail.value,
          // Both come from one tail, and how they move together is not known: the worst case.
          standardError: own.standardError + tail.standardError,
        },
      },
      price: this.#priceOf(exposure, found, deltas),
      limits,
      isAllowed: limits.every(({ isBroken, action }) => !isBroken || action === "warn"),
    };
  }

  /** What the loss alone, or the capital that it ties up, is worth; with expenses. */
  #premiumOf(exposure: number, { tail, mean, law }: Found, terms: PricingTerms): Estimate {
    const { costOfCapital, principle, expenseRate = 0 } = terms;
    const expense = expenseRate * exposure;
    if (!principle) {
      return capitalPremium(
        { expectedLoss: mean, contribution: tail },
        { costOfCapital: costOfCapital!, horizonYears: this.#record.times.at(-1)!, expense },
      );
    }
    const known = law();
    // Without a law of its own the position needs several prices: it is then replayed.
    assert(known !== null, "what has an average over one price has a law over it");
    const { losses, weights, scenarios } = known;
    const { value, standardError } = premium(losses, principle, weights, scenarios);
    return { value: value + expense, standardError };
  }

  #priceOf(exposure: number, found: Found, deltas: readonly number[]): Quote["price"] {
    const { pricing, currency } = this.#document;
    if (!pricing) return null;
    const { inventoryAversion = 0, stress } = pricing;
    const asked = this.#premiumOf(exposure, found, pricing);
    const { capital, covariance, exposure: held } = this.#inventory;
    const hasFee = inventoryAversion > 0 && capital > 0;
    const skewFee = hasFee
      ? inventoryFee(deltas, {
          exposure: held,
          covariance,
          riskAversion: inventoryAversion,
          assetsManaged: capital,
        })
      : 0;
    const multiplier = stress
      ? stressMultiplier(Math.max(0, this.#shortfall.value), capital, stress)
      : 1;
    // A rebate is not multiplied: stress is no reason to pay more for what takes risk off.
    const fee = skewFee > 0 ? skewFee * multiplier : skewFee;
    return {
      premium: asked,
      skewFee,
      stressMultiplier: multiplier,
      amount: printMoney(roundUp(asked.value + fee, currency.decimals), currency.decimals),
    };
  }
}

type Breath = () => Promise<void>;

/** What is known of a position's loss. */
interface Found {
  readonly tail: Estimate;
  readonly mean: Estimate;
  readonly law: () => LossLaw | null;
}

interface Share {
  readonly id: string;
  readonly share: Estimate;
}

/** What the pool is exposed to, and how that moves over the horizon. */
interface Inventory {
  readonly assets: readonly string[];
  /** Delta of the pool in money, by asset. */
  readonly exposure: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  /** What the layers can pay. */
  readonly capital: number;
}

function inventoryOf({ laid, model, request }: PoolRun): Inventory {
  const { assets, spots, greeks, times } = laid.accounts;
  const horizon = times.at(-1)!;
  const { volatility } = model.parameters;
  const { document } = request.pool;
  return {
    assets,
    // Greeks are the participants'; the pool has the other side.
    exposure: greeks.map(({ delta }, u) => -delta * spots[u]!),
    covariance: assets.map((_, i) =>
      assets.map((__, j) => {
        const [low, high] = i < j ? [i, j] : [j, i];
        return model.correlation[low]![high]! * volatility[low]! * volatility[high]! * horizon;
      }),
    ),
    capital: capitalOf(document.waterfall, document.currency.decimals),
  };
}

/** What a book adds to the pool's delta, in money, by asset. */
function deltasOf({ greeks, spots }: Accounts, before: Accounts | null): number[] {
  return greeks.map(({ delta }, u) => {
    const less = before ? before.greeks[u]!.delta : 0;
    return (less - delta) * spots[u]!;
  });
}
