// The one place that says how a worker's script is made, for the build and for its test.
import { build } from "esbuild";

/** What every bundle of this package has in common. */
export const common = {
  bundle: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  mainFields: ["module", "main"],
};

/** A script that runs by itself in a worker of Node or a browser; it knows nothing but the protocol. */
export async function workerScript(platform) {
  const { outputFiles } = await build({
    ...common,
    entryPoints: [`src/runtime/${platform}/worker-entry.ts`],
    absWorkingDir: import.meta.dirname,
    format: platform === "node" ? "cjs" : "iife",
    platform,
    minify: true,
    write: false,
  });
  return outputFiles[0].text;
}
