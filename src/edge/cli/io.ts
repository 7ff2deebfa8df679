/** What the command line needs of the world; the tests give it another one. */
export interface Io {
  /** Prints to standard output: results and nothing else. */
  readonly stdout: (text: string) => void;
  /** Prints to standard error: progress, notes, errors. */
  readonly stderr: (text: string) => void;
  /** The text of a UTF-8 file; `-` is standard input. Rejects when it cannot be read. */
  readonly readFile: (path: string) => Promise<string>;
  /** Replaces a whole file or leaves it as it was; makes its folders. */
  readonly writeFile: (path: string, content: string | Uint8Array) => Promise<void>;
  /** The bytes of a file; rejects as `readFile` does. */
  readonly readBytes: (path: string) => Promise<Uint8Array<ArrayBuffer>>;
  /** Names in a folder; null for what is no folder. */
  readonly listFolder: (path: string) => Promise<readonly string[] | null>;
  /** Files that are read and written piece by piece. */
  readonly disk: Disk;
  readonly isTTY: { readonly stdout: boolean; readonly stderr: boolean };
  /** Columns of the terminal, when it has said so. */
  readonly columns?: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Paths of the pool that is valued when none is named, and of its prices. */
  readonly example: { readonly pool: string; readonly prices: string };
  /** The built risk room. */
  readonly room: RoomFiles;
  /** Serves a site on this machine alone; port 0 is any that is free. Rejects where it cannot. */
  readonly serve: (site: Site, port: number) => Promise<Served>;
  readonly openBrowser: (address: string) => void;
  /** Resolves when the process is told to end (SIGINT, SIGTERM), which from then on it does itself. */
  readonly ended: () => Promise<void>;
}

/** A line of a file. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its end. @throws Error when it is not UTF-8 */
  readonly text: () => string;
  /** Bytes of the file up to the end of the line. */
  readonly end: number;
  /** False of a last line that nothing ends: it may be torn. */
  readonly isEnded: boolean;
}

/** Takes the next piece of a file. */
export type Put = (piece: string | Uint8Array) => Promise<void>;

/** Files too long to be held, or written for as long as a run lasts. Everything rejects where it cannot be done. */
export interface Disk {
  /** Bytes of a file; null where there is none. */
  readonly size: (path: string) => Promise<number | null>;
  readonly lines: (path: string) => AsyncIterable<Line>;
  /** The bytes from `start` up to `end`. */
  readonly bytes: (path: string, start: number, end: number) => Promise<Uint8Array<ArrayBuffer>>;
  /** Opens a file to write behind its first `size` bytes; what is beyond them is cut off. */
  readonly append: (
    path: string,
    size: number,
  ) => Promise<{
    readonly write: (text: string) => Promise<void>;
    readonly close: () => Promise<void>;
  }>;
  /** Writes a neighbour piece by piece and renames it over the file. */
  readonly replace: (path: string, write: (put: Put) => Promise<void>) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
}

/** Where the built risk room is: the folder of its page, and the script of its workers. */
export interface RoomFiles {
  readonly page: string;
  readonly worker: string;
}

/** All that is served: files by path, and the content security policy of every answer. */
export interface Site {
  readonly files: ReadonlyMap<string, { readonly type: string; readonly bytes: Uint8Array }>;
  readonly policy: string;
}

/** A site that is being served. */
export interface Served {
  /** Ends in a slash. */
  readonly address: string;
  /** Resolves when the process was told to end and nothing is served any more. */
  readonly closed: Promise<void>;
}

/** The exit codes that `--help` promises. */
export const EXIT = {
  ok: 0,
  fault: 1,
  usage: 2,
  invalid: 3,
  file: 4,
  /** A quote that a limit refuses: an answer, not a mistake. */
  refused: 5,
  /** A batch some of whose items are at fault: their rows say why. */
  partly: 6,
  interrupted: 130,
} as const;

/** A file that cannot be read or written. */
export class FileFault extends Error {
  readonly code: "FILE_UNREADABLE" | "FILE_UNWRITABLE";
  readonly path: string;

  constructor(code: FileFault["code"], path: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${code === "FILE_UNREADABLE" ? "Cannot read" : "Cannot write"} ${path}: ${reason}`);
    this.name = "FileFault";
    this.code = code;
    this.path = path;
  }
}

/** Reads a file, or says which one could not be read. */
export async function readText(io: Io, path: string): Promise<string> {
  try {
    return await io.readFile(path);
  } catch (cause) {
    throw new FileFault("FILE_UNREADABLE", path, cause);
  }
}

/** Reads the bytes of a file, or says which one could not be read. */
export async function readBytes(io: Io, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await io.readBytes(path);
  } catch (cause) {
    throw new FileFault("FILE_UNREADABLE", path, cause);
  }
}

/** Writes a file, or says which one could not be written. */
export async function writeOut(io: Io, path: string, content: string | Uint8Array): Promise<void> {
  try {
    await io.writeFile(path, content);
  } catch (cause) {
    throw new FileFault("FILE_UNWRITABLE", path, cause);
  }
}

/** Whether standard output may carry colour: https://no-color.org and FORCE_COLOR are heeded. */
export function mayColour(io: Io): boolean {
  if (io.env["NO_COLOR"]) return false;
  if (io.env["FORCE_COLOR"]) return io.env["FORCE_COLOR"] !== "0";
  return io.isTTY.stdout && io.env["TERM"] !== "dumb";
}
