import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readUtf8, writeWhole } from "../../../src/edge/cli/file.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "riskpool-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("writeWhole: makes folders, replaces the file and leaves nothing beside it", async () => {
  const path = join(folder, "a", "b", "report.html");
  await writeWhole(path, "first, longer");
  await writeWhole(path, "second");
  expect(await readFile(path, "utf8")).toBe("second");
  expect(await readdir(join(folder, "a", "b"))).toEqual(["report.html"]);
});

test("writeWhole: leaves no draft behind when the name cannot be taken", async () => {
  const path = join(folder, "taken");
  await writeWhole(join(path, "inside"), "text");
  await expect(writeWhole(path, "text")).rejects.toThrow();
  expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

test("readUtf8: drops a byte order mark and refuses what is not UTF-8", async () => {
  const path = join(folder, "text");
  await writeFile(path, Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]));
  expect(await readUtf8(path)).toBe("{}");
  await writeFile(path, Buffer.from([0x7b, 0xff, 0x7d]));
  await expect(readUtf8(path)).rejects.toThrow("not UTF-8");
});
