import process from "node:process";
import type { Core } from "./core.ts";
import { nodeDisk } from "./disk.ts";
import { decoded, listFolder, readUtf8, readWhole, writeWhole } from "./file.ts";
import type { Io } from "./io.ts";
import { main } from "./program.ts";
import { openInBrowser, serveSite } from "./room-server.ts";

/**
 * Runs the command line in this process and sets its exit code.
 *
 * No handler is set for SIGINT but while the room is served or a queue worked on: a run may hold the thread, and the system's own handling ends it at
 * once, which a shell reports as 130. Files are replaced whole, so nothing is left half written.
 *
 * @param example  paths of the pool that `riskpool value` takes when none is named, and of its prices
 * @param room     the built risk room
 */
export async function start(core: Core, example: Io["example"], room: Io["room"]): Promise<void> {
  // A reader that has seen enough (`| head`) closes the pipe; that is no fault.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const io: Io = {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    readFile: (path) => (path === "-" ? readStdin() : readUtf8(path)),
    writeFile: writeWhole,
    readBytes: readWhole,
    listFolder,
    disk: nodeDisk,
    isTTY: { stdout: process.stdout.isTTY === true, stderr: process.stderr.isTTY === true },
    ...(process.stdout.columns > 0 && { columns: process.stdout.columns }),
    env: process.env,
    now: () => performance.now(),
    example,
    room,
    serve: serveSite,
    openBrowser: openInBrowser,
    ended: toldToEnd,
  };
  process.exitCode = await main(process.argv.slice(2), io, core);
}

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return decoded(Buffer.concat(chunks));
}

/** Hears the first word to end; a second one ends the process as the system does. */
function toldToEnd(): Promise<void> {
  return new Promise((resolve) => {
    const signals = ["SIGINT", "SIGTERM"] as const;
    const end = (): void => {
      for (const signal of signals) process.off(signal, end);
      resolve();
    };
    for (const signal of signals) process.on(signal, end);
  });
}
