import type { Selvedge } from "@selvedge/sdk";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { explainFailure, type Failure } from "./failure.ts";
import type { LagReport } from "./lag-report.ts";

/** What the page can show now. */
export type LagView =
  | { readonly phase: "loading" }
  | { readonly phase: "stopped"; readonly failure: Failure }
  | {
      readonly phase: "report";
      readonly report: LagReport;
      readonly receivedAt: number;
      /** False as soon as the report may no longer be true. */
      readonly isLive: boolean;
      readonly failure: Failure | null;
    };

const POLL_EVERY_MS = 1_000;
/** Somebody who may not know is not asked for again each second: it would fill the log. */
const POLL_WHEN_REFUSED_MS = 10_000;
/** An answer slower than this counts as none. */
const ANSWER_WITHIN_MS = 3_000;
/** A report older than this is not called live any longer. */
const LIVE_FOR_MS = 3_000;

/** Asks for the lag report each second while the page is seen. */
export function useLagReport(selvedge: Selvedge): LagView {
  const lastFailure = useRef<Failure | null>(null);
  const { data, dataUpdatedAt, isError } = useQuery({
    queryKey: ["operations.lag"],
    queryFn: async ({ signal }) => {
      try {
        const report = await selvedge.operations.lag({}, { signal, timeoutMs: ANSWER_WITHIN_MS });
        lastFailure.current = null;
        return report;
      } catch (error) {
        lastFailure.current = explainFailure(error);
        throw error;
      }
    },
    refetchInterval: () =>
      lastFailure.current?.kind === "refused" ? POLL_WHEN_REFUSED_MS : POLL_EVERY_MS,
    refetchOnWindowFocus: "always",
    networkMode: "always",
    retry: false,
  });
  const isRecent = useIsRecent(dataUpdatedAt);
  const failure = lastFailure.current;

  if (failure !== null && (failure.kind === "refused" || data === undefined)) {
    return { phase: "stopped", failure };
  }
  if (data === undefined) return { phase: "loading" };
  return {
    phase: "report",
    report: data,
    receivedAt: dataUpdatedAt,
    isLive: isRecent && !isError,
    failure,
  };
}

/** Whether an instant is recent; turns false by itself, also when no answer ever comes. */
function useIsRecent(instant: number): boolean {
  const [, setTick] = useState(0);
  useEffect(() => {
    const left = instant + LIVE_FOR_MS - Date.now();
    const timer = setTimeout(() => setTick((tick) => tick + 1), Math.max(0, left) + 1);
    return () => clearTimeout(timer);
  }, [instant]);
  return Date.now() - instant <= LIVE_FOR_MS;
}
