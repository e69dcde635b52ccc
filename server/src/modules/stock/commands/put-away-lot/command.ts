import { z } from "zod";
import { keyText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { binsForSale, changeLoads, loadsOf } from "../../../bins/contract.ts";
import { binCode } from "../../../bins/inputs.ts";
import { Batch } from "../../batch.ts";
import { loadStock, stockKeyText } from "../../loading.ts";
import { stockRefusals } from "../../refusals.ts";

/** A batch is put into a bin, or carried whole to another one. */
export const putAwayLot = command
  .meta({
    scope: "stock:write",
    doc: "Puts a batch into a pick or reserve bin, or moves it there. It lies in one bin at a time.",
    example: { ref: "PO-1001/1", bin: "A-01-3" },
    refuses: [
      ...["batch-unknown", "batch-not-here"],
      ...["bin-unknown", "bin-unfit", "bin-full", "bin-being-counted"],
    ],
  })
  .input(z.strictObject({ ref: keyText(), bin: binCode() }))
  .output(z.strictObject({ ref: z.string(), bin: z.string(), from: z.string().nullable() }))
  .mutation(async ({ ctx, input: { ref, bin } }) => {
    const unknown = () => stockRefusals.because("batch-unknown", { ref });
    const batch = await ctx.load(Batch, { ref }, unknown);
    const ofKey = (await loadStock(ctx, [batch])).get(stockKeyText(batch));
    if (!ofKey) throw unknown();
    const { bin: from = null, qty: pieces, warehouse } = batch;
    if (from === bin) return { ref, bin, from };
    ctx.record(ofKey.putAway(ref, bin));
    await changeLoads(ctx, loadsOf(warehouse, { from, to: bin, pieces, kinds: binsForSale }));
    return { ref, bin, from };
  });
