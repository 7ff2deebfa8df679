import { assert, readInstant, YEAR_MS } from "../basics/index.ts";
import type {
  BarrierPosition,
  Collateral,
  OptionPosition,
  PerpetualPosition,
} from "../book/index.ts";
import { black76, exp, log } from "../numeric/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { type BarrierLeg, barrierLeg } from "./barrier.ts";
import { barrierGreeks, type Greeks } from "./greeks.ts";

/** sign · max(0, slope·S - constant): an option that has been settled at its node. */
export interface SettledLeg {
  readonly sign: number;
  readonly slope: number;
  readonly constant: number;
}

/**
 * Value to its owner of everything that an account has at one node, as a function of S = e^x:
 * calls alive + slope·S + constant + settled options. A put is a call and a linear part.
 */
export interface Legs {
  /** Five numbers per call, as assembly/option.ts reads them. */
  readonly calls: number[];
  slope: number;
  constant: number;
  readonly settled: SettledLeg[];
}

/** Positions that answer together. */
export interface Account {
  /** Index of the participant; -1 for the pool's own holdings. */
  readonly owner: number;
  /** Whether its value can fall below minus its collateral. */
  floored: boolean;
  /** Whether it is liquidated on the way instead, see margin.ts; then it is never floored. */
  readonly margined: boolean;
  /** Node index → value legs. */
  readonly value: Map<number, Legs>;
  /** Node index → collateral as slope·S + constant. */
  readonly collateral: Map<number, Legs>;
  /** Node index → barrier contracts in the order of ids; each is held at its own floor. */
  readonly barriers: Map<number, BarrierLeg[]>;
  /** Of everything but barriers. */
  valueNow: number;
  barriersNow: number;
  collateralNow: number;
}

/** One asset at one date of the time grid. */
export interface Node {
  readonly step: number;
  readonly asset: number;
}

/** The book as functions of the assets' log returns on a time grid. */
export interface Accounts {
  /** Participant ids in ordinal order; every index of a participant refers to this list. */
  readonly participants: readonly string[];
  /** Asset ids in ordinal order; every index of an asset refers to this list. */
  readonly assets: readonly string[];
  readonly spots: readonly number[];
  /** Per asset, of all participants less the pool's own holdings. */
  readonly greeks: readonly Readonly<Greeks>[];
  /** Years from now, ascending; the last is the horizon. */
  readonly times: readonly number[];
  /** Sorted by step, then asset. */
  readonly nodes: readonly Node[];
  readonly list: readonly Account[];
}

/** Ordinal comparison of ids: independent of the machine's locale. */
export function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** Legs of nothing. */
export function noLegs(): Legs {
  return { calls: [], slope: 0, constant: 0, settled: [] };
}

/** Adds `other` to `sum`. */
export function addLegs(sum: Legs, other: Legs): void {
  for (const number of other.calls) sum.calls.push(number);
  sum.slope += other.slope;
  sum.constant += other.constant;
  // One by one: a spread of a large book's legs would overflow the stack.
  for (const leg of other.settled) sum.settled.push(leg);
}

/** Coins of an option position: contracts times multiplier. */
export function coinsOf(option: OptionPosition): number {
  return option.quantity * (option.quantityUnit === "contract" ? option.multiplier! : 1);
}

/**
 * Carry and discount of an option: the forward grows with `carry`, and value is discounted at
 * the discount rate if linear. An inverse option is worth Black/F coins, which in the pool
 * currency is Black · S/F: discounting at the carry.
 */
export function carryOf(
  option: OptionPosition,
  spot: number,
  years: number,
  discountRate: number,
): {
  readonly carry: number;
  readonly discount: number;
} {
  const carry = option.forward === undefined ? 0 : log(option.forward / spot) / years;
  return { carry, discount: option.settlement === "inverse" ? carry : discountRate };
}

/** What a valuation looks at on the way to the horizon. */
export interface Way {
  /** The whole time grid, with every expiry inside the horizon; made from the rest when left out. */
  readonly times?: readonly number[] | undefined;
  /** Years between two looks at the path; the horizon alone when left out. */
  readonly step?: number | undefined;
  /** Whether isolated perpetuals are liquidated on the way. */
  readonly isolated: boolean;
  /** Isolated short options that are, by id. */
  readonly options: ReadonlySet<string>;
  /** Cross-margined participants who are. */
  readonly cross: ReadonlySet<string>;
}

const STRAIGHT: Way = { isolated: false, options: new Set(), cross: new Set() };

/** The time grid: steps, expiries inside the horizon, and the horizon. */
function gridOf(expiries: readonly number[], horizon: number, step: number | undefined): number[] {
  const times = new Set([...expiries.filter((t) => t < horizon), horizon]);
  if (step !== undefined) {
    const fixed = [...times].sort((a, b) => a - b);
    let next = 0;
    for (let k = 1; k * step < horizon; k++) {
      const time = k * step;
      while (fixed[next]! < time - 1e-6 * step) next++;
      // An expiry at a step is that step, whatever the last bit says.
      if (Math.abs(fixed[next]! - time) > 1e-6 * step) times.add(time);
    }
  }
  return [...times].sort((a, b) => a - b);
}

/**
 * Turns positions into accounts with value legs on nodes. Everything is taken in the order of
 * ids, so that the order of the document does not show in any bit of a result.
 *
 * @param horizon  years
 */
export function accountsOf(
  document: PoolDocument,
  horizon: number,
  discountRate: number,
  way: Way = STRAIGHT,
): Accounts {
  const asOf = readInstant(document.asOf);
  const assets = [...document.assets].sort(byId);
  const participants = [...document.participants].sort(byId);
  const options = [...document.options].sort(byId);
  const barriers = [...(document.barriers ?? [])].sort(byId);
  // A chain has thousands of options and a dozen expiries.
  const known = new Map<string, number>();
  const yearsTo = ({ expiry }: { readonly expiry: string }): number => {
    let years = known.get(expiry);
    if (years === undefined) {
      years = (readInstant(expiry) - asOf) / YEAR_MS;
      known.set(expiry, years);
    }
    return years;
  };
  const times = way.times
    ? [...way.times]
    : gridOf([...options, ...barriers].map(yearsTo), horizon, way.step);
  const builder = new AccountBuilder(
    assets.map((asset) => asset.id),
    assets.map((asset) => asset.spot),
    participants.map((participant) => participant.id),
    document.currency.code,
    times,
    discountRate,
    way,
  );
  participants.forEach((participant, owner) => {
    if (participant.margin === "cross") builder.openCross(owner, participant.collateral ?? []);
  });
  for (const option of options) builder.addOption(option, yearsTo(option));
  for (const barrier of barriers) builder.addBarrier(barrier, yearsTo(barrier));
  for (const perpetual of [...document.perpetuals].sort(byId)) builder.addPerpetual(perpetual);
  const holdings = [...document.holdings].sort((a, b) => (a.asset < b.asset ? -1 : 1));
  for (const holding of holdings) builder.addHolding(holding.asset, Number(holding.amount));
  return builder.finish();
}

class AccountBuilder {
  readonly #assets: string[];
  readonly #spots: number[];
  readonly #participants: string[];
  readonly #ownerOf: ReadonlyMap<string, number>;
  readonly #currency: string;
  readonly #times: number[];
  readonly #discountRate: number;
  readonly #way: Way;
  readonly #greeks: Greeks[];
  readonly #crossOf = new Map<number, Account>();
  readonly #plainOf = new Map<number, Account>();
  readonly #list: Account[] = [];
  readonly #used = new Set<number>();

  constructor(
    assets: string[],
    spots: number[],
    participants: string[],
    currency: string,
    times: number[],
    discountRate: number,
    way: Way,
  ) {
    this.#way = way;
    this.#greeks = assets.map(() => ({ delta: 0, gamma: 0, vega: 0 }));
    this.#assets = assets;
    this.#spots = spots;
    this.#participants = participants;
    this.#ownerOf = new Map(participants.map((id, index) => [id, index]));
    this.#currency = currency;
    this.#times = times;
    this.#discountRate = discountRate;
  }

  #open(owner: number, floored: boolean, margined = false): Account {
    const account: Account = {
      owner,
      floored: floored && !margined,
      margined,
      value: new Map(),
      collateral: new Map(),
      barriers: new Map(),
      valueNow: 0,
      barriersNow: 0,
      collateralNow: 0,
    };
    this.#list.push(account);
    return account;
  }

  #legs(map: Map<number, Legs>, step: number, asset: number): Legs {
    const key = step * this.#assets.length + asset;
    this.#used.add(key);
    let legs = map.get(key);
    if (!legs) {
      legs = noLegs();
      map.set(key, legs);
    }
    return legs;
  }

  get #lastStep(): number {
    return this.#times.length - 1;
  }

  get #horizon(): number {
    return this.#times[this.#lastStep]!;
  }

  /** Step at which a contract is valued: at its own expiry, or at the horizon. */
  #stepAt(years: number): number {
    return years < this.#horizon ? this.#times.indexOf(years) : this.#lastStep;
  }

  openCross(owner: number, collateral: readonly Collateral[]): void {
    const margined = this.#way.cross.has(this.#participants[owner]!);
    const account = this.#open(owner, false, margined);
    this.#crossOf.set(owner, account);
    for (const { asset, amount } of [...collateral].sort((a, b) => (a.asset < b.asset ? -1 : 1))) {
      this.#addCollateral(account, this.#lastStep, asset, Number(amount));
    }
  }

  #addCollateral(account: Account, step: number, asset: string, amount: number): void {
    if (asset === this.#currency) {
      // Money needs no price; any node of the account can carry it, so the first asset's does.
      this.#legs(account.collateral, step, 0).constant += amount;
      account.collateralNow += amount;
      return;
    }
    const index = this.#assets.indexOf(asset);
    const worth = amount * this.#spots[index]!;
    this.#legs(account.collateral, step, index).slope += worth;
    account.collateralNow += worth;
  }

  /** The account that a position belongs to: the cross account, an own one, or the unfloored rest. */
  #accountFor(
    participant: string,
    canOwe: boolean,
    margined = false,
  ): { account: Account; own: boolean } {
    const owner = this.#ownerOf.get(participant)!;
    const cross = this.#crossOf.get(owner);
    if (cross) {
      cross.floored ||= canOwe && !cross.margined;
      return { account: cross, own: false };
    }
    if (canOwe) return { account: this.#open(owner, true, margined), own: true };
    let plain = this.#plainOf.get(owner);
    if (!plain) {
      plain = this.#open(owner, false);
      this.#plainOf.set(owner, plain);
    }
    return { account: plain, own: false };
  }

  addOption(option: OptionPosition, years: number): void {
    const { account, own } = this.#accountFor(
      option.participant,
      option.side === "short",
      this.#way.options.has(option.id),
    );
    const asset = this.#assets.indexOf(option.asset);
    const spot = this.#spots[asset]!;
    const sign = option.side === "long" ? 1 : -1;
    const coins = coinsOf(option);
    const { carry, discount } = carryOf(option, spot, years, this.#discountRate);
    const horizon = this.#horizon;
    const step = this.#stepAt(years);
    const legs = this.#legs(account.value, step, asset);
    const left = Math.max(0, years - horizon);
    const growth = exp(carry * left);
    const factor = exp(-discount * left);
    // A·S and B: the two legs of the call, S = e^x in units of the spot now.
    const a = coins * factor * growth * spot;
    const b = coins * factor * option.strike;
    const deviation = option.impliedVolatility * Math.sqrt(left);
    if (deviation > 0) {
      const shift = log((spot * growth) / option.strike) / deviation + deviation / 2;
      legs.calls.push(1 / deviation, shift, deviation, sign * a, sign * b);
    } else {
      legs.settled.push({ sign, slope: a, constant: b });
    }
    if (option.type === "put") {
      legs.slope -= sign * a;
      legs.constant += sign * b;
    }
    account.valueNow += this.#optionNow(option, asset, sign * coins, years, discount);
    if (own) this.#ownCollateral(account, step, option.asset, option);
  }

  /** Value now of so many options, whose Greeks it adds to those of the asset. */
  #optionNow(
    option: OptionPosition,
    asset: number,
    quantity: number,
    years: number,
    discount: number,
  ): number {
    const spot = this.#spots[asset]!;
    const forward = option.forward ?? spot;
    const growth = forward / spot;
    const { value, delta, gamma, vega } = black76({
      type: option.type,
      forward,
      strike: option.strike,
      volatility: option.impliedVolatility,
      years,
      discount: exp(-discount * years),
    });
    this.#addGreeks(asset, {
      delta: quantity * delta * growth,
      gamma: quantity * gamma * growth * growth,
      vega: quantity * vega,
    });
    return quantity * value;
  }

  #addGreeks(asset: number, { delta, gamma, vega }: Greeks): void {
    const sum = this.#greeks[asset]!;
    sum.delta += delta;
    sum.gamma += gamma;
    sum.vega += vega;
  }

  /** Long or short, a barrier belongs to the rest that has no floor: its leg has one of its own. */
  addBarrier(position: BarrierPosition, years: number): void {
    const owner = this.#ownerOf.get(position.participant)!;
    assert(!this.#crossOf.has(owner), "no cross account's equity waits for a touch");
    const { account } = this.#accountFor(position.participant, false);
    const asset = this.#assets.indexOf(position.asset);
    const leg = barrierLeg(position, {
      spot: this.#spots[asset]!,
      years,
      horizon: this.#horizon,
      discountRate: this.#discountRate,
    });
    const step = this.#stepAt(years);
    // Legs of nothing at the node: the account has something there.
    this.#legs(account.value, step, asset);
    const key = step * this.#assets.length + asset;
    const here = account.barriers.get(key);
    if (here) here.push(leg);
    else account.barriers.set(key, [leg]);
    account.barriersNow += leg.valueNow;
    this.#addGreeks(asset, barrierGreeks(position, this.#spots[asset]!, years, this.#discountRate));
  }

  addPerpetual(perpetual: PerpetualPosition): void {
    const { account, own } = this.#accountFor(perpetual.participant, true, this.#way.isolated);
    const asset = this.#assets.indexOf(perpetual.asset);
    const spot = this.#spots[asset]!;
    const sign = perpetual.side === "long" ? 1 : -1;
    const inverse = perpetual.settlement === "inverse";
    const slope = (inverse ? perpetual.size / perpetual.entry : perpetual.size) * spot;
    const constant = inverse ? perpetual.size : perpetual.size * perpetual.entry;
    const legs = this.#legs(account.value, this.#lastStep, asset);
    legs.slope += sign * slope;
    legs.constant -= sign * constant;
    account.valueNow += sign * (slope - constant);
    this.#greeks[asset]!.delta +=
      sign * (inverse ? perpetual.size / perpetual.entry : perpetual.size);
    if (own) this.#ownCollateral(account, this.#lastStep, perpetual.asset, perpetual);
  }

  #ownCollateral(
    account: Account,
    step: number,
    asset: string,
    position: { settlement: "linear" | "inverse"; collateral?: string },
  ): void {
    const index = this.#assets.indexOf(asset);
    const amount = Number(position.collateral ?? "0");
    const legs = this.#legs(account.collateral, step, index);
    const worth = position.settlement === "inverse" ? amount * this.#spots[index]! : amount;
    if (position.settlement === "inverse") legs.slope += worth;
    else legs.constant += worth;
    account.collateralNow += worth;
  }

  addHolding(asset: string, coins: number): void {
    const index = this.#assets.indexOf(asset);
    const worth = coins * this.#spots[index]!;
    let account = this.#plainOf.get(-1);
    if (!account) {
      account = this.#open(-1, false);
      this.#plainOf.set(-1, account);
    }
    this.#legs(account.value, this.#lastStep, index).slope -= worth;
    account.valueNow -= worth;
    this.#greeks[index]!.delta -= coins;
  }

  finish(): Accounts {
    const width = this.#assets.length;
    const keys = [...this.#used].sort((a, b) => a - b);
    const indexOf = new Map(keys.map((key, index) => [key, index]));
    const renamed = <Value>(map: Map<number, Value>) =>
      new Map([...map].sort((x, y) => x[0] - y[0]).map(([key, legs]) => [indexOf.get(key)!, legs]));
    return {
      participants: this.#participants,
      assets: this.#assets,
      spots: this.#spots,
      greeks: this.#greeks,
      times: this.#times,
      nodes: keys.map((key) => ({ step: Math.floor(key / width), asset: key % width })),
      list: this.#list.map((account) => ({
        ...account,
        value: renamed(account.value),
        collateral: renamed(account.collateral),
        barriers: renamed(account.barriers),
      })),
    };
  }
}
