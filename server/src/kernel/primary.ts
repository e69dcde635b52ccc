import { setTimeout } from "node:timers/promises";
import type pg from "pg";

interface Look {
  /** The first transaction id that had not begun yet. */
  readonly xmax: bigint;
  /** The primary's clock, in ms since 1970. */
  readonly at: number;
  /** This process's own clock just before it asked; the primary read its clock later than that. */
  readonly askedAt: number;
}

// Two clocks that run at their own rates drift apart by less than 10 ms in this time.
const lookMs = 60_000;

/**
 * What a process whose queries run on a replica must ask the primary itself: what time it is there,
 * and whether a transaction has begun at all. It asks once a minute, and for a receipt that is
 * newer than what it knows.
 */
export class Primary {
  readonly #pool: pg.Pool;
  #last: Look | undefined;
  #looking: Promise<boolean> | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /**
   * The primary's clock in ms since 1970, at most a round trip ahead and never behind: an age that
   * is measured with it is never too small. Undefined where the primary was never reached.
   */
  async now(deadline: number): Promise<number | undefined> {
    if (!this.#last) await inTime(this.#look(), deadline);
    else if (performance.now() - this.#last.askedAt > lookMs) void this.#look();
    return this.#last && this.#last.at + performance.now() - this.#last.askedAt;
  }

  /** Whether all these transactions have begun; undefined where the primary cannot be asked. */
  async haveBegun(xids: readonly string[], deadline: number): Promise<boolean | undefined> {
    const newest = xids.map(BigInt).reduce((a, b) => (a > b ? a : b));
    // The first look may have been under way before; the second is not.
    for (let looks = 0; ; looks += 1) {
      if (this.#last && newest < this.#last.xmax) return true;
      if (looks === 2) return false;
      if (!(await inTime(this.#look(), deadline))) return undefined;
    }
  }

  #look(): Promise<boolean> {
    this.#looking ??= this.#ask().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #ask(): Promise<boolean> {
    const askedAt = performance.now();
    try {
      const { rows } = await this.#pool.query<{ xmax: string; at: number }>(
        `select pg_snapshot_xmax(pg_current_snapshot())::text as xmax,
           extract(epoch from clock_timestamp())::float8 * 1000 as at`,
      );
      const [row] = rows;
      if (!row) return false;
      this.#last = { xmax: BigInt(row.xmax), at: row.at, askedAt };
      return true;
    } catch {
      return false;
    }
  }
}

/** What is answered, or undefined if it is not by then (a time of `performance.now()`). */
async function inTime<T>(answer: Promise<T>, deadline: number): Promise<T | undefined> {
  const done = new AbortController();
  const left = Math.max(0, deadline - performance.now());
  const late = setTimeout(left, undefined, { signal: done.signal }).catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    done.abort();
  }
}
