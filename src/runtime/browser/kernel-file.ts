import { bytesOf } from "../kernel-source.ts";

/** Fetches the kernel module. */
export async function openKernel(address: URL | string): Promise<ArrayBuffer> {
  return bytesOf(await fetch(address));
}
