// A program beside ours, which is asked line by line and answers with the CPU time it took.
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { FOLDER } from "./inputs.ts";

/** How to start a program. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
}

/** A program that is running. */
export class Peer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor({ program, args }: Command) {
    this.#child = spawn(program, [...args, FOLDER], { stdio: ["pipe", "pipe", "inherit"] });
    const lines = createInterface({ input: this.#child.stdout! });
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /**
   * Runs a workload once.
   *
   * @param out  file for the answer, or nothing
   * @returns    CPU nanoseconds by the program's own clock
   * @throws     Error when the program ends instead
   */
  async run(workload: string, size: number, out?: string): Promise<number> {
    this.#child.stdin!.write(`${workload} ${size} ${out ?? "-"}\n`);
    const { value, done } = await this.#lines.next();
    if (done || !(Number(value) > 0)) throw new Error(`no answer to ${workload}: ${value}`);
    return Number(value);
  }

  /** Runs a workload once, and reads its answer. */
  async answer(workload: string, size: number): Promise<Float64Array> {
    const out = `${FOLDER}/answer`;
    await this.run(workload, size, out);
    const { buffer, byteOffset, byteLength } = readFileSync(out);
    return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
  }

  end(): void {
    this.#child.stdin!.end();
  }
}

/** First 16 digits of the SHA-256 of an answer's bytes. */
export function digestOf(answer: Float64Array): string {
  const bytes = new Uint8Array(answer.buffer, answer.byteOffset, answer.byteLength);
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}
