import type { CommandCall } from "./calls.ts";
import { isSelvedgeError, type SelvedgeError } from "./errors.ts";

/** What came of a call: its answer, or its error. */
export type Safe<Answer, Reason extends string> =
  | { readonly ok: true; readonly value: Answer; readonly error?: undefined }
  | { readonly ok: false; readonly error: SelvedgeError<Reason>; readonly value?: undefined };

/**
 * Waits for a call and answers its error instead of throwing it; of a command, with its reasons.
 * Only what is no `SelvedgeError` is thrown still: that is a bug.
 *
 * ```ts
 * const placed = await safe(selvedge.orders.placeOrder(order));
 * if (placed.ok) return placed.value.data.orderId;
 * if (placed.error.reason === "external-ref-taken") return undefined;
 * throw placed.error;
 * ```
 */
export function safe<Data, Reason extends string>(
  call: CommandCall<Data, Reason>,
): Promise<Safe<Awaited<CommandCall<Data, Reason>>, Reason>>;
/** Waits for any other call and answers its error instead of throwing it. */
export function safe<Answer>(call: Promise<Answer>): Promise<Safe<Answer, string>>;
/** Waits for a call and answers its error instead of throwing it. */
export async function safe(call: Promise<unknown>): Promise<Safe<unknown, string>> {
  try {
    return { ok: true, value: await call };
  } catch (error) {
    if (!isSelvedgeError(error)) throw error;
    return { ok: false, error };
  }
}
