import { createElement, StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { RiskRoom, usePoolValuation } from "riskpool/react";
import pool from "./pool.json";

const plain = (_, value) => (typeof value === "bigint" ? `${value}n` : value);
const told = { states: [] };
const tell = (found) => {
  Object.assign(told, found);
  if (told.result && told.room && told.aborted && told.refused) globalThis.answer = told;
};

function Figures({ seed }) {
  // Made anew by every rendering, and equal to what it was.
  const { valuation, progress, error } = usePoolValuation({ ...pool }, { scenarios: 20_000, seed });
  const state = valuation ? `seed ${valuation.receipt.seed}` : progress ? "progress" : "waiting";
  if (told.states.at(-1) !== state) told.states.push(error ? error.code : state);
  if (valuation && seed === 7n) tell({ result: JSON.stringify(valuation) });
  return createElement("output", null, valuation ? valuation.risk.scenarios : state);
}

const signals = [];
/** Never answers. */
const stuck = { value: (_, { signal }) => new Promise(() => signals.push(signal)) };

function Stuck() {
  const { valuation } = usePoolValuation("{}", { engine: stuck });
  // By then the hook has seen its component go.
  useEffect(
    () => () => void setTimeout(() => tell({ aborted: signals.map((each) => each.aborted) })),
    [],
  );
  return valuation;
}

function Refused() {
  const { error } = usePoolValuation("{}");
  const none = usePoolValuation(null);
  if (error) tell({ refused: [error.name, error.code, none] });
  return null;
}

function App() {
  const [seed, setSeed] = useState(8n);
  const [src, setSrc] = useState("/none.json");
  const change = () => {
    setSeed(7n);
    setSrc("/pool.json");
  };
  const onValuation = (valuation, room) => {
    if (!room.settled) return;
    const { request } = room;
    tell({
      room: JSON.stringify({ request, valuation }, plain),
      theme: room.getAttribute("theme"),
    });
  };
  return createElement(
    "main",
    null,
    createElement("button", { type: "button", id: "change", onClick: change }, "Change"),
    createElement(Figures, { seed }),
    createElement(Refused),
    seed === 8n && createElement(Stuck),
    createElement(RiskRoom, {
      src,
      theme: "dark",
      className: "embedded",
      pools: [["/pool.json", "Pool"]],
      onValuation,
    }),
  );
}

createRoot(document.querySelector("#root")).render(
  createElement(StrictMode, null, createElement(App)),
);
