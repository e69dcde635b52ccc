import { z } from "zod";
import { count, keyText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { Batch } from "../../batch.ts";
import { loadStock, stockKeyText } from "../../loading.ts";
import { stockRefusals } from "../../refusals.ts";

/** What was announced is there: its pieces can be picked from now on. */
export const receiveBatch = command
  .meta({
    scope: "stock:write",
    doc: "Says that an announced batch has come in; lines keep the pieces they have of it.",
    example: { ref: "PO-1001/1" },
    refuses: ["batch-unknown", "batch-here"],
    commutes: ["stock.addBatch", "inbound.receiveLot"],
  })
  .input(z.strictObject({ ref: keyText() }))
  .output(z.strictObject({ ref: z.string(), qty: count() }))
  .mutation(async ({ ctx, input: { ref } }) => {
    const unknown = () => stockRefusals.because("batch-unknown", { ref });
    const batch = await ctx.load(Batch, { ref }, unknown);
    const ofKey = (await loadStock(ctx, [batch])).get(stockKeyText(batch));
    if (!ofKey) throw unknown();
    ctx.record(ofKey.arrive(ref, new Date()));
    return { ref, qty: batch.qty };
  });
