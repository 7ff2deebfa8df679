import {
  type PoolDocument,
  type PriceShock,
  type Settlement,
  settle,
  type WaterfallTerms,
} from "../../index.ts";

/** A shock with a name of its own. */
export interface NamedShock {
  readonly name: string;
  readonly shock: PriceShock;
}

/** Shocks to be looked at: a table of assets by changes, and some that move assets apart. */
export interface ShockSet {
  /** As fractions, ascending. */
  readonly changes: readonly number[];
  /** Assets, and all of them together last where there are several. */
  readonly rows: readonly { readonly name: string; readonly assets: readonly string[] }[];
  readonly named: readonly NamedShock[];
  /** Row by row of the table, then the named ones. */
  readonly shocks: readonly PriceShock[];
}

const CHANGES = [-0.5, -0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.5] as const;

/** Moves of the first asset and of all others, of the size that crypto markets have seen. */
const SIZES: readonly (readonly [name: string, first: number, others: number])[] = [
  ["A bad day", -0.12, -0.16],
  ["A panic within a day, as in March 2020", -0.38, -0.43],
  ["A forced unwind within hours, as in May 2021", -0.3, -0.4],
  ["A lender or exchange fails, as in 2022", -0.25, -0.35],
  ["A squeeze upwards", 0.25, 0.35],
  ["The first asset rises, the others fall", 0.15, -0.25],
  ["The first asset falls, the others rise", -0.15, 0.25],
];

/** The shocks of a pool's assets; "the first asset" is the first of the document. */
export function shockSetOf(document: PoolDocument): ShockSet {
  const ids = document.assets.map(({ id }) => id);
  const each = ids.map((id) => ({ name: id, assets: [id] }));
  const rows = ids.length > 1 ? [...each, { name: "All together", assets: ids }] : each;
  const moved = (assets: readonly string[], change: number): PriceShock =>
    Object.fromEntries(assets.map((id) => [id, change]));
  const named =
    ids.length > 1
      ? SIZES.map(([name, first, others]) => ({
          name,
          shock: { ...moved(ids, others), [ids[0]!]: first },
        }))
      : [];
  const table = rows.flatMap(({ assets }) => CHANGES.map((change) => moved(assets, change)));
  const shocks = [...table, ...named.map(({ shock }) => shock)];
  return { changes: CHANGES, rows, named, shocks };
}

/** What the waterfall does with a loss. */
export interface Poured {
  readonly layers: Settlement["layers"];
  /** Calls on members, pool currency. */
  readonly called: number;
  /** What nothing else bears, pool currency. */
  readonly shared: number;
  /** The last that pays: 0 for nothing, 1 … for layers, then calls, then all. */
  readonly reach: number;
}

/**
 * Pours a measured loss down a document's waterfall; a gain is no loss. Where the last resort takes
 * from gains, what is left is counted and not divided.
 */
export function pouredOf(document: PoolDocument, loss: number): Poured {
  const { currency } = document;
  const terms = undividedOf(document);
  const amount = Math.max(0, loss).toFixed(currency.decimals);
  const isHaircut = terms.lastResort.kind === "haircut";
  const settled = settle(terms, currency, amount, isHaircut ? [] : undefined);
  const { layers, assessments, socialised } = settled;
  const called = assessments.reduce((sum, { amount }) => sum + Number(amount), 0);
  const shared = Number(socialised.total);
  const paying = layers.filter(({ used }) => Number(used) > 0).length;
  const beyond = shared > 0 ? layers.length + 2 : called > 0 ? layers.length + 1 : paying;
  return { layers, called, shared, reach: beyond };
}

const undivided = new WeakMap<PoolDocument, WaterfallTerms>();

/**
 * The waterfall with one payer for all members of a layer, and for everyone: who pays how much of it
 * is not shown here, and dividing a loss among hundreds takes longer than a table may.
 */
function undividedOf(document: PoolDocument): WaterfallTerms {
  const known = undivided.get(document);
  if (known) return known;
  const { layers, lastResort } = document.waterfall;
  const terms: WaterfallTerms = {
    ...document.waterfall,
    layers: layers.map((layer) =>
      layer.shares ? { ...layer, shares: [{ participant: "members", share: 1 }] } : layer,
    ),
    lastResort:
      lastResort.kind === "haircut"
        ? lastResort
        : { ...lastResort, weights: [{ participant: "everyone", weight: 1 }] },
  };
  undivided.set(document, terms);
  return terms;
}

/** `L1` … for layers, `calls` for those on members, `all` for everyone, `–` for nothing. */
export function reachWords({ layers, reach }: Poured): string {
  if (reach === 0) return "–";
  if (reach > layers.length) return reach === layers.length + 1 ? "calls" : "all";
  return `L${reach}`;
}
