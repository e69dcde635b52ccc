import type { QueryOptions, QueryResult } from "../calls.ts";

/**
 * Asks a query until its read model shows everything that has happened, and gives that answer; for
 * tests over a real server. Fails with `NOT_FRESH` where it takes longer than `timeoutMs`.
 *
 * ```ts
 * const { data } = await waitForFresh(selvedge.orders.orderBoard, { orderId });
 * ```
 */
export function waitForFresh<Input, Data>(
  query: (input: Input, options?: QueryOptions) => Promise<QueryResult<Data>>,
  input: Input,
  options: Pick<QueryOptions, "atLeast" | "signal" | "timeoutMs"> = {},
): Promise<QueryResult<Data>> {
  return query(input, { ...options, maxStaleMs: 0, onMiss: "wait" });
}
