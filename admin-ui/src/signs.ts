import type { ReadModelLag } from "./lag-report.ts";

/** What the live report says of a read model that sections of its page ask again upon. */
export interface Signs {
  /** Changes as soon as the read model stands otherwise than before. */
  readonly state: string;
  /** Changes as soon as more of its history is on record. */
  readonly record: string;
  /** Nothing waits, nothing is wrong, and its last refresh is on record: nothing is to be seen. */
  readonly isQuiet: boolean;
}

/** How often a section asks of a read model about which the live report has no news. */
export const quietMs = 15_000;

/** Reads the signs of a read model; where the report may no longer be true, nothing is quiet. */
export function signsOf(readModel: ReadModelLag, isLive: boolean): Signs {
  const { status, pending, held, asOf, lastError, building, paused, lastRefresh } = readModel;
  const [newest = "", before = ""] = readModel.spark
    .map(({ at }) => at)
    .slice(-2)
    .reverse();
  // A refresh is stored a moment after the sample that has it, and so for sure before the next one.
  const isOnRecord = lastRefresh === null || lastRefresh.at < before;
  const isIdle = status === "fresh" && pending === 0 && lastError === null && building === null;
  const isQuiet = isLive && isIdle && isOnRecord;
  return {
    state: JSON.stringify([status, pending, held, asOf, lastError, building, paused, isQuiet]),
    // Samples come all the time; while it is quiet they say nothing new.
    record: isQuiet ? `all until ${lastRefresh?.at}` : newest,
    isQuiet,
  };
}
