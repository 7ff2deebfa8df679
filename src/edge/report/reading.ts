import { assert } from "../../basics/index.ts";
import type { Measurement, PoolValuation, RiskLevel } from "../../index.ts";
import { type MoneyScale, moneyScale, unitName } from "./format.ts";

/** What several sections read off a valuation, worked out once. */
export interface Reading {
  readonly valuation: PoolValuation;
  readonly primary: RiskLevel;
  /** Money in the layers, without what members may be called for. */
  readonly funded: number;
  /** Everything that stands before a socialised loss. */
  readonly resources: number;
  readonly scale: MoneyScale;
  /** e.g. `USD million`. */
  readonly unit: string;
  readonly code: string;
}

/** Reads off what the sections share. */
export function reading(valuation: PoolValuation): Reading {
  return { valuation, ...gist(valuation) };
}

/** The same of what is known before contributions are. */
export function gist(valuation: Measurement): Omit<Reading, "valuation"> {
  const { levels } = valuation.risk;
  const primary =
    levels.find((level) => level.level === valuation.receipt.primaryLevel) ?? levels.at(-1);
  assert(primary !== undefined, "a valuation has at least one risk level");
  const { layers } = valuation.waterfall;
  const sum = (of: typeof layers): number => of.reduce((all, layer) => all + layer.capacity, 0);
  const scale = moneyScale(
    Math.max(primary.expectedShortfall.value, Math.abs(primary.valueAtRisk.value)),
  );
  const code = valuation.pool.currency.code;
  return {
    primary,
    funded: sum(layers.filter((layer) => layer.kind !== "assessment")),
    resources: sum(layers),
    scale,
    unit: unitName(code, scale),
    code,
  };
}

/** An estimate's half width at 95 %: 1.96 standard errors. */
export function halfWidth(figure: { readonly standardError: number }): number {
  return 1.96 * figure.standardError;
}
