import { type Check, choice, Findings, flag, object, optional, text } from "../../basics/index.ts";
import { type Issue, PoolError, readJson } from "../../index.ts";
import { type ItemRun, itemJobOf } from "../batch/item-run.ts";
import type { ItemJob } from "../batch/item-shard.ts";
import { itemsOf } from "../batch/source.ts";
import { mustBeThere, wordsOf } from "./batch.ts";
import { readBatch } from "./batch-option.ts";
import type { BatchRequest, CalibrationRequest, Core } from "./core.ts";
import { type Io, readText } from "./io.ts";
import { printNotices } from "./notice.ts";
import type { OptionTexts } from "./option.ts";
import { anything, besideOf, type CutSpec, calibration, cut, twice } from "./shard-job.ts";

/** A spec of many jobs: items of a file, what they are variants of, and how they are cut. */
interface ItemSpec {
  /** Path of a file of items, as `riskpool batch` takes it. */
  readonly items: string;
  /** A pool document, or the path of one. */
  readonly base?: unknown;
  readonly prices?: string;
  readonly market?: unknown;
  readonly calibration?: CalibrationRequest;
  readonly figures?: "measure" | "value";
  readonly full?: boolean;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly shards?: CutSpec;
}

const OPTIONS = ["scenarios", "seed", "horizon", "step", "confidence", "levels"] as const;

const options: Check<Readonly<Record<string, unknown>>> = object<Record<string, unknown>>({
  ...Object.fromEntries(OPTIONS.map((name) => [name, optional(anything)])),
  monitoring: optional(choice(["discrete", "continuous"])),
  audit: optional(flag()),
});

const form: Check<ItemSpec> = object<ItemSpec>({
  items: text(4096),
  base: optional(anything),
  prices: optional(text(4096)),
  market: optional(anything),
  calibration: optional(calibration),
  figures: optional(choice(["measure", "value"])),
  full: optional(flag()),
  options: optional(options),
  shards: optional(cut),
});

/** What `riskpool batch` takes where nothing is said. */
const DEFAULTS: OptionTexts = {
  scenarios: "100000",
  seed: "1",
  horizon: "10d",
  confidence: "0.975",
  levels: "0.95,0.975,0.99",
  figures: "measure",
};

/** A spec of many jobs that has been read. */
export interface ReadItems {
  /** Path of the items. */
  readonly path: string;
  readonly request: BatchRequest;
  readonly isFull: boolean;
  readonly count: number | undefined;
  readonly seconds: number | undefined;
}

/** Whether a spec is one of many jobs. */
export function hasItems(root: unknown): boolean {
  return typeof root === "object" && root !== null && Object.hasOwn(root, "items");
}

/** The options of a spec as the command line would have them. */
function textsOf({ options: given = {}, figures, full }: Partial<ItemSpec>): OptionTexts {
  const texts: Record<string, unknown> = { ...DEFAULTS, ...(figures && { figures }) };
  for (const name of OPTIONS) {
    const value = given[name];
    if (value !== undefined) texts[name] = Array.isArray(value) ? value.join(",") : String(value);
  }
  return {
    ...texts,
    ...(given["monitoring"] === "continuous" && { continuous: true }),
    ...(given["audit"] === true && { audit: true }),
    out: "rows.ndjson",
    full: full === true,
  };
}

/**
 * Reads a spec of many jobs and the files that it names, but for the items.
 *
 * @param root  JSON of the spec at `path`
 * @throws PoolError with every mistake of its form and its options; FileFault
 */
export async function readItems(
  io: Io,
  path: string,
  root: unknown,
  workers: { readonly workers?: number },
): Promise<ReadItems> {
  const found = new Findings();
  const spec = (form.check(root, null, found) ?? {}) as Partial<ItemSpec>;
  const { shards = {} } = spec;
  const issues: Issue[] = [...found.issues, ...twice(shards)];
  const asked = askedOf(spec, issues);
  if (issues.length > 0 || !asked) throw new PoolError(issues, "job");
  const beside = besideOf(path);
  const textOf = async (given: unknown): Promise<string> =>
    typeof given === "string" ? readText(io, beside(given)) : JSON.stringify(given);
  const { base, prices, market } = spec;
  const items = beside(spec.items!);
  await mustBeThere(io, items);
  const request = {
    ...asked.request,
    ...workers,
    calibration: spec.calibration ?? {},
    ...(base !== undefined && { base: await textOf(base) }),
    ...(prices !== undefined && { prices: await textOf(prices) }),
    ...(market !== undefined && { market: await textOf(market) }),
  };
  const { count, seconds } = shards;
  return { path: items, request, isFull: asked.isFull, count, seconds };
}

function askedOf(spec: Partial<ItemSpec>, issues: Issue[]) {
  try {
    return readBatch(textsOf(spec));
  } catch (error) {
    if (!(error instanceof PoolError)) throw error;
    issues.push(...error.issues);
    return null;
  }
}

/** JSON of the spec at a path. */
export async function readSpec(io: Io, path: string): Promise<unknown> {
  return readJson(await readText(io, path));
}

/** Opens the items of a spec for some work, and closes them after it. */
export async function onItems<Answer>(
  io: Io,
  core: Core,
  { path, request, isFull }: ReadItems,
  work: (run: ItemRun, job: ItemJob) => Promise<Answer>,
): Promise<Answer> {
  const session = await core.batch(request);
  try {
    printNotices(session.notices, io);
    const { kernel, base } = session;
    const run: ItemRun = {
      items: () => itemsOf(io.disk, path, base),
      session,
      terms: { version: core.version, kernel, figures: request.figures, options: session.options },
      words: wordsOf(path, session),
      isFull,
    };
    const job = await itemJobOf(run);
    if (job.items === 0) throw new PoolError([noItems(path)], "job");
    return await work(run, job);
  } finally {
    await session.end();
  }
}

function noItems(path: string): Issue {
  return {
    code: "KEY_MISSING",
    pointer: "/items",
    detail: `${path} holds no items`,
    expected: "one item or more",
    received: "none",
  };
}
