import { mkdir, open, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { decoded, replaceFile } from "./file.ts";
import type { Disk, Line, Put } from "./io.ts";

const PIECE_BYTES = 1 << 18;
const NEW_LINE = 10;
/** Text that is gathered before it is written. */
const GATHERED = 1 << 18;

/** The files of this machine. */
export const nodeDisk: Disk = {
  async size(path) {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw error;
    }
  },

  lines: linesOf,

  async bytes(path, start, end) {
    const file = await open(path, "r");
    try {
      const bytes = new Uint8Array(end - start);
      let done = 0;
      while (done < bytes.length) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start + done);
        if (bytesRead === 0) throw new Error("the file is shorter than it was");
        done += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  },

  async append(path, size) {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, "a");
    await file.truncate(size);
    return {
      write: (text) => file.appendFile(text, "utf8"),
      close: async () => {
        await file.sync();
        await file.close();
      },
    };
  },

  replace: (path, write) =>
    replaceFile(path, async (draft) => {
      let gathered = "";
      const put: Put = async (piece) => {
        if (typeof piece === "string") {
          gathered += piece;
          if (gathered.length < GATHERED) return;
          piece = "";
        }
        if (gathered !== "") await draft.appendFile(gathered, "utf8");
        gathered = "";
        if (piece.length > 0) await draft.appendFile(piece);
      };
      await write(put);
      await put(new Uint8Array(0));
    }),

  remove: (path) => rm(path, { force: true }),
};

/** Lines of a file of any length, read piece by piece. */
async function* linesOf(path: string): AsyncGenerator<Line, void, void> {
  const file = await open(path, "r");
  try {
    let rest: Uint8Array[] = [];
    let at = 0;
    let number = 0;
    const line = (last: Uint8Array, isEnded: boolean): Line => {
      const bytes = Buffer.concat([...rest, last]);
      rest = [];
      at += bytes.length + (isEnded ? 1 : 0);
      number++;
      const isMarked = number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      return {
        number,
        text: () => decoded(isMarked ? bytes.subarray(3) : bytes),
        end: at,
        isEnded,
      };
    };
    for (;;) {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES);
      if (bytesRead === 0) break;
      let from = 0;
      const piece = buffer.subarray(0, bytesRead);
      for (let to = piece.indexOf(NEW_LINE); to >= 0; to = piece.indexOf(NEW_LINE, from)) {
        yield line(piece.subarray(from, to), true);
        from = to + 1;
      }
      if (from < bytesRead) rest.push(piece.subarray(from));
    }
    if (rest.length > 0) yield line(new Uint8Array(0), false);
  } finally {
    await file.close();
  }
}
