import { choice, Findings, moneyIssue, readMoney } from "../basics/index.ts";
import type { PoolDocument } from "../pool/index.ts";
import { SHARING_RULES, type SharingRule } from "../sharing/index.ts";

/** A rule that shares a realised loss by what the simulation knows of the members. */
export type LossRule = SharingRule | "conditional-mean" | "quantile";
/** All of them. */
export const LOSS_RULES: readonly LossRule[] = [...SHARING_RULES, "conditional-mean", "quantile"];

/** What is to be shared, and how. */
export interface LossToShare {
  readonly rule: LossRule;
  /** Minor units, ≥ 0. */
  readonly loss: bigint;
}

/**
 * Reads a loss and the name of a rule.
 *
 * @throws PoolError with the problems of both, at /loss and /rule
 */
export function readLossToShare(
  loss: unknown,
  rule: unknown,
  { currency }: PoolDocument,
): LossToShare {
  const found = new Findings();
  found.addIf(moneyIssue(loss, currency.decimals, { pointer: "/loss" }));
  const draft = choice(LOSS_RULES).check(rule, { above: null, key: "rule" }, found);
  found.throwIfAny("request");
  return { rule: draft as LossRule, loss: readMoney(loss as string, currency.decimals) };
}
