/** The pg-boss queue of a group. */
export function queueOf(group: string): string {
  return `refresh-${group}`;
}

/** The queue of what fills new generations. */
export const buildQueue = "build";

/** The queue of what compares read models with their defining queries. */
export const verifyQueue = "verify";

/** How workers look for jobs: a NOTIFY finds them, the polling is for when it is lost. */
export const workPace = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 2 };

/** At most one job queued beside one active, tried again for as long as it takes. */
export const queueOptions = {
  policy: "stately",
  notify: true,
  // Longer than a tenure, shorter than anyone would wait for a hung refresh of a whole view.
  expireInSeconds: 600,
  heartbeatSeconds: 10,
  retryLimit: 1_000,
  retryDelay: 1,
  retryBackoff: true,
  retryDelayMax: 30,
  deleteAfterSeconds: 24 * 3_600,
} as const;
