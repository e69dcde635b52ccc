import { z } from "zod";
import { keyText, quantity, timestamp } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { requireVariants } from "../../../catalogue/contract.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { defaultGrade, defaultWarehouse, grade, warehouse } from "../../inputs.ts";
import { loadStock, stockKeyText } from "../../loading.ts";
import { SkuStock } from "../../sku-stock.ts";

/** A lot of interchangeable pieces is put on the shelf, or is announced with a date. */
export const addBatch = command
  .meta({
    scope: "stock:write",
    doc: "Adds a batch: pieces in the house, or on their way where `eta` is given.",
    example: { ref: "PO-1001/1", sku: "TEE-RED-M", qty: 40 },
    refuses: ["batch-ref-taken", "variant-unknown"],
    commutes: [
      "stock.addBatch",
      "stock.allocateLine",
      "stock.changeBatchQuantity",
      "stock.deallocateLine",
      "orders.placeOrder",
      "orders.cancelOrder",
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
    }),
  )
  .output(z.strictObject({ ref: z.string() }))
  .mutation(async ({ ctx, input: { ref, qty, eta, ...key } }) => {
    await requireVariants(ctx, [key.sku]);
    const stock = (await loadStock(ctx, [key])).get(stockKeyText(key));
    const ofKey = stock ?? SkuStock.empty({ tenant: ctx.tenant, ...key });
    ctx.record(ofKey.addBatch({ ref, qty, eta: eta ? new Date(eta) : null }, new Date()));
    return { ref };
  });
