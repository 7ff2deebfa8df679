import type { StartItemThread } from "../../src/runtime/items/crew.ts";
import type {
  FromItemWorker,
  GroupMessage,
  ItemAnswer,
  ToItemWorker,
} from "../../src/runtime/items/message.ts";
import type { ThreadEvents } from "../../src/runtime/pool/thread.ts";

/** How a thread answers: in milliseconds, to how many items, and what it failed with. */
interface ThreadAnswer extends Pick<FromItemWorker, "ms" | "failure"> {
  readonly count: number;
}

/** A thread that does what a test says. */
export class ItemThread {
  readonly #events: ThreadEvents<FromItemWorker>;
  /** All that it was ever sent. */
  readonly sent: ToItemWorker[] = [];
  isHeld = false;
  isEnded = false;
  #answered = 0;

  constructor(events: ThreadEvents<FromItemWorker>) {
    this.#events = events;
  }

  get groups(): GroupMessage[] {
    return this.sent.filter((message) => message.kind === "value");
  }

  /** Groups without an answer. */
  get open(): GroupMessage[] {
    return this.groups.slice(this.#answered);
  }

  /** Answers the next group with its own documents, or the first of them. */
  answer({ ms = 1, count = Infinity, failure = null }: Partial<ThreadAnswer> = {}): void {
    const { group, items } = this.open[0]!;
    this.#answered++;
    const answers = items
      .slice(0, count)
      .map(({ document }): ItemAnswer => ({ valuation: document }));
    this.#events.message({ group, answers, ms, failure });
  }

  lose(): void {
    this.isEnded = true;
    this.#events.lost("as the test has it");
  }
}

/** Threads that do what a test says, in the order they were started. */
export function itemThreads(): { readonly start: StartItemThread; readonly threads: ItemThread[] } {
  const threads: ItemThread[] = [];
  const start: StartItemThread = (events) => {
    const thread = new ItemThread(events);
    threads.push(thread);
    return {
      send: (message) => void thread.sent.push(structuredClone(message)),
      hold: (isHeld) => {
        thread.isHeld = isHeld;
      },
      end: async () => {
        thread.isEnded = true;
      },
    };
  };
  return { start, threads };
}
