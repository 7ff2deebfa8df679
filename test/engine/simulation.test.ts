// Method: an image laid in another instance, against the simulation it was taken of.
import { expect, test } from "vitest";
import { Arena, Simulation } from "../../src/engine/index.ts";
import { freshKernel } from "../support/kernel.ts";
import { losses, simulationOf } from "../support/simulation.ts";

test("image: another instance gives the same losses and moments", () => {
  const original = simulationOf(freshKernel().kernels);
  original.withMoments = true;
  const image = original.image();
  const other = freshKernel().kernels;
  const copy = Simulation.fromImage(other, structuredClone(image));
  expect(losses(copy, 512, 2048, 1024)).toEqual(losses(original, 512, 2048, 1024));
  const moments = original.takeMoments();
  expect(moments.some((moment) => moment !== 0)).toBe(true);
  expect(copy.takeMoments()).toEqual(moments);
});

test("image: holds what was laid, and neither the memory to work in nor moments", () => {
  const original = simulationOf(freshKernel().kernels);
  original.withMoments = true;
  const { bytes } = original.image();
  const laid = original.arena.bytes - original.kernels.columnsStart();
  expect(bytes.length).toBeLessThan(laid - 1024 * 20);
  original.runRange(0, 1024);
  // Gathered on one side only.
  const copy = Simulation.fromImage(freshKernel().kernels, original.image());
  expect(copy.takeMoments().every((moment) => moment === 0)).toBe(true);
});

test("image: what an instance was used for before does not show", () => {
  const original = simulationOf(freshKernel().kernels);
  original.withMoments = true;
  const used = freshKernel().kernels;
  const arena = new Arena(used, 1 << 28);
  const junk = arena.take(4_000_000);
  arena.f64(junk, 500_000).fill(Number.NaN);
  const copy = Simulation.fromImage(used, original.image());
  expect(losses(copy, 0, 1024, 1024)).toEqual(losses(original, 0, 1024, 1024));
  expect(copy.takeMoments()).toEqual(original.takeMoments());
});
