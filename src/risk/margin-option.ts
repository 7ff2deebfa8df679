import { type Arena, OPTION_BYTES } from "../engine/index.ts";
import type { ModelColumns } from "../market/index.ts";
import { exp } from "../numeric/index.ts";
import type { Node } from "./account.ts";
import { noLegs } from "./account.ts";
import { cubicsOf } from "./hermite.ts";
import { type MarginAccount, type MarginOption, OPTION_INDEX } from "./margin.ts";
import type { NodeGrid } from "./node-grid.ts";
import { listOf, NEVER, type WatchList } from "./watch-list.ts";

/** Log returns on either side at which an option account's margin is tried. */
const POINTS = 64;
/** Dates at which it is tried, at most; between them the level is held one point further in. */
const DATES_MAX = 512;

/**
 * Value tables of margined options on the nodes where the profiles hold them.
 *
 * @returns for an option: its node, and the address of [4·cells] cubics of its value to its owner
 */
export function optionTables(
  arena: Arena,
  times: readonly number[],
  nodes: readonly Node[],
  grids: readonly NodeGrid[],
): (option: MarginOption) => { readonly node: number; readonly cubics: number } {
  const horizon = times.at(-1)!;
  return (option) => {
    const step = option.expiry < horizon ? times.indexOf(option.expiry) : times.length - 1;
    const node = nodes.findIndex((one) => one.step === step && one.asset === option.asset);
    const grid = grids[node]!;
    const cells = new Float64Array(4 * grid.cells);
    grid.add(legsAt(option, Math.min(option.expiry, horizon)), cells);
    return { node, cubics: arena.put(cubicsOf(cells)) };
  };
}

/** The option as value legs at a date, to its owner, who is short. */
function legsAt(option: MarginOption, time: number) {
  const legs = noLegs();
  const left = Math.max(0, option.expiry - time);
  const factor = exp(-option.discount * left);
  const a = option.spotLeg * factor * exp(option.carry * left);
  const b = option.strikeLeg * factor;
  const deviation = option.volatility * Math.sqrt(left);
  if (deviation > 0) {
    const shift = (option.moneyness + option.carry * left) / deviation + deviation / 2;
    legs.calls.push(1 / deviation, shift, deviation, -a, -b);
  } else legs.settled.push({ sign: -1, slope: a, constant: b });
  if (option.isPut) {
    legs.slope += a;
    legs.constant -= b;
  }
  return legs;
}

/**
 * Adds the levels at which a margined option needs a look.
 *
 * Its margin, collateral + value - maintenance · underlying, is concave in the price, so it is
 * positive on one interval at every date. The level is the last tried point inside all of them,
 * on either side; from there on the kernel prices the option itself at every step.
 */
export function addOptionLevels(
  arena: Arena,
  lists: Map<number, WatchList>,
  account: MarginAccount,
  item: number,
  { assets, bound }: ModelColumns,
  times: readonly number[],
): void {
  const option = account.option!;
  const { asset } = option;
  const widest = bound[(times.length - 1) * assets + asset]!;
  const x = Float64Array.from(
    { length: 2 * POINTS + 4 },
    (_, i) => ((i - POINTS) / POINTS) * widest,
  );
  const healthy = new Uint8Array(x.length).fill(1);
  const dates = times.filter((time) => time <= option.expiry);
  const stride = Math.ceil(dates.length / DATES_MAX);
  const tried = [0, ...dates.filter((_, i) => i % stride === 0 || i === dates.length - 1)];
  const inset = stride > 1 ? 1 : 0;
  const mark = arena.mark();
  const points = arena.put(x);
  const spots = arena.put(x.map((value) => exp(value)));
  const values = arena.take(x.length * 8);
  const calls = arena.take(OPTION_BYTES);
  for (const time of tried) {
    const legs = legsAt(option, time);
    const view = arena.f64(values, x.length).fill(0);
    const prices = arena.f64(spots, x.length);
    if (legs.calls.length > 0) {
      arena.f64(calls, 5).set(legs.calls);
      arena.kernels.addCalls(values, points, spots, x.length, calls, 1);
    }
    for (let i = 0; i < x.length; i++) {
      const price = prices[i]!;
      let value = view[i]! + legs.slope * price + legs.constant;
      for (const leg of legs.settled) value -= Math.max(0, leg.slope * price - leg.constant);
      const collateral = account.money + (account.coins[0]?.worth ?? 0) * price;
      if (!(collateral + value - option.maintenance * option.spotLeg * price > 0)) healthy[i] = 0;
    }
  }
  arena.release(mark);
  const list = listOf(lists, asset, OPTION_INDEX);
  if (healthy[POINTS] === 0) {
    list.down.push({ item, level: NEVER, ratio: 0 });
    return;
  }
  let up = POINTS;
  while (up < 2 * POINTS && healthy[up + 1] === 1) up++;
  let down = POINTS;
  while (down > 0 && healthy[down - 1] === 1) down--;
  if (up < 2 * POINTS) list.up.push({ item, level: x[Math.max(POINTS, up - inset)]!, ratio: 0 });
  if (down > 0) list.down.push({ item, level: x[Math.min(POINTS, down + inset)]!, ratio: 0 });
}
