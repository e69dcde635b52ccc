import type pg from "pg";
import { storeCosts } from "./cost-tally.ts";
import { tryBothWays } from "./live-trial.ts";
import type { Logger } from "./log.ts";
import type { Picked, ReadTally } from "./read-tally.ts";
import type { Schemas } from "./schemas.ts";

const reportMs = 10_000;
// A trial costs a thousandth of one connection's time, and comes once a minute at most.
const restShare = 1_000;
const restMsMin = 60_000;

/**
 * Stores, in batches, what the queries of this process read, and tries now and then what a live
 * answer would cost. Trials run where queries run, counts are stored on the primary.
 */
export class ReadReporter {
  readonly #options: ReadReporterOptions;
  readonly #restUntil = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #reporting: Promise<void> | undefined;
  #stopping = false;
  #failing = false;

  constructor(options: ReadReporterOptions) {
    this.#options = options;
  }

  /** Begins to report. */
  start(): void {
    this.#timer = setInterval(() => void this.#report(), reportMs);
  }

  /** Runs the trials that are due and stores what was counted; what fails is counted on. */
  async report(): Promise<void> {
    const { reads } = this.#options;
    const now = performance.now();
    for (const picked of reads.pick((name) => now >= (this.#restUntil.get(name) ?? 0))) {
      if (!this.#stopping) await this.#try(picked);
    }
    await this.#store();
  }

  /** Stores the last counts and stops. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#timer);
    await this.#reporting;
    await this.#store().catch((err) => this.#failed(err));
  }

  #report(): Promise<void> {
    this.#reporting ??= this.report()
      .catch((err) => this.#failed(err))
      .finally(() => {
        this.#reporting = undefined;
      });
    return this.#reporting;
  }

  async #try({ readModel, again }: Picked): Promise<void> {
    const { reads, trialPool, log } = this.#options;
    const started = performance.now();
    try {
      reads.costs.add(readModel, await tryBothWays(trialPool, again));
    } catch (err) {
      log.debug({ err, readModel }, "a trial of a live answer failed");
    }
    const ended = performance.now();
    const restMs = Math.max(restMsMin, (ended - started) * restShare);
    this.#restUntil.set(readModel, ended + restMs);
  }

  async #store(): Promise<void> {
    const { operationsPool, schemas, reads } = this.#options;
    await storeCosts(operationsPool, schemas, reads.costs);
    this.#failing = false;
  }

  /** Says so once, until it goes well again. */
  #failed(err: unknown): void {
    const { log } = this.#options;
    const text = "what queries read could not be stored; it is counted on";
    if (this.#failing) log.debug({ err }, text);
    else log.warn({ err }, text);
    this.#failing = true;
  }
}

/** What a reporter needs. */
export interface ReadReporterOptions {
  readonly reads: ReadTally;
  readonly schemas: Schemas;
  /** Where counts are stored: the primary. */
  readonly operationsPool: pg.Pool;
  /** Where trials run: as queries do, each statement bound in time. */
  readonly trialPool: pg.Pool;
  readonly log: Logger;
}
