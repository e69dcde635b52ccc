import { countOf, formatClock, formatDuration, msBetween } from "../format.ts";
import type { ReadModelLag } from "../lag-report.ts";
import { Missing } from "./missing.tsx";

interface Props {
  readonly readModel: ReadModelLag;
  readonly at: string;
  readonly isLive: boolean;
}

/** When a read model was last refreshed, how long it took and how many keys it worked out. */
export function LastRefresh({ readModel: { lastRefresh, maintain }, at, isLive }: Props) {
  if (lastRefresh === null) {
    return <Missing why="Unknown: no refresh of this read model is on record yet." />;
  }
  const ago = isLive ? msBetween(lastRefresh.at, at) : null;
  const work = maintain === "whole" ? "whole" : countOf(lastRefresh.keys, "key");
  return (
    <>
      <time dateTime={lastRefresh.at}>
        {ago === null ? `at ${formatClock(lastRefresh.at)}` : `${formatDuration(ago)} ago`}
      </time>
      <span className="sub">
        took {formatDuration(lastRefresh.tookMs)} · {work}
      </span>
    </>
  );
}
