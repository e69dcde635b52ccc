import type { Selvedge } from "@selvedge/sdk";
import { useEffect, useState } from "react";
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

interface News {
  readonly report: LagReport | null;
  readonly receivedAt: number;
  readonly failure: Failure | null;
}

const AGAIN_MS = 1_000;
/** Somebody who may not know is not asked for again each second: it would fill the log. */
const AGAIN_WHEN_REFUSED_MS = 10_000;
/** An answer slower than this counts as none. */
const ANSWER_WITHIN_MS = 3_000;
/** A report older than this is not called live any longer. */
const LIVE_FOR_MS = 3_000;

const NOTHING_YET: News = { report: null, receivedAt: 0, failure: null };
const SILENCE = explainFailure(undefined);

/** Follows the lag report while the page is seen. */
export function useLagReport(selvedge: Selvedge): LagView {
  const [{ report, receivedAt, failure }, setNews] = useState(NOTHING_YET);
  useEffect(() => whileSeen((signal) => follow(selvedge, setNews, signal)), [selvedge]);
  const isRecent = useIsRecent(receivedAt);

  if (failure !== null && (failure.kind === "refused" || report === null)) {
    return { phase: "stopped", failure };
  }
  if (report === null) return { phase: "loading" };
  const isLive = isRecent && failure === null;
  return {
    phase: "report",
    report,
    receivedAt,
    isLive,
    failure: isLive ? null : (failure ?? SILENCE),
  };
}

type SetNews = (change: (before: News) => News) => void;

async function follow(selvedge: Selvedge, setNews: SetNews, signal: AbortSignal): Promise<void> {
  const failed = (error: unknown) => {
    const failure = explainFailure(error);
    setNews((before) => ({ ...before, failure }));
    return failure;
  };
  while (!signal.aborted) {
    try {
      const options = {
        signal,
        timeoutMs: ANSWER_WITHIN_MS,
        onFailure: (error: unknown) => void failed(error),
      };
      for await (const report of selvedge.operations.lag.follow({}, options)) {
        setNews(() => ({ report, receivedAt: Date.now(), failure: null }));
      }
    } catch (error) {
      const { kind } = failed(error);
      await rest(kind === "refused" ? AGAIN_WHEN_REFUSED_MS : AGAIN_MS, signal);
    }
  }
}

/** Does something while the tab is seen: ends it when it is hidden, and begins anew afterwards. */
function whileSeen(work: (signal: AbortSignal) => Promise<void>): () => void {
  let ending: AbortController | undefined;
  const look = () => {
    const isSeen = document.visibilityState !== "hidden";
    if (isSeen === (ending !== undefined)) return;
    ending?.abort();
    ending = isSeen ? new AbortController() : undefined;
    if (ending) void work(ending.signal);
  };
  look();
  document.addEventListener("visibilitychange", look);
  return () => {
    document.removeEventListener("visibilitychange", look);
    ending?.abort();
  };
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
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
