import type { FromWorker, ToWorker } from "../worker/message.ts";

/** A worker as its pool sees it, whatever the platform. */
export interface Thread {
  send(message: ToWorker, transfer: ArrayBuffer[]): void;
  /** Says whether the process must stay for it. */
  hold(isHeld: boolean): void;
  /** Ends it at once; resolves when it has. */
  end(): Promise<void>;
}

/** What a thread tells its pool. */
export interface ThreadEvents {
  message(message: FromWorker): void;
  /** It has ended, or never began. Comes at most once, and never during the start. */
  lost(cause: string): void;
}

/** Starts a thread. Never throws: one that cannot be started is lost. */
export type StartThread = (events: ThreadEvents) => Thread;

/** The thread of a start that failed. */
export function stillborn(events: ThreadEvents, cause: unknown): Thread {
  queueMicrotask(() => events.lost(String(cause)));
  return { send() {}, hold() {}, end: () => Promise.resolve() };
}
