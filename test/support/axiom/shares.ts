// Arithmetic on tables of shares.

/** [scenarios][members] */
export type Shares = readonly ArrayLike<number>[];

/** Added up in order. */
export function sum(values: ArrayLike<number>): number {
  let all = 0;
  for (let i = 0; i < values.length; i++) all += values[i]!;
  return all;
}

/** Mean by chances. */
export function expected(values: readonly number[], chances: readonly number[]): number {
  return sum(values.map((value, k) => chances[k]! * value));
}

/** One member's shares in all scenarios. */
export function column(rows: Shares, i: number): number[] {
  return rows.map((row) => row[i]!);
}

/** Variance by chances. */
export function variance(values: readonly number[], chances: readonly number[]): number {
  const mean = expected(values, chances);
  return expected(
    values.map((value) => (value - mean) ** 2),
    chances,
  );
}

/** The first two change places. */
export function swapped<T>(list: readonly T[]): T[] {
  return [list[1]!, list[0]!, ...list.slice(2)];
}

/** Largest difference of two tables of shares. */
export function apart(a: Shares, b: Shares): number {
  let most = 0;
  a.forEach((row, k) => {
    for (let i = 0; i < row.length; i++) {
      const gap = Math.abs(row[i]! - b[k]![i]!);
      if (!(gap <= most)) most = gap;
    }
  });
  return most;
}

/** Axioms that no rule for realised losses is asked for. */
export const NO_COALITION: { readonly notDefined: string } = {
  notDefined: "a realised loss is shared; no coalition has a cost of its own",
};
export const SEE_BALANCE: { readonly notDefined: string } = {
  notDefined: "what is shared after the fact is asked to balance",
};
/** What every rule of the room keeps. */
export const ALWAYS = {
  balance: "holds",
  "order independence": "holds",
  symmetry: "holds",
  reshuffling: "holds",
} as const;
