import type { Logger } from "./log.ts";
import type { Signals } from "./signals.ts";

/** Promises that tenants were given: tenant, read model (its SQL name), promise in ms. */
export type PromisesGiven = ReadonlyMap<string, Readonly<Record<string, number>>>;

/** Where promises that differ from what is declared come from; whoever composes an engine says. */
export interface PromisesSource {
  /** The group of read models whose refresh may have changed them. */
  readonly group: string;
  load(): Promise<PromisesGiven>;
}

/** What of a read model a promise is about. */
export interface Promised {
  readonly name: string;
  /** What it promises everybody to whom nothing else was promised, in ms. */
  readonly freshWithinMs: number;
}

// A signal that got lost is made good by looking.
const lookMs = 5_000;

/**
 * How fresh read models are promised to be, and to whom. All of it is held in memory: it is asked
 * with every answer, and must never cost one a round trip.
 */
export class Promises {
  readonly #source: PromisesSource;
  readonly #log: Logger;
  #given: PromisesGiven = new Map();
  #loading: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #off: () => void = () => undefined;

  constructor(source: PromisesSource, log: Logger) {
    this.#source = source;
    this.#log = log;
  }

  /** Loads what was promised, and again whenever that may have changed. */
  async start(signals: Pick<Signals, "on">): Promise<void> {
    this.#off = signals.on("refreshed", (group) => {
      if (group === this.#source.group) void this.#load();
    });
    this.#timer = setInterval(() => void this.#load(), lookMs);
    await this.#load();
  }

  /** Stops looking. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#off();
    await this.#loading;
  }

  /** What a tenant is promised of a read model, in ms; without a tenant, what is declared. */
  ofMs(tenant: string | undefined, { name, freshWithinMs }: Promised): number {
    const given = tenant === undefined ? undefined : this.#given.get(tenant);
    return given?.[name] ?? freshWithinMs;
  }

  /** The tightest that anybody is promised of a read model, in ms. */
  leastMs({ name, freshWithinMs }: Promised): number {
    const given = [...this.#given.values()].map((of) => of[name] ?? freshWithinMs);
    return Math.min(freshWithinMs, ...given);
  }

  /** One at a time; what changes while it loads is loaded after that. */
  #load(): Promise<void> {
    if (this.#loading) this.#again = true;
    this.#loading ??= this.#loadAll().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadAll(): Promise<void> {
    do {
      this.#again = false;
      try {
        this.#given = await this.#source.load();
      } catch (err) {
        // What was promised last goes on to hold.
        this.#log.debug({ err }, "promises could not be loaded");
      }
    } while (this.#again);
  }
}
