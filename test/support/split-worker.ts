import { parentPort, workerData } from "node:worker_threads";
import { compileKernelSync, instantiate } from "../../src/engine/index.ts";
import { losses, simulationOf } from "./simulation.ts";

const { first, count } = workerData as { first: number; count: number };
parentPort!.postMessage(losses(simulationOf(instantiate(compileKernelSync())), first, count, 512));
