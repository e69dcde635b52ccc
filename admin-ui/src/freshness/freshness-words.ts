import { formatDuration } from "../format.ts";
import type { LagReport } from "../lag-report.ts";

/** What the element says of one read model. */
export interface FreshnessWords {
  readonly state: "fresh" | "behind" | "unknown";
  readonly label: string;
  /** How far it is behind, where it is. */
  readonly lag: string;
  /** The whole of it, for those who look closer or do not see it. */
  readonly detail: string;
}

/** Says in a word whether one read model shows what is so; anything in doubt is unknown. */
export function freshnessWords(report: LagReport | undefined, name: string): FreshnessWords {
  const unknown = (detail: string): FreshnessWords => ({
    ...{ state: "unknown", label: "Unknown", lag: "", detail: `${name}: ${detail}` },
  });
  if (!report) return unknown("the server does not answer, so nobody can say how fresh it is");
  const one = report.readModels.find((readModel) => readModel.name === name);
  if (!one) return unknown("there is no read model of this name");
  if (one.status === "unknown" || one.lagMs === null) return unknown("no refresher is heard");
  const promise = `promised within ${formatDuration(one.promiseMs)}`;
  const isWell = one.status === "fresh" || one.status === "refreshing";
  const isFresh = isWell && one.lagMs <= one.promiseMs;
  if (isFresh) return { state: "fresh", label: "Fresh", lag: "", detail: `${name}: ${promise}` };
  const lag = one.lagMs > 0 ? formatDuration(one.lagMs) : "";
  return {
    ...{ state: "behind", label: "Behind", lag },
    detail: `${name}: ${one.status}, ${lag && `${lag} behind, `}${promise}`,
  };
}
