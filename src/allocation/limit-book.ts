import type { PoolDocument } from "../pool/index.ts";
import type { ExposureLimit, LimitMeasure, LimitScope } from "../terms/index.ts";
import { exposuresOf } from "./exposure.ts";

/** How far a bound is used, before and after a position. */
export interface LimitUse {
  /** Of the bound in the terms. */
  readonly id: string;
  readonly scope: LimitScope;
  /** Which of the scope; "" for the pool. */
  readonly of: string;
  readonly measure: LimitMeasure;
  readonly action: "refuse" | "warn";
  /** Decimal text, pool currency. */
  readonly max: string;
  /** Pool currency, measured. */
  readonly before: number;
  readonly after: number;
  /** Whether the position breaks it: after is above max, and more than before. */
  readonly isBroken: boolean;
}

/** What a position adds to what limits count. */
export interface Addition {
  readonly participant: string;
  readonly asset: string;
  readonly instrument: string;
  readonly exposure: number;
  /** Delta of the pool in money. */
  readonly delta: number;
  readonly shortfall: number;
}

/** What a pool's limits count, kept ready so that a position can be held against them at once. */
export class LimitBook {
  readonly #bounds: readonly (ExposureLimit & { readonly most: number })[];
  readonly #groups: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #used: { readonly [M in LimitMeasure]: ReadonlyMap<string, number> };

  /**
   * @param shortfalls  everyone's Euler part of ES, by participant
   * @param deltas      the pool's delta in money, by asset
   */
  constructor(
    document: PoolDocument,
    shortfalls: ReadonlyMap<string, number>,
    deltas: ReadonlyMap<string, number>,
  ) {
    const { bounds = [], groups = [] } = document.limits ?? {};
    this.#bounds = bounds.map((bound) => ({ ...bound, most: Number(bound.max) }));
    this.#groups = new Map(groups.map(({ id, participants }) => [id, new Set(participants)]));
    const exposure = new Map<string, number>();
    for (const [scope, sums] of Object.entries(exposuresOf(document))) {
      for (const [of, sum] of sums) exposure.set(keyOf(scope, of), sum);
    }
    const shortfall = new Map<string, number>();
    let all = 0;
    for (const [id, part] of shortfalls) {
      shortfall.set(keyOf("participant", id), part);
      all += part;
    }
    shortfall.set(keyOf("pool", ""), all);
    for (const [id, members] of this.#groups) {
      let sum = 0;
      for (const member of members) sum += shortfalls.get(member) ?? 0;
      shortfall.set(keyOf("group", id), sum);
    }
    const net = new Map<string, number>();
    let total = 0;
    for (const [asset, delta] of deltas) {
      net.set(keyOf("asset", asset), delta);
      total += delta;
    }
    net.set(keyOf("pool", ""), total);
    this.#used = { exposure, shortfall, "net-exposure": net };
  }

  /** Uses of every bound that a position touches, in the order of the terms. */
  usesWith(addition: Addition): LimitUse[] {
    const { participant, asset, instrument } = addition;
    const touched: { readonly [S in LimitScope]: readonly string[] } = {
      pool: [""],
      participant: [participant],
      asset: [asset],
      instrument: [instrument],
      group: [...this.#groups].flatMap(([id, members]) => (members.has(participant) ? [id] : [])),
    };
    return this.#bounds.flatMap((bound) =>
      touched[bound.scope]
        .filter((of) => bound.of === undefined || bound.of === of)
        .map((of) => this.#useOf(bound, of, addition)),
    );
  }

  #useOf(
    bound: ExposureLimit & { readonly most: number },
    of: string,
    addition: Addition,
  ): LimitUse {
    const { id, scope, measure, action = "refuse", max, most } = bound;
    const used = this.#used[measure].get(keyOf(scope, of)) ?? 0;
    const added =
      measure === "net-exposure"
        ? addition.delta
        : measure === "shortfall"
          ? addition.shortfall
          : addition.exposure;
    const size = (value: number) => (measure === "net-exposure" ? Math.abs(value) : value);
    const before = size(used);
    const after = size(used + added);
    // What takes off risk may always enter, however much there is.
    const isBroken = after > most && after > before;
    return { id, scope, of, measure, action, max, before, after, isBroken };
  }
}

function keyOf(scope: string, of: string): string {
  return `${scope} ${of}`;
}
