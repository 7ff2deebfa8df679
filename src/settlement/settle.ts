import {
  apportion,
  assert,
  DECIMALS_MAX,
  fractionDown,
  idIssue,
  PoolError,
  printMoney,
  readMoney,
  received,
  refuse,
} from "../basics/index.ts";
import { type Layer, readWaterfall, type WaterfallTerms } from "../terms/index.ts";
import { type Gain, lastResort } from "./last-resort.ts";
import { pour } from "./waterfall.ts";

/** Decimal digits as text in the pool currency, with all its decimals: "1250.00". */
type Money = string;

/** Part of a draw, and whose it is. */
export type LayerPayer =
  | { readonly participant: string; readonly amount: Money }
  | { readonly provider: string; readonly amount: Money };

/** What one layer bears of the loss. */
export interface LayerSettlement {
  readonly id: string;
  readonly kind: Layer["kind"];
  /** Who provides the layer, in words: its provider, or its kind where none is named. */
  readonly provider: string;
  /** Most it could pay: its size, or less where a cap binds. */
  readonly capacity: Money;
  readonly used: Money;
  /** capacity - used. */
  readonly remaining: Money;
  /** Sum to `used`; participants sorted by id. */
  readonly payers: readonly LayerPayer[];
}

/** Who pays how much in all. */
export interface Payment {
  readonly payer: string;
  readonly kind: "participant" | "provider";
  readonly amount: Money;
}

/** One realised loss and everyone's part in it; every amount ≥ 0, every sum exact. */
export interface Settlement {
  readonly loss: Money;
  /** In order of payment. */
  readonly layers: readonly LayerSettlement[];
  /** Calls on participants when the layers are exhausted; sorted by id. */
  readonly assessments: readonly {
    readonly participant: string;
    readonly cap: Money;
    readonly amount: Money;
  }[];
  /** What nothing else bears; shares sorted by id. */
  readonly socialised: {
    readonly total: Money;
    readonly shares: readonly { readonly participant: string; readonly amount: Money }[];
    /** What nobody can be made to bear: more than all gains, where the last resort is a haircut. */
    readonly uncovered: Money;
  };
  /** Everyone who pays something, participants first, sorted by name; with what is uncovered the loss. */
  readonly payments: readonly Payment[];
}

/**
 * Settles one realised loss: who bears it, to the last minor unit.
 *
 * Layers pay in their `order`, each up to min(size, cap), where a cap as a fraction is rounded
 * down. A members' draw is split by shares, then calls are made pro rata to their caps, and what
 * is left goes to the last resort, by weights or out of gains; each split by largest remainder, ties to the
 * smaller id. No floating-point arithmetic takes part, and the order in which the terms list
 * layers and participants does not show.
 *
 * @param currency  of every amount in the terms and of the loss
 * @param loss      decimal text ≥ 0, at most `currency.decimals` digits after the point
 * @returns         Σ payments = loss
 * @throws          PoolError as `readWaterfall`, at /loss as `readMoney`, at /gains as `lastResort`
 */
export function settle(
  terms: WaterfallTerms,
  currency: { readonly code: string; readonly decimals: number },
  loss: string,
  gains?: readonly Gain[],
): Settlement {
  const { code, decimals } = readCurrency(currency);
  const agreed = readWaterfall(terms, { code, decimals });
  const total = readMoney(loss, decimals, { pointer: "/loss" });
  const print = (minor: bigint): Money => printMoney(minor, decimals);
  const tally = new Tally();

  const layers = [...agreed.layers].sort((a, b) => a.order - b.order);
  const capacities = layers.map((layer) => ({
    name: layer.id,
    capacity: capacityOf(layer, decimals),
  }));
  const calls = byParticipant(agreed.assessments ?? []).map(({ participant, cap }) => ({
    id: participant,
    weight: readMoney(cap, decimals),
  }));
  const callable = calls.reduce((sum, { weight }) => sum + weight, 0n);
  const { draws, residual } = pour(total, [
    ...capacities,
    { name: "assessments", capacity: callable },
  ]);

  const settled = layers.map((layer, i): LayerSettlement => {
    const { capacity } = capacities[i]!;
    const { used } = draws[i]!;
    const provider = layer.provider ?? layer.kind;
    const payers = payersOf(layer, provider, used, tally, print);
    const remaining = print(capacity - used);
    const { id, kind } = layer;
    return { id, kind, provider, capacity: print(capacity), used: print(used), remaining, payers };
  });

  const called = apportion(draws[layers.length]!.used, calls);
  const assessments = calls.map(({ id, weight }, i) => {
    const amount = called[i]!;
    assert(amount >= 0n && amount <= weight, "nobody is called for more than the cap");
    tally.add("participant", id, amount);
    return { participant: id, cap: print(weight), amount: print(amount) };
  });

  const { shares: borne, uncovered } = lastResort(residual, agreed.lastResort, gains, decimals);
  const shares = borne.map(({ id, amount }) => {
    tally.add("participant", id, amount);
    return { participant: id, amount: print(amount) };
  });

  assert(tally.total + uncovered === total, "what everyone pays makes the loss");
  return {
    loss: print(total),
    layers: settled,
    assessments,
    socialised: { total: print(residual), shares, uncovered: print(uncovered) },
    payments: tally.payments(print),
  };
}

/** Most a layer pays: its size, or its cap where that is less. */
function capacityOf(layer: Layer, decimals: number): bigint {
  const size = readMoney(layer.size, decimals);
  if (layer.capShare !== undefined) return fractionDown(size, layer.capShare);
  if (layer.cap === undefined) return size;
  const cap = readMoney(layer.cap, decimals);
  return cap < size ? cap : size;
}

function payersOf(
  layer: Layer,
  provider: string,
  used: bigint,
  tally: Tally,
  print: (minor: bigint) => Money,
): LayerPayer[] {
  if (layer.kind !== "members") {
    tally.add("provider", provider, used);
    return [{ provider, amount: print(used) }];
  }
  const weights = byParticipant(layer.shares ?? []).map(({ participant, share }) => ({
    id: participant,
    weight: share,
  }));
  return apportion(used, weights).map((amount, i) => {
    const participant = weights[i]!.id;
    tally.add("participant", participant, amount);
    return { participant, amount: print(amount) };
  });
}

/** Adds up what everyone pays. Participants and providers may bear the same name. */
class Tally {
  readonly #sums = { participant: new Map<string, bigint>(), provider: new Map<string, bigint>() };
  total = 0n;

  add(kind: "participant" | "provider", payer: string, amount: bigint): void {
    assert(amount >= 0n, "nobody pays a negative amount");
    const sums = this.#sums[kind];
    sums.set(payer, (sums.get(payer) ?? 0n) + amount);
    this.total += amount;
  }

  payments(print: (minor: bigint) => Money): Payment[] {
    return (["participant", "provider"] as const).flatMap((kind) =>
      [...this.#sums[kind]]
        .filter(([, amount]) => amount > 0n)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([payer, amount]) => ({ payer, kind, amount: print(amount) })),
    );
  }
}

function byParticipant<T extends { readonly participant: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (a.participant < b.participant ? -1 : 1));
}

function readCurrency(currency: { readonly code: string; readonly decimals: number }): {
  readonly code: string;
  readonly decimals: number;
} {
  const { code, decimals } = currency ?? {};
  const issue = idIssue(code, "/currency/code");
  if (issue !== undefined) throw new PoolError([issue]);
  if (!(Number.isInteger(decimals) && decimals >= 0 && decimals <= DECIMALS_MAX)) {
    refuse({
      code: "DECIMALS",
      pointer: "/currency/decimals",
      detail: "say how many digits the currency has after the point",
      expected: `whole number, 0 to ${DECIMALS_MAX}`,
      received: received(decimals),
    });
  }
  return { code, decimals };
}
