/**
 * Everyone's simulated losses, column by column: what rules that work on a sample ask for.
 *
 * Columns are asked for one at a time and may be made then, so that nothing of size
 * members × scenarios need exist.
 */
export interface MemberLosses {
  readonly members: number;
  /** The same scenarios for everyone, in the same order. */
  readonly scenarios: number;
  /**
   * Losses of one member, positive where something is lost, in any one unit of money.
   *
   * @param member  0 … members − 1
   * @returns       [scenarios], valid until the next call; not to be changed
   */
  column(member: number): Float64Array;
}
