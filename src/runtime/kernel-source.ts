import { received, refuse, sha256 } from "../basics/index.ts";
import { kernelDigest } from "../engine/index.ts";

/** Where the kernel module comes from: an address, an answer to it, its bytes, or it compiled. */
export type KernelSource = URL | string | Response | BufferSource | WebAssembly.Module;

/**
 * Takes the kernel module from a source.
 *
 * @param open  fetches or reads what is at an address; null where there is nothing
 * @returns     its bytes, or what was given compiled
 * @throws      PoolError KERNEL_MISSING, KERNEL_DIFFERS (bytes of another version, or of a page that
 *              says that there is nothing), TYPE at /options/wasm
 */
export async function kernelFrom(
  source: KernelSource,
  open: (address: URL | string) => Promise<ArrayBuffer | Uint8Array<ArrayBuffer>>,
): Promise<BufferSource | WebAssembly.Module> {
  // Its bytes are gone: whoever compiled it has seen to them.
  if (isModule(source)) return source as WebAssembly.Module;
  if (typeof source === "string" || source instanceof URL) {
    return checked(await open(source).catch((cause) => missing(String(source), cause)));
  }
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) {
    return checked(source as BufferSource);
  }
  if ("arrayBuffer" in Object(source)) return checked(await bytesOf(source as Response));
  return refuse({
    code: "TYPE",
    pointer: "/options/wasm",
    detail: "the kernel is taken from an address, a Response, bytes or a compiled module",
    expected: "URL, string, Response, ArrayBuffer, typed array or WebAssembly.Module",
    received: received(source),
  });
}

/** The bytes of an answer; throws a PoolError KERNEL_MISSING where it is none. */
export async function bytesOf(response: Response): Promise<ArrayBuffer> {
  if (!response.ok) return missing(response.url, `HTTP ${response.status}`);
  return await response.arrayBuffer();
}

// No type guard: a module has no property by which the compiler could tell it from the others.
function isModule(source: KernelSource): boolean {
  return typeof WebAssembly === "object" && source instanceof WebAssembly.Module;
}

function missing(address: string, cause: unknown): never {
  return refuse({
    code: "KERNEL_MISSING",
    pointer: "/options/wasm",
    detail: `the kernel could not be read from ${address}: ${String(cause)}. Serve the package's dist/kernel.wasm there, or say where it is: load({ wasm }).`,
    expected: "riskpool/kernel.wasm",
  });
}

function checked(bytes: BufferSource): BufferSource {
  const view = ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
  const digest = sha256(view);
  if (digest === kernelDigest) return bytes;
  return refuse({
    code: "KERNEL_DIFFERS",
    pointer: "/options/wasm",
    detail: "these bytes are not the kernel of this version; take kernel.wasm of the same package",
    expected: `SHA-256 ${kernelDigest}`,
    received: `${view.length} bytes, SHA-256 ${digest}`,
  });
}
