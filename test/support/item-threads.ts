import type { StartItemThread } from "../../src/runtime/items/crew.ts";
import type {
  FromItemWorker,
  GroupMessage,
  ItemAnswer,
  ToItemWorker,
} from "../../src/runtime/items/message.ts";
import type { ThreadEvents } from "../../src/runtime/pool/thread.ts";

/** How a thread answers, and to how many items. */
interface ThreadAnswer extends Omit<FromItemWorker, "answers"> {
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
  /** Place of the one item of the next group that it is still at, after an answer that goes on. */
  #at: number | null = null;

  constructor(events: ThreadEvents<FromItemWorker>) {
    this.#events = events;
  }

  get groups(): GroupMessage[] {
    return this.sent.filter((message) => message.kind === "value");
  }

  /** What there is no answer to. */
  get open(): GroupMessage[] {
    const [first, ...rest] = this.groups.slice(this.#answered);
    if (!first) return [];
    const at = this.#at;
    const items = at === null ? first.items : first.items.slice(at, at + 1);
    return [{ ...first, items }, ...rest];
  }

  /** Answers the next group with its own documents, or the first of them. */
  answer({
    ms = 1,
    count = Infinity,
    goesOn = false,
    failure = null,
  }: Partial<ThreadAnswer> = {}): void {
    const answers = this.open[0]!.items.slice(0, count).map(
      ({ document }): ItemAnswer => ({ valuation: document }),
    );
    this.#at = goesOn ? answers.length : null;
    if (!goesOn) this.#answered++;
    this.#events.message({ answers, ms, goesOn, failure });
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
