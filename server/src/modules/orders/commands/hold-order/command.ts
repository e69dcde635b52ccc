import { z } from "zod";
import { id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { loadOrder } from "../../contract.ts";

/** Somebody wants an order to wait, since its payment or its address is in doubt. */
export const holdOrder = command
  .meta({
    scope: "orders:write",
    doc: "Holds an order: until it is released its pieces are neither picked nor shipped.",
    example: { orderId: "0199c0de-0000-4000-8000-000000000001", reason: "address in doubt" },
    refuses: ["order-unknown", "order-cancelled", "order-held"],
  })
  .input(z.strictObject({ orderId: id(), reason: safeText(500) }))
  .output(z.strictObject({ orderId: id() }))
  .mutation(async ({ ctx, input: { orderId, reason } }) => {
    const order = await loadOrder(ctx, orderId);
    ctx.record(order.hold(reason, new Date()));
    return { orderId };
  });
