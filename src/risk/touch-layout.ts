import type { Work } from "../basics/index.ts";
import { type Arena, TOUCH_BYTES } from "../engine/index.ts";
import type { Accounts, Node } from "./account.ts";
import { cubicsOf } from "./hermite.ts";
import { TOUCH_INDEX } from "./margin.ts";
import type { NodeGrid } from "./node-grid.ts";
import { addTouchedCorrection, type TouchGroup, touchGroups } from "./touch.ts";
import { listOf, type WatchList } from "./watch-list.ts";

/** A group with its correction laid: an item of the kernel, numbered after the margined accounts. */
export interface LaidTouch extends TouchGroup, Node {
  /** Address of [4·cells] cubics on the node's cells: what the touch adds to the pool's loss. */
  readonly cubics: number;
}

/** Lays the corrections of all barrier contracts of a book, in pieces. */
export function* layTouches(
  arena: Arena,
  accounts: Accounts,
  grids: readonly NodeGrid[],
): Work<LaidTouch[]> {
  const laid: LaidTouch[] = [];
  for (const group of touchGroups(accounts.list)) {
    const { edges } = grids[group.node]!;
    const cells = new Float64Array(4 * (edges.length - 1));
    for (const leg of group.legs) {
      yield;
      addTouchedCorrection(edges, leg, cells);
    }
    const cubics = arena.put(cubicsOf(cells));
    laid.push({ ...group, ...accounts.nodes[group.node]!, cubics });
  }
  return laid;
}

/**
 * Puts the barriers among the levels that paths are watched for, and lays what the kernel needs
 * to know of them.
 *
 * @param lists  levels by asset; changed
 * @param first  number of the first barrier's item
 * @returns      address of the records, see assembly/liquidation.ts; 0 for none
 */
export function layTouchRecords(
  arena: Arena,
  lists: Map<number, WatchList>,
  touches: readonly LaidTouch[],
  first: number,
): number {
  if (touches.length === 0) return 0;
  const records = arena.take(touches.length * TOUCH_BYTES);
  touches.forEach(({ asset, step, node, barrier, cubics }, t) => {
    const list = listOf(lists, asset, TOUCH_INDEX)[barrier.direction];
    list.push({ item: first + t, level: barrier.at, ratio: 0 });
    arena.u32(records + t * TOUCH_BYTES, 3).set([step, node, cubics]);
  });
  return records;
}
