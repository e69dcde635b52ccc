import { z } from "zod";
import { Fault } from "../../kernel/faults.ts";

/**
 * A place in the feed: behind a journal row of a transaction. Both only grow in the order in which
 * the feed tells.
 */
export interface FeedPlace {
  readonly transaction: number;
  readonly position: number;
}

/** Before everything. */
export const feedStart: FeedPlace = { transaction: 0, position: 0 };

const written = /^p1\.([0-9a-f]{12})\.(0|[1-9][0-9]{0,15})\.(0|[1-9][0-9]{0,15})$/;

/** A place in the feed as callers keep it; they need not know what it says. */
export const feedPosition = () => z.string().regex(written, "is not a position of the feed");

/** Writes a place as the text that callers keep. */
export function writePosition(epoch: string, { transaction, position }: FeedPlace): string {
  return `p1.${epoch}.${transaction}.${position}`;
}

/**
 * Reads a place. Refuses one of another database: its transactions have other numbers there, and
 * what stands between would be passed over.
 */
export function readPosition(epoch: string, text: string | undefined): FeedPlace {
  if (text === undefined) return feedStart;
  const [, ofEpoch, transaction, position] = written.exec(text) ?? [];
  if (ofEpoch !== epoch) throw refused("This position is from another database.");
  return { transaction: Number(transaction), position: Number(position) };
}

/** The refusal of a position that this database never gave. */
export function refused(message: string): Fault {
  return new Fault("RECEIPT_REFUSED", message, {
    hint: "Begin again without a position, and leave out what you have seen.",
  });
}
