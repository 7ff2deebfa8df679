import type { Command } from "commander";
import { PoolError, received } from "../../index.ts";
import { addressOf } from "../web/address.ts";
import { CONFIDENCES, SPANS, startOf } from "../web/controls.ts";
import { calibrationOptions, readCalibration } from "./calibrate.ts";
import type { Core } from "./core.ts";
import { type Io, readText, type Served, type Site } from "./io.ts";
import { printNotices } from "./notice.ts";
import { OptionReader, type OptionTexts } from "./option.ts";
import { readWorld } from "./run-option.ts";

const WORKER = "room-worker.js";
/** What the page is made of, and what each file is. */
const PAGE = {
  "index.html": "text/html; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "room.js": "text/javascript; charset=utf-8",
  [WORKER]: "text/javascript; charset=utf-8",
} as const;

const LEVELS = CONFIDENCES.map((percent) => String(percent / 100));

/** Adds `riskpool open`. */
export function addOpen(program: Command, io: Io, core: Core): void {
  const command = program
    .command("open")
    .description("open a pool in the risk room, in a browser on this machine alone")
    .argument("[pool]", "pool document (JSON), - for standard input; the example when left out")
    .option("--prices <csv>", "price history to fit the market to, in place of the pool's own")
    .option("--market <json>", "market parameters, or the result of a run")
    .option("--horizon <days>", "where the room's horizon begins: 1d to 30d")
    .option("--confidence <fraction>", `where its level begins: ${LEVELS.join(", ")}`)
    .option("--liquidation", "begin with the pool's liquidation terms switched on");
  calibrationOptions(command)
    .option("--port <n>", "where to serve; a free port when left out")
    .option("--browser", "open the browser even where standard output is no terminal")
    .option("--no-browser", "only print the address")
    .option("--json", "print the address as JSON and nothing else")
    .action((pool: string | undefined, texts: OptionTexts) => run(pool, texts, io, core));
}

async function run(
  path: string | undefined,
  texts: OptionTexts,
  io: Io,
  core: Core,
): Promise<void> {
  const options = new OptionReader({
    ...texts,
    ...(typeof texts["horizon"] === "string" && {
      horizon: texts["horizon"].replace(/\s*d(ays?)?$/i, ""),
    }),
  });
  const calibration = readCalibration(options);
  const port = options.has("port") ? options.whole("port", { min: 1, max: 65_535, unit: "" }) : 0;
  const span = { ...SPANS.horizon, unit: "days" };
  const start = {
    ...(options.has("horizon") && { horizon: options.whole("horizon", span) }),
    ...(options.has("confidence") && {
      confidence: Number((Number(options.choice("confidence", LEVELS)) * 100).toPrecision(4)),
    }),
  };
  options.finish();
  const { pool, notices } = await core.priced({
    ...(await readWorld(io, path, texts)),
    calibration,
  });
  const liquidation = texts["liquidation"] === true && pool.liquidation !== undefined;
  const hash = addressOf(pool, { ...startOf(pool), ...start, liquidation });
  const site = await siteOf(io, `${JSON.stringify(pool)}\n`);
  const served = await serve(io, site, port);
  printNotices(notices, io);
  const address = served.address + (hash && `#${hash}`);
  if (texts["json"]) io.stdout(`${JSON.stringify({ address })}\n`);
  else io.stdout(`Risk room of ${pool.name}: ${address}\nEnds with Ctrl-C.\n`);
  if (mayOpen(io, texts)) io.openBrowser(address);
  await served.closed;
}

async function serve(io: Io, site: Site, port: number): Promise<Served> {
  try {
    return await io.serve(site, port);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const issue = {
      code: "PORT_UNAVAILABLE",
      pointer: "/options/port",
      detail: `the port cannot be served (${reason}); choose another, or leave --port out for a free one`,
      expected: "a port that is free and may be used",
      received: received(port),
    };
    throw new PoolError([issue], "command line");
  }
}

function mayOpen({ env, isTTY }: Io, texts: OptionTexts): boolean {
  if (texts["browser"] === false || env["CI"]) return false;
  return texts["browser"] === true || isTTY.stdout;
}

/** The built page with this pool in it and no other. */
async function siteOf(io: Io, pool: string): Promise<Site> {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const files = new Map([["/pool.json", { type: "application/json", bytes: bytes(pool) }]]);
  let policy = "";
  for (const [name, type] of Object.entries(PAGE)) {
    const text = await readText(io, name === WORKER ? io.room.worker : `${io.room.page}/${name}`);
    const isPage = name === "index.html";
    if (isPage) policy = /Content-Security-Policy" content="([^"]+)"/.exec(text)?.[1] ?? policy;
    const own = isPage ? text.replace(/<risk-room .*><\/risk-room>/, ROOM) : text;
    files.set(isPage ? "/" : `/${name}`, { type, bytes: bytes(own) });
  }
  return { files, policy };
}

const ROOM = `<risk-room src="pool.json" worker="${WORKER}"></risk-room>`;
