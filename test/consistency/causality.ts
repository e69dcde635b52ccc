import type { Write } from "./history.ts";

/** Which writes come with which: what must be seen by whoever sees a write. */
export class Causality {
  readonly #places: ReadonlyMap<string, number>;
  readonly #ofReceipt = new Map<number, Frontier>();
  readonly #ofInstant = new Map<number, Frontier>();
  readonly #acked: readonly AckedWrite[];
  /** What the first so many acknowledged writes make up together. */
  readonly #prefixes: Frontier[];

  /** Takes writes that were committed. */
  constructor(committed: readonly Write[]) {
    const registers = new Set(committed.flatMap((write) => write.registers));
    this.#places = new Map([...registers].map((register, place) => [register, place]));
    this.#prefixes = [new Int32Array(registers.size)];
    this.#acked = committed.filter(isAcked).sort((a, b) => a.ackedAt - b.ackedAt);
    const latest = new Map<string, Frontier>();
    for (const write of [...committed].sort((a, b) => a.n - b.n)) {
      const receipt = this.#ackedBefore(write.begunAt).slice();
      for (const register of write.registers) receipt[this.#placeOf(register)] = write.n;
      const instant = receipt.slice();
      for (const register of write.registers) {
        raise(instant, latest.get(register));
        latest.set(register, instant);
      }
      this.#ofReceipt.set(write.n, receipt);
      this.#ofInstant.set(write.n, instant);
    }
  }

  /**
   * What a receipt stands for, the write and all that was acknowledged before it began: the least
   * number that it lets a register show.
   */
  ofReceipt(n: number): (register: string) => number {
    return this.#least(this.#ofReceipt.get(n));
  }

  /** What one instant that shows a write shows: that, and what was committed under its locks. */
  ofInstant(n: number): (register: string) => number {
    return this.#least(this.#ofInstant.get(n));
  }

  #least(frontier: Frontier | undefined): (register: string) => number {
    return (register) => frontier?.[this.#placeOf(register)] ?? 0;
  }

  #placeOf(register: string): number {
    return this.#places.get(register) ?? -1;
  }

  #ackedBefore(moment: number): Frontier {
    const found = this.#acked.findIndex(({ ackedAt }) => ackedAt >= moment);
    const count = found === -1 ? this.#acked.length : found;
    for (let i = this.#prefixes.length; i <= count; i++) {
      const prefix = this.#prefixes[i - 1]?.slice() ?? new Int32Array(this.#places.size);
      this.#prefixes[i] = raise(prefix, this.#ofInstant.get(this.#acked[i - 1]?.n ?? 0));
    }
    return this.#prefixes[count] ?? new Int32Array(this.#places.size);
  }
}

/** The least number of each register, by its place. */
type Frontier = Int32Array;

type AckedWrite = Write & { readonly ackedAt: number };

function isAcked(write: Write): write is AckedWrite {
  return write.ackedAt !== undefined;
}

function raise(frontier: Frontier, least: Frontier | undefined): Frontier {
  least?.forEach((n, place) => {
    if (n > (frontier[place] ?? 0)) frontier[place] = n;
  });
  return frontier;
}
