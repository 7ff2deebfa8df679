// Method: the frontier against its definition, on random points; sweeps through the command line
// against valuations of each variant alone.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import Papa from "papaparse";
import { afterAll, expect, test } from "vitest";
import { nonDominated } from "../../../src/edge/batch/frontier.ts";
import { loadSync, type PoolDocument, variantOf } from "../../../src/index.ts";
import { runHere as run } from "../../support/io.ts";
import { samplePool } from "../../support/sample-pool.ts";

const folder = mkdtempSync(join(tmpdir(), "riskpool-sweep-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const base: PoolDocument = samplePool();
writeFileSync(at("base.json"), JSON.stringify(base));
const VOLATILITY = "/market/volatility/0";
const FUND = "/waterfall/layers/members-fund/size";
const RUN = `--scenarios 2000 --seed 7 --confidence 0.95`;

test("frontier: the points that no other betters", () => {
  const point = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(point, { maxLength: 40 }), (points) => {
      const expected = points.map(
        (one) =>
          !points.some(
            (other) =>
              other.every((value, i) => value <= one[i]!) &&
              other.some((value, i) => value < one[i]!),
          ),
      );
      expect(nonDominated(points)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test("sweep: every row is what the engine says of that variant alone, in the order of the grid", async () => {
  const out = at("grid.csv");
  const axes = `--set ${VOLATILITY}=1.2:2:3 --set ${FUND}=1000.00,300000.00`;
  const {
    exit,
    out: printed,
    err,
  } = await run(`sweep ${at("base.json")} ${axes} ${RUN} --out ${out}`);
  expect([exit, err]).toEqual([0, ""]);
  expect(printed).toContain("6 variants");
  expect(printed).toContain("No yield: the document has no liquidation terms");
  const { data } = Papa.parse<Record<string, string>>(readFileSync(out, "utf8").trimEnd(), {
    header: true,
  });
  const settings = data.map((row) => [Number(row[VOLATILITY]), row[FUND]]);
  expect(
    settings.map(([volatility]) => volatility).map((x) => Number((x as number).toFixed(9))),
  ).toEqual([1.2, 1.2, 1.6, 1.6, 2, 2]);
  for (const [i, row] of data.entries()) {
    const [volatility, size] = settings[i]!;
    const pool = variantOf(base, [
      { op: "replace", path: VOLATILITY, value: volatility },
      { op: "replace", path: FUND, value: size },
    ]);
    const options = { scenarios: 2_000, seed: 7n, confidence: 0.95, levels: [0.95] };
    const { risk, waterfall, receipt } = await loadSync().measure(pool, options);
    expect(row["pool_sha256"]).toBe(receipt.pool);
    expect(Number(row["required_capital_in_currency"])).toBe(
      Math.max(0, risk.levels[0]!.expectedShortfall.value),
    );
    expect(Number(row["socialised_probability"])).toBe(waterfall.socialised.probability.value);
    const layers = waterfall.layers.filter(({ kind }) => kind !== "assessment");
    expect(Number(row["layer_capital_in_currency"])).toBe(
      layers.reduce((sum, { capacity }) => sum + capacity, 0),
    );
  }
  // Less volatile is better, and a larger fund dearer and safer: both of the first pair are on it.
  const marks = data.map((row) => row["is_on_frontier"]).join("");
  expect(marks.slice(0, 2)).toBe("11");
  expect(marks).toContain("0");
});

test("sweep: a document with liquidation terms has a yield, fees included", async () => {
  const terms = { halfSpread: 0.0002, impact: 0.01, depth: "4000000", fundingRate: 0.1 };
  const markets = base.assets.map(({ id }) => ({
    asset: id,
    ...terms,
    optionMaintenanceRatio: 0.05,
  }));
  const liquidation = { mode: "full", liquidatorFee: 0.005, insuranceFee: 0.01, markets };
  const pool = { ...base, liquidation };
  writeFileSync(at("liquidation.json"), JSON.stringify(pool));
  const { exit, out } = await run(
    `sweep ${at("liquidation.json")} --set ${VOLATILITY}=0.5:0.9:2 ${RUN} --horizon 2d --json --out ${at("y.csv")}`,
  );
  expect(exit).toBe(0);
  const { rows } = JSON.parse(out);
  for (const { figures } of rows) {
    const { expectedLoss, requiredCapital, yieldPerYear } = figures;
    expect(yieldPerYear).toBeCloseTo((-expectedLoss[0] / requiredCapital) * (365 / 2), 9);
  }
});

test("sweep: a hypercube, and workers, into every kind of file", async () => {
  const axes = `--set ${VOLATILITY}=0.4:0.8 --set ${FUND}=100000:300000 --lhs 45`;
  const texts: string[] = [];
  for (const more of ["", "--workers 2"]) {
    const out = at(`cube${texts.length}.ndjson`);
    const { exit, out: printed } = await run(
      `sweep ${at("base.json")} ${axes} ${RUN} --out ${out} ${more}`.trim(),
    );
    expect(exit).toBe(0);
    expect(printed).toMatch(/45 variants, \d+ on the frontier \(\*\), which are shown/);
    texts.push(readFileSync(out, "utf8"));
  }
  expect(texts[1]).toBe(texts[0]);
  const strata = texts[0]!
    .trimEnd()
    .split("\n")
    .map((line) => Math.floor(((JSON.parse(line)[VOLATILITY] - 0.4) / 0.4) * 45 + 1e-6));
  expect(strata.sort((a, b) => a - b)).toEqual(strata.map((_, i) => i));
});

test("sweep: its page has a dot for each variant, the same bytes each time, and no markup of ours", async () => {
  writeFileSync(at("named.json"), JSON.stringify({ ...base, name: "<b>Pool & co</b>" }));
  const axes = `--set ${VOLATILITY}=0.8:1.6:4 --set ${FUND}=100000:300000:3`;
  const line = `sweep ${at("named.json")} ${axes} ${RUN} --out ${at("page.csv")} --report`;
  await run(`${line} ${at("a.html")}`);
  await run(`${line} ${at("b.html")}`);
  const page = readFileSync(at("a.html"), "utf8");
  expect(page).toBe(readFileSync(at("b.html"), "utf8"));
  // One drawing for screens and one for phones.
  expect(page.match(/<circle /g)).toHaveLength(2 * 12);
  const marked = page.match(/<circle class="tail"/g)!.length / 2;
  expect(page).toContain(`12 variants, ${marked} on the frontier`);
  expect(page.match(/<th scope="row">/g)).toHaveLength(marked);
  expect(page).toContain("&lt;b&gt;Pool &amp; co&lt;/b&gt;");
  expect(page).not.toContain("<b>");
});

test("sweep: what is wrong with an axis is told before anything runs", async () => {
  const refused = async (axes: string) => {
    const line = `sweep ${at("base.json")} ${axes} ${RUN} --out ${at("no.csv")} --json`;
    const { exit, err } = await run(line);
    const { issues } = JSON.parse(err).error as { issues: { code: string; pointer: string }[] };
    return [exit, ...issues.map(({ code, pointer }) => `${code} ${pointer}`)];
  };
  expect(await refused("--set x=1 --set /a --set /b=1:2")).toEqual([
    ...[3, "AXIS_SYNTAX /options/set", "AXIS_SYNTAX /options/set", "AXIS_SYNTAX /options/set"],
  ]);
  expect(await refused("--set /nothing=1:2:3")).toEqual([3, "CHANGE_PATH /axes/~1nothing"]);
  expect(await refused("--lhs 3")).toEqual([3, "AXIS_EMPTY /axes"]);
});
