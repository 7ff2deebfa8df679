import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What a command did. */
export interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the npm that runs this; a dependency brings an old one, which the path of a script puts first. */
export function npm(args: readonly string[], cwd: string): Ran {
  const own = process.env["npm_execpath"];
  const [command, first] = own ? [process.execPath, [own]] : ["npm", []];
  const options = { cwd, encoding: "utf8", timeout: 60_000 } as const;
  const { status, stdout, stderr } = spawnSync(command, [...first, ...args], options);
  return { status, out: `${stdout}`, err: `${stderr}` };
}

/** Packs a package as npm does and unpacks it into a folder of modules, without network. */
export function unpacked(root: string, home: string, modules: string): void {
  // The build stands; its scripts would make it again under the feet of other tests.
  const pack = npm(["pack", "--ignore-scripts", "--pack-destination", home], root);
  if (pack.status !== 0) throw new Error(pack.err);
  const tarball = readdirSync(home).find((name) => name.endsWith(".tgz"))!;
  mkdirSync(modules, { recursive: true });
  const args = ["-xzf", join(home, tarball), "-C", modules, "--strip-components=1"];
  const { status, stderr } = spawnSync("tar", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}
