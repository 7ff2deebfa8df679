import { type Issue, PoolError, received } from "../basics/index.ts";
import type { RunPlan } from "./run-plan.ts";

/** The most that a valuation may take; what is left out is not bounded. */
export interface Budget {
  readonly bytes?: number;
  readonly coreSeconds?: number;
}

/**
 * Holds a plan against a budget.
 *
 * @throws PoolError BUDGET_EXCEEDED with what would be taken, what is allowed and what would fit
 */
export function holdToBudget(budget: Budget, plan: RunPlan): void {
  const issues: Issue[] = [];
  const check = (name: keyof Budget, needed: number, per: number, unit: string) => {
    const allowed = budget[name];
    if (allowed === undefined || needed <= allowed) return;
    const fitting = Math.floor((allowed - needed) / per + plan.scenarios);
    issues.push({
      code: "BUDGET_EXCEEDED",
      pointer: `/options/budget/${name}`,
      detail:
        fitting >= 1000
          ? `the run would take about ${rounded(needed)} ${unit}; about ${rounded(fitting)} scenarios would fit, or raise the budget`
          : `the run would take about ${rounded(needed)} ${unit}, most of it whatever the number of scenarios; split the pool or raise the budget`,
      expected: `at most ${allowed} ${unit}`,
      received: received(needed),
    });
  };
  check("bytes", plan.bytes.total, plan.perScenario.bytes, "bytes");
  check("coreSeconds", plan.coreSeconds, plan.perScenario.coreSeconds, "core-seconds");
  if (issues.length > 0) throw new PoolError(issues, "budget");
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(2)));
}
