import { type StartThread, stillborn } from "../pool/thread.ts";
import type { FromWorker } from "../worker/message.ts";

/**
 * Starts browser workers from a script's address: a file of its own, because a strict content
 * security policy lets no worker begin from a text.
 */
export function startBrowserThread(script: string | URL): StartThread {
  return (events) => {
    let worker: Worker;
    try {
      worker = new Worker(script, { name: "riskpool" });
    } catch (cause) {
      return stillborn(events, cause);
    }
    const lose = (cause: string) => {
      worker.terminate();
      events.lost(cause);
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => events.message(data);
    // A script that cannot be loaded is told without a message.
    worker.onerror = ({ message }) => lose(message || `${script} could not be loaded or run`);
    worker.onmessageerror = () => lose("a message could not be read");
    return {
      send: (message, transfer) => worker.postMessage(message, transfer),
      hold() {},
      end: async () => worker.terminate(),
    };
  };
}
