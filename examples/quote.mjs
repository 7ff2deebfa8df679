// Quotes a position for a pool: what it would mean, what it would pay and which limits it meets.
// The position as it is, and twice as large.
//
//   node examples/quote.mjs [pool.json position.json]
//
// Run `npm run build` first; elsewhere install riskpool. The pool needs a market of its own.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { load, PoolError, readPool } from "riskpool";

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const [poolFile = beside("small-pool.json"), positionFile = beside("position.json")] =
  process.argv.slice(2);

/** The position, so many times. */
function times(position, factor) {
  const [[kind, own]] = Object.entries(position);
  const size = own.quantity === undefined ? "size" : "quantity";
  return { ...position, [kind]: { ...own, [size]: own[size] * factor } };
}

function print(quote, currency) {
  const { marginalShortfall, expectedLoss, price, limits, isAllowed } = quote;
  const money = ({ value, standardError }) =>
    `${value.toFixed(0)} ± ${standardError.toFixed(0)} ${currency}`;
  console.log(`${quote.id} of ${quote.participant}, exposure ${quote.exposure} ${currency}`);
  console.log(`  expected loss  ${money(expectedLoss)}`);
  console.log(`  marginal ES    ${money(marginalShortfall)}`);
  if (price) console.log(`  pays           ${price.amount} ${currency}`);
  for (const { id, of, after, max, isBroken, action } of limits) {
    const verdict = isBroken ? (action === "warn" ? "warns" : "refuses") : "ok";
    console.log(`  ${`${id} ${of}`.trim()}: ${after.toFixed(0)} of ${max}, ${verdict}`);
  }
  console.log(isAllowed ? "  allowed" : "  refused");
}

try {
  // A pool that was read once is valued once: the second quote takes milliseconds.
  const pool = readPool(readFileSync(poolFile, "utf8"));
  const position = JSON.parse(readFileSync(positionFile, "utf8"));
  const engine = await load();
  for (const factor of [1, 2]) {
    const quote = await engine.quote(pool, times(position, factor), { seed: 7n });
    print(quote, pool.document.currency.code);
  }
  await engine.dispose();
} catch (error) {
  if (!(error instanceof PoolError)) throw error;
  for (const { code, pointer, detail } of error.issues) {
    console.error(`${code} ${pointer}: ${detail}`);
  }
  process.exitCode = 3;
}
