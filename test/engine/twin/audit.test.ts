// Method: the losses of full revaluation by the WebAssembly kernel, bit for bit.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { marketModel } from "../../../src/market/index.ts";
import { readPool } from "../../../src/pool/index.ts";
import { accountsOf } from "../../../src/risk/account.ts";
import { samplePool } from "../../support/sample-pool.ts";
import { losses, simulationOf } from "../../support/simulation.ts";
import { expectSameBits } from "../../support/twin.ts";

test("addAudit: the sample pool", () => {
  expectSameBits((_, kernels) => [losses(simulationOf(kernels, { mode: "audit" }), 0, 4096, 1000)]);
});

test("addAudit: accounts that owe more than their collateral today", () => {
  const pool = samplePool();
  const perpetuals = pool.perpetuals.map((perpetual) => ({ ...perpetual, entry: 90_000 }));
  const { document } = readPool({ ...pool, perpetuals });
  const accounts = accountsOf(document, 30 / 365, 0);
  const insolvent = accounts.list.filter(
    (account) => account.floored && account.valueNow + account.collateralNow < 0,
  );
  expect(insolvent.length).toBeGreaterThan(0);
  expectSameBits((_, kernels) => [
    losses(simulationOf(kernels, { accounts, mode: "audit" }), 0, 1024, 1024),
    losses(simulationOf(kernels, { accounts }), 0, 1024, 1024),
  ]);
});

test.each([1, 200])("addAudit: the small example pool over %i days", (days) => {
  const file = new URL("../../../examples/small-pool.json", import.meta.url);
  const { document } = readPool(readFileSync(file, "utf8"));
  expectSameBits((_, kernels) => {
    const simulation = simulationOf(kernels, {
      accounts: accountsOf(document, days / 365, 0.03),
      covers: document.covers,
      model: marketModel(document.market!),
      mode: "audit",
    });
    return [losses(simulation, 0, 4096, 1024)];
  });
});
