import { readFile } from "node:fs/promises";
import { bytesOf } from "../kernel-source.ts";

/** Reads the kernel module from a file (a path or a `file:` address), or fetches it. */
export async function openKernel(
  address: URL | string,
): Promise<ArrayBuffer | Uint8Array<ArrayBuffer>> {
  if (/^(https?|data|blob):/.test(String(address))) return bytesOf(await fetch(address));
  const isFile = typeof address === "string" && address.startsWith("file:");
  return new Uint8Array(await readFile(isFile ? new URL(address) : address));
}
