import type { Estimate, PoolValuation } from "../../index.ts";
import {
  bottomAxis,
  type Drawing,
  dot,
  errorBar,
  figure,
  label,
  line,
  linear,
  type Size,
  tickPrinter,
} from "../report/chart.ts";
import {
  axisScale,
  days,
  estimate,
  estimatePlace,
  JOIN,
  levelPercent,
  money,
  moneyInWords,
  probability,
  rounded,
  unitName,
} from "../report/format.ts";
import { html, type Markup, section, table } from "../report/markup.ts";
import { halfWidth, type Reading, reading } from "../report/reading.ts";

const ROW = 40;

interface Compared {
  readonly name: string;
  readonly now: Estimate;
  readonly old: Estimate;
}

/**
 * The headline figures with their error bars, beside those of the document as it stands.
 *
 * @param document  valuation of the document under the controls it began with; null while unknown
 */
export function comparisonSection(about: Reading, document: PoolValuation | null): Markup {
  const then = document ? reading(document) : about;
  const rows = compared(about, then);
  const text = {
    id: "headline-intervals",
    title: "Headline figures with their error bars",
    description: rows
      .map(({ name, now, old }) => {
        const before = document ? `, document ${moneyInWords(old.value, about.code)}` : "";
        return `${name} ${moneyInWords(now.value, about.code)}${before}`;
      })
      .join("; "),
    caption: `With ±${JOIN}1.96 standard errors of the simulation. Grey: the document as it stands (${settingWords(then)}), ${chanceWords(about, then)}`,
  };
  return section(
    "compare",
    "Against the document as it stands",
    figure(text, (size) => draw(about, rows, document !== null, size)),
    comparisonTable(about, then, rows, document !== null),
  );
}

/** Runs of one seed share their random numbers only where they lay the same grid of times. */
function chanceWords(about: Reading, then: Reading): string {
  const isShared = (["stepDays", "horizonDays"] as const).every(
    (each) => about.valuation.receipt[each] === then.valuation.receipt[each],
  );
  return isShared
    ? "on the same random numbers, so that a difference is the controls' doing."
    : "on another grid of times and so on other random numbers: a difference of a few standard errors can be chance.";
}

function settingWords({ valuation, primary }: Reading): string {
  return `${levelPercent(primary.level)} over ${days(valuation.risk.horizonDays)}`;
}

function compared(about: Reading, then: Reading): Compared[] {
  const of = (name: string, pick: (one: Reading) => Estimate): Compared => ({
    name,
    now: pick(about),
    old: pick(then),
  });
  return [
    of("Value at risk", ({ primary }) => primary.valueAtRisk),
    of("Expected shortfall", ({ primary }) => primary.expectedShortfall),
    of("Expected loss", ({ valuation }) => valuation.risk.expectedLoss),
  ];
}

function draw(about: Reading, rows: readonly Compared[], isKnown: boolean, size: Size): Drawing {
  const height = 6 + rows.length * ROW;
  const box = { left: size.name === "wide" ? 150 : 8, right: size.width - 14, y: height };
  const figures = rows.flatMap(({ now, old }) => [now, old]);
  const low = Math.min(0, ...figures.map((each) => each.value - halfWidth(each)));
  const high = Math.max(0, ...figures.map((each) => each.value + halfWidth(each)));
  const scale = axisScale(Math.max(-low, high));
  const x = linear(
    [low / scale.factor, high / scale.factor],
    [box.left, box.right],
    size.name === "wide" ? 7 : 4,
  );
  const at = (amount: number): number => x(amount / scale.factor);
  const bar = (each: Estimate, y: number, style: string): Markup =>
    html`${dot(at(each.value), y, style)}${errorBar(at(each.value - halfWidth(each)), at(each.value + halfWidth(each)), y)}`;
  const content = html`${x.ticks.map((tick) => line(x(tick), 4, x(tick), height, "grid"))}${line(at(0), 4, at(0), height, "zero")}${rows.map(
    ({ name, now, old }, i) => {
      const y = 6 + i * ROW;
      const words =
        size.name === "wide"
          ? label(box.left - 12, y + 22, name, "end", "plain")
          : label(box.left, y + 10, name, "start", "plain halo");
      const before = isKnown ? bar(old, y + 29, "bar") : [];
      return [words, before, bar(now, y + 17, "tail")];
    },
  )}${bottomAxis(x, box, `Loss, ${unitName(about.code, scale)}`, tickPrinter(x.ticks))}`;
  return { height: height + 42, content };
}

function comparisonTable(
  about: Reading,
  then: Reading,
  rows: readonly Compared[],
  isKnown: boolean,
): Markup {
  const { code, valuation } = about;
  const columns = [
    { heading: "Figure" },
    { heading: "Now", unit: `${code} ± s.e.` },
    { heading: "Document", unit: `${code} ± s.e.` },
    { heading: "Change", unit: code },
  ];
  const waiting = "…";
  const cells = rows.map(({ name, now, old }) => [
    name,
    estimate(now),
    isKnown ? estimate(old) : waiting,
    isKnown ? difference(now.value - old.value, estimatePlace(now)) : waiting,
  ]);
  const share = (one: Reading): string =>
    probability(one.valuation.waterfall.socialised.probability, one.valuation.risk.scenarios);
  const owed = (one: Reading): string =>
    money(one.valuation.pool.markToMarket, one.valuation.pool.currency).replace(/^\S+\s/, "");
  const shock = valuation.pool.markToMarket - then.valuation.pool.markToMarket;
  cells.push(
    ["Loss shared by all, probability", share(about), isKnown ? share(then) : waiting, ""],
    [
      "Mark to market, owed",
      owed(about),
      isKnown ? owed(then) : waiting,
      isKnown ? difference(shock, 0) : waiting,
    ],
  );
  return html`${table(`Now (${settingWords(about)}) and as the document stands (${settingWords(then)})`, columns, cells)}<p class="note">Risk figures begin at the prices after the shock; what the shock itself costs shows in the mark to market owed to participants, before their collateral and the pool's holdings.</p>
`;
}

function difference(value: number, place: number): string {
  const text = rounded(value, place);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}
