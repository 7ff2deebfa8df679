// Rules in whole units: claims on an estate, and bearers of a loss.
import {
  type Bearer,
  type HaircutRule,
  haircuts,
  INSOLVENCY_RULES,
  type InsolvencyRule,
  insolvencyAwards,
} from "../../../src/sharing/index.ts";
import type { Axiom, Cell, Row } from "./row.ts";

/** Whole numbers; ids follow the places. */
export interface ClaimPool {
  readonly estate: number;
  readonly claims: readonly number[];
}

const sum = (values: readonly number[]) => values.reduce((above, value) => above + value, 0);
const swapped = <T>(list: readonly T[]): T[] => [list[1]!, list[0]!, ...list.slice(2)];
const most = (values: readonly number[]) => Math.max(0, ...values);
const apart = (a: readonly number[], b: readonly number[]) =>
  most(a.map((value, i) => Math.abs(value - b[i]!)));
const idOf = (place: number) => `c${place}`;

/** Awards in the order of `places`, which is the order the claims are handed over in. */
function awardsOf(
  { estate, claims }: ClaimPool,
  rule: InsolvencyRule,
  places = [...claims.keys()],
): number[] {
  const list = places.map((place) => ({ id: idOf(place), claim: BigInt(claims[place]!) }));
  return insolvencyAwards(BigInt(estate), list, rule).map(Number);
}

function claimChecks(rule: InsolvencyRule): Row<ClaimPool>["checks"] {
  const of = (pool: ClaimPool) => awardsOf(pool, rule);
  return {
    balance: (pool) => Math.abs(sum(of(pool)) - Math.min(pool.estate, sum(pool.claims))),
    normalisation: ({ claims }) => most(of({ estate: 0, claims }).map(Math.abs)),
    translation: (pool) => {
      const { estate, claims } = pool;
      const raised = of({ estate: estate + 6, claims: [claims[0]! + 6, ...claims.slice(1)] });
      return apart(
        raised,
        of(pool).map((award, i) => award + (i === 0 ? 6 : 0)),
      );
    },
    comonotonicity: (pool) => {
      const more = of({ ...pool, estate: pool.estate + 1 });
      return most(of(pool).map((award, i) => award - more[i]!));
    },
    "no rip-off": (pool) =>
      most(of(pool).map((award, i) => Math.max(-award, award - pool.claims[i]!))),
    "core membership": ({ estate, claims }) => {
      const awards = of({ estate, claims });
      let worst = 0;
      for (let coalition = 0; coalition < 2 ** claims.length; coalition++) {
        const inside = (i: number) => (coalition >> i) & 1;
        const others = sum(claims.filter((_, i) => !inside(i)));
        const sure = Math.max(0, Math.min(estate, sum(claims)) - others);
        worst = Math.max(worst, sure - sum(awards.filter((_, i) => inside(i))));
      }
      return worst;
    },
    "order independence": (pool) => {
      const places = [...pool.claims.keys()].reverse();
      return apart(awardsOf(pool, rule, places).reverse(), of(pool));
    },
    symmetry: ({ estate, claims }) => {
      const awards = of({ estate, claims: [claims[0]!, claims[0]!, ...claims.slice(2)] });
      return Math.abs(awards[0]! - awards[1]!);
    },
    reshuffling: (pool) => apart(of({ ...pool, claims: swapped(pool.claims) }), swapped(of(pool))),
    "source anonymity": (pool) => apart(of({ ...pool, claims: swapped(pool.claims) }), of(pool)),
  };
}

/** Two to six claims; small ones meet every tie and every rounding. */
function drawClaims(random: () => number): ClaimPool {
  const size = 10 ** (1 + Math.floor(random() * 5));
  const claims = Array.from({ length: 2 + Math.floor(random() * 5) }, () =>
    Math.floor(random() * size),
  );
  return { claims, estate: Math.floor(random() * (sum(claims) + 3)) };
}

const NO_LAW = { notDefined: "what is claimed is known; there is no chance in it" };
const SEE_BALANCE = { notDefined: "what is shared after the fact is asked to balance" };

/** The first claim is raised by 6, and so is the estate. */
const third: ClaimPool = { estate: 90, claims: [30, 60, 90] };
const scarce: ClaimPool = { estate: 20, claims: [30, 60, 90] };
const TRANSLATED: Record<InsolvencyRule, Cell<ClaimPool>> = {
  proportional: { fails: third, by: 2 },
  "equal-awards": { fails: third, by: 4 },
  "equal-losses": { fails: scarce, by: 6 },
  talmud: { fails: third, by: 3 },
  "random-arrival": { fails: third, by: 2 },
};
/** What moves when the claims of 30 and 60 change hands. */
const NAMED: Record<InsolvencyRule, number> = {
  proportional: 26,
  "equal-awards": 30,
  "equal-losses": 30,
  talmud: 30,
  "random-arrival": 30,
};
const large: ClaimPool = { estate: 160, claims: [30, 60, 90] };

/** Rules for claims on too little. */
export const CLAIM_ROWS: readonly Row<ClaimPool>[] = INSOLVENCY_RULES.map(
  (rule): Row<ClaimPool> => {
    const cells: { [axiom in Axiom]: Cell<ClaimPool> } = {
      balance: "holds",
      "full allocation": SEE_BALANCE,
      fairness: NO_LAW,
      normalisation: "holds",
      translation: TRANSLATED[rule],
      comonotonicity: "holds",
      "no rip-off": "holds",
      "less variance": NO_LAW,
      "core membership": "holds",
      "order independence": "holds",
      symmetry: "holds",
      reshuffling: "holds",
      "source anonymity": { fails: large, by: NAMED[rule] },
    };
    // A unit that does not divide goes to one or the other.
    return {
      rule: `${rule} awards`,
      draw: drawClaims,
      checks: claimChecks(rule),
      tolerance: 1,
      cells,
    };
  },
);

/** Whole numbers; ids follow the places. */
export interface BearerPool {
  readonly loss: number;
  /** Pairs of weight and cap. */
  readonly bearers: readonly (readonly [number, number])[];
}

function partsOf(
  { loss, bearers }: BearerPool,
  rule: HaircutRule,
  places = [...bearers.keys()],
): { parts: number[]; rest: number } {
  const list = places.map((place): Bearer => {
    const [weight, cap] = bearers[place]!;
    return { id: idOf(place), weight: BigInt(weight), cap: BigInt(cap) };
  });
  const { parts, rest } = haircuts(BigInt(loss), list, rule);
  return { parts: parts.map(Number), rest: Number(rest) };
}

function bearerChecks(rule: HaircutRule): Row<BearerPool>["checks"] {
  const of = (pool: BearerPool) => partsOf(pool, rule).parts;
  return {
    balance: (pool) => {
      const { parts, rest } = partsOf(pool, rule);
      const room = pool.bearers.map(([weight, cap], i) =>
        weight > 0 || rule === "queue" ? cap - parts[i]! : 0,
      );
      // Something is left only where nobody has room.
      return Math.abs(pool.loss - sum(parts) - rest) + (rest > 0 ? sum(room) : 0) + most([-rest]);
    },
    normalisation: ({ bearers }) => most(of({ loss: 0, bearers }).map(Math.abs)),
    comonotonicity: (pool) => {
      const more = of({ ...pool, loss: pool.loss + 1 });
      return most(of(pool).map((part, i) => part - more[i]!));
    },
    "no rip-off": (pool) =>
      most(of(pool).map((part, i) => Math.max(-part, part - pool.bearers[i]![1]))),
    "order independence": (pool) => {
      const places = [...pool.bearers.keys()].reverse();
      return apart(partsOf(pool, rule, places).parts.reverse(), of(pool));
    },
    symmetry: ({ loss, bearers }) => {
      const parts = of({ loss, bearers: [bearers[0]!, bearers[0]!, ...bearers.slice(2)] });
      return Math.abs(parts[0]! - parts[1]!);
    },
    reshuffling: (pool) =>
      apart(of({ ...pool, bearers: swapped(pool.bearers) }), swapped(of(pool))),
    "source anonymity": (pool) => apart(of({ ...pool, bearers: swapped(pool.bearers) }), of(pool)),
  };
}

function drawBearers(random: () => number): BearerPool {
  const size = 10 ** (1 + Math.floor(random() * 5));
  const bearers = Array.from(
    { length: 2 + Math.floor(random() * 6) },
    () => [Math.floor(random() * 6), Math.floor(random() * size)] as const,
  );
  return { bearers, loss: Math.floor(random() * 3 * size) };
}

const twins: BearerPool = {
  loss: 10,
  bearers: [
    [1, 10],
    [1, 20],
  ],
};
const NO_RISK = { notDefined: "bearers have caps and weights, and no losses of their own" };

/** Rules for a loss that some can be made to bear. */
export const BEARER_ROWS: readonly Row<BearerPool>[] = (["water-filling", "queue"] as const).map(
  (rule): Row<BearerPool> => {
    const isQueue = rule === "queue";
    const cells: { [axiom in Axiom]: Cell<BearerPool> } = {
      balance: "holds",
      "full allocation": SEE_BALANCE,
      fairness: NO_RISK,
      normalisation: "holds",
      translation: NO_RISK,
      comonotonicity: "holds",
      "no rip-off": "holds",
      "less variance": NO_RISK,
      "core membership": NO_RISK,
      "order independence": "holds",
      symmetry: isQueue ? { fails: twins, by: 10 } : "holds",
      reshuffling: isQueue ? { fails: twins, by: 10 } : "holds",
      "source anonymity": {
        fails: {
          loss: 18,
          bearers: [
            [1, 30],
            [2, 30],
          ],
        },
        by: isQueue ? 18 : 6,
      },
    };
    return {
      rule,
      draw: drawBearers,
      checks: bearerChecks(rule),
      tolerance: isQueue ? 0 : 1,
      cells,
    };
  },
);
