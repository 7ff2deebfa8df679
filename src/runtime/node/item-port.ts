import { parentPort } from "node:worker_threads";
import type { ItemPort } from "../items/serve.ts";

/** The line of the worker that this runs in. */
export function itemPort(): ItemPort {
  const port = parentPort!;
  return {
    send: (message) => port.postMessage(message),
    listen: (onMessage) => void port.on("message", onMessage),
  };
}
