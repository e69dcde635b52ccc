const firstPauseMs = 1_000;
// Timers fire at once beyond 2^31 ms.
const timerMsMax = 2 ** 30;

/** Wakes who waits by it. */
export class Alarm {
  #wake: () => void = () => {};
  #rung = false;

  /** Ends the wait, or the one that is about to begin. */
  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Waits so long, or until it rings, or until the signal fires. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const end = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", end);
          resolve();
        };
        const timer = ms < timerMsMax ? setTimeout(end, ms) : undefined;
        signal.addEventListener("abort", end, { once: true });
        this.#wake = end;
      });
    }
    this.#rung = false;
  }
}

/** How long to wait after so many failures in a row: random, up to a bound that doubles. */
export function pauseMs(failures: number, max: number): number {
  return Math.random() * Math.min(max, firstPauseMs * 2 ** (failures - 1));
}

/** The outcome of a promise, or the signal's reason if that is sooner. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
