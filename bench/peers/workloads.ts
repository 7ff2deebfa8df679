// The engine's side of every workload that has peers.
import type { Simulation } from "../../src/engine/index.ts";
import { readPool } from "../../src/pool/index.ts";
import { optionBook, perpetualBook, STEPS } from "../book.ts";
import { engines, lay, lossesOf } from "../engine.ts";
import type { Size } from "../harness.ts";
import { tailOf } from "../tuned.ts";
import { writeBooks, writeImage } from "./inputs.ts";

/** A workload as the engine does it. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  /** Scenarios, paths or normals of a run, and units in each of them. */
  readonly size: number;
  readonly unitsEach: number;
  /** The job from the document to the measures. */
  whole(): Float64Array;
  /** Only what the kernels do once everything has been laid: what native code is compared with. */
  laid(): Float64Array;
}

const FACTORS = 8;
/** Normals made together, and written over by the next: 128 paths of eight. */
const BLOCK = 1024;

/** Normals of `count` numbers, kept one block after the other or only in the block. */
export function drawNormals(count: number, keep: boolean): Float64Array {
  const { kernels } = engines()[0]!;
  const start = Math.ceil(kernels.columnsStart() / 64) * 64;
  const [keys, paths, out] = [start, start + 1024, start + 2048];
  const missing = out + 8 * BLOCK - kernels.memory.buffer.byteLength;
  if (missing > 0) kernels.memory.grow(Math.ceil(missing / 65536));
  kernels.schedule(keys, 7, 0);
  const list = new Uint32Array(kernels.memory.buffer, paths, BLOCK / FACTORS);
  const z = new Float64Array(kernels.memory.buffer, out, BLOCK);
  const kept = new Float64Array(keep ? count : BLOCK);
  for (let first = 0; first < count; first += BLOCK) {
    for (let i = 0; i < list.length; i++) list[i] = first / FACTORS + i;
    kernels.normals(out, paths, list.length, list.length, keys, 0, 0, FACTORS / 4);
    if (keep) kept.set(z, first);
  }
  return keep ? kept : z;
}

interface Laid {
  readonly simulation: Simulation;
}

/** A task whose answer is the losses of a pool. */
function pricing(task: Omit<Task, "whole" | "laid">, make: () => Laid): Task {
  const { simulation } = make();
  writeImage(task.id, simulation);
  return {
    ...task,
    whole: () => {
      const losses = lossesOf(make().simulation, task.size);
      tailOf(losses);
      return losses;
    },
    laid: () => lossesOf(simulation, task.size),
  };
}

/** Every workload; writes what the peers read. */
export function tasks(size: Size): Task[] {
  const [options, accounts, scenarios, numbers] =
    size === "smoke" ? [100, 64, 4096, 1 << 20] : [1000, 256, 100_000, 1 << 24];
  const written = readPool(optionBook(options, 1));
  const margined = readPool(perpetualBook(accounts));
  writeBooks(written.document, margined.document);
  // Two instances, because what is laid must stay while another pool is laid beside it.
  const pools = (pool: typeof written, mode: "profile" | "audit", steps: number) => {
    const kernels = [0, 1].map(() => engines()[0]!.kernels);
    let made = 0;
    return () => lay(kernels[Math.min(made++, 1)]!, pool, mode, steps);
  };
  return [
    {
      id: "W0",
      title: "Standard normals",
      unit: "normal",
      size: numbers,
      unitsEach: 1,
      whole: () => drawNormals(numbers, false),
      laid: () => drawNormals(numbers, false),
    },
    pricing(
      {
        id: "W1",
        title: `VaR and ES of ${options} options on 8 assets, full revaluation`,
        unit: "option and scenario",
        size: scenarios,
        unitsEach: options,
      },
      pools(written, "audit", 1),
    ),
    pricing(
      {
        id: "W1b",
        title: "The answer of W1 from value profiles",
        unit: "scenario",
        size: scenarios,
        unitsEach: 1,
      },
      pools(written, "profile", 1),
    ),
    pricing(
      {
        id: "W2",
        title: `Loss of a pool from ${accounts} perpetuals liquidated at first passage, 8 assets, ${STEPS} steps`,
        unit: "path",
        size: scenarios,
        unitsEach: 1,
      },
      pools(margined, "profile", STEPS),
    ),
  ];
}
