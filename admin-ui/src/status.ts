import { countOf } from "./format.ts";
import type { ReadModelLag } from "./lag-report.ts";

/** How alarming a status is; it chooses colour and shape, which always come with the word. */
export type Tone = "good" | "busy" | "warn" | "bad" | "unknown";

/** What the page says about one status. */
export interface StatusWords {
  readonly label: string;
  readonly tone: Tone;
  readonly meaning: string;
}

/** The statuses a read model can have, the most alarming first, in the words of the page. */
export const STATUSES: Readonly<Record<string, StatusWords>> = {
  failing: {
    label: "Failing",
    tone: "bad",
    meaning: "The last refresh ended with an error. What the read model shows is getting older.",
  },
  stalled: {
    label: "Stalled",
    tone: "bad",
    meaning:
      "Changes are waiting and nothing has moved for three times the promise, and at least 30\u00a0s.",
  },
  unknown: {
    label: "Unknown",
    tone: "unknown",
    meaning: "Nobody can say how far behind it is: no refresher has been heard for 10\u00a0s.",
  },
  behind: {
    label: "Behind",
    tone: "warn",
    meaning: "The oldest waiting change is older than the promise allows.",
  },
  paused: {
    label: "Paused",
    tone: "warn",
    meaning: "Somebody paused its refresh. Changes wait until it is resumed.",
  },
  rebuilding: {
    label: "Rebuilding",
    tone: "busy",
    meaning: "A new copy is being built beside this one and will replace it.",
  },
  refreshing: {
    label: "Refreshing",
    tone: "busy",
    meaning: "Changes are being taken in now, within the promise.",
  },
  fresh: {
    label: "Fresh",
    tone: "good",
    meaning: "It shows every change, or all within its promise.",
  },
};

const UNKNOWN = STATUSES.unknown as StatusWords;
const ORDER = Object.keys(STATUSES);

/** How a read model stands, to a person: one that is well and built anew is rebuilding. */
export function statusOf({ status, building }: Standing): string {
  const isWell = status === "fresh" || status === "refreshing";
  return isWell && building !== null ? "rebuilding" : status;
}

/** As much of a read model as tells how it stands. */
export type Standing = Pick<ReadModelLag, "status" | "building">;

/** The words for a status, also for one that a newer server knows and this page does not. */
export function wordsFor(status: string): StatusWords {
  if (Object.hasOwn(STATUSES, status)) return STATUSES[status] as StatusWords;
  return {
    label: status.slice(0, 1).toUpperCase() + status.slice(1),
    tone: "unknown",
    meaning: "This page is older than the server and does not know this status.",
  };
}

/** The words for a status that may no longer be true: without news, every status is unknown. */
export function wordsNow(status: string, isLive: boolean): StatusWords {
  if (isLive) return wordsFor(status);
  return { ...UNKNOWN, meaning: "The server has not answered, so nobody can say." };
}

/** The tone of a whole report: that of its most alarming status. */
export function worstTone(statuses: readonly string[]): Tone {
  const worst = [...statuses].sort((a, b) => rank(a) - rank(b))[0];
  return worst === undefined ? "unknown" : wordsFor(worst).tone;
}

/** How many read models have each status, the most alarming first. */
export interface StatusCount {
  readonly status: string;
  readonly count: number;
}

/** Counts the read models of each status, the most alarming status first. */
export function countStatuses(statuses: readonly string[]): StatusCount[] {
  return [...new Set(statuses)]
    .sort((a, b) => rank(a) - rank(b))
    .map((status) => ({
      status,
      count: statuses.filter((other) => other === status).length,
    }));
}

/** Names a status count for a person: `2 read models are Behind`. */
export function describeCount({ status, count }: StatusCount): string {
  return `${countOf(count, "read model is", "read models are")} ${wordsFor(status).label}`;
}

/** Statuses that this page does not know stand beside unknown, so that they are not overlooked. */
function rank(status: string): number {
  return ORDER.indexOf(Object.hasOwn(STATUSES, status) ? status : "unknown");
}
