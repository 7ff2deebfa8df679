import { PoolError, received } from "../../index.ts";

/** What a file can be. */
export type FileKind = "pool" | "chain" | "prices";

/** A file as it was read. */
export interface TextFile {
  readonly name: string;
  readonly text: string;
  readonly kind: FileKind;
}

/** Longest file that is read: a tab holds its text and what is made of it at once. */
const BYTES_MAX = 64 * 1024 * 1024;
/** Most lines of prices: a century of hours. */
const LINES_MAX = 1_000_000;
const BYTE_ORDER_MARKS = [
  { marks: [0xff, 0xfe], name: "UTF-16" },
  { marks: [0xfe, 0xff], name: "UTF-16" },
] as const;

/**
 * Reads a file of the visitor's as UTF-8 text; a byte order mark is dropped.
 *
 * @throws PoolError BODY_TOO_LARGE, BODY_EMPTY, TEXT_INVALID, TOO_MANY_ITEMS, FILE_UNREADABLE
 */
export async function readFileText(file: File): Promise<TextFile> {
  if (file.size > BYTES_MAX) {
    throw fault(
      "BODY_TOO_LARGE",
      "the file is too large for a tab; cut it, or value it on the command line",
      `at most ${BYTES_MAX} bytes`,
      `${file.size} bytes`,
    );
  }
  const bytes = await bytesOf(file);
  if (bytes.length === 0) {
    throw fault("BODY_EMPTY", "the file is empty", "a pool, an option chain or prices", "0 bytes");
  }
  const text = decoded(bytes);
  const kind = kindOf(file.name, text);
  if (kind === "prices") checkLines(text);
  return { name: file.name, text, kind };
}

/** A line costs many times its letters once it is split. */
function checkLines(text: string): void {
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lines++;
  if (lines <= LINES_MAX) return;
  throw fault(
    "TOO_MANY_ITEMS",
    "the file has too many lines for a tab; cut it to the time that is used, or value it on the command line",
    `at most ${LINES_MAX} lines`,
    `${lines} lines`,
  );
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    // A folder that was dropped is also handed over as a file.
    const reason = error instanceof Error ? error.message : String(error);
    throw fault(
      "FILE_UNREADABLE",
      `the browser cannot read it (${reason}); choose a file, not a folder, and choose it again if it has changed`,
      "a file that can be read",
    );
  }
}

function decoded(bytes: Uint8Array): string {
  const wide = BYTE_ORDER_MARKS.find(({ marks }) => marks.every((mark, i) => bytes[i] === mark));
  if (wide) {
    throw fault("TEXT_INVALID", `the file is ${wide.name} text; save it as UTF-8`, "UTF-8 text");
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    const at = faultyByte(bytes);
    throw fault(
      "TEXT_INVALID",
      `the file is not UTF-8 text from byte ${at + 1} on; save it as UTF-8`,
      "UTF-8 text",
      `byte 0x${(bytes[at] ?? 0).toString(16).padStart(2, "0")}`,
    );
  }
}

/** Where a text stops to be UTF-8: the longest sound beginning, found by halving. */
function faultyByte(bytes: Uint8Array): number {
  const isSound = (length: number): boolean => {
    try {
      // As a stream, a character that is cut off at the end is no fault.
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let sound = 0;
  let faulty = bytes.length + 1;
  while (faulty - sound > 1) {
    const middle = (sound + faulty) >> 1;
    if (isSound(middle)) sound = middle;
    else faulty = middle;
  }
  // A character that was begun and not gone on with is at fault from its first byte.
  for (let back = 1; back <= 3 && (bytes[sound - back] ?? 0) >= 0x80; back++) {
    const first = bytes[sound - back]!;
    if (first >= 0xc0) {
      const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
      return back < length ? sound - back : Math.min(sound, bytes.length - 1);
    }
  }
  return Math.min(sound, bytes.length - 1);
}

/** A file is known by what is in it; only what could be anything goes by its name. */
function kindOf(name: string, text: string): FileKind {
  const first = /^\s*(.)/.exec(text.slice(0, 1000))?.[1] ?? "";
  if (first === "[") return "chain";
  if (first === "{") {
    const isPool = /"format"\s*:\s*"riskpool"|"participants"\s*:/.test(text);
    return !isPool && /"instrument_name"\s*:/.test(text) ? "chain" : "pool";
  }
  const header = /^[^\r\n]*/.exec(text)?.[0] ?? "";
  if (/(^|[,;\t|"])\s*instrument_name\s*($|[,;\t|"])/.test(header)) return "chain";
  return /\.json$/i.test(name) ? "pool" : "prices";
}

function fault(code: string, detail: string, expected: string, got?: string): PoolError {
  const issue = { code, pointer: "", detail, expected, ...(got && { received: got }) };
  return new PoolError([issue], "file");
}

/** @throws PoolError FILE_REPEATED where two files are of one kind */
export function oneOfEach(files: readonly TextFile[]): Partial<Record<FileKind, TextFile>> {
  const found: Partial<Record<FileKind, TextFile>> = {};
  for (const file of files) {
    const isPoolTwice = file.kind !== "prices" && (found.pool ?? found.chain) !== undefined;
    if (found[file.kind] !== undefined || isPoolTwice) {
      const issue = {
        code: "FILE_REPEATED",
        pointer: "",
        detail:
          "there are two of a kind; open one pool or option chain, and one price file, at a time",
        expected: "one pool or chain, one price file",
        received: received(file.name),
      };
      throw new PoolError([issue], "files");
    }
    found[file.kind] = file;
  }
  return found;
}
