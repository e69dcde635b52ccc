import { setTimeout } from "node:timers/promises";

/** A bell that one loop waits on: rings while nobody waits are kept, many rings count as one. */
export class Notice {
  #rung = false;
  #ring: () => void = () => undefined;

  /** Wakes the waiting loop, or the next wait. */
  ring(): void {
    this.#rung = true;
    this.#ring();
  }

  /** Waits for a ring, at most `ms`; answers whether it rang. */
  async wait(ms: number): Promise<boolean> {
    if (!this.#rung && ms > 0) {
      const timer = new AbortController();
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#ring = resolve;
        }),
        setTimeout(ms, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
      timer.abort();
    }
    const rang = this.#rung;
    this.#rung = false;
    return rang;
  }
}
