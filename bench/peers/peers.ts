// Who runs beside the engine, how each is started, and how much of a workload each gets.
import { existsSync } from "node:fs";
import { FOLDER } from "./inputs.ts";
import type { Command } from "./peer.ts";

/** A program that does some of the workloads. */
export interface Rival {
  readonly implementation: string;
  readonly algorithm: string;
  readonly command: Command;
  /** Part of the engine's size per workload; those that are left out it does not do. */
  readonly shares: Readonly<Record<string, number>>;
  /** Set for the same kernels in another language: its answer is compared bit for bit. */
  readonly isTwin: boolean;
  /** Whether it starts from what was laid, as kernels do, or from the book. */
  readonly fromLaid: boolean;
}

/** What native code does, and the part of the engine that it is compared with. */
export const KERNELS = "kernels on the laid book";

const NATIVE = { W0: 1, W1: 1, W1b: 1, W2: 1 };

function native(implementation: string, binary: string, isTwin: boolean): Rival {
  return {
    implementation,
    algorithm: KERNELS,
    command: { program: `${FOLDER}/${binary}`, args: [] },
    shares: NATIVE,
    isTwin,
    fromLaid: true,
  };
}

function scripted(
  implementation: string,
  algorithm: string,
  script: string,
  style: string,
  shares: Rival["shares"],
): Rival {
  const args = [`bench/peers/python/${script}.py`, style];
  const command = { program: "/usr/bin/python3", args };
  return { implementation, algorithm, command, shares, isTwin: false, fromLaid: false };
}

function quantLib(
  implementation: string,
  algorithm: string,
  style: string,
  shares: Rival["shares"],
): Rival {
  const command = { program: `${FOLDER}/quantlib`, args: [style] };
  return { implementation, algorithm, command, shares, isTwin: false, fromLaid: false };
}

/**
 * Every peer that start.mjs found or built.
 *
 * @param modules  Python modules that can be imported
 */
export function rivals(modules: readonly string[]): Rival[] {
  const all = [
    native("native C++, 128 bit", "native-128", true),
    native("native C++, full width", "native-wide", true),
    native("native C++, full width, FMA", "native-wide-fma", false),
    scripted("NumPy, Philox", "ziggurat", "numpy_peer", "Philox", { W0: 1 }),
    scripted("NumPy, PCG64", "ziggurat", "numpy_peer", "PCG64", { W0: 1 }),
    scripted("NumPy", "columns in cache, SFC64", "numpy_peer", "SFC64", {
      W0: 1,
      W1: 0.2,
      W1b: 1,
      W2: 0.65536,
    }),
    scripted("Numba", "its own normals; loops", "numba_peer", "own", { W0: 1, W1: 0.2, W2: 0.2 }),
    quantLib("QuantLib, inverse normal", "Mersenne Twister", "inverse", { W0: 0.25 }),
    quantLib("QuantLib, polar", "Mersenne Twister", "polar", { W0: 0.25 }),
    quantLib("QuantLib, BlackCalculator", "one option at a time", "calculator", { W1: 0.04 }),
    quantLib("QuantLib, AnalyticEuropeanEngine", "one option at a time", "engine", { W1: 0.004 }),
    quantLib("QuantLib, MultiPathGenerator", "path by path", "paths", { W2: 0.04 }),
  ];
  return all.filter(({ command: { program, args } }) => {
    if (!program.startsWith(FOLDER)) return modules.includes(args[0]!.match(/(\w+)_peer/)![1]!);
    return existsSync(program);
  });
}
