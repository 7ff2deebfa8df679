import { expect, test } from "vitest";
import { studentMixing } from "../../src/market/index.ts";
import { chiSquareQuantile, exp } from "../../src/numeric/index.ts";
import { expectClose } from "../support/reference.ts";

/** As the kernel reads the table. */
function read(table: ReturnType<typeof studentMixing>, y: number): number {
  const place = ((y + table.yMax) / (2 * table.yMax)) * table.cells;
  const cell = Math.min(table.cells - 1, Math.floor(place));
  const t = place - cell;
  const c = table.cubic.subarray(4 * cell, 4 * cell + 4);
  return c[0]! + t * (c[1]! + t * (c[2]! + t * c[3]!));
}

test("studentMixing: is within 1e-9 of the chi-square quantile everywhere between its nodes", () => {
  for (const n of [2.02, 2.1, 3, 4, 7.3, 30, 200, 1e5]) {
    const table = studentMixing(n);
    expect(table.cubic.length).toBe(4 * table.cells);
    let worst = 0;
    // Steps that no cell width divides fall at every place inside the cells.
    for (let y = -22.9713; y < 23; y += 0.1371) {
      const near = 1 / (1 + exp(-Math.abs(y)));
      const far = exp(-Math.abs(y)) * near;
      const w = chiSquareQuantile(n, y < 0 ? far : near, y < 0 ? near : far);
      worst = Math.max(worst, Math.abs(read(table, y) / Math.sqrt((n - 2) / w) - 1));
    }
    expect(worst, `degrees of freedom ${n}`).toBeLessThan(1e-9);
  }
});

test("studentMixing: falls in u, and its square has mean one", () => {
  const table = studentMixing(8);
  const h = 0.01;
  let mean = 0;
  for (let y = -23 + h / 2; y < 23; y += h) {
    expect(read(table, y + h / 2)).toBeLessThan(read(table, y - h / 2));
    const u = 1 / (1 + exp(-y));
    mean += read(table, y) * read(table, y) * u * (1 - u) * h;
  }
  // The ends beyond 1e-10 hold about 1e-10^(3/4) of it.
  expectClose(mean, 1, { abs: 2e-7 });
});
