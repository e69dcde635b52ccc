import { z } from "zod";
import { id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { requireNothingHandedOver, unpackAll } from "../../../shipments/contract.ts";
import { releaseLines } from "../../../stock/contract.ts";
import { cancelTasksOf } from "../../../waves/contract.ts";
import { loadOrder } from "../../contract.ts";

/** The customer or the channel wants an order no longer; its stock is free again. */
export const cancelOrder = command
  .meta({
    scope: "orders:write",
    doc: "Cancels an order, frees its stock, and takes it out of waves.",
    example: { orderId: "0199c0de-0000-4000-8000-000000000001", reason: "customer changed mind" },
    refuses: ["order-unknown", "order-cancelled", "order-handed-over"],
    commutes: ["stock.addBatch", "inbound.receiveLot"],
  })
  .input(z.strictObject({ orderId: id(), reason: safeText(500) }))
  .output(z.strictObject({ orderId: id() }))
  .mutation(async ({ ctx, input: { orderId, reason } }) => {
    const [order] = await Promise.all([
      loadOrder(ctx, orderId),
      requireNothingHandedOver(ctx, orderId),
    ]);
    ctx.record(order.cancel(reason));
    const { warehouse } = order;
    const of = order.lines.map(({ sku, grade }) => ({ warehouse, sku, grade }));
    const why = `order cancelled: ${reason}`;
    await unpackAll(ctx, orderId, why);
    await releaseLines(ctx, orderId, of, why);
    await cancelTasksOf(ctx, orderId, why);
    return { orderId };
  });
