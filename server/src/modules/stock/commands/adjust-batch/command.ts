import { z } from "zod";
import { count, keyText, quantityChange, safeText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { correctBatch } from "../../correcting.ts";
import { deallocatedLines } from "../../inputs.ts";

/** Someone writes pieces of a batch off, or has found some. */
export const adjustBatch = command
  .meta({
    scope: "stock:write",
    doc:
      "Adds so many pieces to a batch, or takes them off it where `by` is negative, whatever " +
      "others did to it meanwhile. Order lines that lose their pieces by it, the least urgent " +
      "first, try for other stock at once; `deallocated` says what each has now.",
    example: { ref: "PO-1001/1", by: -2, reason: "two torn" },
    refuses: [
      ...["batch-unknown", "batch-short", "batch-too-large"],
      ...["bin-full", "bin-being-counted"],
    ],
  })
  .input(z.strictObject({ ref: keyText(), by: quantityChange(), reason: safeText(500) }))
  .output(z.strictObject({ ref: z.string(), qty: count(), deallocated: deallocatedLines() }))
  .mutation(({ ctx, input: { ref, by, reason } }) =>
    correctBatch(ctx, ref, (stock) => stock.adjustBatch(ref, by, reason)),
  );
