import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { Batch } from "./batch.ts";
import { loadAllocations, loadStock, type StockKey, stockKeyText } from "./loading.ts";

/** Pieces of a batch that somebody has seen in a bin. */
export interface BatchSeen {
  readonly ref: string;
  readonly qty: number;
}

/** What came of a bin's count for the batches in it. */
export interface BatchesCounted {
  readonly adjusted: readonly {
    readonly ref: string;
    readonly before: number;
    readonly after: number;
    readonly deallocated: readonly { orderId: string; line: number; qty: number }[];
  }[];
  /** Batches that the house knows, but not in this bin. */
  readonly elsewhere: readonly string[];
  readonly unknown: readonly string[];
  /** Pieces that should have lain there. */
  readonly expected: number;
  /** So many more, or fewer, belong to the bin's batches now. */
  readonly pieces: number;
}

/**
 * Puts the batches right that lie in a bin which is being counted; one that is not named was not
 * seen. What is picked has left the bin and is still the batch's. Holds the stock of those batches,
 * and of what the caller needs besides, from here on.
 */
export async function countBatches(
  ctx: Pick<CommandScope, "find" | "record">,
  place: { readonly warehouse: string; readonly bin: string },
  seen: readonly BatchSeen[],
  { reason, besides }: { readonly reason: string; readonly besides: readonly StockKey[] },
): Promise<BatchesCounted> {
  const quantities = new Map(seen.map(({ ref, qty }) => [ref, qty]));
  const known = await ctx.find(Batch, { ref: [...quantities.keys()] });
  const lying = await ctx.find(Batch, place, { orderBy: { ref: "asc" } });
  const stock = await loadStock(ctx, [...lying, ...besides]);
  const refs = new Set(lying.map(({ ref }) => ref));
  const elsewhere = known.map(({ ref }) => ref).filter((ref) => !refs.has(ref));
  const inHouse = new Set([...refs, ...elsewhere]);
  const unknown = [...quantities.keys()].filter((ref) => !inHouse.has(ref));
  const adjusted: BatchesCounted["adjusted"][number][] = [];
  let expected = 0;
  for (const batch of lying) {
    const { ref, qty: before, picked } = batch;
    expected += before - picked;
    const after = (quantities.get(ref) ?? 0) + picked;
    const ofKey = stock.get(stockKeyText(batch));
    if (after === before || !ofKey) continue;
    await loadAllocations(ctx, stock, { batch: ref });
    const gone = ofKey.gone().length;
    ctx.record(...ofKey.changeBatchQuantity(ref, after, reason));
    const victims = ofKey.gone().slice(gone);
    const deallocated = victims.map(({ orderId, line, qty }) => ({ orderId, line, qty }));
    adjusted.push({ ref, before, after, deallocated });
  }
  const pieces = adjusted.reduce((sum, { before, after }) => sum + after - before, 0);
  return { adjusted, elsewhere, unknown, expected, pieces };
}
