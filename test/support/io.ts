import { nodeDisk } from "../../src/edge/cli/disk.ts";
import { listFolder, readUtf8, readWhole, writeWhole } from "../../src/edge/cli/file.ts";
import type { Io } from "../../src/edge/cli/io.ts";
import { localCore } from "../../src/edge/cli/local-core.ts";
import { main } from "../../src/edge/cli/program.ts";

/** The command line in this process, on the files of this machine; its clock ticks at every look. */
export async function runHere(
  line: string,
  isTerminal = false,
): Promise<{ exit: number; out: string; err: string }> {
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
    writeBytes: writeWhole,
    listFolder,
    disk: nodeDisk,
    isTTY: { stdout: false, stderr: isTerminal },
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
  };
  const exit = await main(line.split(" "), io, localCore);
  return { exit, out, err };
}
