import {
  type Check,
  Findings,
  money,
  moneyIssue,
  number,
  object,
  optional,
} from "../basics/index.ts";
import type { PoolDocument } from "../pool/index.ts";

/** What limits are made from; every part has a default. */
export interface LimitPolicy {
  /** How extreme a move until the horizon positions of one side must not cost too much in; 0.999. */
  readonly moveLevel?: number;
  /** Most of the pool's capital that such a move may cost; 0.3. */
  readonly lossShare?: number;
  /** Most of the pool's ES that one participant may be the cause of; 0.25. */
  readonly participantShare?: number;
  /** What somebody who moves a price can trade; no bound against it when left out. */
  readonly attackerCapital?: string;
  /** Most of the pool's capital that may be gained so; 0.05. */
  readonly gainShare?: number;
  /** Most open interest as a multiple of the market's depth; 1. */
  readonly depthShare?: number;
}

const share: Check<number> = number({
  exclusiveMin: 0,
  max: 1,
  unit: "part of the whole",
});

const policyForm: Check<LimitPolicy> = object<LimitPolicy>({
  moveLevel: optional(number({ exclusiveMin: 0.5, exclusiveMax: 1, unit: "part of scenarios" })),
  lossShare: optional(share),
  participantShare: optional(share),
  attackerCapital: optional(money("pool currency")),
  gainShare: optional(share),
  depthShare: optional(number({ exclusiveMin: 0, unit: "times the depth" })),
});

/**
 * Reads a policy of limits.
 *
 * @throws PoolError with every problem, at /policy
 */
export function readLimitPolicy(given: unknown, { currency }: PoolDocument): LimitPolicy {
  const found = new Findings();
  const draft = policyForm.check(given, { above: null, key: "policy" }, found);
  const capital = draft?.attackerCapital;
  if (capital !== undefined) {
    found.addIf(moneyIssue(capital, currency.decimals, { pointer: "/policy/attackerCapital" }));
  }
  found.throwIfAny("request");
  return draft as LimitPolicy;
}
