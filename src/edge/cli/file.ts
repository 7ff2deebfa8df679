import { randomBytes } from "node:crypto";
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Replaces a file: a neighbour is written, flushed and renamed over the name, so that a reader finds
 * the old file or the new one and never half of either. Makes the folders.
 */
export async function replaceFile(
  path: string,
  write: (draft: FileHandle) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const draft = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const file = await open(draft, "wx", 0o666);
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Replaces a whole file, as {@link replaceFile} does. */
export function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  return replaceFile(path, (draft) => draft.writeFile(content, "utf8"));
}

/** Reads the bytes of a file, which begin where their buffer does. */
export async function readWhole(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await readFile(path);
  return bytes.byteOffset === 0 ? bytes : new Uint8Array(bytes);
}

/** Names in a folder; null for what is no folder. */
export async function listFolder(path: string): Promise<readonly string[] | null> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ? readdir(path) : null;
}

/** Reads a file as UTF-8 and refuses bytes that are not; a byte order mark is dropped. */
export async function readUtf8(path: string): Promise<string> {
  return decoded(await readFile(path));
}

/** Decodes UTF-8 strictly. */
export function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("the file is not UTF-8 text");
  }
}
