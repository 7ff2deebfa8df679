// Method: every choice of a backend in runtimes that have WebAssembly, lack it or forbid it.
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { afterEach, describe, expect, test, vi } from "vitest";
import { compileKernel, compileKernelSync, instantiate } from "../../src/engine/index.ts";
import { losses, simulationOf } from "../support/simulation.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

/** A runtime whose compiler refuses the module, as one without SIMD or under a policy does. */
const refusing = {
  compile: async () => {
    throw new WebAssembly.CompileError("refused");
  },
  Module: class {
    constructor() {
      throw new WebAssembly.CompileError("refused");
    }
  },
  CompileError: WebAssembly.CompileError,
};

describe.each([
  ["with WebAssembly", WebAssembly, "wasm"],
  ["without WebAssembly", undefined, "js"],
  ["where WebAssembly is refused", refusing, "js"],
])("%s", (_, stub, found) => {
  test("compileKernel: auto finds what there is", async () => {
    vi.stubGlobal("WebAssembly", stub);
    expect((await compileKernel("auto")).backend).toBe(found);
    expect(compileKernelSync("auto").backend).toBe(found);
  });

  test("compileKernel: js is always there", async () => {
    vi.stubGlobal("WebAssembly", stub);
    expect(await compileKernel("js")).toMatchObject({ backend: "js" });
    expect(compileKernelSync("js")).toEqual({ backend: "js" });
  });

  test("compileKernel: wasm is itself or refused", async () => {
    vi.stubGlobal("WebAssembly", stub);
    const backends = [
      await compileKernel("wasm").then(
        (kernel) => kernel.backend,
        (error: { code: string }) => error.code,
      ),
    ];
    try {
      backends.push(compileKernelSync("wasm").backend);
    } catch (error) {
      backends.push((error as { code: string }).code);
    }
    const expected = found === "wasm" ? "wasm" : "KERNEL_BLOCKED";
    expect(backends).toEqual([expected, expected]);
  });
});

test("compileKernel: tells the console once that plain JavaScript takes over", async () => {
  vi.resetModules();
  const engine = await import("../../src/engine/index.ts");
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubGlobal("WebAssembly", refusing);
  await engine.compileKernel("js");
  expect(warn).not.toHaveBeenCalled();
  await engine.compileKernel("auto");
  engine.compileKernelSync("auto");
  await engine.compileKernel("auto");
  expect(warn.mock.calls).toEqual([[expect.stringContaining("'wasm-unsafe-eval'")]]);
  warn.mockRestore();
});

test("compileKernel: what it gives can be posted to a worker", async () => {
  const outfile = fileURLToPath(new URL("../../build/backend-worker.mjs", import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL("../support/backend-worker.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    target: "es2022",
    outfile,
    logLevel: "silent",
  });
  const here = losses(simulationOf(instantiate(compileKernelSync("wasm"))), 0, 1024, 512);
  for (const backend of ["wasm", "js"] as const) {
    const there = await new Promise<Float64Array>((resolve, reject) => {
      const worker = new Worker(outfile);
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.postMessage(compileKernelSync(backend));
    });
    expect(there, backend).toEqual(here);
  }
});
