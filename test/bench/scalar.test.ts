// Method: the scalar kernels are built as the benchmark builds them and give the engine's losses and
// contributions, so that what is timed is the same work.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { optionBook } from "../../bench/book.ts";
import { contributionsTo, engines, lay, lossesOf } from "../../bench/engine.ts";
import {
  instantiateScalar,
  type Scalar,
  scalarProfiles,
  scalarReplay,
  scalarRevaluation,
} from "../../bench/scalar.ts";
import { visitsOf } from "../../bench/tuned.ts";
import { level } from "../../src/basics/index.ts";
import { readPool } from "../../src/pool/index.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(`${tmpdir()}/scalar-`);
const PARTICIPANTS = 10;
const SCENARIOS = 4000;
const LEVEL = level(0.975);
const pool = readPool(optionBook(100, PARTICIPANTS));
const { kernels: own } = engines()[0]!;
let kernels: Scalar;

beforeAll(() => {
  const asc = ["node_modules/assemblyscript/bin/asc.js", "bench/scalar/index.ts"];
  const flags = ["-O3", "--noAssert", "--runtime", "stub", "--outFile", `${folder}/scalar.wasm`];
  execFileSync("node", [...asc, ...flags], { cwd: root, stdio: "pipe" });
  kernels = instantiateScalar(Uint8Array.from(readFileSync(`${folder}/scalar.wasm`)));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true }));

/** Largest distance between two columns, as a part of the largest number. */
function distance(a: Float64Array, b: Float64Array): number {
  expect(a.length).toBe(b.length);
  const largest = a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) / largest;
}

test("scalar: losses by full revaluation are the engine's", () => {
  const ours = lossesOf(lay(own, pool, "audit").simulation, SCENARIOS);
  expect(distance(ours, scalarRevaluation(kernels, pool, SCENARIOS))).toBeLessThan(1e-12);
});

test("scalar: losses from value profiles are the engine's to what cubics leave", () => {
  const ours = lossesOf(lay(own, pool, "audit").simulation, SCENARIOS);
  expect(distance(ours, scalarProfiles(kernels, pool, SCENARIOS))).toBeLessThan(1e-7);
});

test("scalar: contributions to the tail of all scenarios, and to the tail of a part", () => {
  const losses = scalarProfiles(kernels, pool, SCENARIOS);
  const half = SCENARIOS / 2;
  const groups = [
    { first: 0, losses },
    { first: half, losses: losses.subarray(half) },
  ];
  const shares = scalarReplay(kernels, pool, visitsOf(groups, LEVEL), groups.length);
  const laid = lay(own, pool);
  const ours = contributionsTo(laid, lossesOf(laid.simulation, SCENARIOS), LEVEL);
  expect(distance(ours, shares[0]!)).toBeLessThan(1e-6);
  // Everyone's contributions sum to the ES of the tail that they are of.
  const worst = losses
    .slice(half)
    .sort()
    .reverse()
    .subarray(0, 0.025 * half);
  const shortfall = worst.reduce((sum, loss) => sum + loss, 0) / worst.length;
  expect(shares[1]!.reduce((sum, share) => sum + share, 0) / shortfall).toBeCloseTo(1, 7);
});
