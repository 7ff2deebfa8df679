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
/** Both sides and now, and what the kernel's groups of four need. */
const COUNT = 2 * POINTS + 4;
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

/** Last tried points on either side of now at which an option account is healthy; null if it is not now. */
type Health = { readonly down: number; readonly up: number } | null;

/**
 * Lays the levels at which a margined option needs a look: for the whole way, in the lists of its
 * asset, and for every block of steps.
 *
 * Its margin, collateral + value - maintenance · underlying, is concave in the price, so it is
 * positive on one interval at every date. A level is the last tried point inside it, on either
 * side; beyond it the kernel prices the option itself.
 *
 * @param block  steps of a block
 * @returns      address of [blocks×2] f64 prices: low and high
 */
export function layOptionLevels(
  arena: Arena,
  lists: Map<number, WatchList>,
  account: MarginAccount,
  item: number,
  { assets, bound }: ModelColumns,
  times: readonly number[],
  block: number,
): number {
  const { asset, expiry } = account.option!;
  const widest = bound[(times.length - 1) * assets + asset]!;
  const x = Float64Array.from({ length: COUNT }, (_, i) => ((i - POINTS) / POINTS) * widest);
  const last = times.filter((time) => time <= expiry).length - 1;
  const stride = Math.ceil((last + 1) / DATES_MAX);
  const steps = Array.from({ length: last + 1 }, (_, i) => i).filter(
    (i) => i % stride === 0 || i === last,
  );
  const health = healthAt(arena, account, x, [0, ...steps.map((step) => times[step]!)]);
  const inset = stride > 1 ? 1 : 0;
  const whole = worstOf(health, inset);
  const list = listOf(lists, asset, OPTION_INDEX);
  if (whole === null) list.down.push({ item, level: NEVER, ratio: 0 });
  else {
    if (whole.up < 2 * POINTS) list.up.push({ item, level: x[whole.up]!, ratio: 0 });
    if (whole.down > 0) list.down.push({ item, level: x[whole.down]!, ratio: 0 });
  }
  const levels = new Float64Array(2 * Math.ceil(times.length / block));
  for (let b = 0; 2 * b < levels.length; b++) {
    const near = health.filter((_, i) => {
      const step = i === 0 ? 0 : steps[i - 1]!;
      return step >= b * block - (stride - 1) && step < (b + 1) * block + (stride - 1);
    });
    const inside = near.length === 0 ? whole : worstOf(near, inset);
    levels.set(inside ? [exp(x[inside.down]!), exp(x[inside.up]!)] : [NEVER, NEVER], 2 * b);
  }
  return arena.put(levels);
}

/** The interval that is healthy at all of some dates. */
function worstOf(health: readonly Health[], inset: number): Health {
  let down = 0;
  let up = 2 * POINTS;
  for (const one of health) {
    if (one === null) return null;
    down = Math.max(down, one.down);
    up = Math.min(up, one.up);
  }
  if (down > 0) down = Math.min(POINTS, down + inset);
  if (up < 2 * POINTS) up = Math.max(POINTS, up - inset);
  return { down, up };
}

/** Tries the margin of an option account at points and dates. */
function healthAt(
  arena: Arena,
  { option, money, coins }: MarginAccount,
  x: Float64Array,
  dates: readonly number[],
): Health[] {
  const { maintenance, spotLeg } = option!;
  const mark = arena.mark();
  const points = arena.put(x);
  const spots = x.map((value) => exp(value));
  const spotColumn = arena.put(spots);
  const values = arena.take(x.length * 8);
  const calls = arena.take(OPTION_BYTES);
  const coin = coins[0]?.worth ?? 0;
  const health = dates.map((time): Health => {
    const legs = legsAt(option!, time);
    const view = arena.f64(values, x.length).fill(0);
    if (legs.calls.length > 0) {
      arena.f64(calls, 5).set(legs.calls);
      arena.kernels.addCalls(values, points, spotColumn, x.length, calls, 1);
    }
    const isHealthy = (i: number): boolean => {
      const price = spots[i]!;
      let value = view[i]! + legs.slope * price + legs.constant;
      for (const leg of legs.settled) value -= Math.max(0, leg.slope * price - leg.constant);
      return money + coin * price + value - maintenance * spotLeg * price > 0;
    };
    if (!isHealthy(POINTS)) return null;
    let up = POINTS;
    while (up < 2 * POINTS && isHealthy(up + 1)) up++;
    let down = POINTS;
    while (down > 0 && isHealthy(down - 1)) down--;
    return { down, up };
  });
  arena.release(mark);
  return health;
}
