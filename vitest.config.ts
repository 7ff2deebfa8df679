import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    // Bundlers build a dozen pages before the tests of them.
    hookTimeout: 300_000,
    pool: "forks",
    maxWorkers: 2,
  },
}) as unknown;
