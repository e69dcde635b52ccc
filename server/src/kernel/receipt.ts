/**
 * A receipt says which transaction a command committed in: the database's epoch and the
 * transaction's 64-bit id. Whether an answer includes it is decided by PostgreSQL itself with
 * `pg_visible_in_snapshot`, so neither clocks nor sequence numbers are involved.
 * Source: https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SNAPSHOT
 */
export interface Receipt {
  /** Which database: a receipt of another one means nothing here. */
  readonly epoch: string;
  /** The transaction's id, a 64-bit number in decimal digits. */
  readonly xid: string;
}

const written = /^r1\.([0-9a-f]{12})\.([1-9][0-9]{0,18})$/;

/** Most receipts one query may ask for. */
export const receiptsMax = 64;

/** Writes a receipt as the opaque text that callers hand around. */
export function writeReceipt({ epoch, xid }: Receipt): string {
  return `r1.${epoch}.${xid}`;
}

/** Reads a receipt; `undefined` for anything that is not one. */
export function readReceipt(text: string): Receipt | undefined {
  const [, epoch, xid] = written.exec(text) ?? [];
  return epoch && xid ? { epoch, xid } : undefined;
}
