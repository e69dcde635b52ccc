import type { Freshness } from "../calls.ts";

/** One change that read models hear of: a command, or a test that gave a query other rows. */
interface Change {
  readonly moment: number;
  readonly at: number;
}

/** What a query answers from a moment on. */
interface Version extends Change {
  readonly value: unknown;
}

const allAlong = 0;

/**
 * What has happened in a fake house, and how much of it each read model shows. A read model with a
 * lag of 500 ms shows each change 500 ms after it was made.
 */
export class FakeHistory {
  readonly #now: () => number;
  readonly #lags = new Map<string, number>();
  readonly #commands: Change[] = [];
  readonly #versions = new Map<string, Version[]>();
  #moment = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The last moment at which something happened. */
  get moment(): number {
    return this.#moment;
  }

  /** A command changes things now; gives the moment, which is what its receipt says. */
  commandHappens(): number {
    this.#moment += 1;
    this.#commands.push({ moment: this.#moment, at: this.#now() });
    return this.#moment;
  }

  /**
   * From now on a query answers this, as soon as its read model shows it; `during` is the moment of
   * the command that brings it about. What a test says first has been so all along.
   */
  set(path: string, value: unknown, during?: number): void {
    const versions = this.#versions.get(path) ?? [];
    const moment = during ?? (versions.length === 0 ? allAlong : ++this.#moment);
    this.#versions.set(path, [...versions, { moment, at: this.#now(), value }]);
  }

  /** How long a read model takes to show a change. */
  lag(path: string, ms: number): void {
    this.#lags.set(path, ms);
  }

  /** Paths of the queries whose read models lag. */
  lagging(): string[] {
    return [...this.#lags].filter(([, ms]) => ms > 0).map(([path]) => path);
  }

  /** What a query answers: what its read model shows, or (`newest`) what is so. */
  valueOf(path: string, newest: boolean): unknown {
    const versions = this.#versions.get(path) ?? [];
    const shown = newest ? versions : versions.filter((version) => this.#isIn(path, version));
    return shown.at(-1)?.value;
  }

  /** How fresh a read model is, asked for receipts of these moments. */
  freshnessOf(path: string, receipts: readonly number[]): Freshness {
    const missing = this.#missing(path);
    const now = this.#now();
    const oldest = Math.min(now, ...missing.map(({ at }) => at));
    const newestAsked = Math.max(...receipts);
    return {
      asOf: new Date(oldest).toISOString(),
      // However young a change is, what misses it lags.
      lagMs: missing.length > 0 ? Math.max(1, now - oldest) : 0,
      // A fake promises to lag never: what is missing is late.
      withinPromise: missing.length === 0,
      pending: new Set(missing.map(({ moment }) => moment)).size,
      includesReceipt:
        receipts.length === 0 ? null : missing.every(({ moment }) => moment > newestAsked),
      servedFrom: "readModel",
    };
  }

  /** How long it is until the read model shows one change more; `undefined` if none is missing. */
  nextInMs(path: string): number | undefined {
    const missing = this.#missing(path);
    if (missing.length === 0) return undefined;
    return Math.min(...missing.map(({ at }) => at)) + this.#lagOf(path) - this.#now();
  }

  #missing(path: string): Change[] {
    const changes = [...this.#commands, ...(this.#versions.get(path) ?? [])];
    return changes.filter((change) => !this.#isIn(path, change));
  }

  #isIn(path: string, { moment, at }: Change): boolean {
    return moment === allAlong || at + this.#lagOf(path) <= this.#now();
  }

  #lagOf(path: string): number {
    return this.#lags.get(path) ?? 0;
  }
}
