import { z } from "zod";
import { id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { releaseLines } from "../../../stock/contract.ts";
import { loadOrder } from "../../contract.ts";

/** The customer or the channel wants an order no longer; its stock is free again. */
export const cancelOrder = command
  .meta({
    scope: "orders:write",
    doc: "Cancels an order and frees the stock allocated to it.",
    example: { orderId: "0199c0de-0000-4000-8000-000000000001", reason: "customer changed mind" },
    refuses: ["order-unknown", "order-cancelled"],
    commutes: ["stock.addBatch"],
  })
  .input(z.strictObject({ orderId: id(), reason: safeText(500) }))
  .output(z.strictObject({ orderId: id() }))
  .mutation(async ({ ctx, input: { orderId, reason } }) => {
    const order = await loadOrder(ctx, orderId);
    ctx.record(order.cancel(reason));
    const { warehouse } = order;
    const of = order.lines.map(({ sku, grade }) => ({ warehouse, sku, grade }));
    await releaseLines(ctx, orderId, of, `order cancelled: ${reason}`);
    return { orderId };
  });
