import { setTimeout } from "node:timers/promises";
import type { Signals } from "./signals.ts";

// A missed signal costs a waiting reader this long at most.
const pollMs = 50;
// A refresh is signalled by the primary, and reaches a replica a moment after its signal.
const replicaPollMsMin = 2;

/** How a reader waits between two looks at its read models. */
export class RefreshWait {
  readonly #signals: Signals;
  readonly #groups: readonly string[];
  readonly #off: () => void;
  #refreshed = Promise.withResolvers<void>();
  #replicaPollMs = replicaPollMsMin;

  constructor(signals: Signals, groups: readonly string[]) {
    this.#signals = signals;
    this.#groups = groups;
    this.#off = signals.on("refreshed", (group) => {
      if (groups.includes(group)) this.#refreshed.resolve();
    });
  }

  /** Call it before each look: a signal that comes from here on ends the wait after the look. */
  look(): void {
    this.#refreshed = Promise.withResolvers<void>();
  }

  /** Asks for a refresh and waits until looking again is worth it, for `leftMs` at most. */
  async untilWorthALook(leftMs: number, onReplica: boolean): Promise<void> {
    if (onReplica && this.#replicaPollMs < pollMs) {
      if (this.#replicaPollMs === replicaPollMsMin) this.#ask();
      await setTimeout(Math.min(leftMs, this.#replicaPollMs));
      this.#replicaPollMs *= 2;
      return;
    }
    this.#ask();
    const signalled = this.#refreshed.promise.then(() => true);
    const late = setTimeout(Math.min(leftMs, pollMs), false);
    if (await Promise.race([signalled, late])) this.#replicaPollMs = replicaPollMsMin;
  }

  /** Stops listening. */
  end(): void {
    this.#off();
  }

  #ask(): void {
    for (const group of this.#groups) this.#signals.stale(group);
  }
}
