import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import process from "node:process";
import type { Served, Site } from "./io.ts";

/** Headers that every answer has; what is served is nobody else's and never kept. */
const HEADERS = {
  "cache-control": "no-store",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/**
 * Serves files out of memory on this machine alone. No path reaches the disk, so none can leave a
 * folder; a name of another host in the request is refused, so that no page from elsewhere can read
 * the pool by giving its own name this machine's address.
 *
 * @param port  0 for one that is free
 * @returns     once it listens; `closed` resolves after SIGINT or SIGTERM
 */
export async function serveSite(site: Site, port: number): Promise<Served> {
  const server = createServer((request, response) => answer(site, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const own = (server.address() as AddressInfo).port;
  return { address: `http://127.0.0.1:${own}/`, closed: ended(server) };
}

function answer(site: Site, request: IncomingMessage, response: ServerResponse): void {
  for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
  response.setHeader("content-security-policy", `${site.policy}; frame-ancestors 'none'`);
  const refuse = (status: number, words: string): void => {
    response.statusCode = status;
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.end(`${words}\n`);
  };
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "")) {
    refuse(421, "served to this machine alone");
  } else if (request.method !== "GET" && request.method !== "HEAD") {
    response.setHeader("allow", "GET, HEAD");
    refuse(405, "only GET and HEAD");
  } else {
    const file = site.files.get((request.url ?? "").replace(/\?.*$/, ""));
    if (file === undefined) refuse(404, "not found");
    else {
      response.setHeader("content-type", file.type);
      response.setHeader("content-length", file.bytes.length);
      response.end(request.method === "HEAD" ? undefined : file.bytes);
    }
  }
}

function ended(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, end);
      server.close(() => resolve());
      // A tab that is still open keeps its connection.
      server.closeAllConnections();
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, end);
  });
}

/** Opens an address as the system does; where there is no opener, nothing happens. */
export function openInBrowser(address: string): void {
  const [command, ...first] =
    process.platform === "darwin"
      ? ["open"]
      : process.platform === "win32"
        ? // The empty title: `start` takes the first quoted word for one. No & of the address is left to it.
          ["cmd", "/c", "start", '""']
        : ["xdg-open"];
  const last = process.platform === "win32" ? address.replaceAll("&", "^&") : address;
  const child = spawn(command!, [...first, last], {
    stdio: "ignore",
    detached: true,
    // As they stand: the quotes and carets are for the command interpreter.
    windowsVerbatimArguments: true,
  });
  child.on("error", () => {});
  child.unref();
}
