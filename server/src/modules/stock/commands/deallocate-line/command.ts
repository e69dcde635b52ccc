import { z } from "zod";
import { count, id, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { piecesOf, releasePieces } from "../../../garments/contract.ts";
import { orderLine } from "../../../orders/contract.ts";
import { orderLineNumber } from "../../../orders/inputs.ts";
import { cancelTasksOf } from "../../../waves/contract.ts";
import { loadAllocations, loadStock, stockKeyText } from "../../loading.ts";
import { stockRefusals } from "../../refusals.ts";

/** The order desk takes a line's pieces back for something more urgent. */
export const deallocateLine = command
  .meta({
    scope: "stock:write",
    doc: "Takes the stock of an order line back, before it is picked; the line waits for other.",
    example: { orderId: "0199c0de-0000-4000-8000-000000000001", line: 1, reason: "express first" },
    refuses: ["order-unknown", "line-unknown", "line-not-allocated", "line-picked"],
    commutes: ["stock.addBatch", "inbound.receiveLot"],
  })
  .input(z.strictObject({ orderId: id(), line: orderLineNumber(), reason: safeText(500) }))
  .output(z.strictObject({ orderId: id(), line: count() }))
  .mutation(async ({ ctx, input: { orderId, line, reason } }) => {
    const key = await orderLine(ctx, orderId, line);
    const stock = await loadStock(ctx, [key]);
    await loadAllocations(ctx, stock, { orderId });
    const ofKey = stock.get(stockKeyText(key));
    const pieces = await piecesOf(ctx, orderId, line);
    if (pieces.some(({ status }) => status !== "reserved")) {
      throw stockRefusals.because("line-picked", { orderId, line });
    }
    if (pieces.length > 0) await releasePieces(ctx, { orderId, line, reason });
    else if (ofKey) ctx.record(ofKey.deallocate(orderId, line, reason));
    else throw stockRefusals.because("line-not-allocated", { orderId, line });
    await cancelTasksOf(ctx, orderId, reason, line);
    return { orderId, line };
  });
