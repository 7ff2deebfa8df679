// The packed package in Deno, Bun, Next.js and React 18: the figures must be those of Node. Asks npm for
// them, so it is no part of the tests:
//   npm run consumers:more            all
//   npm run consumers:more -- next    one
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import {
  builtPage,
  FROM_BLOB,
  launching,
  repeated,
  root,
  Site,
  Stranger,
} from "../support/stranger.ts";

const SCRIPT = `
  import { readFileSync } from "node:fs";
  import { load } from "riskpool";
  import { load as loadExternal } from "riskpool/external";
  import { defineRiskRoom } from "riskpool/element";
  import { createElement } from "react";
  import { renderToString } from "react-dom/server";
  import { RiskRoom, usePoolValuation } from "riskpool/react";
  await defineRiskRoom();
  const State = () => JSON.stringify(usePoolValuation({}));
  console.log(renderToString(createElement(RiskRoom, { src: "/a" })), renderToString(createElement(State)));
  const pool = JSON.parse(readFileSync("pool.json", "utf8"));
  for (const engine of [await load(), await loadExternal(), await load({ backend: "js" })]) {
    const result = await engine.value(pool, { scenarios: 20_000, seed: 7n });
    console.log(engine.backend, JSON.stringify(result));
  }
`;
const VERSIONS = { deno: "deno@2.9.6", bun: "bun@1.4.5", next: "next@16.4.6" } as const;
const REACT = ["react@19.3.1", "react-dom@19.3.1"] as const;
const OLD_REACT = ["react@18.3.1", "react-dom@18.3.1"] as const;
const PATIENCE = 60_000;

/** The npm that runs this; a dependency brings an old one, which the path of a script puts first. */
const own = process.env["npm_execpath"];
const npm: readonly string[] = own ? [process.execPath, own] : ["npm"];

function run(command: readonly string[], cwd: string): string {
  const options = { cwd, encoding: "utf8", maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr } = spawnSync(command[0]!, command.slice(1), options);
  if (status !== 0) throw new Error(`${command.join(" ")}\n${stdout}${stderr}`);
  return stdout;
}

const stranger = new Stranger();
const { home } = stranger;
const folder = stranger.app("page");

/** An engine of Node, and what it finds. */
async function known() {
  const library = (await import(
    join(stranger.modules, "dist/index.js")
  )) as typeof import("../../src/index.ts");
  const engine = await library.load();
  const pool = readFileSync(join(folder, "pool.json"), "utf8");
  return {
    engine,
    expected: JSON.stringify(await engine.value(pool, { scenarios: 20_000, seed: 7n })),
  };
}

/** One script in three runtimes. */
function runtimes(names: readonly ("deno" | "bun")[]): readonly (readonly [string, boolean])[] {
  // Deno looks for modules where there is a package.
  writeFileSync(join(home, "package.json"), '{ "type": "module" }');
  writeFileSync(join(home, "main.mjs"), SCRIPT);
  cpSync(join(folder, "pool.json"), join(home, "pool.json"));
  for (const name of ["react", "react-dom", "scheduler"]) {
    const modules = join(home, "node_modules", name);
    cpSync(join(root, "node_modules", name), modules, { recursive: true, dereference: true });
  }
  const expected = run([process.execPath, "main.mjs"], home);
  return names.map((name) => {
    const how = name === "deno" ? ["run", "-A"] : [];
    const command = [...npm, "exec", "-y", VERSIONS[name], "--", ...how, "main.mjs"];
    return [name, run(command, home) === expected] as const;
  });
}

/** Starts a server and waits for it to say where it is. */
function started(command: readonly string[], cwd: string): Promise<[ChildProcess, string]> {
  const server = spawn(command[0]!, command.slice(1), {
    cwd,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("the server does not answer")), PATIENCE);
    let said = "";
    server.stdout!.on("data", (text) => {
      said += text;
      const [origin] = /http:\/\/127\.0\.0\.1:\d+/.exec(said) ?? [];
      if (!origin || !/Ready/.test(said)) return;
      clearTimeout(timer);
      resolve([server, origin]);
    });
  });
}

/** What is on the page of a built site: prerendered, by the hook, by the room. */
async function shown(browser: Browser, origin: string) {
  const prerendered = await (await fetch(origin)).text();
  const tab = await browser.newPage();
  await tab.goto(origin);
  await tab.locator("#client", { hasText: "receipt" }).waitFor({ timeout: PATIENCE });
  await tab.waitForFunction(() => "answer" in globalThis, undefined, { timeout: PATIENCE });
  return {
    prerendered,
    server: await tab.locator("#server").textContent(),
    client: await tab.locator("#client").textContent(),
    room: await tab.evaluate(
      () => (globalThis as unknown as { answer: { room: string } }).answer.room,
    ),
  };
}

/** A site by Next.js: a value that is found when it is built, and a component that finds it again. */
async function next(): Promise<readonly (readonly [string, boolean])[]> {
  const site = join(home, "site");
  cpSync(join(root, "test/consumer/next"), site, { recursive: true });
  mkdirSync(join(site, "public"));
  for (const name of ["pool.json", "public/pool.json"]) {
    cpSync(join(folder, "pool.json"), join(site, name));
  }
  writeFileSync(join(site, "package.json"), '{ "type": "module", "private": true }');
  run([...npm, "install", "--ignore-scripts", "--no-audit", VERSIONS.next, ...REACT], site);
  cpSync(stranger.modules, join(site, "node_modules/riskpool"), { recursive: true });
  process.env["NEXT_TELEMETRY_DISABLED"] = "1";
  const command = [process.execPath, join(site, "node_modules/next/dist/bin/next")];
  run([...command, "build"], site);
  const [server, origin] = await started([...command, "start", "-H", "127.0.0.1", "-p", "0"], site);
  const browser = await chromium.launch(launching);
  try {
    const { engine, expected } = await known();
    const { prerendered, server: built, client, room } = await shown(browser, origin);
    const again = await repeated(room, engine);
    return [
      ["next, on the server", built === expected],
      [
        "next, before any script",
        prerendered.includes("<risk-room src") && /under way/.test(prerendered),
      ],
      ["next, in the page", client === expected],
      ["next, in the room", again.shown === again.found],
    ];
  } finally {
    await browser.close();
    server.kill();
  }
}

/** The component and the hook in the oldest React that the package promises. */
async function react18(): Promise<readonly (readonly [string, boolean])[]> {
  const old = join(home, "react18");
  mkdirSync(old);
  writeFileSync(join(old, "package.json"), '{ "private": true }');
  run([...npm, "install", "--ignore-scripts", "--no-audit", ...OLD_REACT], old);
  const elsewhere = new Stranger();
  const site = new Site();
  const browser = await chromium.launch(launching);
  try {
    elsewhere.addReact(join(old, "node_modules"));
    site.folder = await builtPage(elsewhere, "react", "vite");
    site.headers = { "content-security-policy": FROM_BLOB };
    const tab = await browser.newPage();
    await tab.goto(await site.open());
    await tab.locator("output", { hasText: "20000" }).waitFor({ timeout: PATIENCE });
    await tab.locator("#change").click();
    await tab.waitForFunction(() => "answer" in globalThis, undefined, { timeout: PATIENCE });
    const { result, room } = await tab.evaluate(
      () => (globalThis as unknown as { answer: { result: string; room: string } }).answer,
    );
    const { engine, expected } = await known();
    const again = await repeated(room, engine);
    return [["react 18", result === expected && again.shown === again.found]];
  } finally {
    await browser.close();
    site.close();
    elsewhere.dispose();
  }
}

const wanted = process.argv.slice(2);
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name);
let differing = 0;
try {
  const results = [
    ...runtimes((["deno", "bun"] as const).filter(isWanted)),
    ...(isWanted("next") ? await next() : []),
    ...(isWanted("react18") ? await react18() : []),
  ];
  for (const [name, isSame] of results) {
    console.log(`${name}: ${isSame ? "same figures" : "differs"}`);
    if (!isSame) differing += 1;
  }
} finally {
  stranger.dispose();
}
process.exit(differing);
