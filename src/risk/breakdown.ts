import { inPieces } from "../basics/index.ts";
import { type Moments, wholeNode } from "../engine/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { accountsOf } from "./account.ts";
import { averagesWork } from "./adjoint.ts";
import { barrierLoss } from "./barrier.ts";
import { ownerAverages } from "./contribution.ts";
import { legsValue } from "./node-grid.ts";
import { fundingOf, HOLDINGS_ID, ownersOf } from "./owner.ts";
import { pointsOf } from "./quadrature.ts";
import type { PoolRun } from "./run.ts";

/** Where a part of a loss comes from. */
export const CAUSES = [
  "option",
  "barrier",
  "perpetual",
  "holding",
  "cover",
  "touch",
  "liquidation",
  "recourse",
] as const;

/**
 * One part of somebody's loss. Positions count with their value as if held to the horizon and paid in
 * full; `touch` is what touched barriers changed of that, `liquidation` what closing accounts on the
 * way did, funding included, `recourse` what could not be collected.
 */
export interface Cause {
  /** Participant id, or "(pool holdings)". */
  readonly participant: string;
  readonly kind: (typeof CAUSES)[number];
  /** Id of the position or cover, or asset of a holding; null for what an account causes as a whole. */
  readonly id: string | null;
  /** Pool currency; negative is a gain to the pool. */
  readonly value: number;
}

/** Somebody's average loss and what it comes from; the causes sum to it but for rounding. */
export interface Breakdown {
  readonly participant: string;
  /** As the adjoint has it. */
  readonly total: number;
  readonly causes: readonly Cause[];
}

/**
 * Takes the average loss over some scenarios apart, down to positions; a single scenario is an average
 * too.
 *
 * @param moments  of scenarios with weights that sum to 1
 * @returns      in the order of `ownersOf`
 */
export async function breakdownOf(run: PoolRun, moments: Moments): Promise<Breakdown[]> {
  const { laid, request, parameters, breathe } = run;
  const averages = await inPieces(averagesWork(laid, [moments], [1]), breathe);
  const { document } = request.pool;
  const positions = new Map<string, Cause[]>();
  for (const cause of positionsOf(run, document, parameters.discountRate ?? 0, moments)) {
    const list = positions.get(cause.participant);
    if (list) list.push(cause);
    else positions.set(cause.participant, [cause]);
  }
  const [sums] = averages.sums as [Float64Array];
  return ownersOf(laid).map((owner): Breakdown => {
    const participant = owner.id;
    const total = ownerAverages(laid, averages, 1, owner)[0]!;
    const covers = owner.covers.map(
      (c): Cause => ({
        ...{ participant, kind: "cover", id: laid.covers[c]!.id },
        value: sums[laid.joint.length + c]!,
      }),
    );
    const causes = [...(positions.get(participant) ?? []), ...covers];
    const { margin, accounts } = laid;
    let liquidation = 0;
    let touch = 0;
    if (margin) {
      for (const m of owner.margin) liquidation += sums[margin.accountSums + m]!;
      for (const c of owner.touches) touch += sums[margin.touchSums + c]!;
      const horizon = accounts.times.at(-1)!;
      fundingOf(laid, owner).forEach((rate, u) => {
        if (rate === 0) return;
        const index = sums[margin.fundingSums + u]!;
        liquidation -= rate * (u === accounts.assets.length ? horizon * index : index);
      });
    }
    const whole = causes.reduce((sum, { value }) => sum + value, touch + liquidation);
    const rest = (kind: Cause["kind"], value: number): Cause[] =>
      value === 0 ? [] : [{ participant, kind, id: null, value }];
    // What rounding leaves of a difference of large numbers is no recourse.
    const recourse = isRounding(total - whole, causes) ? 0 : total - whole;
    return {
      participant,
      total,
      causes: [
        ...causes,
        ...rest("touch", touch),
        ...rest("liquidation", liquidation),
        ...rest("recourse", recourse),
      ],
    };
  });
}

/** Rounding of the profiles, which are good to ten digits of what they are made of. */
const ROUNDING = 1e-8;

function isRounding(rest: number, causes: readonly Cause[]): boolean {
  const size = causes.reduce((sum, { value }) => sum + Math.abs(value), 0);
  return Math.abs(rest) <= ROUNDING * size;
}

/** Every position's own part, as if nothing were liquidated, touched or left unpaid. */
function positionsOf(
  { laid }: PoolRun,
  document: PoolDocument,
  discountRate: number,
  moments: Moments,
): Cause[] {
  const { times, nodes } = laid.accounts;
  const { options, barriers = [], perpetuals, holdings } = document;
  const kinds = new Map<string, { readonly kind: Cause["kind"]; readonly participant: string }>();
  for (const [kind, list] of [
    ["option", options],
    ["barrier", barriers],
    ["perpetual", perpetuals],
  ] as const) {
    for (const { id, participant } of list) kinds.set(id, { kind, participant });
  }
  // Everyone holds one position: accounts are then positions.
  const alone = accountsOf(
    {
      ...document,
      participants: [...kinds.keys()].map((id) => ({ id, margin: "isolated" })),
      options: options.map((one) => ({ ...one, participant: one.id })),
      barriers: barriers.map((one) => ({ ...one, participant: one.id })),
      perpetuals: perpetuals.map((one) => ({ ...one, participant: one.id })),
      holdings: [],
    },
    times.at(-1)!,
    discountRate,
    { times, isolated: false, options: new Set(), cross: new Set() },
  );
  const points = nodes.map((_, node) => {
    const { edges, cells } = laid.grids[node]!;
    return pointsOf(edges, wholeNode(moments, node, cells), 1);
  });
  const nodeAt = new Map(nodes.map(({ step, asset }, node) => [`${step} ${asset}`, node]));
  const averageAt = (step: number, asset: number, of: (x: number) => number) => {
    const { x, weights } = points[nodeAt.get(`${step} ${asset}`)!]!;
    return x.reduce((sum, at, i) => sum + weights[i]! * of(at), 0);
  };
  const causes = alone.list.map((account): Cause => {
    const id = alone.participants[account.owner]!;
    let value = 0;
    for (const [node, legs] of account.value) {
      const { step, asset } = alone.nodes[node]!;
      const held = account.barriers.get(node) ?? [];
      value += averageAt(step, asset, (x) =>
        held.reduce((sum, leg) => sum + barrierLoss(leg, x, false), legsValue(legs, x)),
      );
    }
    const { kind, participant } = kinds.get(id)!;
    return { participant, kind, id, value: value - account.valueNow };
  });
  const assets = laid.accounts.assets;
  for (const { asset, amount } of holdings) {
    const u = assets.indexOf(asset);
    const worth = Number(amount) * laid.accounts.spots[u]!;
    const legs = { calls: [], slope: -worth, constant: worth, settled: [] };
    const value = averageAt(times.length - 1, u, (x) => legsValue(legs, x));
    causes.push({ participant: HOLDINGS_ID, kind: "holding", id: asset, value });
  }
  return causes;
}
