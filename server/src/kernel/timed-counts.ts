import type { Logger } from "./log.ts";

/** Something counted: when the last of it was, by the process's clock. */
export interface Timed {
  readonly lastAt: number;
}

/** The same as it is stored: how long ago it was, since only the database's clock counts. */
export type Aged<One extends Timed> = Omit<One, "lastAt"> & { readonly age_ms: number };

/** What is counted, and where to. */
export interface TimedCountsOptions<One extends Timed> {
  /** What tells one from another. */
  readonly keyOf: (one: One) => string;
  /** One and what was counted of it before, together; the later time is seen to. */
  readonly sum: (one: One, before: One) => One;
  readonly store: (rows: readonly Aged<One>[]) => Promise<unknown>;
  /** While the database is away no more than this is kept; it is only a count. */
  readonly max: number;
  readonly log: Logger;
  /** What to say where it cannot be stored. */
  readonly notStored: string;
}

const flushMs = 5_000;

/**
 * Counts in memory, and stores that every few seconds: nobody pays for being counted. What is
 * counted when the process ends suddenly is lost.
 */
export class TimedCounts<One extends Timed> {
  readonly #options: TimedCountsOptions<One>;
  #counts = new Map<string, One>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: TimedCountsOptions<One>) {
    this.#options = options;
  }

  /** Begins to store what is counted. */
  start(): void {
    this.#timer = setInterval(() => void this.flush(), flushMs).unref();
  }

  /** Stores what is left. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** Counts one, or what one could not store. */
  add(one: One): void {
    const { keyOf, sum, max } = this.#options;
    const key = keyOf(one);
    const before = this.#counts.get(key);
    if (!before && this.#counts.size >= max) return;
    const lastAt = Math.max(one.lastAt, before?.lastAt ?? 0);
    this.#counts.set(key, { ...(before ? sum(one, before) : one), lastAt });
  }

  /** Stores what was counted since the last time; what cannot be stored is counted on. */
  async flush(): Promise<void> {
    const counts = [...this.#counts.values()];
    if (counts.length === 0) return;
    this.#counts = new Map();
    const now = performance.now();
    try {
      await this.#options.store(
        counts.map(({ lastAt, ...one }) => ({ ...one, age_ms: now - lastAt })),
      );
    } catch (err) {
      this.#options.log.debug({ err }, this.#options.notStored);
      for (const one of counts) this.add(one);
    }
  }
}
