/** What runs in the threads of a queue's worker: BullMQ asks for its default export. */
export { processJob as default } from "./edge/queue/processor.ts";
