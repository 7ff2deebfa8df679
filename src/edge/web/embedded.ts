import type { PropertyValues } from "lit";
import { part } from "../../basics/index.ts";
import { RiskRoom } from "./room.ts";

/** What a page's policy must say, or what the page must, for the room's workers to begin. */
const REMEDY =
  "a content security policy lets workers begin from the package only where it says worker-src blob:; or serve the package's dist/room-worker.js on this page's own origin and say where: <risk-room worker=\"/room-worker.js\">";

// Half of the room, and not needed by a page that serves the script itself.
const workerText = part("the risk room's workers", () => import("./worker-script.ts"));

let address: string | undefined;

/** Address of the room's own script; one for the page, because workers begin from it at any time. */
async function ownWorker(): Promise<string> {
  const { ROOM_WORKER_SCRIPT } = await workerText();
  address ??= URL.createObjectURL(new Blob([ROOM_WORKER_SCRIPT], { type: "text/javascript" }));
  return address;
}

/**
 * The room in someone else's page: its workers come from the package unless `worker` says where they
 * are, `src` may change, and what hinders it is shown and not thrown.
 */
export class EmbeddedRoom extends RiskRoom {
  /** The `src` that was opened last, by whatever way. */
  #followed = "";
  /** Of the times that it was put into a page; waiting for the script ends with the next. */
  #visit = 0;
  /** What keeps it from ever valuing anything: a pool that is opened later does not mend that. */
  #hindrance: string | null = null;

  constructor() {
    super();
    this.worker = "";
  }

  override connectedCallback(): void {
    const visit = ++this.#visit;
    if (this.worker !== "") this.#begin();
    else {
      ownWorker().then(
        (script) => {
          if (visit !== this.#visit || !this.isConnected) return;
          this.worker = script;
          this.#begin();
        },
        (cause: unknown) => this.#hindered(String(cause)),
      );
    }
  }

  override disconnectedCallback(): void {
    this.#visit += 1;
    super.disconnectedCallback();
  }

  #begin(): void {
    this.#hindrance = null;
    this.#followed = this.src;
    try {
      super.connectedCallback();
    } catch (cause) {
      this.#hindered(`${String(cause)}: ${REMEDY}`);
    }
  }

  #hindered(message: string): void {
    this.#hindrance = message;
    this.problem = { subject: "The risk room cannot begin", message, issues: [] };
  }

  /** As in the room; a fetch that fails is shown. */
  override async open(source: string): Promise<void> {
    try {
      await super.open(source);
    } catch (cause) {
      const message = `${source}: ${String(cause)}`;
      this.problem = { subject: "The pool could not be fetched", message, issues: [] };
    }
  }

  override update(changed: PropertyValues): void {
    const { problem, worker } = this;
    // The browser does not say why a worker did not begin.
    if (problem && worker.startsWith("blob:") && problem.message.startsWith(worker)) {
      this.#hindered(REMEDY);
    } else if (!problem && this.#hindrance !== null) this.#hindered(this.#hindrance);
    super.update(changed);
  }

  override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!changed.has("src") || this.src === this.#followed) return;
    this.#followed = this.src;
    if (this.src !== "") void this.open(this.src);
  }
}
