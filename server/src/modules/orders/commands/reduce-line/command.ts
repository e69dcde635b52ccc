import { z } from "zod";
import { count, id, quantity, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { reduceLine as reduceStock } from "../../../stock/contract.ts";
import { cancelTasksOf } from "../../../waves/contract.ts";
import { loadOrder, wantedOf } from "../../contract.ts";
import { orderLineNumber } from "../../inputs.ts";

/** A customer wants some pieces of an order no longer; the rest of it goes on. */
export const reduceLine = command
  .meta({
    scope: "orders:write",
    doc:
      "Takes so many pieces off an order line before they are picked, and frees their stock. A " +
      "line of which nothing is left is off the order; an order of which nothing is left is " +
      "cancelled. What was to be picked for the line is planned anew.",
    example: {
      orderId: "0199c0de-0000-4000-8000-000000000001",
      line: 1,
      by: 2,
      reason: "customer wants one only",
    },
    refuses: ["order-unknown", "order-cancelled", "line-unknown", "line-smaller", "line-picked"],
  })
  .input(
    z.strictObject({
      ...{ orderId: id(), line: orderLineNumber(), by: quantity(), reason: safeText(500) },
    }),
  )
  .output(
    z.strictObject({
      orderId: id(),
      line: count(),
      left: count(),
      cancelled: z.boolean().describe("Whether nothing of the order is left."),
      batch: z.string().nullable(),
      lpns: z.array(z.string()),
    }),
  )
  .mutation(async ({ ctx, input: { orderId, line, by, reason } }) => {
    const order = await loadOrder(ctx, orderId);
    const { sku, grade, qty } = order.openLine(line);
    ctx.record(order.reduceLine(line, by, reason));
    const wanted = wantedOf(order, { line, sku, grade, qty: qty - by });
    const { batch, lpns } = await reduceStock(ctx, wanted, { by, reason });
    await cancelTasksOf(ctx, orderId, reason, line);
    const cancelled = order.status === "cancelled";
    return { orderId, line, left: qty - by, cancelled, batch, lpns: [...lpns] };
  });
