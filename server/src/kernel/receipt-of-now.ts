import type { Engine } from "./engine.ts";
import { writeReceipt } from "./receipt.ts";
import { asFault } from "./run-command.ts";

/**
 * A receipt that covers every command which was answered before this was called: that of a
 * transaction of its own, which changes nothing and has a greater id than all of theirs.
 */
export async function receiptOfNow({ operationsPool, epoch }: Engine): Promise<string> {
  try {
    const { rows } = await operationsPool.query<{ xid: string }>(
      "select pg_current_xact_id()::text as xid",
    );
    return writeReceipt({ epoch, xid: rows[0]?.xid ?? "" });
  } catch (error) {
    throw asFault(error);
  }
}
