import { Link } from "wouter";
import { formatClock, formatDuration, msBetween } from "../format.ts";
import type { LagReport, ReadModelLag } from "../lag-report.ts";
import {
  countStatuses,
  describeCount,
  statusOf,
  type Tone,
  wordsFor,
  worstTone,
} from "../status.ts";
import { Behind } from "./behind.tsx";
import { StatusMark } from "./status-mark.tsx";

/** A refresher that was not heard for so long counts as gone. */
const HEARTBEAT_MS = 10_000;

interface Props {
  readonly report: LagReport;
  readonly sentence: string;
  readonly isLive: boolean;
}

/** The one sentence that says it all, and how many read models are in which state. */
export function Summary({ report, sentence, isLive }: Props) {
  const statuses = report.readModels.map(statusOf);
  const late = isLive ? latestIn(report) : undefined;
  const tone: Tone = isLive ? worstTone(statuses) : "unknown";
  return (
    <section className={`summary tone-${tone}`} aria-label="Summary">
      <p className="sentence">
        <StatusMark tone={tone} />
        <bdi>{sentence}</bdi>
      </p>
      {late && <Behind name={late.name} on={`${late.pending}`} />}
      {isLive && (
        <div className="summary-facts">
          <ul className="counts" aria-label="Read models by status">
            {countStatuses(statuses).map((count) => (
              <li key={count.status}>
                <Link href={`/?status=${count.status}`} aria-label={describeCount(count)}>
                  <StatusMark tone={wordsFor(count.status).tone} />
                  <b>{count.count}</b> {wordsFor(count.status).label}
                </Link>
              </li>
            ))}
          </ul>
          <p className="refresher">
            {refresherWords(report)} Database clock <b>{formatClock(report.at)}</b>
          </p>
        </div>
      )}
    </section>
  );
}

/** The read model that is furthest behind its promise, if any is. */
function latestIn({ readModels }: LagReport): ReadModelLag | undefined {
  const late = readModels.filter(({ lagMs, promiseMs }) => lagMs !== null && lagMs > promiseMs);
  return late.sort((a, b) => (b.lagMs ?? 0) - (a.lagMs ?? 0))[0];
}

function refresherWords({ refresherHeardAt, at }: LagReport): string {
  const silence = msBetween(refresherHeardAt, at);
  if (silence === null) return "No refresher was ever heard.";
  const isQuiet = silence > HEARTBEAT_MS;
  return `Refresher ${isQuiet ? "last " : ""}heard ${formatDuration(silence)} ago.`;
}
