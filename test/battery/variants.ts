// Variants of a pool of real options, valued one after the other as a batch, and each by itself by
// another engine in another order: the same bits. Then small pools by the ten thousands: memory must
// not grow with their number.
//   npm run battery:variants                  10,000 variants, 100,000 small pools
//   npm run battery:variants -- 2000 30000
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { smallPools, smallRun } from "../../bench/workload/batch.ts";
import { digestOf } from "../../src/basics/index.ts";
import { importDeribitChain } from "../../src/edge/venue/deribit.ts";
import { readPriceCsv } from "../../src/edge/venue/price-csv.ts";
import {
  type Change,
  calibrate,
  loadSync,
  type MarketParameters,
  type Pool,
  readPool,
  variantOf,
} from "../../src/index.ts";
import { uniforms } from "../support/member-losses.ts";

const VARIANTS = Number(process.argv[2] ?? 10_000);
const POOLS = Number(process.argv[3] ?? 100_000);
const VALUED = Math.min(200, VARIANTS);
const NAMES = ["deribit_chain_20260205T212937Z.csv", "prices_hourly_close_binance.csv"] as const;

/** The folder of the tables: where RISKPOOL_SHARED says, or `shared` in a folder above. */
function folder(): string | null {
  const named = process.env["RISKPOOL_SHARED"];
  const candidates = named === undefined ? [] : [named];
  for (let at = process.cwd(); dirname(at) !== at; at = dirname(at)) {
    candidates.push(join(at, "shared"));
  }
  const holds = (path: string) => NAMES.every((name) => existsSync(join(path, name)));
  return candidates.map((path) => join(path, "data")).find(holds) ?? null;
}

function realPool(data: string): { readonly base: Pool; readonly market: MarketParameters } {
  const text = (name: string) => readFileSync(join(data, name), "utf8");
  const { pool } = importDeribitChain(text(NAMES[0]), { share: 0.05, participants: 200 });
  const { history } = readPriceCsv(text(NAMES[1]));
  const market = calibrate(history, { assets: ["BTC", "ETH"] }).parameters;
  return { base: readPool({ ...pool, market }), market };
}

const random = uniforms(20260205);

/** A price, a volatility or a quantity, or some of them: of the market, of the book and of both. */
function changesOf({ document }: Pool, i: number): Change[] {
  const changes: Change[] = [];
  const replace = (path: string, value: unknown) => changes.push({ op: "replace", path, value });
  const near = (value: number) => value * (0.7 + 0.6 * random());
  if (i % 2 === 0) replace("/market/volatility/0", near(document.market!.volatility[0]!));
  if (i % 3 === 0) replace("/assets/BTC/spot", near(document.assets[0]!.spot));
  if (i % 5 === 0) {
    const at = Math.floor(random() * document.options.length);
    replace(`/options/${at}/quantity`, near(document.options[at]!.quantity));
  }
  if (i % 2 === 1) replace("/market/volatility/1", near(document.market!.volatility[1]!));
  return changes;
}

const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function compareVariants(data: string): Promise<void> {
  const { base } = realPool(data);
  const variants = Array.from({ length: VARIANTS }, (_, i) => changesOf(base, i));
  const options = { scenarios: 2_000, levels: [0.95], confidence: 0.95, seed: 7n };
  const start = seconds();
  const found: string[] = [];
  const items = variants.map((changes) => ({ pool: base, changes }));
  for await (const answer of loadSync().valueMany(items, { ...options, figures: "measure" })) {
    if (answer.error) throw answer.error;
    found.push(digestOf(answer.valuation));
  }
  const batched = seconds();
  const alone = loadSync();
  let differing = 0;
  // Backwards, so that no neighbour is the one that the batch had.
  for (let i = VARIANTS - 1; i >= 0; i--) {
    const one = await alone.measure(variantOf(base, variants[i]!), options);
    if (digestOf(one) !== found[i]) differing++;
  }
  const measured = seconds();
  const some = Array.from({ length: VALUED }, () => Math.floor(random() * VARIANTS));
  const chosen = some.map((i) => ({ pool: base, changes: variants[i]! }));
  let at = 0;
  for await (const answer of loadSync().valueMany(chosen, { ...options, figures: "value" })) {
    if (answer.error) throw answer.error;
    // Of the whole document as text, which shares nothing with the base.
    const text = JSON.stringify(variantOf(base, variants[some[at++]!]!).document);
    const one = await alone.value(text, options);
    if (digestOf(one) !== digestOf(answer.valuation)) differing++;
  }
  const distinct = new Set(found).size;
  console.log(
    `${VARIANTS} variants of ${base.document.options.length} real options, ${distinct} different answers: ${(batched - start).toFixed(0)} s as a batch, ${(measured - batched).toFixed(0)} s one by one; ${VALUED} valued from their text: ${(seconds() - measured).toFixed(0)} s`,
  );
  console.log(`${differing} differ`);
  if (differing > 0 || distinct < 0.9 * VARIANTS) process.exitCode = 1;
}

/** What memory may grow by between the first thousand pools and all of them. */
const GROWTH_MAX = 60e6;

async function watchMemory(): Promise<void> {
  const texts = smallPools(500).map((pool) => JSON.stringify(pool));
  function* source() {
    for (let i = 0; i < POOLS; i++) {
      yield texts[i % texts.length]!.replace('"name":"small', `"name":"round ${i}`);
    }
  }
  const options = { ...smallRun, scenarios: 4_000 };
  const rss: [number, number][] = [];
  let most = 0;
  for await (const { index, error } of loadSync().valueMany(source(), options)) {
    if (error) throw error;
    if (index % 100 === 99) most = Math.max(most, process.memoryUsage().rss);
    if ([1_000, 3_000, 10_000, 30_000, 100_000].includes(index + 1)) rss.push([index + 1, most]);
  }
  console.log(
    `most memory: ${rss.map(([count, bytes]) => `${(bytes / 1e6).toFixed(0)} MB after ${count}`).join(", ")}`,
  );
  if (most - rss[0]![1] > GROWTH_MAX) process.exitCode = 1;
}

const data = folder();
if (data) await compareVariants(data);
else console.log("skipped: the real chain is not there; RISKPOOL_SHARED says where it is");
await watchMemory();
