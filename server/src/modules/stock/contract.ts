import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { loadAllocations, loadStock, type StockKey, stockKeyText } from "./loading.ts";
import type { LineToAllocate } from "./sku-stock.ts";

/** An order line that wants stock. */
export type WantedLine = LineToAllocate & StockKey;

/** Where a line's pieces come from; null while there are not enough. */
export interface AllocatedLine {
  readonly line: number;
  readonly batch: string | null;
}

/**
 * Allocates the lines of an order whose row the caller holds; a shortage is an answer, no error.
 */
export async function allocateLines(
  ctx: Pick<CommandScope, "find" | "record">,
  lines: readonly WantedLine[],
  order: "new" | "known",
): Promise<AllocatedLine[]> {
  const stock = await loadStock(ctx, lines);
  if (order === "known") {
    for (const orderId of new Set(lines.map((line) => line.orderId))) {
      await loadAllocations(ctx, stock, { orderId });
    }
  }
  return lines.map((wanted) => {
    const ofKey = stock.get(stockKeyText(wanted));
    const event = ofKey?.allocate(wanted);
    if (event) ctx.record(event);
    return { line: wanted.line, batch: ofKey?.batchOf(wanted.orderId, wanted.line) ?? null };
  });
}

/** Takes back whatever stock the lines of an order have; the caller holds the order's row. */
export async function releaseLines(
  ctx: Pick<CommandScope, "find" | "record">,
  orderId: string,
  of: readonly StockKey[],
  reason: string,
): Promise<void> {
  const stock = await loadStock(ctx, of);
  for (const { line, ...allocation } of await loadAllocations(ctx, stock, { orderId })) {
    const ofKey = stock.get(stockKeyText(allocation));
    if (ofKey) ctx.record(ofKey.deallocate(orderId, line, reason));
  }
}
