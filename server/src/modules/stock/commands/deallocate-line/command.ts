import { z } from "zod";
import { count, id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { orderLine } from "../../../orders/contract.ts";
import { loadAllocations, loadStock, stockKeyText } from "../../loading.ts";
import { stockRefusals } from "../../refusals.ts";

/** The order desk takes a line's pieces back for something more urgent. */
export const deallocateLine = command
  .meta({
    scope: "stock:write",
    doc: "Takes the stock of an order line back; the line waits until it is allocated again.",
    example: { orderId: "0199c0de-0000-4000-8000-000000000001", line: 1, reason: "express first" },
    refuses: ["order-unknown", "line-unknown", "line-not-allocated"],
    commutes: ["stock.addBatch"],
  })
  .input(z.strictObject({ orderId: id(), line: z.int().min(1).max(1_000), reason: safeText(500) }))
  .output(z.strictObject({ orderId: id(), line: count() }))
  .mutation(async ({ ctx, input: { orderId, line, reason } }) => {
    const key = await orderLine(ctx, orderId, line);
    const stock = await loadStock(ctx, [key]);
    await loadAllocations(ctx, stock, { orderId });
    const ofKey = stock.get(stockKeyText(key));
    if (!ofKey) throw stockRefusals.because("line-not-allocated", { orderId, line });
    ctx.record(ofKey.deallocate(orderId, line, reason));
    return { orderId, line };
  });
