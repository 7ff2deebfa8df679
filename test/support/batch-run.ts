import { spawn, spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { programOf } from "../../bundle.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Bundles the command line from its source into a folder. */
export function buildCli(folder: string): Promise<string> {
  return buildProgram("src/edge/cli/bin.ts", join(folder, "cli.mjs"));
}

/** Bundles a program of the package from its source. @returns where it is */
export async function buildProgram(entry: string, outfile: string): Promise<string> {
  await build({
    ...programOf(),
    entryPoints: [join(root, entry)],
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    target: "es2022",
    mainFields: ["module", "main"],
    outfile,
    logLevel: "warning",
  });
  return outfile;
}

/** Variants of the small pool, and some lines that are at fault, as NDJSON. */
export function writeItems(folder: string, count: number): void {
  const base = readFileSync(join(root, "examples/small-pool.json"), "utf8");
  writeFileSync(join(folder, "base.json"), base);
  const lines = Array.from({ length: count }, (_, i) => {
    if (i % 17 === 5) return "{ broken";
    if (i % 17 === 9) return JSON.stringify(JSON.parse(base));
    const changes = [
      { op: "replace", path: "/assets/ETA/spot", value: 1_800 + i },
      { op: "replace", path: "/waterfall/layers/members-fund/size", value: `${30_000 + i}.50` },
    ];
    return JSON.stringify({ id: `v${i}`, changes });
  });
  writeFileSync(join(folder, "items.ndjson"), `${lines.join("\n")}\n`);
}

/** The words of a batch of {@link writeItems}. */
export function wordsOf(out: string, more: readonly string[] = []): string[] {
  const shared = ["--base", "base.json", "--scenarios", "10000", "--seed", "7"];
  return ["batch", "items.ndjson", ...shared, "--out", out, ...more];
}

/** Runs the command line to its end. */
export function runCli(
  cli: string,
  folder: string,
  words: readonly string[],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/**
 * Runs the command line until its journal has grown by so many bytes, and kills it there.
 *
 * @returns whether it was killed before it had ended
 */
export async function killCli(
  cli: string,
  folder: string,
  words: readonly string[],
  bytes: number,
  signal: NodeJS.Signals,
): Promise<boolean> {
  const out = words[words.indexOf("--out") + 1]!;
  const journal = join(folder, `${out}.partial`);
  const target = sizeOf(journal) + bytes;
  const child = spawn(process.execPath, [cli, ...words], { cwd: folder, stdio: "ignore" });
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.on("exit", () => {
      hasEnded = true;
      resolve();
    });
  });
  while (!hasEnded && sizeOf(journal) < target) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const isKilled = !hasEnded && child.kill(signal);
  await ended;
  return isKilled;
}
