import type { LiquidationFigures } from "../../index.ts";
import {
  bottomAxis,
  type Drawing,
  figure,
  label,
  leftAxis,
  linear,
  rect,
  type Size,
  tickPrinter,
} from "./chart.ts";
import {
  axisScale,
  count,
  days,
  estimate,
  levelPercent,
  moneyInWords,
  probability,
  significant,
  unitName,
} from "./format.ts";
import { html, type Markup, NOTHING, section, table } from "./markup.ts";
import type { Reading } from "./reading.ts";

/** What is liquidated before the horizon, what goes wrong with it, and when; nothing without terms. */
export function liquidationSection(about: Reading): Markup {
  const { liquidation, risk } = about.valuation;
  if (liquidation === null) return NOTHING;
  const { badDebt, badDebtRisk, anyBadDebt } = liquidation;
  const level = levelPercent(badDebtRisk.level);
  const words = html`<p>${count(liquidation.accounts)} accounts can be liquidated in ${days(risk.horizonDays)}, looked at ${count(liquidation.steps)} times${liquidation.monitoring === "continuous" ? " and in between" : ""}. On average ${significant(liquidation.liquidations.value, 3)} of them are. The pool inherits bad debt with probability ${probability(anyBadDebt, risk.scenarios)}: ${moneyInWords(badDebt.value, about.code)} on average, ${moneyInWords(badDebtRisk.expectedShortfall.value, about.code)} over the worst ${levelPercent(1 - badDebtRisk.level)} of scenarios.</p>
`;
  const text = {
    id: "liquidation-chart",
    title: "When liquidations bring bad debt",
    description: `Expected bad debt by the time at which the account first fell below maintenance, ${liquidation.profile.length} intervals; ${moneyInWords(badDebt.value, about.code)} in all.`,
    caption: `Expected bad debt by the time at which the account first fell below maintenance, averaged over all scenarios. The bars sum to the expected bad debt; its ES ${level} is in the table.`,
  };
  return section(
    "liquidation",
    "Liquidations",
    words,
    figure(text, (size) => draw(about, liquidation, size)),
    figuresTable(about, liquidation),
  );
}

function draw(about: Reading, { profile }: LiquidationFigures, size: Size): Drawing {
  const height = 200;
  const box = { left: size.name === "wide" ? 52 : 42, right: size.width - 14, y: height };
  const most = Math.max(...profile.map(({ badDebt }) => badDebt));
  const scale = axisScale(most);
  const hours = profile.at(-1)!.toDays <= 2 ? 24 : 1;
  const x = linear(
    [0, profile.at(-1)!.toDays * hours],
    [box.left, box.right],
    size.name === "wide" ? 8 : 4,
  );
  const y = linear([0, most / scale.factor || 1], [height, 26], 4);
  const bars = profile.map(({ fromDays, toDays, badDebt }) => {
    const left = x(fromDays * hours);
    const top = y(badDebt / scale.factor);
    return rect(left, top, Math.max(x(toDays * hours) - left - 1, 0.5), height - top, "tail");
  });
  const content = html`${leftAxis(y, box, tickPrinter(y.ticks))}${label(0, 12, unitName(about.code, scale))}
${bars}
${bottomAxis(x, box, hours === 24 ? "Hours from now" : "Days from now", tickPrinter(x.ticks))}`;
  return { height: height + 42, content };
}

function figuresTable({ code }: Reading, liquidation: LiquidationFigures): Markup {
  const columns = [{ heading: "Per scenario" }, { heading: "Mean", unit: "± s.e." }];
  const { badDebtRisk } = liquidation;
  const level = levelPercent(badDebtRisk.level);
  const rows = [
    ["Accounts liquidated", estimate(liquidation.liquidations)],
    [`Notional closed, ${code}`, estimate(liquidation.notional)],
    [`Insurance fees, ${code}`, estimate(liquidation.insuranceFees)],
    [`Bad debt, ${code}`, estimate(liquidation.badDebt)],
    [`Bad debt beyond the fees, ${code}`, estimate(liquidation.insuranceDraw)],
    [`Bad debt, VaR ${level}, ${code}`, estimate(badDebtRisk.valueAtRisk)],
    [`Bad debt, ES ${level}, ${code}`, estimate(badDebtRisk.expectedShortfall)],
  ];
  return table("Liquidations and what they cost the pool", columns, rows);
}
