import { z } from "zod";
import { count, id, keyText, quantityOrZero, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { changeLoads } from "../../../bins/contract.ts";
import { cancelTasksOfLines } from "../../../waves/contract.ts";
import { Batch } from "../../batch.ts";
import { byVictimOrder } from "../../choices.ts";
import { type AllocatedLine, allocateFrom } from "../../contract.ts";
import { loadAllocated, type StockKey, stockKeyText } from "../../loading.ts";
import { stockRefusals } from "../../refusals.ts";

/** Someone has counted, found, lost or broken pieces of a batch. */
export const changeBatchQuantity = command
  .meta({
    scope: "stock:write",
    doc:
      "Corrects a batch's quantity. Order lines that lose their pieces by it, the least urgent " +
      "first, try for other stock at once; `deallocated` says what each has now.",
    example: { ref: "PO-1001/1", qty: 38, reason: "two torn" },
    refuses: ["batch-unknown", "batch-picked", "bin-full", "bin-being-counted"],
    commutes: ["stock.addBatch", "inbound.receiveLot"],
  })
  .input(
    z.strictObject({ ref: keyText(), qty: quantityOrZero(), reason: safeText(500).optional() }),
  )
  .output(
    z.strictObject({
      ref: z.string(),
      qty: count(),
      deallocated: z.array(
        z.strictObject({
          ...{ orderId: id(), line: count(), qty: count() },
          batch: z.string().nullable(),
          lpns: z.array(z.string()),
        }),
      ),
    }),
  )
  .mutation(async ({ ctx, input: { ref, qty, reason } }) => {
    const unknown = () => stockRefusals.because("batch-unknown", { ref });
    const batch = await ctx.load(Batch, { ref }, unknown);
    const { stock } = await loadAllocated(ctx, [batch], { batch: ref });
    const ofKey = stock.get(stockKeyText(batch));
    if (!ofKey) throw unknown();
    const { bin = null, qty: before, warehouse } = batch;
    ctx.record(...ofKey.changeBatchQuantity(ref, qty, reason));
    const victims = ofKey.gone();
    const again = new Map<unknown, AllocatedLine>();
    for (const victim of victims.toSorted((a, b) => byVictimOrder(b, a))) {
      const { orderId, line, qty, priority, shipBy = null } = victim;
      const wanted = { orderId, line, qty, priority, shipBy, ...keyOf(ofKey) };
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
  });

function keyOf({ warehouse, sku, grade }: StockKey): StockKey {
  return { warehouse, sku, grade };
}
