import type { Selvedge } from "@selvedge/sdk";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { explainFailure, type Failure } from "./failure.ts";
import { useSelvedge } from "./selvedge-context.ts";

/** What a section shows: its answer, and what went wrong with its last question. */
export interface News<Answer> {
  readonly answer: Answer | undefined;
  readonly failure: Failure | null;
}

/** How a section asks. */
export interface Asking {
  /** Asked again so often while the page is seen; never if left out. */
  readonly everyMs?: number;
  /** Whether there is anything to ask yet. */
  readonly enabled?: boolean;
}

type Ask<Answer> = (
  selvedge: Selvedge,
  options: { readonly signal: AbortSignal; readonly timeoutMs: number },
) => Promise<Answer>;

const answerWithinMs = 10_000;

/** Asks the server for one section of a page, again and again while it is seen. */
export function useNews<Answer>(
  key: readonly unknown[],
  ask: Ask<Answer>,
  { everyMs, enabled = true }: Asking = {},
): News<Answer> {
  const selvedge = useSelvedge();
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => ask(selvedge, { signal, timeoutMs: answerWithinMs }),
    refetchInterval: everyMs ?? false,
    networkMode: "always",
    retry: false,
    enabled,
  });
  return { answer: data, failure: error === null ? null : explainFailure(error) };
}

/** Has every section of the page ask again now, for whoever has just done something. */
export function useAskAgain(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries(), [queries]);
}
