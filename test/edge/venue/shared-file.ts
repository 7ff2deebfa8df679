import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder =
  process.env["RISKPOOL_SHARED"] ?? fileURLToPath(new URL("../../../../shared", import.meta.url));

/** A real file of the optional data folder beside the repository: whether it is there, and its text. */
export function sharedFile(name: string): {
  readonly absent: boolean;
  readonly text: () => string;
} {
  const path = `${folder}/data/${name}`;
  return { absent: !existsSync(path), text: () => readFileSync(path, "utf8") };
}
