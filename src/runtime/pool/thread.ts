import type { FromWorker, ToWorker } from "../worker/message.ts";

/** A worker as its pool sees it, whatever the platform. */
export interface Thread<To = ToWorker> {
  send(message: To, transfer: ArrayBuffer[]): void;
  /** Says whether the process must stay for it. */
  hold(isHeld: boolean): void;
  /** Ends it at once; resolves when it has. */
  end(): Promise<void>;
}

/** What a thread tells its pool. */
export interface ThreadEvents<From = FromWorker> {
  message(message: From): void;
  /** It has ended, or never began. Comes at most once, and never during the start. */
  lost(cause: string): void;
}

/** Starts a thread. Never throws: one that cannot be started is lost. */
export type StartThread<To = ToWorker, From = FromWorker> = (
  events: ThreadEvents<From>,
) => Thread<To>;

/** The thread of a start that failed. */
export function stillborn<From>(events: ThreadEvents<From>, cause: unknown): Thread<unknown> {
  queueMicrotask(() => events.lost(String(cause)));
  return { send() {}, hold() {}, end: () => Promise.resolve() };
}
