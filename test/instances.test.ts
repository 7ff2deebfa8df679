// Method: work that is held back by hand while its caller aborts or the instances are given back.
import { expect, test } from "vitest";
import { unlessAborted } from "../src/basics/index.ts";
import type { Kernels } from "../src/engine/index.ts";
import { Instances } from "../src/instances.ts";
import { inlineExecutor } from "../src/runtime/index.ts";

const instances = () => {
  let made = 0;
  const own = new Instances(() => ({ number: ++made }) as unknown as Kernels, inlineExecutor);
  return { own, made: () => made };
};
const never = new Promise<never>(() => {});

test("instances: one that has run is lent again, one whose run failed is not", async () => {
  const { own, made } = instances();
  const number = (kernels: Kernels) => (kernels as unknown as { number: number }).number;
  const use = () => own.lend(undefined, async (kernels) => number(kernels));
  expect([await use(), await use()]).toEqual([1, 1]);
  const failing = own.lend(undefined, () => Promise.reject(new Error("failed")));
  await expect(failing).rejects.toThrow("failed");
  expect([await use(), made()]).toEqual([2, 2]);
});

test("instances: a disposal ends what waits for a part, and refuses what comes later", async () => {
  const { own } = instances();
  const waiting = own.watch(undefined, (signal) => unlessAborted(signal, never));
  await own.dispose();
  await expect(waiting).rejects.toMatchObject({ code: "DISPOSED" });
  await expect(own.lend(undefined, () => never)).rejects.toMatchObject({ code: "DISPOSED" });
  expect(() => own.check()).toThrow("load another one");
});

test("instances: a caller's abort ends what waits for a part, and nothing else", async () => {
  const { own } = instances();
  const control = new AbortController();
  const waiting = own.watch(control.signal, (signal) => unlessAborted(signal, never));
  const other = own.watch(undefined, (signal) =>
    unlessAborted(signal, new Promise((resolve) => setTimeout(resolve, 5, "other"))),
  );
  control.abort(new Error("no longer"));
  await expect(waiting).rejects.toThrow("no longer");
  expect(await other).toBe("other");
});

test("instances: what was aborted before does not wait", async () => {
  const { own } = instances();
  const signal = AbortSignal.abort(new Error("too late"));
  const waiting = own.watch(signal, (each) => unlessAborted(each, never));
  await expect(waiting).rejects.toThrow("too late");
});
