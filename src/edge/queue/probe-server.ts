import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PoolError, received } from "../../index.ts";

/** What a worker says of itself. */
export interface Probes {
  /** Whether it takes work. */
  readonly isReady: () => boolean;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

/** A server of probes, and where it is. */
export interface ProbeServer {
  readonly host: string;
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Where probes are asked: `127.0.0.1:9464`, `[::1]:9464`; port 0 is any that is free. */
interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * Serves `/healthz` (the process answers), `/readyz` (it takes work) and `/metrics`.
 *
 * @throws PoolError LISTEN_ADDRESS, LISTEN_REFUSED at /options/listen
 */
export async function serveProbes(listen: string, probes: Probes): Promise<ProbeServer> {
  const { host, port } = readAddress(listen);
  const server = createServer((request, response) => void answer(request, response, probes));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(taken(listen, error)));
    server.listen(port, host, resolve);
  });
  const { port: own } = server.address() as AddressInfo;
  return { host, port: own, close: () => closed(server) };
}

/** Reads where to listen. @throws PoolError LISTEN_ADDRESS */
function readAddress(listen: string): ListenAddress {
  const [, six, four, port] = /^(?:\[([\da-f:]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(listen) ?? [];
  const host = six ?? four;
  if (host !== undefined && Number(port) < 65_536) return { host, port: Number(port) };
  throw new PoolError([
    {
      code: "LISTEN_ADDRESS",
      pointer: "/options/listen",
      detail: "this is no address to listen at",
      expected: "host:port, such as 127.0.0.1:9464",
      received: received(listen),
    },
  ]);
}

function taken(listen: string, cause: Error): PoolError {
  return new PoolError([
    {
      code: "LISTEN_REFUSED",
      pointer: "/options/listen",
      detail: `the worker cannot listen there (${cause.message}); give another port, or none to have no probes`,
      expected: "an address of this machine that is free",
      received: received(listen),
    },
  ]);
}

async function answer(
  { url, method }: IncomingMessage,
  response: ServerResponse,
  { isReady, metrics }: Probes,
): Promise<void> {
  const say = (status: number, text: string, type = "text/plain; charset=utf-8") => {
    // Looks are seconds apart: a connection that is kept would be closed under the next one.
    const connection = { connection: "close", "cache-control": "no-store" };
    response.writeHead(status, { "content-type": type, ...connection });
    response.end(method === "HEAD" ? undefined : text);
  };
  if (method !== "GET" && method !== "HEAD") return say(405, "only GET and HEAD\n");
  const path = (url ?? "").replace(/\?.*$/, "");
  if (path === "/healthz") return say(200, "ok\n");
  if (path === "/readyz") return isReady() ? say(200, "ok\n") : say(503, "takes no work\n");
  if (path !== "/metrics") return say(404, "not found\n");
  const { type, text } = await metrics();
  say(200, text, type);
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
