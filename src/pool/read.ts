import {
  type Draft,
  digestOf,
  digestOfChecked,
  Findings,
  type Issue,
  instantIssue,
  isBytes,
  type JsonSchema,
  keysOfForm,
  PoolError,
  readInstant,
  received,
} from "../basics/index.ts";
import { checkBook, namesOf } from "../book/index.ts";
import type { MarketParameters } from "../market/index.ts";
import {
  checkContribution,
  checkLimits,
  checkLiquidation,
  checkPricing,
  checkWaterfall,
} from "../terms/index.ts";
import { POOL_VERSION, type PoolDocument } from "./document.ts";
import { checkMarket } from "./market-rules.ts";
import { PartTexts } from "./part-texts.ts";
import type { Pool } from "./pool.ts";
import { isSameBook } from "./same-book.ts";
import { marketForm, poolForm } from "./schema.ts";

/**
 * Reads and checks a pool document.
 *
 * Form and meaning are checked together and everything that is wrong is reported at once. The one
 * exception is another version of the format, whose fields would all look wrong.
 *
 * @param source  JSON text, its UTF-8 bytes, or the document as plain objects
 * @throws        PoolError; the codes of `readJson` for text, then those of form and rules
 */
export function readPool(source: unknown): Pool {
  const isText = typeof source === "string" || isBytes(source);
  const parts = new PartTexts();
  const value = isText ? parts.read(source) : source;
  refuseOtherVersion(value);
  const found = new Findings();
  const draft = poolForm.check(value, null, found);
  if (draft !== undefined) checkMeaning(draft, found);
  found.throwIfAny("pool document");
  // Nothing was found, so nothing is missing from the draft.
  const document = draft as PoolDocument;
  const pool = Object.freeze({
    document,
    digest: documentDigest(document),
    asOfMs: readInstant(document.asOf, "/asOf"),
  });
  checked.add(pool);
  books.set(document.participants, document);
  rememberRight(document);
  if (isText) parts.keep(document);
  return pool;
}

/** The last document whose book was checked, by the participants that all documents of one book share. */
const books = new WeakMap<object, PoolDocument>();

/** What else the rules of a part look at. */
const BESIDE = {
  participants: ["currency", "assets"],
  waterfall: ["currency", "participants"],
  market: ["assets"],
} as const satisfies Partial<Record<keyof PoolDocument, readonly (keyof PoolDocument)[]>>;

/** By a part that was found right: the document it stood in last. */
const right = new WeakMap<object, PoolDocument>();

function rememberRight(document: PoolDocument): void {
  for (const name of Object.keys(BESIDE) as (keyof typeof BESIDE)[]) {
    const part = document[name];
    if (part) right.set(part, document);
  }
}

/** Whether a part was found right beside the very parts that its rules look at. */
function isKnownRight(
  name: keyof typeof BESIDE,
  draft: Exclude<Draft<PoolDocument>, undefined>,
): boolean {
  const part = draft[name];
  const before = part && right.get(part);
  return before !== undefined && BESIDE[name].every((key) => before[key] === draft[key]);
}

function isBookChecked(draft: Exclude<Draft<PoolDocument>, undefined>): boolean {
  const before = draft.participants && books.get(draft.participants);
  return before !== undefined && isSameBook(before, draft as PoolDocument);
}

const partDigests = new WeakMap<object, string>();

/** Keys of what stands in each field of a document, gathered when first asked for. */
const fieldKeys = new Map<string, string[]>();

function keysIn(field: string): string[] {
  const forms = poolForm.schema["properties"] as Readonly<Record<string, JsonSchema>>;
  const keys = fieldKeys.get(field) ?? keysOfForm(forms[field]!);
  fieldKeys.set(field, keys);
  return keys;
}

/**
 * Name of a document: SHA-256 of its canonical JSON with each part that is a list or an object
 * replaced by the SHA-256 of its own. A document that shares parts with another one is named at the
 * cost of those it does not share.
 *
 * @source Merkle, A digital signature based on a conventional encryption function (1987)
 */
function documentDigest(document: PoolDocument): string {
  const named = Object.entries(document).map(([key, part]: [string, unknown]) => {
    if (typeof part !== "object" || part === null) return [key, part] as const;
    const digest = partDigests.get(part) ?? digestOfChecked(part, keysIn(key));
    partDigests.set(part, digest);
    return [key, digest] as const;
  });
  return digestOf(Object.fromEntries(named));
}

/**
 * Checks market parameters that come apart from a document, e.g. from `calibrate` or a caller's
 * own hand. They may speak of more assets than a pool has.
 *
 * @throws PoolError as `readPool` for its /market
 */
export function readMarket(value: unknown): MarketParameters {
  const found = new Findings();
  const draft = marketForm.check(value, { above: null, key: "market" }, found);
  if (draft !== undefined) checkMarket(draft, undefined, found);
  found.throwIfAny("market");
  return draft as MarketParameters;
}

// Only what this module made and froze counts as checked; a look-alike is checked again.
const checked = new WeakSet<object>();

/** Whether a value is a `Pool` that {@link readPool} made. */
export function isPool(value: unknown): value is Pool {
  return typeof value === "object" && value !== null && checked.has(value);
}

function checkMeaning(draft: Exclude<Draft<PoolDocument>, undefined>, found: Findings): void {
  const currency = draft.currency?.code;
  const decimals = draft.currency?.decimals;
  const asOf = draft.asOf;
  const readable = asOf !== undefined && instantIssue(asOf) === undefined;
  if (!isBookChecked(draft)) {
    const asOfMs = readable ? readInstant(asOf) : undefined;
    const arePeopleRight = isKnownRight("participants", draft);
    checkBook(draft, { asOfMs, currency, decimals, arePeopleRight }, found);
  }
  const participants = namesOf(draft.participants).ids;
  if (!isKnownRight("waterfall", draft)) {
    const setting = { currency, decimals, participants, pointer: "/waterfall" };
    checkWaterfall(draft.waterfall, setting, found);
  }
  const paying = { decimals, participants, pointer: "/contribution" };
  checkContribution(draft.contribution, paying, found);
  const assets = namesOf(draft.assets).ids;
  checkLiquidation(draft.liquidation, { decimals, assets, pointer: "/liquidation" }, found);
  checkPricing(draft.pricing, "/pricing", found);
  checkLimits(draft.limits, { decimals, participants, assets, pointer: "/limits" }, found);
  if (draft.market !== undefined && !isKnownRight("market", draft)) {
    checkMarket(draft.market, assets, found);
  }
  if (draft.participants?.length === 0) {
    found.add(empty("/participants", "nobody takes part in this pool; add its participants"));
  }
  // A list of the wrong form may hold anything; only one that was left out is known to be empty.
  const isUnread = found.issues.some(({ pointer }) => pointer === "/barriers");
  const barriers = draft.barriers ?? (isUnread ? undefined : []);
  const lists = [draft.options, barriers, draft.perpetuals, draft.holdings, draft.covers];
  if (lists.every((list) => list?.length === 0)) {
    found.add(
      empty("", "the pool has no option, barrier, perpetual, holding or cover: nothing is at risk"),
    );
  }
}

function empty(pointer: string, detail: string): Issue {
  return { code: "POOL_EMPTY", pointer, detail, expected: "at least one entry" };
}

function refuseOtherVersion(value: unknown): void {
  let version: unknown;
  try {
    version =
      typeof value === "object" && value !== null && Object.hasOwn(value, "version")
        ? (value as { readonly version?: unknown }).version
        : undefined;
  } catch {
    // The form says which value cannot be read.
    return;
  }
  if (typeof version !== "number" || version === POOL_VERSION) return;
  const newer = version > POOL_VERSION;
  throw new PoolError([
    {
      code: "VERSION",
      pointer: "/version",
      detail: newer
        ? `the document is newer than this build, which reads version ${POOL_VERSION}; upgrade riskpool`
        : `the document is of a version that never was or is no longer read; write version ${POOL_VERSION}`,
      expected: `exactly ${POOL_VERSION}`,
      received: received(version),
    },
  ]);
}
