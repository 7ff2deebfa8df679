import { received, refuse } from "../basics/index.ts";
import { incompleteGamma, normalPdf, normalQuantile } from "../numeric/index.ts";

/** One contract: what was chosen, what happened, and with whom it may be compared. */
export interface CoverRecord {
  /** All that sets the price: only contracts of one cell are compared with each other. */
  readonly cell: string;
  /** Whether the more generous cover was chosen. */
  readonly covered: boolean;
  /** Whether there was a loss. */
  readonly lost: boolean;
}

/** A number that is compared with χ²(freedom). */
export interface ChiSquareTest {
  readonly statistic: number;
  readonly freedom: number;
  /** Chance of so much or more where cover and loss are independent in every cell. */
  readonly chance: number;
}

/** Whether those who chose more cover lose more often than others at their price. */
export interface PositiveCorrelation {
  /** Of the generalised residuals of cover and loss; positive: selection, or less care, or both. */
  readonly correlation: number;
  /** W = (Σ εη)² / Σ ε²η², with one degree of freedom. */
  readonly residuals: ChiSquareTest;
  /** The χ² of the cells' 2 × 2 tables, added up: sees cells that contradict each other. */
  readonly tables: ChiSquareTest;
  /** In order of first appearance; cells where all chose, or all lost, alike say nothing. */
  readonly cells: readonly {
    readonly cell: string;
    readonly records: number;
    /** χ² of the table with its sign, without Yates' correction; null where it says nothing. */
    readonly signed: number | null;
  }[];
}

/** Counts of one cell. */
interface Table {
  records: number;
  covered: number;
  lost: number;
  both: number;
}

/**
 * The positive-correlation test: whether cover and loss are related among those who face one price.
 *
 * A probit of each with a constant for every cell has the cell's frequencies as its fit; the residual
 * is E[ε | outcome] = ±φ(z) / frequency of what happened, with Φ(z) the frequency. It cannot tell
 * selection from less care: for that, cover must change for a reason of its own.
 *
 * @throws  PoolError RECORDS_TOO_FEW where no cell has both choices and both outcomes
 * @source  Chiappori & Salanié, Testing for asymmetric information in insurance markets (2000);
 *          residuals: Gouriéroux, Monfort, Renault & Trognon, Generalised residuals (1987)
 */
export function positiveCorrelation(records: readonly CoverRecord[]): PositiveCorrelation {
  const tables = new Map<string, Table>();
  for (const { cell, covered, lost } of records) {
    const table = tables.get(cell) ?? { records: 0, covered: 0, lost: 0, both: 0 };
    tables.set(cell, table);
    table.records++;
    table.covered += Number(covered);
    table.lost += Number(lost);
    table.both += Number(covered && lost);
  }
  const cells = [...tables].map(([cell, table]) => ({
    cell,
    records: table.records,
    signed: signedChiSquare(table),
  }));
  const telling = cells.flatMap(({ signed }) => (signed === null ? [] : [signed]));
  if (telling.length === 0) {
    refuse({
      code: "RECORDS_TOO_FEW",
      pointer: "",
      detail: "in no cell are there both choices and both outcomes: nothing can be related",
      expected: "a cell with and without cover, with and without losses",
      received: received(records),
    });
  }
  const sums = { product: 0, squares: 0, cover: 0, loss: 0 };
  for (const [i, table] of [...tables.values()].entries()) {
    if (cells[i]!.signed !== null) addResiduals(table, sums);
  }
  return {
    correlation: sums.product / Math.sqrt(sums.cover * sums.loss),
    residuals: chiSquareTest((sums.product * sums.product) / sums.squares, 1),
    tables: chiSquareTest(
      telling.reduce((sum, signed) => sum + Math.abs(signed), 0),
      telling.length,
    ),
    cells,
  };
}

/** Adds a cell's four kinds of records, each with the product of its two residuals. */
function addResiduals(
  { records, covered, lost, both }: Table,
  sums: { product: number; squares: number; cover: number; loss: number },
): void {
  const cover = residuals(covered / records);
  const loss = residuals(lost / records);
  const kinds = [
    [both, cover.yes, loss.yes],
    [covered - both, cover.yes, loss.no],
    [lost - both, cover.no, loss.yes],
    [records - covered - lost + both, cover.no, loss.no],
  ] as const;
  for (const [count, first, second] of kinds) {
    const product = first * second;
    sums.product += count * product;
    sums.squares += count * product * product;
    sums.cover += count * first * first;
    sums.loss += count * second * second;
  }
}

function residuals(frequency: number): { readonly yes: number; readonly no: number } {
  const density = normalPdf(normalQuantile(frequency));
  return { yes: density / frequency, no: -density / (1 - frequency) };
}

function signedChiSquare({ records, covered, lost, both }: Table): number | null {
  const margins = covered * (records - covered) * lost * (records - lost);
  if (margins === 0) return null;
  const apart = both * records - covered * lost;
  return (records * apart * Math.abs(apart)) / margins;
}

function chiSquareTest(statistic: number, freedom: number): ChiSquareTest {
  return { statistic, freedom, chance: incompleteGamma(freedom / 2, statistic / 2).upper };
}
