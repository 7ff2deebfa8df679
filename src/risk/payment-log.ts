/** Payments of some items, one after the other, in the order in which they were logged. */
export interface Payments {
  /** [items + 1] where the payments of an item begin. */
  readonly starts: Uint32Array;
  readonly scenarios: Uint32Array;
  readonly amounts: Float64Array;
}

const FIRST_ROOM = 1024;
/** Bytes of a record in the kernel's log: scenario u32, item u32, amount f64. */
const RECORD_BYTES = 16;
const HEAD_BYTES = 16;

/** Bytes of a kernel's log with room for so many payments. */
export function logBytes(payments: number): number {
  return payments > 0 ? HEAD_BYTES + payments * RECORD_BYTES : 0;
}

/** What covers, margined accounts and barriers paid, kept in columns: there may be millions. */
export class PaymentLog {
  #count = 0;
  #scenarios = new Uint32Array(0);
  #items = new Uint32Array(0);
  #amounts = new Float64Array(0);

  /** Takes the payments out of a kernel's log, which is left empty. */
  drain(memory: ArrayBufferLike, address: number): void {
    const head = new Uint32Array(memory, address, 1);
    const count = head[0]!;
    head[0] = 0;
    this.#makeRoom(this.#count + count);
    const words = new Uint32Array(memory, address + HEAD_BYTES, count * 4);
    const amounts = new Float64Array(memory, address + HEAD_BYTES, count * 2);
    for (let i = 0; i < count; i++) {
      const at = this.#count++;
      this.#scenarios[at] = words[4 * i]!;
      this.#items[at] = words[4 * i + 1]!;
      this.#amounts[at] = amounts[2 * i + 1]!;
    }
  }

  #makeRoom(needed: number): void {
    const room = this.#amounts.length;
    if (needed <= room) return;
    const more = Math.max(needed, 2 * room, FIRST_ROOM);
    const scenarios = new Uint32Array(more);
    const items = new Uint32Array(more);
    const amounts = new Float64Array(more);
    scenarios.set(this.#scenarios);
    items.set(this.#items);
    amounts.set(this.#amounts);
    this.#scenarios = scenarios;
    this.#items = items;
    this.#amounts = amounts;
  }

  /** Everything so far, sorted by item. */
  sorted(items: number): Payments {
    const starts = new Uint32Array(items + 1);
    for (let i = 0; i < this.#count; i++) starts[this.#items[i]! + 1]! += 1;
    for (let item = 0; item < items; item++) starts[item + 1]! += starts[item]!;
    const next = starts.slice(0, items);
    const scenarios = new Uint32Array(this.#count);
    const amounts = new Float64Array(this.#count);
    for (let i = 0; i < this.#count; i++) {
      const item = this.#items[i]!;
      const at = next[item]!;
      next[item] = at + 1;
      scenarios[at] = this.#scenarios[i]!;
      amounts[at] = this.#amounts[i]!;
    }
    return { starts, scenarios, amounts };
  }
}
