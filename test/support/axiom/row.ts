// The table of axioms: what a row and a cell are.
import { seeded } from "../kernel.ts";

/**
 * What may be asked of a rule; the checks of each family say it in numbers. Sources: Denuit, Dhaene &
 * Robert, Risk-sharing rules and their properties (2022); reshuffling and source anonymity: Dhaene,
 * Kazzi & Valdez, Axiomatic characterizations of some simple risk-sharing rules (2024).
 */
export const AXIOMS = {
  balance: "the shares sum to what is shared",
  "full allocation": "the amounts set beforehand sum to the cost of all",
  fairness: "nobody is expected to pay anything but the own mean",
  normalisation: "who shares nothing pays nothing",
  translation: "a certain amount on top of one loss stays with the one who has it",
  comonotonicity: "nobody gains when all lose more",
  "no rip-off": "nobody pays more than the most that can be lost",
  "less variance": "nobody's share varies more than the own loss",
  "core membership": "no coalition would pay less by itself",
  "order independence": "the order of the list does not show",
  symmetry: "who cannot be told apart pays the same",
  reshuffling: "members who exchange their risks exchange their shares",
  "source anonymity": "only what is lost in all counts, not by whom",
} as const;

/** One of {@link AXIOMS}. */
export type Axiom = keyof typeof AXIOMS;

/** What is claimed of one rule and one axiom. */
export type Cell<Pool> =
  | "holds"
  /** A pool on which the axiom is broken, and by how much. */
  | { readonly fails: Pool; readonly by: number }
  | { readonly notDefined: string };

/** A rule, the pools it is tried on and what is claimed of it. */
export interface Row<Pool> {
  readonly rule: string;
  readonly draw: (random: () => number) => Pool;
  /** By how much a pool breaks an axiom; 0 where it does not. */
  readonly checks: { readonly [axiom in Axiom]?: (pool: Pool) => number };
  /** What is rounding. */
  readonly tolerance: number;
  /** Every how many pools of the battery are enough, for rules that are slow; 1 when left out. */
  readonly thin?: number;
  readonly cells: { readonly [axiom in Axiom]: Cell<Pool> };
}

/** A cell that can be run. */
export interface Trial {
  readonly title: string;
  readonly kind: "holds" | "fails" | "is not defined";
  /** Worst violation over so many random pools, or on the committed one; with the pool that has it. */
  readonly run: (pools: number) => { readonly worst: number; readonly pool: string };
  readonly tolerance: number;
  /** What the committed pool must give. */
  readonly by: number;
  readonly reason: string;
}

/** The trials of a row, in the order of {@link AXIOMS}. */
export function trialsOf<Pool>(row: Row<Pool>): Trial[] {
  return (Object.keys(AXIOMS) as Axiom[]).map((axiom): Trial => {
    const cell = row.cells[axiom];
    const check = row.checks[axiom];
    const common = { tolerance: row.tolerance, by: 0, reason: "" };
    if (cell !== "holds" && "notDefined" in cell) {
      const run = () => ({ worst: 0, pool: "" });
      const title = `${row.rule}: ${axiom} is not defined`;
      return { ...common, title, kind: "is not defined", run, reason: cell.notDefined };
    }
    if (check === undefined) throw new Error(`${row.rule} has no check of ${axiom}`);
    if (cell !== "holds") {
      const run = () => ({ worst: check(cell.fails), pool: show(cell.fails) });
      const title = `${row.rule}: ${axiom} fails`;
      return { ...common, title, kind: "fails", run, by: cell.by };
    }
    const run = (pools: number) => {
      const random = seeded(77);
      let worst = { worst: 0, pool: "" };
      for (let round = 0; round < Math.ceil(pools / (row.thin ?? 1)); round++) {
        const pool = row.draw(random);
        const found = check(pool);
        // Not a number is a violation too.
        if (!(found <= worst.worst)) worst = { worst: found, pool: show(pool) };
        if (Number.isNaN(found)) break;
      }
      return worst;
    };
    return { ...common, title: `${row.rule}: ${axiom} holds`, kind: "holds", run };
  });
}

function show(pool: unknown): string {
  return JSON.stringify(pool, (_, value) => (typeof value === "bigint" ? `${value}` : value));
}
