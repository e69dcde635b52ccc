import { z } from "zod";
import { count, id } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { lineToAllocate } from "../../../orders/contract.ts";
import { orderLineNumber } from "../../../orders/inputs.ts";
import { allocateLines } from "../../contract.ts";

/** The order desk tries again for a line that had to wait. */
export const allocateLine = command
  .meta({
    scope: "stock:write",
    doc: "Allocates stock to an order line. A line that has its pieces keeps them.",
    example: { orderId: "0199c0de-0000-4000-8000-000000000001", line: 1 },
    refuses: ["order-unknown", "line-unknown", "order-cancelled"],
    commutes: [
      ...["stock.addBatch", "inbound.receiveLot"],
      ...["garments.putAway", "garments.movePiece"],
    ],
  })
  .input(z.strictObject({ orderId: id(), line: orderLineNumber() }))
  .output(
    z.strictObject({
      orderId: id(),
      line: count(),
      allocated: z.boolean(),
      batch: z.string().nullable(),
      lpns: z.array(z.string()),
    }),
  )
  .mutation(async ({ ctx, input: { orderId, line } }) => {
    const wanted = await lineToAllocate(ctx, orderId, line);
    const [answer] = await allocateLines(ctx, [wanted], "known");
    const { batch = null, lpns = [] } = answer ?? {};
    return { orderId, line, allocated: batch !== null || lpns.length > 0, batch, lpns: [...lpns] };
  });
