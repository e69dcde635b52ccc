import { z } from "zod";
import { count, id, timestamp } from "../../../../kernel/primitives.ts";
import { command } from "../../../../kernel/procedure.ts";
import { lineToAllocate } from "../../../orders/contract.ts";
import { orderLineNumber } from "../../../orders/inputs.ts";
import { batchOfLine } from "../../../stock/contract.ts";
import { loadGarment, piecesOf } from "../../contract.ts";
import { hasExpired } from "../../garment-guards.ts";
import { lpn } from "../../inputs.ts";
import { garmentsRefusals } from "../../refusals.ts";

/** A customer wants this very piece: it is kept for their order's line. */
export const reservePiece = command
  .meta({
    scope: "garments:write",
    doc: "Reserves one piece for an order line, for good or until a time; then it expires.",
    example: {
      orderId: "0199c0de-0000-4000-8000-000000000001",
      line: 1,
      lpn: "LPN-000123",
      until: "2026-03-02T18:00:00Z",
    },
    refuses: [
      ...["order-unknown", "line-unknown", "order-cancelled", "line-served"],
      ...["garment-unknown", "garment-status-forbids", "reserved-for-another", "wrong-piece"],
    ],
  })
  .input(
    z.strictObject({
      orderId: id(),
      line: orderLineNumber(),
      lpn: lpn(),
      until: timestamp().optional(),
    }),
  )
  .output(z.strictObject({ lpn: z.string(), missing: count() }))
  .mutation(async ({ ctx, input: { orderId, line, lpn, until } }) => {
    const wanted = await lineToAllocate(ctx, orderId, line);
    const { warehouse, sku, grade, qty } = wanted;
    const batch = await batchOfLine(ctx, { orderId, line, warehouse, sku, grade });
    const has = await piecesOf(ctx, orderId, line);
    if (batch !== null || has.length >= qty) {
      throw garmentsRefusals.because("line-served", { orderId, line, batch });
    }
    const garment = await loadGarment(ctx, lpn);
    if (garment.warehouse !== warehouse || garment.sku !== sku || garment.grade !== grade) {
      throw garmentsRefusals.because("wrong-piece", { lpn, orderId, line, needs: { sku, grade } });
    }
    const now = new Date();
    if (hasExpired(garment, now)) ctx.record(garment.release("time has run out", "expired"));
    ctx.record(garment.reserve({ orderId, line }, until ? new Date(until) : null));
    return { lpn, missing: qty - has.length - 1 };
  });
