import { z } from "zod";
import { id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { loadOrder } from "../../contract.ts";

/** What an order was held for is settled. */
export const releaseOrder = command
  .meta({
    scope: "orders:write",
    doc: "Releases a held order: its pieces may be picked and shipped again.",
    example: { orderId: "0199c0de-0000-4000-8000-000000000001", reason: "address confirmed" },
    refuses: ["order-unknown", "order-cancelled", "order-not-held"],
  })
  .input(z.strictObject({ orderId: id(), reason: safeText(500) }))
  .output(z.strictObject({ orderId: id() }))
  .mutation(async ({ ctx, input: { orderId, reason } }) => {
    const order = await loadOrder(ctx, orderId);
    ctx.record(order.release(reason));
    return { orderId };
  });
