import type { DomainEvent } from "../../kernel/events.ts";
import type { CommandScope } from "../../kernel/unit-of-work.ts";
import { changeLoads } from "../bins/contract.ts";
import { cancelTasksOfLines } from "../waves/contract.ts";
import { Batch } from "./batch.ts";
import { byVictimOrder } from "./choices.ts";
import { type AllocatedLine, allocateFrom } from "./contract.ts";
import { loadAllocations, loadStock, stockKeyText } from "./loading.ts";
import { stockRefusals } from "./refusals.ts";
import type { SkuStock } from "./sku-stock.ts";

/** A batch as it was put right, and what each line has now that lost its pieces by it. */
export interface CorrectedBatch {
  readonly ref: string;
  readonly qty: number;
  readonly deallocated: {
    readonly orderId: string;
    readonly line: number;
    readonly qty: number;
    readonly batch: string | null;
    readonly lpns: string[];
  }[];
}

/**
 * Puts a batch's quantity right. Lines that lose their pieces by it, the least urgent first, try
 * for other stock at once; its bin has other room, and what was to be picked for such lines is not.
 */
export async function correctBatch(
  ctx: Pick<CommandScope, "load" | "find" | "record">,
  ref: string,
  correct: (stock: SkuStock) => DomainEvent[],
): Promise<CorrectedBatch> {
  const unknown = () => stockRefusals.because("batch-unknown", { ref });
  const batch = await ctx.load(Batch, { ref }, unknown);
  const stock = await loadStock(ctx, [batch]);
  const ofKey = stock.get(stockKeyText(batch));
  if (!ofKey) throw unknown();
  await loadAllocations(ctx, stock, { batch: ref });
  const { bin = null, qty: before, warehouse, sku, grade } = batch;
  ctx.record(...correct(ofKey));
  const { qty } = batch;
  const victims = ofKey.gone();
  const again = new Map<unknown, AllocatedLine>();
  for (const victim of victims.toSorted((a, b) => byVictimOrder(b, a))) {
    const { orderId, line, qty, priority, shipBy = null } = victim;
    const wanted = { orderId, line, qty, priority, shipBy, warehouse, sku, grade };
    again.set(victim, await allocateFrom(ctx, ofKey, wanted));
  }
  const deallocated = victims.map((victim) => {
    const { orderId, line, qty } = victim;
    const { batch = null, lpns = [] } = again.get(victim) ?? {};
    return { orderId, line, qty, batch, lpns: [...lpns] };
  });
  await changeLoads(ctx, bin === null ? [] : [{ warehouse, bin, pieces: qty - before }]);
  await cancelTasksOfLines(ctx, deallocated, `batch ${ref} holds ${qty} only`);
  return { ref, qty, deallocated };
}
