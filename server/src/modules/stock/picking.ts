import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { loadGarment, type PieceSeen, piecesBack, piecesOf } from "../garments/contract.ts";
import type { Allocation } from "./allocation.ts";
import type { Batch } from "./batch.ts";
import { loadAllocated, loadStock, type StockKey } from "./loading.ts";

/** An order line that somebody wants to pick. */
export type LineToPick = StockKey & {
  readonly orderId: string;
  readonly line: number;
  readonly qty: number;
};

/** Some pieces of a line that are still to be picked, and where they lie. */
export interface PickSource {
  readonly lpn: string | null;
  readonly batch: string | null;
  readonly qty: number;
  readonly bin: string | null;
}

/** What of a line is still to be picked, and whether all of its pieces are in the house. */
export interface PickableLine {
  readonly orderId: string;
  readonly line: number;
  readonly complete: boolean;
  readonly sources: readonly PickSource[];
}

/**
 * Holds what a task is to take: a single piece, or the stock of a batch. Call it before the task is
 * looked at: whoever takes the pieces from its line has cancelled it by then.
 */
export async function holdSource(
  ctx: Pick<CommandScope, "load" | "find">,
  { lpn = null, ...key }: StockKey & { readonly lpn?: string | null | undefined },
): Promise<void> {
  if (lpn === null) await loadStock(ctx, [key]);
  else await loadGarment(ctx, lpn, { lock: true });
}

/**
 * Tells where the pieces of order lines are to be picked. The caller holds the rows of the orders;
 * their stock and single pieces are held from here on, so that no line loses its pieces meanwhile.
 */
export async function pickableLines(
  ctx: Pick<CommandScope, "find">,
  lines: readonly LineToPick[],
): Promise<PickableLine[]> {
  const orderIds = [...new Set(lines.map(({ orderId }) => orderId))];
  const [{ stock, allocations }, pieces] = await Promise.all([
    loadAllocated(ctx, lines, { orderId: orderIds }),
    piecesOf(ctx, orderIds),
  ]);
  const back = await piecesBack(ctx, orderIds, pieces);
  const ofLine = new Map(allocations.map((one) => [keyOf(one), one]));
  const backOfLine = Map.groupBy(back, keyOf);
  const piecesOfLine = Map.groupBy(pieces, ({ reservedFor }) => reservedFor && keyOf(reservedFor));
  const batches = [...stock.values()].flatMap((one) => one.batches);
  const byRef = new Map(batches.map((batch) => [batch.ref, batch]));
  return lines.map((line) => {
    const allocation = ofLine.get(keyOf(line));
    return allocation
      ? fromBatch(allocation, byRef.get(allocation.batch))
      : fromPieces(line, {
          pieces: piecesOfLine.get(keyOf(line)) ?? [],
          back: backOfLine.get(keyOf(line))?.length ?? 0,
        });
  });
}

function fromBatch({ orderId, line, qty, state }: Allocation, batch: Batch | undefined) {
  const complete = batch?.inHouse ?? false;
  const source = { lpn: null, batch: batch?.ref ?? null, qty, bin: batch?.bin ?? null };
  return { orderId, line, complete, sources: complete && state === "allocated" ? [source] : [] };
}

function fromPieces(
  { orderId, line, qty }: LineToPick,
  { pieces, back }: { pieces: readonly PieceSeen[]; back: number },
) {
  const sources = pieces
    .filter(({ status }) => status === "reserved")
    .map(({ lpn, bin }) => ({ lpn, batch: null, qty: 1, bin }));
  return { orderId, line, complete: pieces.length + back >= qty, sources };
}

function keyOf({ orderId, line }: { orderId: string; line: number }): string {
  return `${orderId}/${line}`;
}
