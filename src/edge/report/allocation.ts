import type { Allocation, AllocationRow } from "../../index.ts";
import {
  bottomAxis,
  type Drawing,
  errorBar,
  figure,
  label,
  line,
  linear,
  rect,
  type Size,
  tickPrinter,
} from "./chart.ts";
import {
  axisScale,
  clipped,
  count,
  estimate,
  grouped,
  JOIN,
  moneyInWords,
  percent,
  printable,
  significant,
  unitName,
} from "./format.ts";
import { type Column, html, type Markup, NOTHING, section, table } from "./markup.ts";
import { halfWidth, type Reading } from "./reading.ts";
import { measureWords, ruleAsks, ruleName } from "./rule-words.ts";

const SHOWN = 20;
/** A table longer than this is folded. */
const FOLDED = 12;
const ROW = 21;
/** The row of what belongs to nobody but the pool. */
const HOLDINGS = "(pool holdings)";

/** What each participant is asked to put in, largest first; nothing without contribution terms. */
export function allocationSection(about: Reading): Markup {
  const { allocation } = about.valuation;
  if (allocation === null || allocation.rows.length === 0) return NOTHING;
  const { rows } = allocation;
  const shown = rows.slice(0, SHOWN);
  const figureText = {
    id: "allocation-chart",
    title: "Largest amounts to put in",
    description: shown
      .slice(0, 5)
      .map((row) => `${row.id} ${moneyInWords(Number(row.amount), about.code)}`)
      .join(", "),
    caption: caption(rows, shown),
  };
  return section(
    "allocation",
    "Who puts in how much",
    words(about, allocation),
    figure(figureText, (size) => draw(about, shown, size)),
    fullTable(about, allocation),
  );
}

function caption(rows: readonly AllocationRow[], shown: readonly AllocationRow[]): string {
  const which =
    rows.length > SHOWN ? `The ${SHOWN} largest of ${count(rows.length)} amounts` : "All amounts";
  return [
    `${which}, within bounds. The error bar is what the rule asks before bounds, ±${JOIN}1.96 standard errors.`,
    ...(shown.some((row) => row.bound !== null) ? ["Grey: a bound binds."] : []),
    ...(shown.some((row) => row.id === HOLDINGS) ? ["Dashed: asked of nobody."] : []),
  ].join(" ");
}

/** The rule, what it divides and what bounds changed of it, a sentence each. */
export function allocationSentences(
  allocation: Allocation,
  { code, scenarios }: { readonly code: string; readonly scenarios: number },
): string[] {
  const { rule, total, rawTotal, moved, unallocated, rows } = allocation;
  const asks = ruleAsks(rule);
  const money = (amount: string): string => `${code}${JOIN}${grouped(amount)}`;
  const holdings = rows.find((row) => row.id === HOLDINGS);
  const isScaled = Math.abs(rawTotal - total.value) > 1e-6 * Math.abs(total.value);
  return [
    `${ruleName(rule)}${asks && `: ${asks}`}.`,
    `Divided is ${measureWords(allocation)}, ${code}${JOIN}${estimate(total)} (s.e.).`,
    ...(isScaled
      ? [
          `By themselves the rule's figures sum to ${moneyInWords(rawTotal, code)}; they are scaled to the total.`,
        ]
      : []),
    ...(allocation.scenarios > 0 && allocation.scenarios < scenarios
      ? [`The rule looked at ${count(allocation.scenarios)} of ${count(scenarios)} scenarios.`]
      : []),
    ...(isNothing(moved) ? [] : [`Bounds moved ${money(moved)} between participants.`]),
    ...(isNothing(unallocated) ? [] : [restWords(unallocated, money)]),
    ...(holdings && !isNothing(holdings.amount)
      ? [
          `${money(holdings.amount)} falls to what the pool holds itself and is asked of nobody; no bound touches it.`,
        ]
      : []),
  ];
}

function restWords(unallocated: string, money: (amount: string) => string): string {
  return unallocated.startsWith("-")
    ? `Floors ask for ${money(unallocated.slice(1))} more than the total.`
    : `${money(unallocated)} stays unallocated: caps leave nobody to ask.`;
}

/** Whether decimal text is zero. */
function isNothing(amount: string): boolean {
  return !/[1-9]/.test(amount);
}

function words(about: Reading, allocation: Allocation): Markup {
  const { scenarios } = about.valuation.risk;
  const [first = "", ...rest] = allocationSentences(allocation, { code: about.code, scenarios });
  return html`<p>${first}</p>
<p>${rest.join(" ")}</p>
`;
}

function draw(about: Reading, rows: readonly AllocationRow[], size: Size): Drawing {
  const height = 8 + rows.length * ROW;
  const names = size.name === "wide" ? 26 : 15;
  const box = { left: size.name === "wide" ? 178 : 106, right: size.width - 14, y: height };
  const amounts = rows.map((row) => Number(row.amount));
  const lows = rows.map((row) => row.contribution.value - halfWidth(row.contribution));
  const highs = rows.map((row) => row.contribution.value + halfWidth(row.contribution));
  const low = Math.min(0, ...lows, ...amounts);
  const high = Math.max(0, ...highs, ...amounts);
  const scale = axisScale(Math.max(-low, high));
  const x = linear(
    [low / scale.factor, high / scale.factor],
    [box.left, box.right],
    size.name === "wide" ? 7 : 3,
  );
  const at = (amount: number): number => x(amount / scale.factor);
  const bars = rows.map((row, i) => {
    const y = 8 + i * ROW;
    const end = at(amounts[i]!);
    const style = row.id === HOLDINGS ? "open" : row.bound === null ? "tail" : "bar";
    return html`${label(box.left - 8, y + 12, clipped(printable(row.id), names), "end", "plain")}${rect(Math.min(at(0), end), y + 3, Math.abs(end - at(0)), 11, style)}${errorBar(at(lows[i]!), at(highs[i]!), y + 8.5)}
`;
  });
  const grid = x.ticks.map((tick) => line(x(tick), 4, x(tick), height, "grid"));
  const name = `To put in, ${unitName(about.code, scale)}`;
  const content = html`${grid}
${bars}${line(at(0), 4, at(0), height, "zero")}${bottomAxis(x, box, name, tickPrinter(x.ticks))}`;
  return { height: height + 42, content };
}

/** A column that is left out where it says nothing about anyone. */
interface OptionalColumn extends Column {
  readonly isUsed: boolean;
  readonly cell: (row: AllocationRow) => string;
  readonly sum?: string;
}

function columnsOf(allocation: Allocation, code: string): OptionalColumn[] {
  const { rows, total, rawTotal, totalAmount, unallocated } = allocation;
  const isRaw = rows.every(({ raw, contribution }) => raw.value === contribution.value);
  const columns: OptionalColumn[] = [
    { heading: "Participant", isUsed: true, cell: (row) => row.id, sum: "Sum" },
    {
      ...{ heading: "Amount", term: "asked", unit: code, isUsed: true },
      cell: (row) => grouped(row.amount),
      sum: grouped(lessOf(totalAmount, unallocated)),
    },
    {
      ...{ heading: "Share", term: "asked-share", unit: "before bounds", isUsed: true },
      cell: (row) => percent(row.share),
    },
    {
      ...{ heading: "By the rule", term: "by-rule", unit: `${code} ± s.e.`, isUsed: true },
      cell: (row) => estimate(row.raw),
      sum: isRaw ? estimate(total) : significant(rawTotal),
    },
    {
      ...{ heading: "Part of the total", term: "part", unit: `${code} ± s.e.`, isUsed: !isRaw },
      cell: (row) => estimate(row.contribution),
      sum: estimate(total),
    },
    {
      ...{ heading: "Own record", term: "record", unit: "factor" },
      isUsed: rows.some((row) => row.recordFactor !== 1),
      cell: (row) => significant(row.recordFactor, 3),
    },
    {
      ...{ heading: "Moved by bounds", term: "moved", unit: code },
      isUsed: rows.some((row) => !isNothing(row.rebalanced)),
      cell: (row) => grouped(row.rebalanced),
    },
    {
      ...{
        heading: "Bound",
        term: "bound",
        text: true,
        isUsed: rows.some((row) => row.bound !== null),
      },
      cell: (row) => row.bound ?? "",
    },
  ];
  return columns.filter(({ isUsed }) => isUsed);
}

/** The difference of two decimal texts with the same number of decimals, to the last digit. */
function lessOf(amount: string, less: string): string {
  const digits = (text: string): bigint =>
    /^-?\d+(\.\d+)?$/.test(text) ? BigInt(text.replace(".", "")) : 0n;
  const decimals = (amount.split(".")[1] ?? "").length;
  const value = digits(amount) - digits(less);
  const text = String(value < 0n ? -value : value).padStart(decimals + 1, "0");
  const cut = text.length - decimals;
  const whole = decimals > 0 ? `${text.slice(0, cut)}.${text.slice(cut)}` : text;
  return value < 0n ? `-${whole}` : whole;
}

function fullTable({ code }: Reading, allocation: Allocation): Markup {
  const columns = columnsOf(allocation, code);
  const rows = allocation.rows.map((row) => columns.map(({ cell }) => cell(row)));
  rows.push(columns.map(({ sum }) => sum ?? ""));
  const caption = `What is asked of all ${count(allocation.rows.length)}; amounts are whole minor units and sum exactly`;
  const full = table(caption, columns, rows, rows.length - 1);
  if (allocation.rows.length <= FOLDED) return full;
  return html`<details><summary>Full table: all ${count(allocation.rows.length)} amounts</summary>
${full}</details>
`;
}
