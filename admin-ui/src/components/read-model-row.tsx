import type { Ref } from "react";
import { Link } from "wouter";
import { DEFINITIONS } from "../definitions.ts";
import { formatCount, formatCounted, formatDuration, formatEstimate, isKnown } from "../format.ts";
import type { ReadModelLag } from "../lag-report.ts";
import { readModelPlace } from "../places.ts";
import { statusOf, wordsNow } from "../status.ts";
import { LastRefresh } from "./last-refresh.tsx";
import { Missing } from "./missing.tsx";
import { RefreshError } from "./refresh-error.tsx";
import { Sparkline } from "./sparkline.tsx";
import { StatusChip } from "./status-chip.tsx";
import { Way } from "./way.tsx";

interface Props {
  /** Its place among many of which few are drawn. */
  readonly place?: number;
  /** What learns how high it is, and under which index. */
  readonly measured?:
    | { readonly index: number; readonly ref: Ref<HTMLTableSectionElement> }
    | undefined;
  readonly readModel: ReadModelLag;
  /** When the server measured, by its database's clock. */
  readonly at: string;
  readonly isLive: boolean;
}

/** How many columns there are. */
export const COLUMN_COUNT = 9;
const NO_ANSWER = "The server does not answer, so nobody can say what it is now.";
const NO_REFRESHER = "Unknown: no refresher has been heard, so nobody measures it.";

/** One read model: what it is, how it does, and what went wrong if something did. */
export function ReadModelRow({ place, measured, readModel, at, isLive }: Props) {
  const { name, group, maintain, lastError, spark, promiseMs } = readModel;
  const words = wordsNow(statusOf(readModel), isLive);
  const why = isLive ? NO_REFRESHER : NO_ANSWER;
  const lagMs = isLive ? readModel.lagMs : null;
  const isLate = isKnown(lagMs) && lagMs > promiseMs;
  return (
    <tbody className="read-model" ref={measured?.ref} data-index={measured?.index}>
      <tr className="row" aria-rowindex={place === undefined ? undefined : place + 2}>
        <th scope="row" className="name">
          <Link href={readModelPlace(name)}>
            <bdi>{name}</bdi>
          </Link>
          <span className="sub">
            group <bdi>{group}</bdi> · {maintain === "byKey" ? "by key" : maintain}
          </span>
        </th>
        <td className="status">
          <StatusChip words={words} />
        </td>
        <td className={`number lag tone-${words.tone}${isLate ? " late" : ""}`} data-label="Lag">
          <Value ms={lagMs} why={why} />
          {isLive && <Way trend={readModel.trend} />}
        </td>
        <td className="trend" data-label={DEFINITIONS.trend.term}>
          {spark.length === 0 ? (
            <Missing why="Unknown: lag was not measured yet." />
          ) : (
            <Sparkline samples={spark} promiseMs={promiseMs} />
          )}
        </td>
        <td className="number" data-label="Pending">
          <Count
            count={isLive ? readModel.pending : null}
            why={why}
            write={(count) => formatCounted(count, readModel.pendingIsAtLeast)}
          />
        </td>
        <td className="number" data-label="Promise">
          <Value ms={promiseMs} why="Unknown: this read model promises nothing." />
        </td>
        <td className="number" data-label={DEFINITIONS.p95.term}>
          <Value ms={readModel.p95LagMs} why="Unknown: lag was not measured in the last hour." />
        </td>
        <td className="number refresh" data-label="Last refresh">
          <LastRefresh readModel={readModel} at={at} isLive={isLive} />
        </td>
        <td className="number" data-label="Rows">
          <Count
            count={readModel.rows}
            why="Unknown: PostgreSQL has no estimate yet. It makes one when it analyses the table."
            write={formatEstimate}
          />
        </td>
      </tr>
      {lastError !== null && (
        <tr className="error-row">
          <td colSpan={COLUMN_COUNT}>
            <RefreshError text={lastError} />
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Value({ ms, why }: { readonly ms: number | null; readonly why: string }) {
  return isKnown(ms) ? formatDuration(ms) : <Missing why={why} />;
}

interface CountProps {
  readonly count: number | null;
  readonly why: string;
  readonly write?: (count: number) => string;
}

function Count({ count, why, write = formatCount }: CountProps) {
  return isKnown(count) ? write(count) : <Missing why={why} />;
}
