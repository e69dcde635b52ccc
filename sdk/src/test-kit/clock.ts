/** What a fake server waits by. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves when so much time has passed; rejects with the signal's reason if that is sooner. */
  wait(ms: number, signal?: AbortSignal | null): Promise<void>;
}

/** A clock that stands still until it is told how much time has passed. */
export interface ManualClock extends Clock {
  /** Lets time pass, and wakes whoever waits for it, in turn. */
  advance(ms: number): Promise<void>;
}

// Timers fire at once beyond 2^31 ms.
const timerMsMax = 86_400_000;

/** The machine's clock, looked up at each use: a test runner's fake timers move it too. */
export const realClock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(
        () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        },
        Math.min(ms, timerMsMax),
      );
      if (signal?.aborted) stop();
      else signal?.addEventListener("abort", stop, { once: true });
    }),
};

interface Sleeper {
  readonly dueAt: number;
  readonly wake: () => void;
}

/**
 * A clock for tests that do not want to wait.
 *
 * ```ts
 * const clock = manualClock();
 * const fake = fakeSelvedge({ clock });
 * fake.withLag("orderBoard", 2_000);
 * // ... the screen shows the old board ...
 * await clock.advance(2_000);
 * // ... and now the new one
 * ```
 */
export function manualClock(startsAt = Date.UTC(2026, 0, 5, 10)): ManualClock {
  let now = startsAt;
  const sleepers = new Set<Sleeper>();
  const nextDue = (until: number): Sleeper | undefined =>
    [...sleepers].filter((one) => one.dueAt <= until).sort((a, b) => a.dueAt - b.dueAt)[0];

  return {
    now: () => now,
    wait: (ms, signal) =>
      new Promise((resolve, reject) => {
        const stop = () => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const wake = () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        };
        const sleeper = { dueAt: now + ms, wake };
        if (signal?.aborted) return stop();
        signal?.addEventListener("abort", stop, { once: true });
        sleepers.add(sleeper);
      }),
    advance: async (ms) => {
      const until = now + ms;
      await settled();
      for (let next = nextDue(until); next; next = nextDue(until)) {
        now = Math.max(now, next.dueAt);
        sleepers.delete(next);
        next.wake();
        await settled();
      }
      now = until;
      await settled();
    },
  };
}

/** Resolves after whatever was waiting for a promise has had its turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
