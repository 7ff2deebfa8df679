import type { StartThread, Thread, ThreadEvents } from "../../src/runtime/pool/thread.ts";
import type { FromWorker, ToWorker } from "../../src/runtime/worker/message.ts";
import { serve } from "../../src/runtime/worker/worker.ts";

/** What a test does to the answers of a thread. */
export interface Mischief {
  /** Turns of the event loop that an answer takes. */
  delay?(): number;
  /** The answer that arrives in place of the true one; null when the thread is lost instead. */
  answer?(message: FromWorker, thread: number): FromWorker | null;
}

/** Threads that are none: the worker's code in this one, with a kernel instance of its own. */
export function inProcessThreads(mischief: Mischief = {}): StartThread & { started: number } {
  const start = (events: ThreadEvents): Thread => {
    const thread = start.started++;
    let hear: (message: ToWorker) => void = () => {};
    let isOver = false;
    let line = Promise.resolve();
    serve({
      send: (message) => {
        // Answers of one thread stay in order, those of several do not.
        line = line.then(async () => {
          for (let turns = mischief.delay?.() ?? 0; turns > 0; turns--) {
            await new Promise((resolve) => setImmediate(resolve));
          }
          if (isOver) return;
          const answer = mischief.answer ? mischief.answer(message, thread) : message;
          if (answer) {
            events.message(answer);
          } else {
            isOver = true;
            events.lost("as the test has it");
          }
        });
      },
      listen: (onMessage) => {
        hear = onMessage;
      },
    });
    return {
      // A message is a copy, and what is transferred is gone on this side.
      send: (message, transfer) => {
        const copy = structuredClone(message, { transfer });
        setImmediate(() => !isOver && hear(copy));
      },
      hold() {},
      end: async () => {
        isOver = true;
      },
    };
  };
  start.started = 0;
  return start;
}
