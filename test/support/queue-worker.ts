import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildCli, buildProgram } from "./batch-run.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The command line and its threads' script, built from the source into a folder of their own. */
export interface QueueProgram {
  readonly cli: string;
  readonly folder: string;
  readonly remove: () => void;
}

/** Builds what a worker runs. It stays inside the project, where packages are found. */
export async function buildWorker(): Promise<QueueProgram> {
  mkdirSync(join(root, "build"), { recursive: true });
  const folder = mkdtempSync(join(root, "build", "queue-"));
  const cli = await buildCli(folder);
  await buildProgram("src/queue-processor.ts", join(folder, "queue-processor.js"));
  return { cli, folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A worker in a process of its own. */
export class WorkerProcess {
  readonly probes: { readonly host: string; readonly port: number } | null;
  readonly #process: ChildProcess;
  readonly #exit: Promise<number | null>;

  private constructor(
    process: ChildProcess,
    exit: Promise<number | null>,
    probes: WorkerProcess["probes"],
  ) {
    this.#process = process;
    this.#exit = exit;
    this.probes = probes;
  }

  /** Starts one and waits until it is at work. @param words  further options */
  static async start(
    { cli }: QueueProgram,
    redis: string,
    words: readonly string[] = [],
  ): Promise<WorkerProcess> {
    const args = [cli, "worker", "--redis", redis, "--json", ...words];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let err = "";
    child.stderr.on("data", (piece) => {
      err += piece;
    });
    const exit = new Promise<number | null>((resolve) => {
      child.once("exit", (code) => resolve(code));
    });
    const line = await new Promise<string>((resolve, reject) => {
      child.stdout.once("data", (piece) => resolve(String(piece)));
      void exit.then((code) => reject(new Error(`the worker ended with ${code}: ${err}`)));
    });
    const { probes } = JSON.parse(line) as Pick<WorkerProcess, "probes">;
    return new WorkerProcess(child, exit, probes);
  }

  get isAlive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Sends a signal. */
  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it and waits for that. @returns its exit code */
  async end(signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
    // One that is stopped hears nothing else.
    this.#process.kill("SIGCONT");
    this.#process.kill(signal);
    return this.#exit;
  }

  /** What one of its probes answers. */
  async ask(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { host, port } = this.probes!;
    const response = await fetch(`http://${host}:${port}${path}`);
    return { status: response.status, text: await response.text() };
  }
}

/** Waits until something holds. @throws Error when it takes too long */
export async function until(holds: () => boolean | Promise<boolean>, ms = 30_000): Promise<void> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`still not so after ${ms} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
