/** How a group's loop is paced, in ms. */
export interface Pace {
  /** Least time from one refresh's end to the next one's start; at least twice what it took. */
  readonly restMs: number;
  /** The same while a reader waits. */
  readonly wantedRestMs: number;
}

// Many changes share a refresh; below this the database works more and the lag is not felt.
const byKeyRestMsMin = 5;
// So much of its promise a read model may spend on waiting for changes to share a refresh.
const restOfPromise = 0.01;
const byKeyRestMsMax = 100;
// A whole refresh reads everything, so a reader who waits does not get one a request.
const wholeRestMsMin = 1_000;

/** The more a group promises, the sooner it is refreshed again. */
export function paceOf(maintain: "byKey" | "whole", promiseMs: number): Pace {
  if (maintain === "whole") {
    return { restMs: Math.max(wholeRestMsMin, promiseMs / 2), wantedRestMs: wholeRestMsMin };
  }
  const restMs = Math.min(promiseMs * restOfPromise, byKeyRestMsMax);
  return { restMs: Math.max(byKeyRestMsMin, restMs), wantedRestMs: byKeyRestMsMin };
}
