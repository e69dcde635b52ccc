import { z } from "zod";
import { count, keyText, quantityOrZero, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { correctBatch } from "../../correcting.ts";
import { deallocatedLines } from "../../inputs.ts";

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
  .output(z.strictObject({ ref: z.string(), qty: count(), deallocated: deallocatedLines() }))
  .mutation(({ ctx, input: { ref, qty, reason } }) =>
    correctBatch(ctx, ref, (stock) => stock.changeBatchQuantity(ref, qty, reason)),
  );
