import { setTimeout } from "node:timers/promises";
import { Notice } from "./notice.ts";
import type { Signals } from "./signals.ts";

// After a signal an event may be held back, or be on its way to a replica: look again, and later.
const firstLookMs = 10;
const lookMsMax = 2_000;

/** Says when to look for events again: at a signal, and by the clock where none comes. */
export class LookOut {
  readonly #notice = new Notice();
  readonly #restMs: number;
  readonly #off: () => void;
  #pauseMs = firstLookMs;
  #lookedAt = 0;

  /** `restMs`: least time between two looks, so that many commands share one. */
  constructor(signals: Signals, restMs: number) {
    this.#restMs = restMs;
    // A reader who waits for a group has nothing to tell.
    this.#off = signals.on("stale", (wanted) => {
      if (wanted === undefined) this.wake();
    });
  }

  /** Ends the wait that there is, or the next one. */
  wake(): void {
    this.#notice.ring();
  }

  /** Waits until it is worth a look, at most so long. */
  async wait(msMax: number): Promise<void> {
    const rang = await this.#notice.wait(Math.min(this.#pauseMs, msMax));
    this.#pauseMs = rang ? firstLookMs : Math.min(lookMsMax, this.#pauseMs * 2);
    const restedMs = performance.now() - this.#lookedAt;
    if (rang && restedMs < this.#restMs) await setTimeout(this.#restMs - restedMs);
    this.#lookedAt = performance.now();
  }

  /** Something was found, so more may follow soon. */
  found(): void {
    this.#pauseMs = firstLookMs;
  }

  /** Hears no signals any more. */
  end(): void {
    this.#off();
  }
}
