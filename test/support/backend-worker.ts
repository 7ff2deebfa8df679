import { parentPort } from "node:worker_threads";
import { type CompiledKernel, instantiate } from "../../src/engine/index.ts";
import { losses, simulationOf } from "./simulation.ts";

parentPort!.once("message", (kernel: CompiledKernel) => {
  parentPort!.postMessage(losses(simulationOf(instantiate(kernel)), 0, 1024, 512));
});
