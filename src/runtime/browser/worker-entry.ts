import type { ToWorker } from "../worker/message.ts";
import { serve } from "../worker/worker.ts";

// Built to dist/worker.js, which a page serves beside its own scripts.
serve({
  send: (message, transfer) => self.postMessage(message, { transfer }),
  listen: (onMessage) => {
    self.onmessage = ({ data }: MessageEvent<ToWorker>) => onMessage(data);
  },
});
