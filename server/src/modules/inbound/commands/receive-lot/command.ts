import { z } from "zod";
import { count, id, keyText, quantity } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { binCode } from "../../../bins/inputs.ts";
import { gradeRuleOf, loadSettings } from "../../../settings/contract.ts";
import { receiveBatch } from "../../../stock/contract.ts";
import { grade } from "../../../stock/inputs.ts";
import { discrepancyReason, inboundLine } from "../../inputs.ts";
import { loadInbound } from "../../loading.ts";
import { leftWithoutPlate, requireLeft } from "../../returns.ts";

/** The dock takes in pieces that nobody needs to tell apart: they are one batch. */
export const receiveLot = command
  .meta({
    scope: "inbound:write",
    doc: "Receives interchangeable pieces of one line as a batch, which can be sold at once.",
    example: {
      ...{ inboundId: "0199c0de-0000-4000-8000-000000000001", line: 1 },
      ...{ batchRef: "PO-1001/1", qty: 40, grade: "N" },
    },
    refuses: [
      "inbound-unknown",
      "inbound-line-unknown",
      "inbound-closed",
      "over-receipt",
      "piece-not-shipped",
      "grade-unknown",
      "batch-ref-taken",
      "bin-unknown",
      "bin-unfit",
      "bin-full",
      "bin-being-counted",
    ],
    commutes: [
      "inbound.receiveLot",
      "inbound.receivePiece",
      "stock.addBatch",
      "stock.allocateLine",
      "stock.changeBatchQuantity",
      "stock.deallocateLine",
      "stock.receiveBatch",
      "orders.placeOrder",
      "orders.cancelOrder",
    ],
  })
  .input(
    z.strictObject({
      inboundId: id(),
      line: inboundLine(),
      batchRef: keyText(),
      qty: quantity(),
      grade: grade(),
      bin: binCode().optional(),
      overReason: discrepancyReason().optional(),
    }),
  )
  .output(z.strictObject({ batchRef: z.string(), received: count(), expected: count() }))
  .mutation(async ({ ctx, input: { inboundId, batchRef: batch, qty, grade, ...input } }) => {
    const at = new Date();
    const { bin = null, overReason = null } = input;
    const [settings, inbound] = await Promise.all([
      loadSettings(ctx),
      loadInbound(ctx, inboundId, input.line),
    ]);
    gradeRuleOf(settings, grade);
    const line = inbound.lineFor(input.line);
    const left = await leftWithoutPlate(ctx, inbound, line);
    ctx.record(inbound.receiveLot({ line: line.line, batch, qty, grade, overReason }, at));
    requireLeft(left, { line: line.line, qty });
    const key = { warehouse: inbound.warehouse, sku: line.sku, grade };
    const from = { inboundId, inboundLine: line.line };
    await receiveBatch(ctx, key, { ref: batch, qty, eta: null, bin, ...from }, at);
    return { batchRef: batch, received: line.received, expected: line.expected };
  });
