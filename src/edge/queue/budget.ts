import { type Budget, type Issue, PoolError, type RunPlan, received } from "../../index.ts";

/**
 * Holds the whole of a run against a budget, before any of it is submitted: shards by themselves are
 * held against none.
 *
 * @throws PoolError BUDGET_EXCEEDED with what would be taken and what is allowed
 */
export function holdTo(budget: Budget, { bytes, coreSeconds }: RunPlan): void {
  const sides = [
    ["bytes", bytes.total, "bytes"],
    ["coreSeconds", coreSeconds, "core-seconds"],
  ] as const;
  const issues = sides.flatMap(([name, needed, unit]) => {
    const allowed = budget[name];
    if (allowed === undefined || needed <= allowed) return [];
    const issue: Issue = {
      code: "BUDGET_EXCEEDED",
      pointer: `/options/budget/${name}`,
      detail: `the run would take about ${Number(needed.toPrecision(2))} ${unit} on one machine; simulate fewer scenarios, or raise the budget`,
      expected: `at most ${allowed} ${unit}`,
      received: received(needed),
    };
    return [issue];
  });
  if (issues.length > 0) throw new PoolError(issues, "budget");
}
