import {
  array,
  type Check,
  choice,
  type Draft,
  type Findings,
  id,
  idClashes,
  money,
  moneyIssue,
  object,
  optional,
  type PlacedId,
} from "../basics/index.ts";
import { PAYERS_MAX } from "./schema.ts";

/** What a limit counts positions of. */
export const LIMIT_SCOPES = ["pool", "participant", "group", "asset", "instrument"] as const;
export type LimitScope = (typeof LIMIT_SCOPES)[number];

/** Kinds of instruments that a limit may be about. */
export const INSTRUMENTS = ["option", "barrier", "perpetual", "cover"] as const;
export type Instrument = (typeof INSTRUMENTS)[number];

/**
 * What a limit bounds. `exposure`: gross notional at today's prices. `net-exposure`: the size of the
 * pool's delta in money, of one asset or of all together. `shortfall`: the Euler part of the pool's
 * ES.
 */
export const LIMIT_MEASURES = ["exposure", "net-exposure", "shortfall"] as const;
export type LimitMeasure = (typeof LIMIT_MEASURES)[number];

/** A bound that a position is held against before it enters; several of one scope make tiers. */
export interface ExposureLimit {
  readonly id: string;
  readonly scope: LimitScope;
  /** Which participant, group, asset or instrument; each of them by itself when left out. */
  readonly of?: string;
  readonly measure: LimitMeasure;
  /** Pool currency. */
  readonly max: string;
  /** `warn` lets the position in; `refuse` when left out. */
  readonly action?: "refuse" | "warn";
}

/** Participants who are one for the purpose of limits. */
export interface LimitGroup {
  readonly id: string;
  readonly participants: readonly string[];
}

/** How much of what a pool takes on. */
export interface LimitTerms {
  readonly bounds: readonly ExposureLimit[];
  readonly groups?: readonly LimitGroup[];
}

const LIMITS_MAX = 10_000;

/** The form of limit terms. */
export const limitForm: Check<LimitTerms> = object<LimitTerms>({
  bounds: array(
    object<ExposureLimit>({
      id: id(),
      scope: choice(LIMIT_SCOPES),
      of: optional(id()),
      measure: choice(LIMIT_MEASURES),
      max: money("pool currency"),
      action: optional(choice(["refuse", "warn"])),
    }),
    { max: LIMITS_MAX },
  ),
  groups: optional(
    array(
      object<LimitGroup>({
        id: id(),
        participants: array(id(), { min: 1, max: PAYERS_MAX }),
      }),
      { max: LIMITS_MAX },
    ),
  ),
});

/** What the rules of limits need to know about the pool. */
export interface LimitSetting {
  readonly decimals: number | undefined;
  /** Ids that may be referred to; undefined where nobody knows them. */
  readonly participants: ReadonlySet<string> | undefined;
  readonly assets: ReadonlySet<string> | undefined;
  readonly pointer: string;
}

/** Where a measure means something. */
const MEASURED: { readonly [M in LimitMeasure]: readonly LimitScope[] } = {
  exposure: LIMIT_SCOPES,
  "net-exposure": ["pool", "asset"],
  shortfall: ["pool", "participant", "group"],
};

/** Checks what the form of limits cannot say. */
export function checkLimits(
  terms: Draft<LimitTerms>,
  setting: LimitSetting,
  found: Findings,
): void {
  if (terms === undefined) return;
  const { decimals, participants, assets, pointer } = setting;
  const groups = new Set<string>();
  const placed: PlacedId[] = [];
  terms.groups?.forEach((group, i) => {
    const at = `${pointer}/groups/${i}`;
    if (group?.id !== undefined) {
      groups.add(group.id);
      placed.push({ id: group.id, pointer: `${at}/id` });
    }
    group?.participants?.forEach((one, k) => {
      if (one !== undefined) refer(one, participants, `${at}/participants/${k}`, found);
    });
  });
  for (const issue of idClashes(placed)) found.add(issue);
  const limits: PlacedId[] = [];
  terms.bounds?.forEach((limit, i) => {
    if (limit === undefined) return;
    const at = `${pointer}/bounds/${i}`;
    if (limit.id !== undefined) limits.push({ id: limit.id, pointer: `${at}/id` });
    if (limit.max !== undefined && decimals !== undefined) {
      found.addIf(moneyIssue(limit.max, decimals, { pointer: `${at}/max` }));
    }
    checkScope(limit, { participants, assets, groups, at }, found);
  });
  for (const issue of idClashes(limits)) found.add(issue);
}

function checkScope(
  { scope, of, measure }: Exclude<Draft<ExposureLimit>, undefined>,
  known: {
    readonly participants: ReadonlySet<string> | undefined;
    readonly assets: ReadonlySet<string> | undefined;
    readonly groups: ReadonlySet<string>;
    readonly at: string;
  },
  found: Findings,
): void {
  if (scope === undefined) return;
  if (measure !== undefined && !MEASURED[measure].includes(scope)) {
    found.add({
      code: "ENUM",
      pointer: `${known.at}/measure`,
      detail: `${measure} is not told apart by ${scope}; choose another measure or scope`,
      expected: `a measure of a ${scope}`,
      received: `string "${measure}"`,
    });
  }
  if (of === undefined) return;
  if (scope === "pool") {
    found.add({
      code: "KEY_UNKNOWN",
      pointer: `${known.at}/of`,
      detail: "there is one pool; remove this",
      expected: "no of",
      received: `string "${of}"`,
    });
    return;
  }
  const ids = {
    participant: known.participants,
    asset: known.assets,
    group: known.groups,
    instrument: new Set<string>(INSTRUMENTS),
  }[scope];
  refer(of, ids, `${known.at}/of`, found);
}

function refer(
  id: string,
  known: ReadonlySet<string> | undefined,
  pointer: string,
  found: Findings,
): void {
  if (known === undefined || known.has(id)) return;
  found.add({
    code: "REFERENCE_UNKNOWN",
    pointer,
    detail: "nothing in the pool has this id; add it or correct the id",
    expected: "id of something in the pool",
    received: `string "${id}"`,
  });
}
