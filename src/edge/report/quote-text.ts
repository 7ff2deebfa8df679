import type { LimitUse, Quote } from "../../index.ts";
import {
  estimate,
  grouped,
  levelPercent,
  money,
  printable,
  rounded,
  significant,
} from "./format.ts";
import { plainTable, type TerminalStyle, wrapped } from "./terminal.ts";

/** What a position would mean, pay and break, as plain tables. */
export function quoteText(
  quote: Quote,
  { colour, width, code }: TerminalStyle & { readonly code: string },
): string {
  const bold = (text: string): string => (colour ? `\u001b[1m${text}\u001b[22m` : text);
  const head = `${quote.id} of ${quote.participant}, exposure ${money(quote.exposure, { code, decimals: 2 })}`;
  const currency = printable(code);
  const blocks = [
    wrapped(printable(head), width).map(bold),
    [bold(`What it means for the pool, ${currency} ± s.e.`), riskTable(quote)],
    [bold(`What it pays on top of what it is worth, ${currency} ± s.e.`), priceTable(quote)],
    [bold(`Limits, ${currency}`), limitTable(quote.limits)],
    wrapped(verdict(quote), width).map(bold),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function riskTable(quote: Quote): string {
  const level = levelPercent(quote.level);
  const { before, after } = quote.contribution;
  return plainTable(
    ["", ""],
    [
      ["Expected loss", estimate(quote.expectedLoss)],
      [`Marginal ES ${level}`, estimate(quote.marginalShortfall)],
      ["Participant's contribution before", estimate(before)],
      ["Participant's contribution after", estimate(after)],
    ],
  ).trimStart();
}

function priceTable({ price }: Quote): string {
  if (price === null) return "No price: the pool has no pricing terms.";
  const { premium, skewFee, stressMultiplier, amount } = price;
  const isRaised = skewFee > 0 && stressMultiplier !== 1;
  return plainTable(
    ["", ""],
    [
      ["Premium", estimate(premium)],
      [skewFee < 0 ? "Skew rebate" : "Skew fee", rounded(Math.abs(skewFee), -2)],
      ...(isRaised ? [["Fee multiplied by", significant(stressMultiplier, 4)]] : []),
      amount.startsWith("-")
        ? ["To receive", grouped(amount.slice(1))]
        : ["To pay", grouped(amount)],
    ],
  ).trimStart();
}

function limitTable(limits: readonly LimitUse[]): string {
  if (limits.length === 0) return "No limit counts this position.";
  const rows = limits.map((use) => [
    printable(use.id),
    printable(use.of === "" ? use.scope : `${use.scope} ${use.of}`),
    use.measure,
    rounded(use.before, 0),
    rounded(use.after, 0),
    grouped(use.max),
    use.isBroken
      ? use.action === "warn"
        ? "warns"
        : "REFUSED"
      : use.after > Number(use.max)
        ? "above, but less"
        : "ok",
  ]);
  return plainTable(["Limit", "Counts", "Measure", "Before", "After", "Most", ""], rows, 3);
}

function verdict({ limits, isAllowed }: Quote): string {
  const named = (broken: readonly LimitUse[]): string =>
    broken.map(({ id, of }) => printable(of === "" ? id : `${id} (${of})`)).join(", ");
  const broken = limits.filter(({ isBroken }) => isBroken);
  const refusing = broken.filter(({ action }) => action === "refuse");
  if (!isAllowed) return `Refused by ${named(refusing)}.`;
  return broken.length > 0 ? `Allowed, with a warning by ${named(broken)}.` : "Allowed.";
}
