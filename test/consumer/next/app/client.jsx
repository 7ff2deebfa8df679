"use client";
import { RiskRoom, usePoolValuation } from "riskpool/react";

const plain = (_, value) => (typeof value === "bigint" ? `${value}n` : value);

export function Client({ pool }) {
  const { valuation } = usePoolValuation(pool, { scenarios: 20_000, seed: 7n });
  const onValuation = (valuation, room) => {
    const { request, settled } = room;
    if (settled) globalThis.answer = { room: JSON.stringify({ request, valuation }, plain) };
  };
  return (
    <section>
      <pre id="client">{valuation ? JSON.stringify(valuation) : "under way"}</pre>
      <RiskRoom src="/pool.json" onValuation={onValuation} />
    </section>
  );
}
