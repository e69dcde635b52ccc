import type { History, Read, Rest, Write } from "./history.ts";

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** A write that is under way; the recorder's history shows what becomes of it. */
export interface OpenWrite {
  readonly n: number;
  committed(receipt: string, committedByMs: number): void;
  rolledBack(): void;
}

/** A write whose receipt anybody may hand over. */
export interface Receipted {
  readonly n: number;
  readonly receipt: string;
}

/** The first write of all: what the registers hold before anybody plays. */
export const firstNumber = 1;

/** Records what happens, as it happens. */
export class Recorder {
  readonly #writes: Mutable<Write>[] = [];
  readonly #reads: Read[] = [];
  readonly #rests: Rest[] = [];
  readonly #receipts: Receipted[] = [];
  #now = 0;
  #number = firstNumber;
  #clockMs = 0;

  /** A moment that is later than all moments before. */
  tick(): number {
    return ++this.#now;
  }

  /** The greatest reading of the database's clock so far: it is at least that late now. */
  get clockMs(): number {
    return this.#clockMs;
  }

  /** How many writes have been committed, so far as is known. */
  get committed(): number {
    return this.#receipts.length;
  }

  /** Somebody read the database's clock. */
  sawClock(ms: number): void {
    this.#clockMs = Math.max(this.#clockMs, ms);
  }

  /** Registers that hold the first number before anything else happens. */
  starts(registers: readonly string[], committedByMs: number): void {
    this.sawClock(committedByMs);
    const [begunAt, ackedAt] = [this.tick(), this.tick()];
    const facts = { begunAt, ackedAt, committedByMs, outcome: "committed" } as const;
    this.#writes.push({ n: firstNumber, registers, ...facts });
  }

  /** A transaction that holds its locks takes its number; it was begun at the moment given. */
  write(registers: readonly string[], begunAt: number): OpenWrite {
    const n = ++this.#number;
    const write: Mutable<Write> = { n, registers, begunAt, outcome: "open" };
    this.#writes.push(write);
    return {
      n,
      committed: (receipt, committedByMs) => {
        this.sawClock(committedByMs);
        Object.assign(write, { outcome: "committed", ackedAt: this.tick(), committedByMs });
        this.#receipts.push({ n, receipt });
      },
      rolledBack: () => {
        write.outcome = "rolledBack";
      },
    };
  }

  /** A query was answered, or was not. */
  read(read: Omit<Read, "answeredAt">): void {
    this.#reads.push({ ...read, answeredAt: this.tick() });
  }

  /** The writers had stopped. */
  rest(rest: Rest): void {
    this.#rests.push(rest);
  }

  /** The latest receipts of anybody, at most so many. */
  latestReceipts(count: number): readonly Receipted[] {
    return this.#receipts.slice(-count);
  }

  /** What has happened so far. */
  history(): History {
    return { writes: this.#writes, reads: this.#reads, rests: this.#rests };
  }
}
