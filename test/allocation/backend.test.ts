// Method: every answer about a pool, from WebAssembly and from plain JavaScript, as one text.
import { expect, test } from "vitest";
import { type Backend, load, readPool } from "../../src/index.ts";
import { CONTRIBUTION_RULES } from "../../src/terms/index.ts";
import { barrierPool } from "../support/sample-pool.ts";

const OPTIONS = { scenarios: 10_000, step: "1d", seed: 12 };

async function everything(backend: Backend): Promise<string> {
  const engine = await load({ backend });
  const document = barrierPool();
  const pool = readPool(document);
  const rules = CONTRIBUTION_RULES.filter((rule) => rule !== "formula").map((rule) => ({
    rule,
    ...(rule === "gearing" && { gearing: 4.8 }),
  }));
  const option = { ...document.options[0]!, id: "new" };
  const barrier = { ...document.barriers[0]!, id: "new" };
  const policies = [
    { name: "mutual", contribution: { rule: "shapley" as const }, sharing: "talmud" as const },
  ];
  const answers = [
    await engine.allocate(pool, { ...OPTIONS, rules }),
    await engine.quote(pool, { option }, OPTIONS),
    await engine.quote(pool, { barrier }, OPTIONS),
    await engine.compare(pool, policies, OPTIONS),
    await engine.explain(pool, { ...OPTIONS, scenario: 7 }),
    await engine.share(pool, "1000.00", "conditional-mean", OPTIONS),
    await engine.suggestLimits(pool, {}, OPTIONS),
    await engine.selfDealing(pool, { asset: "ETH", margin: 0.05 }, OPTIONS),
  ];
  return JSON.stringify(answers);
}

test("backends: every answer about a pool has the same bytes", async () => {
  const answers = await everything("wasm");
  expect(answers.length).toBeGreaterThan(10_000);
  expect(answers).not.toContain("null,null,null");
  expect(await everything("js")).toBe(answers);
});
