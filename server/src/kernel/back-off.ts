/** How long is waited after failures, in ms: at first, and at most. */
export interface Pace {
  readonly firstPauseMs: number;
  readonly pauseMsMax: number;
}

/**
 * How long to wait, in ms, after a failure that came after so many others: twice as long each time.
 * At least half of it, so that what has just failed is not tried again at once; not all of it
 * always, so that those who failed together do not come back together.
 */
export function pauseAfterMs(failures: number, { firstPauseMs, pauseMsMax }: Pace): number {
  const boundMs = Math.min(pauseMsMax, firstPauseMs * 2 ** Math.min(failures, 30));
  return boundMs * (0.5 + Math.random() / 2);
}
