import {
  choice,
  type Draft,
  Findings,
  type Issue,
  id,
  PoolError,
  received,
} from "../basics/index.ts";
import type {
  BarrierPosition,
  OptionPosition,
  Participant,
  PerpetualPosition,
} from "../book/index.ts";
import { type Pool, type PoolDocument, readPool } from "../pool/index.ts";
import type { Instrument } from "../terms/index.ts";
import { exposuresOf } from "./exposure.ts";

/** A position that somebody would like to open. */
export type Proposal = (
  | { readonly option: OptionPosition }
  | { readonly barrier: BarrierPosition }
  | { readonly perpetual: PerpetualPosition }
) & {
  /** Who it is, where the pool does not know the participant yet. */
  readonly participant?: Participant;
};

/** A proposal that was checked. */
export interface ReadProposal {
  readonly kind: Exclude<Instrument, "cover">;
  readonly id: string;
  readonly asset: string;
  readonly participant: Participant;
  /** The position with all that answers for it; and that without the position, if there is any. */
  readonly after: PoolDocument;
  readonly before: PoolDocument | null;
  /** Pool currency: coins at today's price, or cash. */
  readonly exposure: number;
}

/** Lists of the document by the name that a proposal calls their items. */
const LISTS = { option: "options", barrier: "barriers", perpetual: "perpetuals" } as const;
type Kind = keyof typeof LISTS;
const KINDS = Object.keys(LISTS) as readonly Kind[];

/**
 * Reads a proposal in the setting of a pool: with its assets, date and liquidation terms.
 *
 * @param taken  ids of the pool's positions
 * @throws       PoolError with every problem, at /position
 */
export function readProposal(
  document: PoolDocument,
  taken: ReadonlySet<string>,
  given: unknown,
): ReadProposal {
  const kinds = KINDS.filter((kind) => isRecord(given) && given[kind] !== undefined);
  if (!isRecord(given) || kinds.length !== 1) {
    throw new PoolError(
      [
        {
          code: isRecord(given) ? "KEY_MISSING" : "TYPE",
          pointer: "/position",
          detail:
            "say what the position is: { option: { … } }, { barrier: { … } } or { perpetual: { … } }",
          expected: `exactly one of ${KINDS.join(", ")}`,
          received: isRecord(given) ? Object.keys(given).join(", ") || "nothing" : received(given),
        },
      ],
      "position",
    );
  }
  const [kind] = kinds as [Kind];
  checkKeys(given, kind);
  const participant = participantOf(document, given, kind);
  const alone = readAlone(document, participant, given, kind);
  const position = alone.document[LISTS[kind]]![0]!;
  const before = participant.margin === "cross" ? ownBook(document, alone.document) : null;
  if (taken.has(position.id)) {
    throw new PoolError(
      [
        {
          code: "ID_DUPLICATE",
          pointer: `/position/${kind}/id`,
          detail: "the pool has a position of this id; give the new one its own",
          expected: "an id that no position has",
          received: `string "${position.id}"`,
        },
      ],
      "position",
    );
  }
  return {
    kind,
    id: position.id,
    asset: position.asset,
    participant,
    before,
    after: before === null ? alone.document : joined(before, alone.document),
    exposure: exposuresOf(alone.document).pool.get("")!,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checkKeys(given: Record<string, unknown>, kind: Kind): void {
  const issues = Object.keys(given)
    .filter((key) => key !== kind && key !== "participant")
    .map(
      (key): Issue => ({
        code: "KEY_UNKNOWN",
        pointer: `/position/${key}`,
        detail: "this is no part of a proposal; remove it",
        expected: `${kind}, participant`,
        received: received(given[key]),
      }),
    );
  if (issues.length > 0) throw new PoolError(issues, "position");
}

/** The participant of the position: one of the pool's, or the one that the proposal brings. */
function participantOf(
  document: PoolDocument,
  given: Record<string, unknown>,
  kind: Kind,
): Participant {
  const position = given[kind];
  const name = isRecord(position) ? position["participant"] : undefined;
  const known = document.participants.find((one) => one.id === name);
  const brought = given["participant"];
  if (brought === undefined) {
    if (known) return known;
    const found = new Findings();
    const place = { above: { above: null, key: "position" }, key: kind };
    const draft = id().check(name, { above: place, key: "participant" }, found);
    if (draft !== undefined) {
      found.add({
        code: "REFERENCE_UNKNOWN",
        pointer: `/position/${kind}/participant`,
        detail:
          "the pool has no participant of this id; correct it, or say who it is: { participant: { id, margin } }",
        expected: "id of one of the pool's participants",
        received: `string "${draft}"`,
      });
    }
    found.throwIfAny("position");
  }
  const found = new Findings();
  const place = { above: { above: null, key: "position" }, key: "participant" };
  const margin = isRecord(brought) ? brought["margin"] : undefined;
  const draft: Draft<string> = choice(["isolated", "cross"]).check(
    margin,
    { above: place, key: "margin" },
    found,
  );
  if (draft !== undefined && known) {
    found.add({
      code: "ID_DUPLICATE",
      pointer: "/position/participant",
      detail: "the pool knows this participant; leave this out",
      expected: "no participant, or a new one",
      received: `string "${known.id}"`,
    });
  }
  found.throwIfAny("position");
  return brought as Participant;
}

/** The position in a pool by itself, with the pool's own checks and their pointers moved. */
function readAlone(
  document: PoolDocument,
  participant: Participant,
  given: Record<string, unknown>,
  kind: Kind,
): Pool {
  const { format, version, name, asOf, currency, assets, liquidation } = document;
  try {
    return readPool({
      ...{ format, version, name, asOf, currency, assets },
      participants: [participant],
      ...{ options: [], barriers: [], perpetuals: [], holdings: [], covers: [] },
      [LISTS[kind]]: [given[kind]],
      waterfall: {
        layers: [],
        lastResort: {
          kind: "socialised",
          weights: [{ participant: participant.id, weight: 1 }],
        },
      },
      ...(liquidation && { liquidation }),
    });
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    const issues = error.issues.map(
      (issue): Issue => ({
        ...issue,
        pointer: issue.pointer
          .replace(`/${LISTS[kind]}/0`, `/position/${kind}`)
          .replace("/participants/0", "/position/participant"),
      }),
    );
    throw new PoolError(issues, "position");
  }
}

/** What a participant has in the pool already, in the form of a pool of its own. */
function ownBook(document: PoolDocument, alone: PoolDocument): PoolDocument | null {
  const [{ id: owner }] = alone.participants as [Participant];
  const isOwn = ({ participant }: { readonly participant: string }) => participant === owner;
  const book = {
    ...alone,
    options: document.options.filter(isOwn),
    barriers: (document.barriers ?? []).filter(isOwn),
    perpetuals: document.perpetuals.filter(isOwn),
  };
  const count = book.options.length + book.barriers.length + book.perpetuals.length;
  return count === 0 ? null : book;
}

function joined(a: PoolDocument, b: PoolDocument): PoolDocument {
  return {
    ...a,
    options: [...a.options, ...b.options],
    barriers: [...(a.barriers ?? []), ...(b.barriers ?? [])],
    perpetuals: [...a.perpetuals, ...b.perpetuals],
  };
}
