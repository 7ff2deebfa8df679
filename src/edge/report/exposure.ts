import type { AssetExposure } from "../../index.ts";
import { image, label, line, linear, path, type Size, tickPrinter } from "./chart.ts";
import {
  axisScale,
  clipped,
  days,
  grouped,
  moneyInWords,
  percent,
  printable,
  rounded,
  significant,
  unitName,
} from "./format.ts";
import { html, type Markup, NOTHING, section, table } from "./markup.ts";
import type { Reading } from "./reading.ts";

const SMALL: Size = { name: "small", width: 220 };
const HEIGHT = 150;

/** What the pool loses when one asset moves alone, and its sensitivities now. */
export function exposureSection(about: Reading): Markup {
  const { exposures, risk } = about.valuation;
  if (exposures.length === 0) return NOTHING;
  const losses = exposures.flatMap((exposure) => exposure.profile.loss);
  const scale = axisScale(Math.max(...losses.map(Math.abs), 0));
  const low = Math.min(0, ...losses) / scale.factor;
  const high = Math.max(0, ...losses) / scale.factor;
  const charts = exposures.map((exposure, index) =>
    profileChart(about, exposure, index, [low, high], scale.factor),
  );
  const caption = `Pool loss in ${unitName(about.code, scale)} (upwards is worse) at the end of ${days(risk.horizonDays)} against the move of one asset's price while the others stand still. All charts share the loss axis, so their sizes compare.`;
  return section(
    "exposure",
    "Exposure by asset",
    html`<figure><div class="multiples">
${charts}</div>
<figcaption>${caption}</figcaption></figure>
`,
    greeks(about),
  );
}

function profileChart(
  { code }: Reading,
  exposure: AssetExposure,
  index: number,
  domain: readonly [number, number],
  factor: number,
): Markup {
  const { move, loss } = exposure.profile;
  const first = move[0] ?? 0;
  const last = move.at(-1) ?? 0;
  const y = linear(domain, [HEIGHT - 26, 26], 4);
  const x = linear([first, last], [34, SMALL.width - 8], 2);
  const points = move.map((each, i) => [x(each), y((loss[i] ?? 0) / factor)] as const);
  const name = clipped(printable(exposure.asset), 22);
  const print = tickPrinter(y.ticks);
  const movePercent = (value: number): string => `${value > 0 ? "+" : ""}${percent(value, 2)}`;
  const content = html`${label(0, 14, name, "start", "strong")}${y.ticks.map((tick) => [
    line(34, y(tick), SMALL.width - 8, y(tick), "grid"),
    label(28, y(tick) + 4, print(tick), "end"),
  ])}${line(34, y(0), SMALL.width - 8, y(0), "zero")}${
    first < 0 && last > 0 ? line(x(0), 24, x(0), HEIGHT - 24, "grid") : NOTHING
  }${path(points, "curve")}${label(34, HEIGHT - 8, movePercent(first), "start")}${
    first < 0 && last > 0 ? label(x(0), HEIGHT - 8, "0", "middle") : NOTHING
  }${label(SMALL.width - 8, HEIGHT - 8, movePercent(last), "end")}
`;
  const text = {
    id: `exposure-${index + 1}`,
    title: `Pool loss against the move of ${exposure.asset}`,
    description: `${moneyInWords(loss[0] ?? 0, code)} at ${movePercent(first)}, ${moneyInWords(loss.at(-1) ?? 0, code)} at ${movePercent(last)}.`,
    caption: "",
  };
  return image(text, SMALL, { height: HEIGHT, content });
}

function greeks({ valuation, code }: Reading): Markup {
  const columns = [
    { heading: "Asset" },
    { heading: "Spot", unit: code },
    { heading: "Volatility", unit: "per year" },
    { heading: "Delta", term: "delta", unit: "coins" },
    { heading: "Delta", term: "delta-money", unit: code },
    { heading: "Gamma", term: "gamma", unit: `${code} per 1 %` },
    { heading: "Vega", term: "vega", unit: `${code} per point` },
  ];
  const { exposures } = valuation;
  const delta = columnPrinter(exposures.map((each) => each.deltaCoins * each.spot));
  const gamma = columnPrinter(exposures.map((each) => each.gammaPerPercent));
  const vega = columnPrinter(exposures.map((each) => each.vegaPerPoint));
  const rows = exposures.map((each) => [
    each.asset,
    grouped(String(each.spot)),
    percent(each.volatility),
    significant(each.deltaCoins),
    delta(each.deltaCoins * each.spot),
    gamma(each.gammaPerPercent),
    vega(each.vegaPerPoint),
  ]);
  return html`${table("Sensitivities of the pool's value now; positive delta: the pool gains when the price rises", columns, rows)}<p class="note">Gamma: change of the delta in ${code} for a 1 % move of the price. Vega: change of value for one volatility point on all options and barriers of the asset. Spot and sensitivities are computed, not simulated, and carry no sampling error; one volatility point is 1 % per year.</p>
`;
}

/** One number of decimals for a whole column, so that its points stand below each other. */
function columnPrinter(values: readonly number[]): (value: number) => string {
  const place = Math.max(0, ...values.map(Math.abs)) >= 1000 ? 0 : -2;
  return (value) => rounded(value, place);
}
