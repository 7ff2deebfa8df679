import { nodeDisk } from "../../src/edge/cli/disk.ts";
import { listFolder, readUtf8, readWhole, writeWhole } from "../../src/edge/cli/file.ts";
import type { Io } from "../../src/edge/cli/io.ts";
import { localCore } from "../../src/edge/cli/local-core.ts";
import { main } from "../../src/edge/cli/program.ts";

/** What the command line has said. */
export interface Said {
  readonly exit: number;
  readonly out: string;
  readonly err: string;
}

/**
 * The command line in this process, on the files of this machine; its clock ticks at every look.
 *
 * @param words  a line, or the words of one
 * @param own    what the world is besides
 */
export async function runHere(
  words: string | readonly string[],
  own: Partial<Io> = {},
): Promise<Said> {
  let out = "";
  let err = "";
  let clock = 0;
  const io: Io = {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    readFile: readUtf8,
    writeFile: writeWhole,
    readBytes: readWhole,
    listFolder,
    disk: nodeDisk,
    isTTY: { stdout: false, stderr: false },
    env: {},
    now: () => {
      clock += 1000;
      return clock;
    },
    example: { pool: "", prices: "" },
    room: { page: "", worker: "" },
    serve: () => Promise.reject(new Error("no server")),
    openBrowser: () => {},
    ended: () => Promise.resolve(),
    ...own,
  };
  const all = typeof words === "string" ? words.split(" ").filter(Boolean) : words;
  const exit = await main(all, io, localCore);
  return { exit, out, err };
}
