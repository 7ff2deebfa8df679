// Method: a client that values nothing, and refuses every chunk with a certain item in it.
import { expect, test } from "vitest";
import type { Client } from "../../../src/edge/queue/client.ts";
import { decoded, encoded } from "../../../src/edge/queue/codec.ts";
import { ChunkCrew } from "../../../src/edge/queue/crew.ts";
import type { QueueJob } from "../../../src/edge/queue/job.ts";
import { faultOf } from "../../../src/edge/queue/sent-error.ts";
import type { ChunkSpec } from "../../../src/edge/queue/spec.ts";

/** A client whose answers are the documents of the items, and its chunks in order. */
function mirror(poison: unknown, ms: number, slots = 1) {
  const specs = new Map<string, ChunkSpec>();
  const jobs = new Map<string, QueueJob>();
  const chunks: unknown[][] = [];
  const itemsOf = (unit: string) => specs.get(jobs.get(unit)!.spec)!.items;
  const client = {
    build: { version: "v", kernel: "k" },
    job: (of: object) => of,
    watch: () => ({
      done: async ({ unit }: { readonly unit: string }) => {
        const documents = itemsOf(unit).map(({ document }) => document);
        chunks.push(documents);
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (documents.includes(poison)) throw faultOf("QUEUE_POISON", "no end", "an end");
        return ms * documents.length;
      },
    }),
    awaited: (job: QueueJob) => ({ unit: job.unit }),
    submit: async (job: QueueJob) => void jobs.set(job.unit, job),
    slots: async () => slots,
    leave: () => {},
    store: {
      open: async () => {},
      hold: async (_: string, digest: string, text: string) =>
        void specs.set(digest, decoded<ChunkSpec>(text)),
      value: async (unit: string) => {
        const answers = itemsOf(unit).map(({ document }) => ({ valuation: document }));
        return new TextEncoder().encode(encoded(answers));
      },
      release: async () => {},
    },
  };
  return { client: client as unknown as Client, chunks };
}

const task = (document: unknown) => ({ isBase: false, changes: [], options: {}, document });
const lineOf = (client: Client, ahead: number) =>
  new ChunkCrew(client).open({ figures: "value", shared: {}, ahead });

test("crew: one item that takes its worker with it costs the others nothing", async () => {
  const { client, chunks } = mirror("b", 1);
  const line = lineOf(client, 64);
  const all = ["a", "b", "c", "d"].map((document) => line.value(task(document)));
  const found = await Promise.all(all.map((one) => one.catch(({ code }) => code)));
  expect(found).toEqual(["a", "QUEUE_POISON", "c", "d"]);
  expect(chunks).toEqual([["a", "b", "c", "d"], ["a", "b"], ["a"], ["b"], ["c", "d"]]);
});

test("crew: chunks take about two seconds each, and leave something for every slot", async () => {
  const sizes = async (ms: number, slots: number) => {
    const { client, chunks } = mirror(null, ms, slots);
    const line = lineOf(client, 400);
    for (let round = 0; round < 2; round++) {
      const documents = Array.from({ length: 200 }, (_, i) => `${round} ${i}`);
      await Promise.all(documents.map((document) => line.value(task(document))));
    }
    return Math.max(...chunks.map((chunk) => chunk.length));
  };
  // 100 ms each: 20 are two seconds; 1 ms each: half of what is ahead, for one slot or for four.
  expect(await sizes(100, 1)).toBe(20);
  expect(await sizes(1, 1)).toBe(200);
  expect(await sizes(1, 4)).toBe(50);
});

test("crew: an item may come again; what cannot be sent is told", async () => {
  const { client, chunks } = mirror(null, 1);
  const line = lineOf(client, 64);
  for (let i = 0; i < 2; i++) expect(await line.value(task("same"))).toBe("same");
  expect(chunks).toEqual([["same"], ["same"]]);
  const unsendable = line.value(task(() => 1));
  await expect(unsendable).rejects.toMatchObject({ name: "DataCloneError" });
});

test("crew: a stop refuses what waits, what is on its way, and what comes later", async () => {
  const { client } = mirror(null, 1);
  let submitted = 0;
  const never = {
    watch: () => ({ done: () => new Promise(() => {}) }),
    submit: async () => void submitted++,
  };
  const line = lineOf({ ...client, ...never } as unknown as Client, 64);
  const reason = new Error("enough");
  const asked = ["a", "b", "c", "d", "e"].map((document) => line.value(task(document)));
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(submitted).toBe(1);
  line.stop(reason);
  asked.push(line.value(task("f")));
  for (const answer of await Promise.allSettled(asked)) {
    expect(answer).toEqual({ status: "rejected", reason });
  }
  // Longer than what waits would wait for company.
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(submitted).toBe(1);
});
