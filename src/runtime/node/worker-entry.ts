import { parentPort } from "node:worker_threads";
import { serve } from "../worker/worker.ts";

// Built to the text that `thread.ts` starts its threads from.
const port = parentPort!;
serve({
  send: (message, transfer) => port.postMessage(message, transfer),
  listen: (onMessage) => void port.on("message", onMessage),
});
