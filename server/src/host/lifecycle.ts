import { setTimeout } from "node:timers/promises";
import { type Pace, pauseAfterMs } from "../kernel/back-off.ts";
import type { Logger } from "../kernel/log.ts";
import { whyOf } from "./why.ts";

/** How a Selvedge stands. */
export interface SelvedgeState {
  /**
   * `idle` before the first start and after one that failed, `degraded` while a start that failed
   * is tried again and again, `stopped` after a stop.
   */
  readonly status: "idle" | "starting" | "running" | "degraded" | "stopped";
  /** Why it does not run, where a start has failed; without secrets. */
  readonly reason: string | undefined;
}

/** What is running, and how it ends. */
export interface Stoppable {
  stop(): Promise<void>;
}

/** What a lifecycle begins and ends. */
export interface LifecycleOptions<Running extends Stoppable> {
  /** Tries once; the signal fires where nobody wants it any more. */
  readonly attempt: (signal: AbortSignal) => Promise<Running>;
  readonly onStartFailure: "throw" | "degrade";
  readonly log: Logger;
  /** How long is waited between attempts that fail. */
  readonly pace?: Pace;
}

interface Run {
  readonly ending: AbortController;
  readonly begun: Promise<void>;
}

const paceDefault: Pace = { firstPauseMs: 1_000, pauseMsMax: 30_000 };

/** Starts and stops one thing, however often and in whatever order it is asked to. */
export class Lifecycle<Running extends Stoppable> {
  readonly #options: LifecycleOptions<Running>;
  #state: SelvedgeState = { status: "idle", reason: undefined };
  #running: Running | undefined;
  #run: Run | undefined;
  #retrying: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: LifecycleOptions<Running>) {
    this.#options = options;
  }

  /** How it stands just now. */
  get state(): SelvedgeState {
    return this.#state;
  }

  /** What runs; undefined while nothing does, and from the moment a stop is asked for. */
  get running(): Running | undefined {
    return this.#running;
  }

  /** Starts it, or joins the start that is under way; after a stop, once that has ended. */
  start(): Promise<void> {
    if (!this.#run) {
      const ending = new AbortController();
      const run: Run = { ending, begun: this.#begin(ending.signal, this.#stopping) };
      this.#run = run;
      // A start that failed may be asked for again.
      run.begun.catch(() => {
        if (this.#run === run) this.#run = undefined;
      });
    }
    return this.#run.begun;
  }

  /** Stops it, also in the middle of a start; a stop of what does not run changes nothing. */
  stop(): Promise<void> {
    const run = this.#run;
    if (!run) return this.#stopping ?? Promise.resolve();
    this.#run = undefined;
    run.ending.abort();
    const running = this.#running;
    this.#running = undefined;
    const stopping = this.#end(run, running).finally(() => {
      if (this.#stopping === stopping) this.#stopping = undefined;
    });
    this.#stopping = stopping;
    return stopping;
  }

  async #begin(signal: AbortSignal, before: Promise<void> | undefined): Promise<void> {
    await before?.catch(() => undefined);
    if (signal.aborted) return;
    this.#state = { status: "starting", reason: undefined };
    try {
      await this.#attempt(signal);
    } catch (error) {
      if (signal.aborted) return;
      const reason = whyOf(error);
      if (this.#options.onStartFailure === "throw") {
        this.#state = { status: "idle", reason };
        throw error;
      }
      this.#degrade(error, reason);
      this.#retrying = this.#retry(signal);
    }
  }

  async #attempt(signal: AbortSignal): Promise<void> {
    const running = await this.#options.attempt(signal);
    if (signal.aborted) return running.stop();
    this.#running = running;
    this.#state = { status: "running", reason: undefined };
  }

  #degrade(err: unknown, reason: string): void {
    this.#state = { status: "degraded", reason };
    this.#options.log.error({ err }, "Selvedge could not start; it is tried again");
  }

  async #retry(signal: AbortSignal): Promise<void> {
    const { pace = paceDefault } = this.#options;
    for (let failures = 0; ; failures += 1) {
      await setTimeout(pauseAfterMs(failures, pace), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        await this.#attempt(signal);
        return;
      } catch (error) {
        if (signal.aborted) return;
        this.#degrade(error, whyOf(error));
      }
    }
  }

  async #end({ begun }: Run, running: Running | undefined): Promise<void> {
    await begun.catch(() => undefined);
    await this.#retrying;
    this.#retrying = undefined;
    try {
      await running?.stop();
    } finally {
      // Whoever has asked for a start meanwhile waits for this.
      this.#state = { status: "stopped", reason: undefined };
    }
  }
}
