import { z } from "zod";
import { count, id, keyText } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { sku } from "../../../catalogue/inputs.ts";
import { receivePiece as receiveGarment } from "../../../garments/contract.ts";
import { lpn } from "../../../garments/inputs.ts";
import { discrepancyReason, inboundLine } from "../../inputs.ts";
import { loadInbound } from "../../loading.ts";
import { leftWithoutPlate, requireLeft } from "../../returns.ts";

/** The dock takes one piece in and puts a licence plate on it, or scans the one that it has. */
export const receivePiece = command
  .meta({
    scope: "inbound:write",
    doc: "Receives one piece under a licence plate: a new one, or on a return the one it left under.",
    example: { inboundId: "0199c0de-0000-4000-8000-000000000001", line: 1, lpn: "LPN-000001" },
    refuses: [
      "inbound-unknown",
      "inbound-line-unknown",
      "inbound-closed",
      "sku-not-expected",
      "over-receipt",
      "lpn-taken",
      "garment-status-forbids",
      "piece-not-shipped",
    ],
    commutes: ["inbound.receivePiece", "inbound.receiveLot"],
  })
  .input(
    z.strictObject({
      inboundId: id(),
      line: inboundLine(),
      lpn: lpn(),
      sku: sku().optional(),
      consignor: keyText().optional(),
      overReason: discrepancyReason().optional(),
    }),
  )
  .output(
    z.strictObject({ lpn: z.string(), sku: z.string(), received: count(), expected: count() }),
  )
  .mutation(async ({ ctx, input: { inboundId, lpn, consignor = null, ...input } }) => {
    const at = new Date();
    const { overReason = null } = input;
    const inbound = await loadInbound(ctx, inboundId, input.line);
    const line = inbound.lineFor(input.line, input.sku);
    const left = await leftWithoutPlate(ctx, inbound, line);
    ctx.record(inbound.receivePiece({ line: line.line, lpn, overReason }, at));
    const { sku, received, expected } = line;
    const { warehouse, orderId = null } = inbound;
    const { orderLine = null } = line;
    const how = await receiveGarment(ctx, {
      ...{ tenant: ctx.tenant, lpn, warehouse, sku, consignor, at },
      ...{ inboundId, inboundLine: line.line },
      backFrom: orderId === null || orderLine === null ? null : { orderId, line: orderLine },
    });
    if (how === "new") requireLeft(left, { line: line.line, qty: 1 });
    return { lpn, sku, received, expected };
  });
