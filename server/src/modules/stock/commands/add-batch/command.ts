import { z } from "zod";
import { keyText, quantity, timestamp } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { binCode } from "../../../bins/inputs.ts";
import { requireVariants } from "../../../catalogue/contract.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { receiveBatch } from "../../contract.ts";
import { defaultGrade, defaultWarehouse, grade, warehouse } from "../../inputs.ts";
import { stockRefusals } from "../../refusals.ts";

/** A lot of interchangeable pieces is put on the shelf, or is announced with a date. */
export const addBatch = command
  .meta({
    scope: "stock:write",
    doc: "Adds a batch: pieces in the house, or on their way where `eta` is given.",
    example: { ref: "PO-1001/1", sku: "TEE-RED-M", qty: 40 },
    refuses: [
      ...["batch-ref-taken", "batch-not-here", "variant-unknown"],
      ...["bin-unknown", "bin-unfit", "bin-full", "bin-being-counted"],
    ],
    commutes: [
      "stock.addBatch",
      "stock.allocateLine",
      "stock.changeBatchQuantity",
      "stock.deallocateLine",
      "orders.placeOrder",
      "orders.cancelOrder",
      "inbound.receiveLot",
      "stock.receiveBatch",
    ],
  })
  .input(
    z.strictObject({
      ref: keyText(),
      warehouse: warehouse().default(defaultWarehouse),
      sku: sku(),
      grade: grade().default(defaultGrade),
      qty: quantity(),
      eta: timestamp().optional(),
      bin: binCode().optional(),
    }),
  )
  .output(z.strictObject({ ref: z.string() }))
  .mutation(async ({ ctx, input: { ref, qty, eta, bin, ...key } }) => {
    if (eta && bin) throw stockRefusals.because("batch-not-here", { ref, bin });
    await requireVariants(ctx, [key.sku]);
    const batch = { ref, qty, eta: eta ? new Date(eta) : null, bin: bin ?? null };
    await receiveBatch(ctx, key, batch, new Date());
    return { ref };
  });
