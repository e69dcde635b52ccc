import type { Selvedge } from "@selvedge/sdk";
import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { explainFailure, type Failure } from "./failure.ts";
import { useSelvedge } from "./selvedge-context.ts";

/** What a section shows: its answer, and what went wrong with its last question. */
export interface News<Answer> {
  readonly answer: Answer | undefined;
  readonly failure: Failure | null;
}

/** How a section asks. */
export interface Asking<Answer> {
  /** Asked again so often while the page is seen, also by what it says; never if left out. */
  readonly everyMs?: number | ((answer: Answer | undefined) => number);
  /** Asked again as soon as this changes, too. */
  readonly on?: string;
  /** Whether there is anything to ask yet. */
  readonly enabled?: boolean;
}

type Ask<Answer> = (
  selvedge: Selvedge,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
) => Promise<Answer>;

const answerWithinMs = 10_000;
/** After an answer at least so long nothing is asked, however much changes. */
const restMs = 1_000;

/** Asks the server for one section of a page, again and again while it is seen, once at a time. */
export function useNews<Answer>(
  key: readonly unknown[],
  ask: Ask<Answer>,
  { everyMs, on, enabled = true }: Asking<Answer> = {},
): News<Answer> {
  const selvedge = useSelvedge();
  const query = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(selvedge, { signal, timeoutMs: answerWithinMs }),
    refetchInterval:
      typeof everyMs === "function" ? ({ state }) => everyMs(state.data) : (everyMs ?? false),
    networkMode: "always",
    retry: false,
    enabled,
  });
  useAgainOn(on, query);
  const { data, error } = query;
  return { answer: data, failure: error === null ? null : explainFailure(error) };
}

function useAgainOn<Answer>(change: string | undefined, query: UseQueryResult<Answer>): void {
  const { isFetching, dataUpdatedAt, errorUpdatedAt, refetch } = query;
  const asked = useRef(change);
  useEffect(() => {
    if (isFetching || change === asked.current) return;
    const restedAt = Math.max(dataUpdatedAt, errorUpdatedAt) + restMs;
    const timer = setTimeout(
      () => {
        // When it is seen again, everything asks.
        if (document.visibilityState === "hidden") return;
        asked.current = change;
        void refetch({ cancelRefetch: false });
      },
      Math.max(0, restedAt - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [change, isFetching, dataUpdatedAt, errorUpdatedAt, refetch]);
}

/** Has every section of the page ask again now, for whoever has just done something. */
export function useAskAgain(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries(), [queries]);
}
