/**
 * Full revaluation: every position of every account at every scenario, by the pricing formula.
 *
 *   program   │ accounts i32 │ pad │ then accounts
 *   account   │ floor i32 │ legs i32 │ address u32 │ pad │ value now f64 │ prior shortfall f64 │
 *   leg       │ kind i32 │ node i32 │ options u32 │ count i32 │ a f64 │ b f64 │ sign f64 │ pad │
 *
 * Kinds: 0 calls alive at the node's date, 1 linear a·S + b, 2 settled sign · max(0, a·S - b),
 * 3 linear collateral. S is e^x. It shares nothing with the profiles but the prices themselves,
 * so that the one can check the other. Barriers are not in it: they stay in the profiles, which in
 * an audit hold nothing else.
 */
import { addCalls } from "./option";
import { AUDIT, TILE, address } from "./plan";

// @ts-ignore: decorator
@inline const ACCOUNT_BYTES: usize = 32;
// @ts-ignore: decorator
@inline const LEG_BYTES: usize = 48;

/**
 * Adds the loss of every account to the losses of a tile.
 *
 * shape   x, spot [nodes×TILE] f64, value, collateral [TILE] f64 scratch, losses [TILE] f64
 * reads   plan, x, spot   writes  value, collateral, losses   count divides by 4
 */
export function addAudit(plan: usize, x: usize, spot: usize, value: usize, collateral: usize, losses: usize, count: i32): void {
  const program = address(plan, AUDIT);
  const accounts = load<i32>(program);
  const bytes = <usize>count << 3;
  const zero = f64x2.splat(0);
  for (let account = 0; account < accounts; account++) {
    const record = program + 16 + <usize>account * ACCOUNT_BYTES;
    memory.fill(value, 0, bytes);
    memory.fill(collateral, 0, bytes);
    addLegs(record, x, spot, value, collateral, count);
    const before = v128.load64_splat(record, 16), prior = v128.load64_splat(record, 24);
    const floored = load<i32>(record);
    for (let p: usize = 0; p < bytes; p += 16) {
      const now = v128.load(value + p);
      let loss = f64x2.sub(now, before);
      if (floored) {
        const missing = f64x2.pmax(zero, f64x2.neg(f64x2.add(now, v128.load(collateral + p))));
        loss = f64x2.add(loss, f64x2.sub(missing, prior));
      }
      v128.store(losses + p, f64x2.add(v128.load(losses + p), loss));
    }
  }
}

function addLegs(record: usize, x: usize, spot: usize, value: usize, collateral: usize, count: i32): void {
  const legs = load<i32>(record, 4);
  const bytes = <usize>count << 3;
  const zero = f64x2.splat(0);
  let leg = <usize>load<u32>(record, 8);
  for (let l = 0; l < legs; l++) {
    const kind = load<i32>(leg);
    const node = <usize>(load<i32>(leg, 4) * TILE) << 3;
    if (kind == 0) {
      addCalls(value, x + node, spot + node, count, <usize>load<u32>(leg, 8), load<i32>(leg, 12));
    } else {
      const out = kind == 3 ? collateral : value;
      const a = v128.load64_splat(leg, 16), b = v128.load64_splat(leg, 24), sign = v128.load64_splat(leg, 32);
      for (let p: usize = 0; p < bytes; p += 16) {
        const spots = f64x2.mul(a, v128.load(spot + node + p));
        const amount = kind == 2
          ? f64x2.mul(sign, f64x2.pmax(zero, f64x2.sub(spots, b)))
          : f64x2.add(spots, b);
        v128.store(out + p, f64x2.add(v128.load(out + p), amount));
      }
    }
    leg += LEG_BYTES;
  }
}
