import { z } from "zod";
import { count, id, keyText, quantityOrZero, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { Batch } from "../../batch.ts";
import { loadAllocations, loadStock, stockKeyText } from "../../loading.ts";
import { stockRefusals } from "../../refusals.ts";

/** Someone has counted, found, lost or broken pieces of a batch. */
export const changeBatchQuantity = command
  .meta({
    scope: "stock:write",
    doc: "Corrects a batch's quantity and says which order lines lost their pieces by it.",
    example: { ref: "PO-1001/1", qty: 38, reason: "two torn" },
    refuses: ["batch-unknown"],
    commutes: ["stock.addBatch"],
  })
  .input(
    z.strictObject({ ref: keyText(), qty: quantityOrZero(), reason: safeText(500).optional() }),
  )
  .output(
    z.strictObject({
      ref: z.string(),
      qty: count(),
      deallocated: z.array(z.strictObject({ orderId: id(), line: count(), qty: count() })),
    }),
  )
  .mutation(async ({ ctx, input: { ref, qty, reason } }) => {
    const unknown = () => stockRefusals.because("batch-unknown", { ref });
    const key = await ctx.load(Batch, { ref }, unknown);
    const stock = await loadStock(ctx, [key]);
    const ofKey = stock.get(stockKeyText(key));
    if (!ofKey) throw unknown();
    await loadAllocations(ctx, stock, { batch: ref });
    ctx.record(...ofKey.changeBatchQuantity(ref, qty, reason));
    const deallocated = ofKey.gone().map(({ orderId, line, qty }) => ({ orderId, line, qty }));
    return { ref, qty, deallocated };
  });
