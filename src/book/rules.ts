import {
  type Draft,
  type Findings,
  idClashes,
  instantMs,
  moneyIssue,
  type PlacedId,
  YEAR_MS,
} from "../basics/index.ts";
import type {
  Asset,
  BarrierKind,
  BarrierPosition,
  Cover,
  Holding,
  OptionPosition,
  Participant,
  PerpetualPosition,
} from "./book.ts";

/** Everything about who holds what, as it stands in a pool document. */
export interface Book {
  readonly assets: readonly Asset[];
  readonly participants: readonly Participant[];
  readonly options: readonly OptionPosition[];
  readonly barriers?: readonly BarrierPosition[];
  readonly perpetuals: readonly PerpetualPosition[];
  readonly holdings: readonly Holding[];
  readonly covers: readonly Cover[];
}

/** What the book's rules need to know about the pool; missing where the document was wrong. */
export interface BookSetting {
  readonly asOfMs: number | undefined;
  readonly currency: string | undefined;
  /** Digits after the point of the pool currency. */
  readonly decimals: number | undefined;
  /** Whether assets and participants were found right before, in this currency. */
  readonly arePeopleRight?: boolean;
}

/** Digits after the point in amounts of a coin that does not say. */
export const COIN_DECIMALS = 8;

const YEARS_MAX = 30;

/** The book's ids, gathered once for all rules. */
interface Directory extends BookSetting {
  readonly found: Findings;
  readonly assets: ReadonlyMap<string, Draft<Asset>>;
  readonly participants: ReadonlyMap<string, Draft<Participant>>;
  /** Whether every id of the list could be read: else nothing can be called unknown. */
  readonly complete: { readonly asset: boolean; readonly participant: boolean };
}

/**
 * Checks what the form cannot say: that ids differ and references resolve, that terms fit
 * together, that amounts are as precise as their currency, that nothing lies in the past.
 *
 * Parts of the book that had the wrong form are missing from it and are passed over.
 */
export function checkBook(
  book: Exclude<Draft<Book>, undefined>,
  setting: BookSetting,
  found: Findings,
): void {
  checkIds(book, setting, found);
  const assets = namesOf(book.assets);
  const participants = namesOf(book.participants);
  const directory: Directory = {
    found,
    assets: assets.byId as Directory["assets"],
    participants: participants.byId as Directory["participants"],
    complete: { asset: assets.ids !== undefined, participant: participants.ids !== undefined },
    ...setting,
  };
  const each = <T>(
    list: readonly T[] | undefined,
    rule: (item: T, index: number) => void,
  ): void => {
    for (let i = 0; i < (list?.length ?? 0) && !found.full; i++) rule(list![i]!, i);
  };
  if (!setting.arePeopleRight) {
    each(book.participants, (item, i) => checkParticipant(item, `/participants/${i}`, directory));
  }
  each(book.options, (item, i) => checkOption(item, `/options/${i}`, directory));
  each(book.barriers, (item, i) => checkBarrier(item, `/barriers/${i}`, directory));
  each(book.perpetuals, (item, i) => checkPerpetual(item, `/perpetuals/${i}`, directory));
  each(book.holdings, (item, i) => checkHolding(item, `/holdings/${i}`, directory));
  each(book.covers, (item, i) => checkCover(item, `/covers/${i}`, directory));
}

function checkIds(
  book: Exclude<Draft<Book>, undefined>,
  setting: BookSetting,
  found: Findings,
): void {
  // A coin called like the pool currency would make every collateral amount ambiguous.
  const currency = setting.currency;
  const money = currency === undefined ? [] : [{ id: currency, pointer: "/currency/code" }];
  const people = () => [
    idClashes([...money, ...placed(book.assets, "assets")]),
    idClashes(placed(book.participants, "participants")),
  ];
  const clashes = [
    ...(setting.arePeopleRight ? [] : people()),
    idClashes([
      ...placed(book.options, "options"),
      ...placed(book.barriers, "barriers"),
      ...placed(book.perpetuals, "perpetuals"),
      ...placed(book.covers, "covers"),
    ]),
    idClashes(assetsOf(book.holdings, "/holdings")),
  ];
  for (const issue of clashes.flat()) found.add(issue);
}

function* placed(
  list: readonly ({ readonly id?: string | undefined } | undefined)[] | undefined,
  name: string,
): Generator<PlacedId> {
  for (let i = 0; i < (list?.length ?? 0); i++) {
    const id = list![i]?.id;
    if (id !== undefined) yield { id, pointer: `/${name}/${i}/id` };
  }
}

function* assetsOf(
  list: readonly ({ readonly asset?: string | undefined } | undefined)[] | undefined,
  above: string,
): Generator<PlacedId> {
  for (let i = 0; i < (list?.length ?? 0); i++) {
    const id = list![i]?.asset;
    if (id !== undefined) yield { id, pointer: `${above}/${i}/asset` };
  }
}

/** Who or what a list names. */
export interface Names {
  /** The first of two equal ids stands for both: the second is reported, its consequences are not. */
  readonly byId: ReadonlyMap<string, Named>;
  /** Undefined where not all could be read. */
  readonly ids: ReadonlySet<string> | undefined;
}

type Named = { readonly id?: string | undefined };

/** By their lists, which nobody changes: the documents of a batch often share theirs. */
const knownNames = new WeakMap<object, Names>();
/** Of longer lists names are gathered anew, so that they are not held for as long as the list is. */
const KNOWN_NAMES_MAX = 4096;

/** Gathers the names of a list once. */
export function namesOf(list: readonly (Named | undefined)[] | undefined): Names {
  const known = list && knownNames.get(list);
  if (known) return known;
  const byId = new Map<string, Named>();
  for (const item of list ?? []) {
    if (item?.id !== undefined && !byId.has(item.id)) byId.set(item.id, item);
  }
  const isNamed = list?.every((item) => item?.id !== undefined);
  const names = { byId, ids: isNamed ? new Set(byId.keys()) : undefined };
  if (list && list.length <= KNOWN_NAMES_MAX) knownNames.set(list, names);
  return names;
}

function checkParticipant(item: Draft<Participant>, at: string, directory: Directory): void {
  const collateral = item?.collateral ?? [];
  if (item?.margin === "isolated" && collateral.length > 0) {
    directory.found.add({
      code: "CONTRACT_TERMS",
      pointer: `${at}/collateral`,
      detail: "an isolated participant answers position by position; move it to the positions",
      expected: "collateral only with margin cross",
    });
  }
  for (const issue of idClashes(assetsOf(collateral, `${at}/collateral`))) {
    directory.found.add(issue);
  }
  collateral.forEach((entry, i) => {
    const asset = entry?.asset;
    const { currency } = directory;
    const isMoney = asset !== undefined && asset === currency;
    // While the currency is unknown, any name that is no asset may be its code.
    if (!isMoney && currency !== undefined)
      checkReference(asset, `${at}/collateral/${i}`, "asset", "asset", directory);
    const decimals = isMoney ? directory.decimals : coinDecimals(asset, directory);
    checkPrecision(entry?.amount, decimals, `${at}/collateral/${i}`, "amount", directory);
  });
}

function checkOption(item: Draft<OptionPosition>, at: string, directory: Directory): void {
  if (item === undefined) return;
  checkParties(item, at, directory);
  checkFuture(item.expiry, at, "expiry", directory);
  if (item.quantityUnit === "contract" && item.multiplier === undefined) {
    directory.found.addFirst({
      code: "MULTIPLIER_MISSING",
      pointer: `${at}/multiplier`,
      detail: "say how many coins one contract is",
      expected: "number > 0 (coins per contract)",
      received: "missing",
    });
  }
  if (item.quantityUnit !== "contract" && item.multiplier !== undefined) {
    directory.found.add({
      code: "CONTRACT_TERMS",
      pointer: `${at}/multiplier`,
      detail: "a multiplier belongs to quantityUnit contract; remove it or set the unit",
      expected: "no multiplier with a quantity in coins",
    });
  }
  checkCollateral(item, item.side === "short", at, directory);
}

function checkBarrier(item: Draft<BarrierPosition>, at: string, directory: Directory): void {
  if (item === undefined) return;
  checkParties(item, at, directory);
  checkIsolated(item.participant, at, directory);
  checkFuture(item.expiry, at, "expiry", directory);
  checkBarrierSide(item, at, directory);
  if (item.kind !== undefined) checkPayoff(item, item.kind, at, directory);
  checkPrecision(item.cash, directory.decimals, at, "cash", directory);
  checkCollateral(item, item.side === "short", at, directory);
}

/** The equity of a cross account would depend on its barriers, path by path: not followed so far. */
function checkIsolated(participant: string | undefined, at: string, directory: Directory): void {
  if (directory.participants.get(participant ?? "")?.margin !== "cross") return;
  directory.found.add({
    code: "CONTRACT_TERMS",
    pointer: `${at}/participant`,
    detail:
      "barriers belong to isolated participants for now; give the position to an isolated participant of its own",
    expected: "id of an isolated participant",
    received: `string "${participant}" (cross)`,
  });
}

/** A barrier at the spot or beyond it has been touched: the contract is another one by now. */
function checkBarrierSide(
  { asset, direction, barrier }: Exclude<Draft<BarrierPosition>, undefined>,
  at: string,
  directory: Directory,
): void {
  const spot = directory.assets.get(asset ?? "")?.spot;
  if (spot === undefined || direction === undefined || barrier === undefined) return;
  if (direction === "up" ? barrier > spot : barrier < spot) return;
  directory.found.add({
    code: "CONTRACT_TERMS",
    pointer: `${at}/barrier`,
    detail:
      "the barrier is already touched at asOf; write what is left of the contract (an option, or nothing), or correct the direction",
    expected: `number ${direction === "up" ? ">" : "<"} ${spot}, the spot of ${asset}`,
    received: `number ${barrier}`,
  });
}

/** An option needs type and strike, a touch its cash; neither has what belongs to the other. */
function checkPayoff(
  item: Exclude<Draft<BarrierPosition>, undefined>,
  kind: BarrierKind,
  at: string,
  directory: Directory,
): void {
  const isOption = kind === "knock-in" || kind === "knock-out";
  const { found } = directory;
  for (const key of ["type", "strike", "cash"] as const) {
    const belongs = isOption === (key !== "cash");
    const given = item[key] !== undefined;
    if (belongs === given) continue;
    found.addFirst({
      code: "CONTRACT_TERMS",
      pointer: `${at}/${key}`,
      detail: belongs
        ? `a ${kind} needs its ${key}; add it`
        : `a ${kind} has no ${key}; remove it or correct the kind`,
      expected: "type and strike with knock-in and knock-out, cash with one-touch and no-touch",
      ...(given ? {} : { received: "missing" }),
    });
  }
  // Nothing but zeros: an amount of any size that its form has let pass.
  if (!isOption && item.cash !== undefined && !/[1-9]/.test(item.cash)) {
    found.add({
      code: "CONTRACT_TERMS",
      pointer: `${at}/cash`,
      detail: "a touch that pays nothing is no contract; give its amount or remove the position",
      expected: "decimal text > 0",
      received: `string "${item.cash}"`,
    });
  }
}

function checkPerpetual(item: Draft<PerpetualPosition>, at: string, directory: Directory): void {
  if (item === undefined) return;
  checkParties(item, at, directory);
  checkCollateral(item, true, at, directory);
}

function checkParties(
  item: { readonly participant?: string | undefined; readonly asset?: string | undefined },
  at: string,
  directory: Directory,
): void {
  checkReference(item.participant, at, "participant", "participant", directory);
  checkReference(item.asset, at, "asset", "asset", directory);
}

/** Isolated positions that can lose carry their own collateral; all others carry none. */
function checkCollateral(
  item: Exclude<
    Draft<OptionPosition> | Draft<BarrierPosition> | Draft<PerpetualPosition>,
    undefined
  >,
  canLose: boolean,
  at: string,
  directory: Directory,
): void {
  const margin = directory.participants.get(item.participant ?? "")?.margin;
  const given = item.collateral !== undefined;
  const refuse = (detail: string): void =>
    directory.found.addFirst({
      code: "CONTRACT_TERMS",
      pointer: `${at}/collateral`,
      detail,
      expected:
        "collateral on the short options and barriers and the perpetuals of isolated participants only",
      ...(given ? {} : { received: "missing" }),
    });
  if (given && margin === "cross") {
    refuse("a cross participant answers with everything; move it to the participant");
  } else if (given && !canLose && item.side !== undefined) {
    refuse("the buyer of an option owes nothing more; remove the collateral");
  } else if (!given && canLose && margin === "isolated") {
    refuse('say what the position answers with, "0" if with nothing');
  }
  const inverse = item.settlement === "inverse";
  const known = item.settlement !== undefined;
  const decimals = inverse ? coinDecimals(item.asset, directory) : directory.decimals;
  checkPrecision(item.collateral, known ? decimals : undefined, at, "collateral", directory);
}

function checkHolding(item: Draft<Holding>, at: string, directory: Directory): void {
  checkReference(item?.asset, at, "asset", "asset", directory);
  checkPrecision(item?.amount, coinDecimals(item?.asset, directory), at, "amount", directory);
}

function checkCover(item: Draft<Cover>, at: string, directory: Directory): void {
  if (item === undefined) return;
  checkReference(item.holder, at, "holder", "participant", directory);
  checkFuture(item.end, at, "end", directory);
  for (const key of ["sumInsured", "deductible", "limit"] as const) {
    checkPrecision(item[key], directory.decimals, at, key, directory);
  }
  const { currency, found } = directory;
  if (item.currency !== undefined && currency !== undefined && item.currency !== currency) {
    found.add({
      code: "CURRENCY_MISMATCH",
      pointer: `${at}/currency`,
      detail: `the pool counts in ${currency} and converts nothing; convert the amounts first`,
      expected: `"${currency}"`,
      received: `string "${item.currency}"`,
    });
  }
  const severity = item.severity;
  if (severity?.kind === "uniform" && severity.min! > severity.max!) {
    found.add({
      code: "NUMBER_RANGE",
      pointer: `${at}/severity/max`,
      detail: "the largest severity lies below the smallest",
      expected: `>= ${severity.min}`,
      received: `number ${severity.max}`,
    });
  }
}

function checkReference(
  id: string | undefined,
  at: string,
  key: string,
  kind: "asset" | "participant",
  directory: Directory,
): void {
  const known = kind === "asset" ? directory.assets : directory.participants;
  if (id === undefined || !directory.complete[kind] || known.has(id)) return;
  directory.found.add({
    code: "REFERENCE_UNKNOWN",
    pointer: `${at}/${key}`,
    detail: `the pool has no ${kind} of this id; add it or correct the id`,
    expected: `id of one of the pool's ${kind}s`,
    received: `string "${id}"`,
  });
}

function checkFuture(
  instant: string | undefined,
  at: string,
  key: string,
  directory: Directory,
): void {
  const { asOfMs, found } = directory;
  const ms = instantMs(instant);
  if (ms === undefined || asOfMs === undefined) return;
  const ahead = ms - asOfMs;
  if (!(ahead > 0)) {
    found.add({
      code: "TIME_ORDER",
      pointer: `${at}/${key}`,
      detail: "this lies at or before the pool's asOf; leave out what has ended",
      expected: "an instant after asOf",
      received: `string "${instant}"`,
    });
  } else if (ahead > YEARS_MAX * YEAR_MS) {
    found.add({
      code: "UNIT_SUSPECT",
      pointer: `${at}/${key}`,
      detail: `this is more than ${YEARS_MAX} years ahead; were days taken for years?`,
      expected: `at most ${YEARS_MAX} years after asOf`,
      received: `string "${instant}"`,
    });
  }
}

function checkPrecision(
  amount: string | undefined,
  decimals: number | undefined,
  at: string,
  key: string,
  directory: Directory,
): void {
  if (amount === undefined || decimals === undefined) return;
  directory.found.addIf(moneyIssue(amount, decimals, { pointer: `${at}/${key}` }));
}

function coinDecimals(asset: string | undefined, directory: Directory): number | undefined {
  const entry = asset === undefined ? undefined : directory.assets.get(asset);
  return entry === undefined ? undefined : (entry.decimals ?? COIN_DECIMALS);
}
