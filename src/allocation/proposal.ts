import { type Issue, idIssue, PoolError, received } from "../basics/index.ts";
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
/** Whom a position is checked with that names nobody. */
const STAND_IN = "somebody";
/** Squares of larger amounts leave the range of f64. */
const EXPOSURE_MAX = 1e150;
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
  const { participant, issues } = participantOf(document, given, kind);
  issues.push(...unknownKeys(given, kind));
  const alone = readAlone(document, participant, given, kind, issues);
  const position = alone?.document[LISTS[kind]]?.[0];
  if (position && taken.has(position.id)) {
    issues.push({
      code: "ID_DUPLICATE",
      pointer: `/position/${kind}/id`,
      detail: "the pool has a position of this id; give the new one its own",
      expected: "an id that no position has",
      received: `string "${position.id}"`,
    });
  }
  const exposure = alone ? exposuresOf(alone.document).pool.get("")! : 0;
  if (!(exposure < EXPOSURE_MAX)) {
    issues.push({
      code: "NUMBER_RANGE",
      pointer: `/position/${kind}`,
      detail: "the position is too large to be measured; check its quantity and the price",
      expected: `an exposure below ${EXPOSURE_MAX} in the pool currency`,
      received: received(exposure),
    });
  }
  if (issues.length > 0 || !alone || !position) throw new PoolError(issues, "position");
  // As the document's checks have it: frozen, and with nothing that was not looked at.
  const [owner] = alone.document.participants as [Participant];
  const before = owner.margin === "cross" ? ownBook(document, alone.document) : null;
  return {
    kind,
    id: position.id,
    asset: position.asset,
    participant: owner,
    before,
    after: before === null ? alone.document : joined(before, alone.document),
    exposure,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownKeys(given: Record<string, unknown>, kind: Kind): Issue[] {
  return Object.keys(given)
    .filter((key) => key !== kind && key !== "participant")
    .map((key) => ({
      code: "KEY_UNKNOWN",
      pointer: `/position/${key}`,
      detail: "this is no part of a proposal; remove it",
      expected: `${kind}, participant`,
      received: received(given[key]),
    }));
}

/**
 * The participant of the position: one of the pool's, or the one that the proposal brings. Where it is
 * neither, a stand-in, so that the rest of the position can be checked as well.
 */
function participantOf(
  document: PoolDocument,
  given: Record<string, unknown>,
  kind: Kind,
): { readonly participant: unknown; readonly issues: Issue[] } {
  const position = given[kind];
  const name = isRecord(position) ? position["participant"] : undefined;
  const find = (id: unknown) => document.participants.find((one) => one.id === id);
  const brought = given["participant"];
  if (brought !== undefined) {
    const known = isRecord(brought) ? find(brought["id"]) : undefined;
    const issue = {
      code: "ID_DUPLICATE",
      pointer: "/position/participant",
      detail: "the pool knows this participant; leave this out",
      expected: "no participant, or a new one",
      received: `string "${known?.id}"`,
    };
    return { participant: brought, issues: known ? [issue] : [] };
  }
  const known = find(name);
  if (known) return { participant: known, issues: [] };
  const isId = idIssue(name, "") === undefined;
  const issue = {
    code: "REFERENCE_UNKNOWN",
    pointer: `/position/${kind}/participant`,
    detail:
      "the pool has no participant of this id; correct it, or say who it is: { participant: { id, margin } }",
    expected: "id of one of the pool's participants",
    received: `string "${name}"`,
  };
  // What is no id at all is found with the position.
  const participant = { id: isId ? name : STAND_IN, margin: "isolated" };
  return { participant, issues: isId ? [issue] : [] };
}

/** The position in a pool by itself; null and the pool's own findings, their pointers moved, where it is none. */
function readAlone(
  document: PoolDocument,
  participant: unknown,
  given: Record<string, unknown>,
  kind: Kind,
  issues: Issue[],
): Pool | null {
  const { format, version, name, asOf, currency, assets, liquidation } = document;
  try {
    return readPool({
      ...{ format, version, name, asOf, currency, assets },
      participants: [participant],
      ...{ options: [], barriers: [], perpetuals: [], holdings: [], covers: [] },
      [LISTS[kind]]: [given[kind]],
      // Nobody shares anything here.
      waterfall: { layers: [], lastResort: { kind: "haircut", rule: "proportional" } },
      ...(liquidation && { liquidation }),
    });
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    for (const issue of error.issues) {
      issues.push({
        ...issue,
        pointer: issue.pointer
          .replace(`/${LISTS[kind]}/0`, `/position/${kind}`)
          .replace("/participants/0", "/position/participant"),
      });
    }
    return null;
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
